-- Hooks around what a spell makes happen: one vetoes a tool, two make a cache of model answers.
--   llmspell run examples/hooks.lua

Hook.on("pre_tool", function(call)
  if call.name == "file_read" and call.arguments.path:find("secret", 1, true) then
    return { veto = "files with secrets stay closed" }
  end
end, { guard = true })

local cache, asked = {}, 0
local function question_of(call)
  local messages = call.request.messages
  return messages[#messages].content
end

Hook.on("pre_llm", function(call)
  local kept = cache[question_of(call)]
  if kept then return { replace = kept } end
  asked = asked + 1
end)

Hook.on("post_llm", function(call, result)
  cache[question_of(call)] = result.text
end)

local agent = Agent.create{ name = "cached" }
local question = "The tide is high at noon and low at six. When is the tide high?"
local first = agent:run(question)
local second = agent:run(question)
print("same answer: " .. tostring(first.text == second.text))
print("model asked: " .. asked)

local _, problem = Tool.try_run("file_read", { path = "secret.txt" })
print("secret file: " .. problem.kind)
return { asked = asked, vetoed = problem.kind == "vetoed" }
