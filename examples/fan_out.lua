-- Several agents at once, at most two at a time; then the first of three to answer, and one that takes too long.
--   llmspell run examples/fan_out.lua

local places = {
  "Lisbon lies on the Tagus. The old town has steep streets.",
  "Oslo lies on a fjord. Forests begin at the last tram stop.",
  "Quito lies high in the Andes. The air is thin.",
}

local answers = Async.map(places, function(text, index)
  local agent = Agent.create{ name = "place-" .. index }
  return agent:run(text .. " Where does the city lie?").text
end, { limit = 2 })
for _, answer in ipairs(answers) do print(answer) end

local winner = Async.race{
  function() Async.sleep(5) return "slow" end,
  function() Async.sleep(0.01) return "quick" end,
  function() Async.sleep(1) return "middling" end,
}
print("first: " .. winner)

local _, problem = Async.try_timeout(0.05, function() Async.sleep(10) end)
print("too long: " .. problem.kind)
return { answers = #answers, winner = winner }
