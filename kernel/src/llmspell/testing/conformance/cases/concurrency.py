"""The global `Async`: several things at once, and what comes of them."""

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails


def _refused(behaviour: str, lua: str, javascript: str, message: str, *, kind: str = "invalid_arguments") -> Case:
    return Case(behaviour, lua=lua, javascript=f"await {javascript};", error=Fails(kind, message))


CASES = (
    Case(
        "all gives the results in the order of the functions",
        lua="""
            return Async.all{
              function() Async.sleep(0.004) return "a" end,
              function() return "b" end,
              function() Async.sleep(0.002) return "c" end,
            }
        """,
        javascript="""
            return await Async.all([
              async () => { await Async.sleep(0.004); return "a"; },
              () => "b",
              async () => { await Async.sleep(0.002); return "c"; },
            ]);
        """,
        value=["a", "b", "c"],
    ),
    Case(
        "all of nothing is an empty list", lua="return Async.all{}", javascript="return await Async.all([]);", value=[]
    ),
    Case(
        "all has null for a function without a result",
        lua="return Async.all{ function() end, function() return 2 end }",
        javascript="return await Async.all([() => {}, () => 2]);",
        value=[None, 2],
    ),
    Case(
        "the first failure of all is raised",
        lua="""
            Async.all{
              function() Async.sleep(10) end,
              function() error{ kind = "network", message = "gone" } end,
            }
        """,
        javascript="""
            await Async.all([
              () => Async.sleep(10),
              () => { throw { kind: "network", message: "gone" }; },
            ]);
        """,
        error=Fails("network", "gone"),
    ),
    Case(
        "a failure in all can be caught",
        lua='local _, problem = pcall(Async.all, { function() Tool.run("nope") end }) return problem.kind',
        javascript='try { await Async.all([() => Tool.run("nope")]); } catch (problem) { return problem.kind; }',
        value="unknown_tool",
    ),
    Case(
        "sleeps end in the order of their length",
        lua="""
            local order = {}
            Async.map({ 0.02, 0.005, 0.01 }, function(seconds)
              Async.sleep(seconds)
              order[#order + 1] = seconds
            end)
            return order
        """,
        javascript="""
            const order = [];
            await Async.map([0.02, 0.005, 0.01], async (seconds) => {
              await Async.sleep(seconds);
              order.push(seconds);
            });
            return order;
        """,
        value=[0.005, 0.01, 0.02],
    ),
    Case(
        "many sleeps take the time of one",
        lua="""
            local sleeps = {}
            for i = 1, 200 do sleeps[i] = function() Async.sleep(0.03) return i end end
            return Async.timeout(5, function() return #Async.all(sleeps) end)
        """,
        javascript="""
            const sleeps = Array.from({ length: 200 }, (_, i) => async () => { await Async.sleep(0.03); return i; });
            return await Async.timeout(5, async () => (await Async.all(sleeps)).length);
        """,
        value=200,
    ),
    Case(
        "race gives what the first function to return gives",
        lua='return Async.race{ function() Async.sleep(10) end, function() Async.sleep(0.001) return "first" end }',
        javascript="""
            return await Async.race([
              () => Async.sleep(10),
              async () => { await Async.sleep(0.001); return "first"; },
            ]);
        """,
        value="first",
    ),
    Case(
        "race raises what the first function to fail raises",
        lua='Async.race{ function() Async.sleep(10) end, function() error("ouch") end }',
        javascript='await Async.race([() => Async.sleep(10), () => { throw new Error("ouch"); }]);',
        error=Fails("script_failed", "ouch"),
    ),
    Case(
        "any passes over failures",
        lua='return Async.any{ function() error("ouch") end, function() Async.sleep(0.001) return "fine" end }',
        javascript="""
            return await Async.any([
              () => { throw new Error("ouch"); },
              async () => { await Async.sleep(0.001); return "fine"; },
            ]);
        """,
        value="fine",
    ),
    Case(
        "any that fails altogether tells every failure",
        lua="""
            Async.any{
              function() error{ kind = "network", message = "a" } end,
              function() error{ kind = "network", message = "b" } end,
            }
        """,
        javascript="""
            await Async.any([
              () => { throw { kind: "network", message: "a" }; },
              () => { throw { kind: "network", message: "b" }; },
            ]);
        """,
        error=Fails("network", "Async.any: all 2 functions failed: a; b"),
    ),
    Case(
        "map gives the results in the order of the items",
        lua="return Async.map({ 3, 1, 2 }, function(n) Async.sleep(n / 1000) return n * 10 end)",
        javascript="return await Async.map([3, 1, 2], async (n) => { await Async.sleep(n / 1000); return n * 10; });",
        value=[30, 10, 20],
    ),
    Case(
        "map tells the place of each item, as the language counts",
        lua='return Async.map({ "a", "b" }, function(item, i) return item .. (i - 1) end)',
        javascript='return await Async.map(["a", "b"], (item, i) => `${item}${i}`);',
        value=["a0", "b1"],
    ),
    Case(
        "map of nothing is an empty list",
        lua="return Async.map({}, function() end)",
        javascript="return await Async.map([], () => {});",
        value=[],
    ),
    Case(
        "map has null for an item without a result",
        lua="return Async.map({ 1, 2 }, function(n) if n == 2 then return n end end)",
        javascript="return await Async.map([1, 2], (n) => { if (n === 2) return n; });",
        value=[None, 2],
    ),
    Case(
        "map keeps to its limit",
        lua="""
            local now, most = 0, 0
            Async.map({ 1, 2, 3, 4, 5 }, function()
              now = now + 1
              most = math.max(most, now)
              Async.sleep(0.001)
              now = now - 1
            end, { limit = 2 })
            return most
        """,
        javascript="""
            let [now, most] = [0, 0];
            await Async.map([1, 2, 3, 4, 5], async () => {
              now += 1;
              most = Math.max(most, now);
              await Async.sleep(0.001);
              now -= 1;
            }, { limit: 2 });
            return most;
        """,
        value=2,
    ),
    Case(
        "map does eight at a time unless it is told otherwise",
        lua="""
            local now, most, items = 0, 0, {}
            for i = 1, 20 do items[i] = i end
            Async.map(items, function()
              now = now + 1
              most = math.max(most, now)
              Async.sleep(0.001)
              now = now - 1
            end)
            return most
        """,
        javascript="""
            let [now, most] = [0, 0];
            await Async.map(Array.from({ length: 20 }), async () => {
              now += 1;
              most = Math.max(most, now);
              await Async.sleep(0.001);
              now -= 1;
            });
            return most;
        """,
        value=8,
    ),
    Case(
        "a failing item of map keeps the rest from beginning",
        lua="""
            local begun = {}
            local _, problem = pcall(Async.map, { 1, 2, 3 }, function(n)
              begun[#begun + 1] = n
              if n == 2 then error("two", 0) end
            end, { limit = 1 })
            return { problem, begun }
        """,
        javascript="""
            const begun = [];
            try {
              await Async.map([1, 2, 3], (n) => {
                begun.push(n);
                if (n === 2) throw new Error("two");
              }, { limit: 1 });
            } catch (problem) {
              return [problem.message, begun];
            }
        """,
        value=["two", [1, 2]],
    ),
    Case(
        "timeout gives what its function gives in time",
        lua='return Async.timeout(5, function() Async.sleep(0.001) return "in time" end)',
        javascript='return await Async.timeout(5, async () => { await Async.sleep(0.001); return "in time"; });',
        value="in time",
    ),
    Case(
        "timeout raises what its function raises",
        lua='Async.timeout(5, function() error("ouch") end)',
        javascript='await Async.timeout(5, () => { throw new Error("ouch"); });',
        error=Fails("script_failed", "ouch"),
    ),
    Case(
        "timeout is an error once the time is over",
        lua="""
            local _, problem = pcall(Async.timeout, 0.01, function() Async.sleep(10) end)
            return { problem.kind, problem.message, problem.retryable }
        """,
        javascript="""
            try {
              await Async.timeout(0.01, () => Async.sleep(10));
            } catch (problem) {
              return [problem.kind, problem.message, problem.retryable];
            }
        """,
        value=["timeout", "the function took longer than 0.01 seconds", True],
    ),
    Case(
        "a spawned task runs beside the rest and can be waited for twice",
        lua="""
            local task = Async.spawn(function() Async.sleep(0.001) print("task") return 5 end)
            print("rest")
            return { task:wait(), task:wait() }
        """,
        javascript="""
            const task = await Async.spawn(async () => { await Async.sleep(0.001); console.log("task"); return 5; });
            console.log("rest");
            return [await task.wait(), await task.wait()];
        """,
        value=[5, 5],
        output="rest\ntask\n",
    ),
    Case(
        "waiting for a task that failed raises its error",
        lua="""
            local task = Async.spawn(function() Async.sleep(0.001) Tool.run("nope") end)
            local _, problem = pcall(task.wait, task)
            return problem.kind
        """,
        javascript="""
            const task = await Async.spawn(async () => { await Async.sleep(0.001); await Tool.run("nope"); });
            try { await task.wait(); } catch (problem) { return problem.kind; }
        """,
        value="unknown_tool",
    ),
    Case(
        "a failure that nobody waited for fails the spell",
        lua='Async.spawn(function() error("lost") end) Async.sleep(0.001) return "done"',
        javascript='await Async.spawn(() => { throw new Error("lost"); }); await Async.sleep(0.001); return "done";',
        error=Fails("script_failed", "lost"),
    ),
    Case(
        "groups may stand inside groups",
        lua="""
            return Async.all{
              function() return Async.all{ function() return 1 end, function() Async.sleep(0.001) return 2 end } end,
              function() return Async.race{ function() Async.sleep(10) end, function() return 3 end } end,
            }
        """,
        javascript="""
            return await Async.all([
              () => Async.all([() => 1, async () => { await Async.sleep(0.001); return 2; }]),
              () => Async.race([() => Async.sleep(10), () => 3]),
            ]);
        """,
        value=[[1, 2], 3],
    ),
    _refused(
        "a sleep is a number of seconds",
        'Async.sleep("x")',
        'Async.sleep("x")',
        "Async.sleep: seconds must be a number, not 'x'",
    ),
    _refused(
        "a sleep is not negative", "Async.sleep(-1)", "Async.sleep(-1)", "Async.sleep: seconds must be between 0 and"
    ),
    _refused("a sleep ends", "Async.sleep(1/0)", "Async.sleep(Infinity)", "Async.sleep: seconds must be between 0 and"),
    _refused("sleep needs its seconds", "Async.sleep()", "Async.sleep()", "Async.sleep: seconds is missing"),
    _refused("all takes a list", "Async.all(5)", "Async.all(5)", "Async.all needs a list, not a number"),
    _refused("all takes functions", "Async.all{ print, 5 }", "Async.all([() => 1, 5])", "Async.all: item "),
    _refused("race needs a function", "Async.race{}", "Async.race([])", "Async.race needs at least one function"),
    _refused("any needs a function", "Async.any{}", "Async.any([])", "Async.any needs at least one function"),
    _refused(
        "map takes a function", "Async.map({}, 5)", "Async.map([], 5)", "Async.map needs a function, not a number"
    ),
    _refused(
        "map takes a list", "Async.map(5, print)", "Async.map(5, () => 1)", "Async.map needs a list, not a number"
    ),
    _refused(
        "a limit of map is a whole number from one",
        "Async.map({}, print, { limit = 0 })",
        "Async.map([], () => 1, { limit: 0 })",
        "Async.map: limit must be a whole number from 1, not 0",
    ),
    _refused(
        "an unknown option of map is refused",
        "Async.map({}, print, { limt = 5 })",
        "Async.map([], () => 1, { limt: 5 })",
        "Async.map",
        kind="unknown_option",
    ),
    _refused(
        "timeout takes seconds",
        "Async.timeout(-1, print)",
        "Async.timeout(-1, () => 1)",
        "Async.timeout needs a number of seconds, not -1",
    ),
    _refused(
        "timeout takes a function",
        "Async.timeout(1, 5)",
        "Async.timeout(1, 5)",
        "Async.timeout needs a function, not a number",
    ),
    _refused(
        "spawn takes a function", "Async.spawn(5)", "Async.spawn(5)", "Async.spawn needs a function, not a number"
    ),
    _refused(
        "a task has no other methods",
        "Async.spawn(print):wiat()",
        "(await Async.spawn(() => 1)).wiat()",
        "Task has no method 'wiat'",
    ),
)
