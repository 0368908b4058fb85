"""Streams: what an agent or a model says, as it says it."""

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails
from llmspell.testing.steps import Calls, Cut, Delay, Fail, Text, Trickle

CASES = (
    Case(
        "an agent's stream tells text and tools and adds up to the result",
        lua="""
            local t = Tool.define{ name = "t", run = function() return 1 end }
            local stream = Agent.create{ tools = { t } }:stream("go")
            local events = {}
            for event in stream do events[#events + 1] = event.type .. ":" .. (event.text or event.name) end
            return { events, stream:result().text }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => 1 });
            const stream = await (await Agent.create({ tools: [t] })).stream("go");
            const events = [];
            for await (const event of stream) events.push(`${event.type}:${event.text ?? event.name}`);
            return [events, (await stream.result()).text];
        """,
        steps=(Calls(("t", {})), Text("It is one.", chunks=2)),
        value=[["tool_call:t", "tool_result:t", "text:It is", "text: one."], "It is one."],
    ),
    Case(
        "a model's stream tells text and adds up to the answer",
        lua="""
            local stream = Provider.stream{ prompt = "hi" }
            local parts = {}
            for event in stream do parts[#parts + 1] = event.text end
            return { parts, stream:result().text }
        """,
        javascript="""
            const stream = await Provider.stream({ prompt: "hi" });
            const parts = [];
            for await (const event of stream) parts.push(event.text);
            return [parts, (await stream.result()).text];
        """,
        steps=(Text("abcd", chunks=2),),
        value=[["ab", "cd"], "abcd"],
    ),
    Case(
        "next gives event after event and then nothing, however often it is asked",
        lua="""
            local stream = Provider.stream{ prompt = "hi" }
            return { stream:next().text, stream:next().text, stream:next() == nil, stream:next() == nil }
        """,
        javascript="""
            const stream = await Provider.stream({ prompt: "hi" });
            const texts = [(await stream.next()).text, (await stream.next()).text];
            return [...texts, (await stream.next()) == null, (await stream.next()) == null];
        """,
        steps=(Text("ab", chunks=2),),
        value=["a", "b", True, True],
    ),
    Case(
        "the result may be had without reading the events, and twice",
        lua='local stream = Provider.stream{ prompt = "hi" } return { stream:result().text, stream:result().text }',
        javascript="""
            const stream = await Provider.stream({ prompt: "hi" });
            return [(await stream.result()).text, (await stream.result()).text];
        """,
        steps=(Text("abcd", chunks=4),),
        value=["abcd", "abcd"],
    ),
    Case(
        "events that come slowly are waited for",
        lua="""
            local text = ""
            for event in Provider.stream{ prompt = "hi" } do text = text .. event.text end
            return text
        """,
        javascript="""
            let text = "";
            for await (const event of await Provider.stream({ prompt: "hi" })) text += event.text;
            return text;
        """,
        steps=(Trickle(0.002, Text("abc", chunks=3)),),
        value="abc",
    ),
    Case(
        "two streams are read at once",
        lua="""
            local function read()
              local text = ""
              for event in Provider.stream{ prompt = "hi" } do text = text .. event.text end
              return text
            end
            return Async.all{ read, read }
        """,
        javascript="""
            const read = async () => {
              let text = "";
              for await (const event of await Provider.stream({ prompt: "hi" })) text += event.text;
              return text;
            };
            return await Async.all([read, read]);
        """,
        steps=(Trickle(0.001, Text("abc", chunks=3)), Trickle(0.001, Text("abc", chunks=3))),
        value=["abc", "abc"],
    ),
    Case(
        "a stream that fails gives what came before, and then raises",
        lua="""
            local stream = Provider.stream{ prompt = "hi" }
            local text = stream:next().text
            local _, problem = pcall(stream.next, stream)
            local _, again = pcall(stream.result, stream)
            return { text, problem.kind, again.kind }
        """,
        javascript="""
            const stream = await Provider.stream({ prompt: "hi" });
            const { text } = await stream.next();
            const kinds = [];
            try { await stream.next(); } catch (problem) { kinds.push(problem.kind); }
            try { await stream.result(); } catch (problem) { kinds.push(problem.kind); }
            return [text, ...kinds];
        """,
        steps=(Cut(Text("abcd", chunks=2), after=1, fail=Fail(500)),),
        value=["ab", "provider", "provider"],
    ),
    Case(
        "a stream that nobody reads does not stop its spell from ending",
        lua='Provider.stream{ prompt = "hi" } Async.sleep(0.001) return "done"',
        javascript='await Provider.stream({ prompt: "hi" }); await Async.sleep(0.001); return "done";',
        steps=(Delay(20, Text("late")),),
        value="done",
    ),
    Case(
        "a stream that is closed early stops the model",
        lua="""
            local stream = Agent.create{}:stream("go")
            Async.sleep(0.002)
            stream:close()
            local _, problem = pcall(stream.result, stream)
            return { problem.kind, stream:next() == nil }
        """,
        javascript="""
            const stream = await (await Agent.create({})).stream("go");
            await Async.sleep(0.002);
            await stream.close();
            try {
              await stream.result();
            } catch (problem) {
              return [problem.kind, (await stream.next()) == null];
            }
        """,
        steps=(Delay(20, Text("late")),),
        value=["cancelled", True],
    ),
    Case(
        "a stream takes no listener besides its reader",
        lua='Agent.create{}:stream("x", { on_event = print })',
        javascript='await (await Agent.create({})).stream("x", { onEvent() {} });',
        error=Fails("invalid_arguments", "on_event belongs to run"),
    ),
    Case(
        "a stream is asked for with text",
        lua="Agent.create{}:stream()",
        javascript="await (await Agent.create({})).stream();",
        error=Fails("invalid_arguments", "Agent.stream: input is missing"),
    ),
)
