Async.sleep(tonumber(Args[1]))
