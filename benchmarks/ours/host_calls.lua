State.set("key", 1)
local sum = 0
for _ = 1, tonumber(Args[1]) do
  sum = sum + State.get("key")
end
return sum
