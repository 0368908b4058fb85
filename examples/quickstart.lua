-- An agent reads a file of this project, counts its words with a tool written right here, and does the arithmetic.
--   llmspell run examples/quickstart.lua
-- Without a key it works offline; set OPENAI_API_KEY, or add --model ollama/llama3.2, and a real model answers.

Tool.define{
  name = "word_count",
  description = "How many words a text has",
  parameters = { text = "string" },
  run = function(args)
    local count = 0
    for _ in args.text:gmatch("%S+") do count = count + 1 end
    return count
  end,
}

local agent = Agent.create{
  name = "reader",
  system = "Use the tools, one after the other. Answer in one short sentence.",
  tools = { "file_read", "word_count", "calculator" },
}

local path = Args[1] or "README.md"
local reply = agent:run(
  "Read " .. path .. " with file_read, count its words with word_count, then use the calculator to divide the count "
  .. "by 200: how many minutes does it take to read at 200 words a minute?")

print(reply.text)
for _, call in ipairs(reply.calls) do
  Log.info(call.name, { seconds = math.floor(call.duration * 1000) / 1000 })
end
return { answer = reply.text, stop_reason = reply.stop_reason, calls = #reply.calls }
