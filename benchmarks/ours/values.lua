-- Sets (Args[1] is "set") or gets a text of Args[2] bytes Args[3] times, and returns how many bytes crossed.
local way, length, calls = Args[1], tonumber(Args[2]), tonumber(Args[3])
local text, crossed = string.rep("a", length), 0
State.set("key", text)
for _ = 1, calls do
  if way == "set" then State.set("key", text) else text = State.get("key") end
  crossed = crossed + #text
end
return crossed
