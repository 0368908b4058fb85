-- Tools: one written right here, which an agent calls, and one that is installed, called without any model.
--   llmspell run examples/tools.lua

local stock = { apple = 120, pear = 45 }
local store = Tool.define{
  name = "stock",
  description = "How many pieces of a fruit are in store",
  parameters = { fruit = { type = "string", enum = { "apple", "pear" } } },
  run = function(args) return stock[args.fruit] end,
}

-- The model decides on the arguments; they are checked before the function sees them.
local agent = Agent.create{ name = "keeper", tools = { store, "calculator" } }
local reply = agent:run("How many pieces of pear are in stock?")
print(reply.text)
for _, call in ipairs(reply.calls) do print(call.name .. " " .. Json.encode(call.arguments)) end

-- A spell may call tools itself: by handle, or by name.
local apples = store:run{ fruit = "apple" }.output
local price = Tool.run("calculator", { expression = apples .. " * 0.25" }).output
print(apples .. " apples cost " .. price)

local _, problem = store:try_run{ fruit = "plum" }
print(problem.message)
return { apples = apples, calls = #reply.calls }
