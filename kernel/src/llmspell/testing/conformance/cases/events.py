"""The global `Event`: what is published, who hears of it, and what happens to a slow listener."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens


def _pattern(behaviour: str, pattern: str, *heard: str) -> Case:
    """What a subscription to `pattern` hears of five events."""
    return Case(
        behaviour,
        lua=f"""
            local events = Event.subscribe("{pattern}")
            for _, kind in ipairs{{ "shop.open", "shop.sale", "shop.sale.big", "club.open", "shop" }} do
              Event.publish(kind)
            end
            events:close()
            local heard = Json.array()
            for event in events do heard[#heard + 1] = event.kind end
            return heard
        """,
        javascript=f"""
            const events = await Event.subscribe("{pattern}");
            for (const kind of ["shop.open", "shop.sale", "shop.sale.big", "club.open", "shop"]) {{
              await Event.publish(kind);
            }}
            await events.close();
            const heard = [];
            for await (const event of events) heard.push(event.kind);
            return heard;
        """,
        value=list(heard),
    )


def _refused(behaviour: str, lua: str, javascript: str, message: str, *, kind: str = "invalid_arguments") -> Case:
    return Case(behaviour, lua=lua, javascript=f"await {javascript};", error=Fails(kind, message))


CASES = (
    _pattern("an exact pattern hears that kind only", "shop.sale", "shop.sale"),
    _pattern("a prefix hears all that begins with it", "shop.*", "shop.open", "shop.sale", "shop.sale.big"),
    _pattern("a suffix hears all that ends with it", "*.open", "shop.open", "club.open"),
    _pattern("a star in the middle stands for words", "shop.*.big", "shop.sale.big"),
    _pattern("two stars hear everything", "**", "shop.open", "shop.sale", "shop.sale.big", "club.open", "shop"),
    _pattern("a pattern that nothing matches hears nothing", "cafe.*"),
    Case(
        "an event has a number, a time, a path, a kind and data",
        lua="""
            local number = Event.publish("a.b", { n = 1 })
            local event = Event.history("a.b")[1]
            return { event.seq == number, type(event.time), event.path, event.kind, event.data.n }
        """,
        javascript="""
            const number = await Event.publish("a.b", { n: 1 });
            const [event] = await Event.history("a.b");
            return [event.seq === number, typeof event.time, event.path, event.kind, event.data.n];
        """,
        value=[True, "string", "run", "a.b", 1],
    ),
    Case(
        "numbers of events grow",
        lua='local a, b = Event.publish("a"), Event.publish("a") return b > a',
        javascript='const a = await Event.publish("a"); return (await Event.publish("a")) > a;',
        value=True,
    ),
    Case(
        "an event without data has empty data",
        lua='Event.publish("a") return Event.history("a")[1].data',
        javascript='await Event.publish("a"); return (await Event.history("a"))[0].data;',
        value={},
    ),
    Case(
        "what was published is in the log in order",
        lua='Event.publish("a.x", { n = 1 }) Event.publish("b") Event.publish("a.y", { n = 2 })',
        javascript="""
            await Event.publish("a.x", { n: 1 });
            await Event.publish("b");
            await Event.publish("a.y", { n: 2 });
        """,
        events=(Happens("a.*", ("a.x", {"n": 1}), ("a.y", {"n": 2})),),
    ),
    Case(
        "a subscription hears nothing from before",
        lua="""
            Event.publish("a", { n = 1 })
            local events = Event.subscribe("a")
            Event.publish("a", { n = 2 })
            return events:next().data.n
        """,
        javascript="""
            await Event.publish("a", { n: 1 });
            const events = await Event.subscribe("a");
            await Event.publish("a", { n: 2 });
            return (await events.next()).data.n;
        """,
        value=2,
    ),
    Case(
        "next waits for an event",
        lua="""
            local events = Event.subscribe("a")
            return Async.all{
              function() return events:next().data.n end,
              function() Async.sleep(0.005) Event.publish("a", { n = 7 }) end,
            }[1]
        """,
        javascript="""
            const events = await Event.subscribe("a");
            const both = await Async.all([
              async () => (await events.next()).data.n,
              async () => { await Async.sleep(0.005); await Event.publish("a", { n: 7 }); },
            ]);
            return both[0];
        """,
        value=7,
    ),
    Case(
        "a closed subscription gives what waits and then nothing",
        lua="""
            local events = Event.subscribe("a")
            Event.publish("a", { n = 1 })
            events:close()
            Event.publish("a", { n = 2 })
            return { events:next().data.n, events:next() == nil, events:next() == nil }
        """,
        javascript="""
            const events = await Event.subscribe("a");
            await Event.publish("a", { n: 1 });
            await events.close();
            await Event.publish("a", { n: 2 });
            return [(await events.next()).data.n, (await events.next()) == null, (await events.next()) == null];
        """,
        value=[1, True, True],
    ),
    Case(
        "a subscription may be closed twice",
        lua='local events = Event.subscribe("a") events:close() events:close() return "fine"',
        javascript='const events = await Event.subscribe("a"); await events.close(); await events.close(); return "fine";',
        value="fine",
    ),
    Case(
        "two subscriptions hear the same event",
        lua="""
            local one, two = Event.subscribe("a"), Event.subscribe("*")
            local number = Event.publish("a")
            return { one:next().seq == number, two:next().seq == number }
        """,
        javascript="""
            const [one, two] = [await Event.subscribe("a"), await Event.subscribe("*")];
            const number = await Event.publish("a");
            return [(await one.next()).seq === number, (await two.next()).seq === number];
        """,
        value=[True, True],
    ),
    Case(
        "a function is called with each event in order",
        lua="""
            local heard = {}
            Event.subscribe("a", function(event) heard[#heard + 1] = event.data.n end)
            for n = 1, 3 do Event.publish("a", { n = n }) end
            while #heard < 3 do Async.sleep(0.001) end
            return heard
        """,
        javascript="""
            const heard = [];
            await Event.subscribe("a", (event) => { heard.push(event.data.n); });
            for (let n = 1; n <= 3; n += 1) await Event.publish("a", { n });
            while (heard.length < 3) await Async.sleep(0.001);
            return heard;
        """,
        value=[1, 2, 3],
    ),
    Case(
        "a function that is slow gets its events one after the other",
        lua="""
            local order = {}
            Event.subscribe("a", function(event)
              order[#order + 1] = "begin " .. event.data.n
              Async.sleep(0.002)
              order[#order + 1] = "end " .. event.data.n
            end)
            for n = 1, 2 do Event.publish("a", { n = n }) end
            while #order < 4 do Async.sleep(0.001) end
            return order
        """,
        javascript="""
            const order = [];
            await Event.subscribe("a", async (event) => {
              order.push(`begin ${event.data.n}`);
              await Async.sleep(0.002);
              order.push(`end ${event.data.n}`);
            });
            for (let n = 1; n <= 2; n += 1) await Event.publish("a", { n });
            while (order.length < 4) await Async.sleep(0.001);
            return order;
        """,
        value=["begin 1", "end 1", "begin 2", "end 2"],
    ),
    Case(
        "a function may publish itself",
        lua="""
            Event.subscribe("question", function() Event.publish("answer", { n = 42 }) end)
            local answers = Event.subscribe("answer")
            Event.publish("question")
            return answers:next().data.n
        """,
        javascript="""
            await Event.subscribe("question", async () => { await Event.publish("answer", { n: 42 }); });
            const answers = await Event.subscribe("answer");
            await Event.publish("question");
            return (await answers.next()).data.n;
        """,
        value=42,
    ),
    Case(
        "a function that fails is told of and called no more",
        lua="""
            local failures = Event.subscribe("subscriber.failed")
            local calls = 0
            Event.subscribe("a", function() calls = calls + 1 error("ouch", 0) end)
            Event.publish("a")
            local problem = failures:next().data.error
            Event.publish("a")
            Async.sleep(0.005)
            return { problem.message, calls }
        """,
        javascript="""
            const failures = await Event.subscribe("subscriber.failed");
            let calls = 0;
            await Event.subscribe("a", () => { calls += 1; throw new Error("ouch"); });
            await Event.publish("a");
            const problem = (await failures.next()).data.error;
            await Event.publish("a");
            await Async.sleep(0.005);
            return [problem.message, calls];
        """,
        value=["ouch", 1],
    ),
    Case(
        "what a slow reader misses is counted",
        lua="""
            local events = Event.subscribe("a", nil, { limit = 2 })
            for n = 1, 5 do Event.publish("a", { n = n }) end
            local first, second, third = events:next(), events:next(), events:next()
            Event.publish("a", { n = 6 })
            return { first.data.n, second.data.n, third.kind, third.data.count, events:next().data.n }
        """,
        javascript="""
            const events = await Event.subscribe("a", null, { limit: 2 });
            for (let n = 1; n <= 5; n += 1) await Event.publish("a", { n });
            const [first, second, third] = [await events.next(), await events.next(), await events.next()];
            await Event.publish("a", { n: 6 });
            return [first.data.n, second.data.n, third.kind, third.data.count, (await events.next()).data.n];
        """,
        value=[1, 2, "events.dropped", 3, 6],
    ),
    Case(
        "a publisher waits for a reader that wants everything",
        lua="""
            local events = Event.subscribe("a", nil, { limit = 1, overflow = "wait" })
            local order = {}
            Async.all{
              function()
                for n = 1, 3 do Event.publish("a", { n = n }) order[#order + 1] = "sent " .. n end
                events:close()
              end,
              function()
                Async.sleep(0.005)
                order[#order + 1] = "reads"
                for event in events do order[#order + 1] = "got " .. event.data.n end
              end,
            }
            return { order[1], order[2], #order }
        """,
        javascript="""
            const events = await Event.subscribe("a", null, { limit: 1, overflow: "wait" });
            const order = [];
            await Async.all([
              async () => {
                for (let n = 1; n <= 3; n += 1) { await Event.publish("a", { n }); order.push(`sent ${n}`); }
                await events.close();
              },
              async () => {
                await Async.sleep(0.005);
                order.push("reads");
                for await (const event of events) order.push(`got ${event.data.n}`);
              },
            ]);
            return [order[0], order[1], order.length];
        """,
        value=["sent 1", "reads", 7],
    ),
    Case(
        "history has the events so far that match",
        lua="""
            Event.publish("a.x") Event.publish("b") Event.publish("a.y")
            local kinds = {}
            for i, event in ipairs(Event.history("a.*")) do kinds[i] = event.kind end
            return { kinds, #Event.history("none"), #Event.history() > 3 }
        """,
        javascript="""
            for (const kind of ["a.x", "b", "a.y"]) await Event.publish(kind);
            const kinds = (await Event.history("a.*")).map((event) => event.kind);
            return [kinds, (await Event.history("none")).length, (await Event.history()).length > 3];
        """,
        value=[["a.x", "a.y"], 0, True],
    ),
    Case(
        "events of llmspell's own can be heard",
        lua="""
            local events = Event.subscribe("tool.*")
            Tool.define{ name = "t", run = function() return 1 end }:run()
            return { events:next().kind, events:next().kind }
        """,
        javascript="""
            const events = await Event.subscribe("tool.*");
            await (await Tool.define({ name: "t", run: () => 1 })).run();
            return [(await events.next()).kind, (await events.next()).kind];
        """,
        value=["tool.started", "tool.finished"],
    ),
    _refused(
        "a kind of llmspell's own cannot be published",
        'Event.publish("tool.started")',
        'Event.publish("tool.started")',
        "event kinds that start with 'tool' are llmspell's own",
    ),
    _refused(
        "a kind is words joined by dots", 'Event.publish("a b")', 'Event.publish("a b")', "'a b' is not an event kind"
    ),
    _refused("publish needs a kind", "Event.publish()", "Event.publish()", "Event.publish: kind is missing"),
    _refused(
        "data is an object",
        'Event.publish("a", 5)',
        'Event.publish("a", 5)',
        "Event.publish: data must be an object, not 5",
    ),
    _refused(
        "a pattern is words joined by dots",
        'Event.subscribe("a..b")',
        'Event.subscribe("a..b")',
        "'a..b' is not an event pattern",
    ),
    _refused(
        "a listener is a function",
        'Event.subscribe("a", 5)',
        'Event.subscribe("a", 5)',
        "Event.subscribe: function must be",
    ),
    _refused(
        "a limit is at least one",
        'Event.subscribe("a", nil, { limit = 0 })',
        'Event.subscribe("a", null, { limit: 0 })',
        "a subscription's limit must be at least 1, not 0",
    ),
    _refused(
        "overflow is one of two words",
        'Event.subscribe("a", nil, { overflow = "block" })',
        'Event.subscribe("a", null, { overflow: "block" })',
        "overflow must be one of 'drop', 'wait', not 'block'",
    ),
    _refused(
        "an unknown option of subscribe is refused",
        'Event.subscribe("a", nil, { limt = 1 })',
        'Event.subscribe("a", null, { limt: 1 })',
        "unknown option 'limt'",
        kind="unknown_option",
    ),
    _refused(
        "a pattern of history is checked", 'Event.history("a..b")', 'Event.history("a..b")', "is not an event pattern"
    ),
)
