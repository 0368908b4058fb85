await Async.sleep(Number(Args[0]));
