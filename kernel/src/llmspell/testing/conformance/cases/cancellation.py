"""What nobody waits for any more ends: tasks, tools, models, and the whole run."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.steps import Delay, Text, Trickle

_LUA_SLOW = 'Tool.define{ name = "slow", run = function() Async.sleep(20) print("never") end }'
_JAVASCRIPT_SLOW = (
    'await Tool.define({ name: "slow", run: async () => { await Async.sleep(20); console.log("never"); } });'
)
_SLOW_ENDED = Happens("tool.*", "tool.started", ("tool.failed", {"name": "slow", "error": {"kind": "cancelled"}}))


def _ends_slow(behaviour: str, lua: str, javascript: str, value: object) -> Case:
    """Something that starts the tool `slow`, loses interest in it, and returns a value."""
    return Case(
        behaviour,
        lua=f"{_LUA_SLOW}\n{lua}",
        javascript=f"{_JAVASCRIPT_SLOW}\n{javascript}",
        value=value,
        output="",
        events=(_SLOW_ENDED,),
    )


CASES = (
    _ends_slow(
        "a failure in all cancels the others",
        """
        local _, problem = pcall(Async.all, {
          function() Tool.run("slow") end,
          function() Async.sleep(0.002) error("ouch", 0) end,
        })
        return problem
        """,
        """
        try {
          await Async.all([
            () => Tool.run("slow"),
            async () => { await Async.sleep(0.002); throw new Error("ouch"); },
          ]);
        } catch (problem) {
          return problem.message;
        }
        """,
        "ouch",
    ),
    _ends_slow(
        "what loses a race is cancelled",
        'return Async.race{ function() Tool.run("slow") end, function() Async.sleep(0.002) return 1 end }',
        'return await Async.race([() => Tool.run("slow"), async () => { await Async.sleep(0.002); return 1; }]);',
        1,
    ),
    _ends_slow(
        "what any has no more use for is cancelled",
        'return Async.any{ function() Tool.run("slow") end, function() Async.sleep(0.002) return 1 end }',
        'return await Async.any([() => Tool.run("slow"), async () => { await Async.sleep(0.002); return 1; }]);',
        1,
    ),
    _ends_slow(
        "a failure in map cancels the other items",
        """
        local _, problem = pcall(Async.map, { 1, 2 }, function(n)
          if n == 1 then Tool.run("slow") end
          Async.sleep(0.002)
          error("ouch", 0)
        end)
        return problem
        """,
        """
        try {
          await Async.map([1, 2], async (n) => {
            if (n === 1) await Tool.run("slow");
            await Async.sleep(0.002);
            throw new Error("ouch");
          });
        } catch (problem) {
          return problem.message;
        }
        """,
        "ouch",
    ),
    _ends_slow(
        "what takes longer than its timeout is cancelled",
        'local _, problem = pcall(Async.timeout, 0.01, function() Tool.run("slow") end) return problem.kind',
        'try { await Async.timeout(0.01, () => Tool.run("slow")); } catch (problem) { return problem.kind; }',
        "timeout",
    ),
    _ends_slow(
        "a task that is cancelled ends, and its waiter is told",
        """
        local task = Async.spawn(function() Tool.run("slow") end)
        Async.sleep(0.002)
        task:cancel()
        task:cancel()
        local _, problem = pcall(task.wait, task)
        return problem.kind
        """,
        """
        const task = await Async.spawn(() => Tool.run("slow"));
        await Async.sleep(0.002);
        await task.cancel();
        await task.cancel();
        try { await task.wait(); } catch (problem) { return problem.kind; }
        """,
        "cancelled",
    ),
    _ends_slow(
        "tasks that nobody waited for end with the spell",
        'Async.spawn(function() Tool.run("slow") end) Async.sleep(0.002) return "done"',
        'await Async.spawn(() => Tool.run("slow")); await Async.sleep(0.002); return "done";',
        "done",
    ),
    _ends_slow(
        "a cancelled group cancels the groups inside it",
        """
        return Async.race{
          function() Async.all{ function() Async.timeout(30, function() Tool.run("slow") end) end } end,
          function() Async.sleep(0.002) return 1 end,
        }
        """,
        """
        return await Async.race([
          () => Async.all([() => Async.timeout(30, () => Tool.run("slow"))]),
          async () => { await Async.sleep(0.002); return 1; },
        ]);
        """,
        1,
    ),
    _ends_slow(
        "what is cancelled calls nothing any more, not even where it catches that",
        """
        Async.race{
          function() pcall(Tool.run, "slow") State.set("went", "on") end,
          function() Async.sleep(0.002) end,
        }
        Async.sleep(0.002)
        return State.get("went") or "quiet"
        """,
        """
        await Async.race([
          async () => {
            try { await Tool.run("slow"); } catch {}
            await State.set("went", "on");
          },
          () => Async.sleep(0.002),
        ]);
        await Async.sleep(0.002);
        return (await State.get("went")) ?? "quiet";
        """,
        "quiet",
    ),
    Case(
        "what a cancelled task had started in other tools is cancelled too",
        lua=f"""
            {_LUA_SLOW}
            Tool.define{{ name = "outer", run = function() Tool.run("slow") end }}
            Async.race{{ function() Tool.run("outer") end, function() Async.sleep(0.005) end }}
        """,
        javascript=f"""
            {_JAVASCRIPT_SLOW}
            await Tool.define({{ name: "outer", run: () => Tool.run("slow") }});
            await Async.race([() => Tool.run("outer"), () => Async.sleep(0.005)]);
        """,
        output="",
        events=(Happens("tool.*", "tool.started", "tool.started", "tool.failed", "tool.failed"),),
    ),
    Case(
        "a model that nobody waits for any more is stopped",
        lua='return Async.race{ function() Provider.complete{ prompt = "hi" } end, function() Async.sleep(0.002) return 1 end }',
        javascript="""
            return await Async.race([
              () => Provider.complete({ prompt: "hi" }),
              async () => { await Async.sleep(0.002); return 1; },
            ]);
        """,
        steps=(Delay(20, Text("late")),),
        value=1,
        events=(Happens("llm.*", "llm.started", ("llm.failed", {"error": {"kind": "cancelled"}})),),
    ),
    Case(
        "a tool that was late is cancelled inside",
        lua="""
            Tool.define{ name = "t", timeout = 0.01, run = function() Async.sleep(0.03) print("never") end }
            local _, problem = pcall(Tool.run, "t")
            Async.sleep(0.04)
            return problem.kind
        """,
        javascript="""
            await Tool.define({ name: "t", timeout: 0.01, run: async () => { await Async.sleep(0.03); console.log("never"); } });
            try {
              await Tool.run("t");
            } catch (problem) {
              await Async.sleep(0.04);
              return problem.kind;
            }
        """,
        value="timeout",
        output="",
    ),
    Case(
        "a run that is stopped while it waits is cancelled and no success",
        lua='Event.publish("now") Async.sleep(20) print("never")',
        javascript='await Event.publish("now"); await Async.sleep(20); console.log("never");',
        interrupt="now",
        error=Fails("cancelled", "enough"),
        stop_reason="cancelled",
        exit_code=130,
        output="",
    ),
    Case(
        "a run that is stopped while it computes is cancelled",
        lua='Event.publish("now") while true do end',
        javascript='await Event.publish("now"); while (true) {}',
        interrupt="now",
        error=Fails("cancelled", "enough"),
        stop_reason="cancelled",
        exit_code=130,
    ),
    Case(
        "a spell cannot catch that its run is stopped",
        lua="""
            Event.publish("now")
            while true do pcall(Async.sleep, 20) end
        """,
        javascript="""
            await Event.publish("now");
            while (true) { try { await Async.sleep(20); } catch {} }
        """,
        interrupt="now",
        error=Fails("cancelled", "enough"),
        stop_reason="cancelled",
    ),
    Case(
        "a run that is stopped stops its tools",
        lua=f'{_LUA_SLOW} Async.spawn(function() Tool.run("slow") end) Async.sleep(0.002) Event.publish("now") Async.sleep(20)',
        javascript=f"""
            {_JAVASCRIPT_SLOW}
            await Async.spawn(() => Tool.run("slow"));
            await Async.sleep(0.002);
            await Event.publish("now");
            await Async.sleep(20);
        """,
        interrupt="now",
        error=Fails("cancelled", "enough"),
        stop_reason="cancelled",
        output="",
        events=(Happens("tool.*", "tool.started", ("tool.failed", {"name": "slow"})),),
    ),
    Case(
        "a run that is stopped stops its model and keeps what it had said",
        lua="""
            local stream = Provider.stream{ prompt = "hi" }
            stream:next()
            Event.publish("now")
            stream:result()
        """,
        javascript="""
            const stream = await Provider.stream({ prompt: "hi" });
            await stream.next();
            await Event.publish("now");
            await stream.result();
        """,
        steps=(Trickle(0.03, Text("abcdefghij" * 4, chunks=40)),),
        interrupt="now",
        error=Fails("cancelled", "enough"),
        stop_reason="cancelled",
        events=(Happens("llm.partial", "llm.partial"),),
    ),
)
