-- Events: what one part of a spell tells another, and what llmspell tells of all that happens.
--   llmspell run examples/events.lua

local sales = Event.subscribe("shop.*")

Async.spawn(function()
  for _, sale in ipairs{ { item = "bread", price = 3 }, { item = "cake", price = 18 } } do
    Event.publish("shop.sale", sale)
    Async.sleep(0.01)
  end
  Event.publish("shop.closed")
end)

local total = 0
for event in sales do
  if event.kind == "shop.closed" then break end
  print(event.data.item .. ": " .. event.data.price)
  total = total + event.data.price
end

-- A hook sees each tool call before it happens. It may publish too.
Hook.on("pre_tool", function(call)
  Event.publish("audit.call", { tool = call.name, expression = call.arguments.expression })
end)

-- The events of the calls themselves are llmspell's own.
local calls = Event.subscribe("tool.*")
print("total: " .. Tool.run("calculator", { expression = total .. " * 2" }).output)
Tool.try_run("calculator", { expression = "1 / 0" })
calls:close()
for event in calls do print(event.kind .. " " .. event.data.name) end

-- The log keeps everything, also what nobody listened to.
for _, event in ipairs(Event.history("audit.*")) do print(event.data.tool .. " was asked for " .. event.data.expression) end
return total
