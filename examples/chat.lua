-- A conversation whose answers are shown as they are made. Each word after -- is one turn.

local agent = Agent.create{ name = "chat", system = "Be brief." }
local turns = #Args > 0 and Args or {
  "Lua was made in Brazil in 1993. It is small and fast. Where was Lua made?",
  "It runs in games and editors. What is it like?",
}

local history = {}
for _, question in ipairs(turns) do
  local words = {}
  local stream = agent:stream(question, { history = history })
  for event in stream do
    if event.type == "text" then words[#words + 1] = event.text end
  end
  local reply = stream:result()
  assert(table.concat(words) == reply.text, "the pieces add up to the answer")
  print("> " .. question)
  print(reply.text)
  history = reply.messages
end
return #history
