local weather = Tool.define{
  name = "get_weather",
  description = "Weather for a city.",
  parameters = { city = "string" },
  run = function(arguments) return "sunny" end,
}
local agent = Agent.create{ model = "openai/test", system = "Use the tool.", tools = { weather } }
print(agent:run("What is the weather in Paris?").text)
