for (let i = 0; i < 10; i++) await Async.sleep(0.001);
