for _ = 1, 10 do
  Async.sleep(0.001)
end
