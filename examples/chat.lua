-- A conversation whose answers arrive piece by piece. Each word after -- is one turn.
--   llmspell run examples/chat.lua -- "The tide is high at noon. When is it high?" "And why?"

local agent = Agent.create{ name = "chat", system = "Be brief." }
local turns = #Args > 0 and Args or {
  "Lua was made in Brazil in 1993. It is small and fast. Where was Lua made?",
  "It runs in games and editors. What is it like?",
}

local history = {}
for _, question in ipairs(turns) do
  print("> " .. question)
  local pieces = {}
  local stream = agent:stream(question, { history = history })
  for event in stream do
    if event.type == "text" then pieces[#pieces + 1] = event.text end
  end
  local reply = stream:result()
  assert(table.concat(pieces) == reply.text, "the pieces add up to the answer")
  print(reply.text)
  history = reply.messages
end
return #history
