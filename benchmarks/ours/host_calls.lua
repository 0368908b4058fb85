-- Calls the host Args[1] times, Args[2] calls at once, and returns how many calls were answered.
local calls, at_once = tonumber(Args[1]), tonumber(Args[2])
State.set("key", 1)
local answered = 0
if at_once == 1 then
  for _ = 1, calls do answered = answered + State.get("key") end
else
  local batch = {}
  for i = 1, at_once do batch[i] = function() return State.get("key") end end
  for _ = 1, calls, at_once do answered = answered + #Async.all(batch) end
end
return answered
