"""The global `Provider`: models, asked directly."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.steps import Calls, Delay, Fail, Text


def _refused(behaviour: str, lua: str, javascript: str, message: str, *, kind: str = "invalid_arguments") -> Case:
    return Case(
        behaviour,
        lua=f"Provider.complete({lua})",
        javascript=f"await Provider.complete({javascript});",
        error=Fails(kind, message),
    )


CASES = (
    Case(
        "a model answers a prompt",
        lua="""
            local answer = Provider.complete{ prompt = "hi", system = "S", temperature = 0.5, max_tokens = 9 }
            return { answer.text, answer.finish_reason, answer.model, answer.usage.total_tokens, answer.cost == nil }
        """,
        javascript="""
            const answer = await Provider.complete({ prompt: "hi", system: "S", temperature: 0.5, maxTokens: 9 });
            return [answer.text, answer.finishReason, answer.model, answer.usage.totalTokens, answer.cost == null];
        """,
        steps=(Text("hello"),),
        value=["hello", "stop", "model", 15, True],
        events=(Happens("llm.started", ("llm.started", {"name": "scripted/model"})),),
    ),
    Case(
        "a model answers messages",
        lua="""
            return Provider.complete{ messages = {
              { role = "user", content = "one" }, { role = "assistant", content = "1" }, { role = "user", content = "two" },
            } }.text
        """,
        javascript="""
            const answer = await Provider.complete({ messages: [
              { role: "user", content: "one" }, { role: "assistant", content: "1" }, { role: "user", content: "two" },
            ] });
            return answer.text;
        """,
        steps=(Text("2"),),
        value="2",
    ),
    Case(
        "messages may hold tool calls and their answers",
        lua="""
            return Provider.complete{ messages = {
              { role = "user", content = "go" },
              { role = "assistant", tool_calls = { { id = "c1", name = "t", arguments = "{}" } } },
              { role = "tool", tool_call_id = "c1", content = "4" },
            } }.text
        """,
        javascript="""
            const answer = await Provider.complete({ messages: [
              { role: "user", content: "go" },
              { role: "assistant", toolCalls: [{ id: "c1", name: "t", arguments: "{}" }] },
              { role: "tool", toolCallId: "c1", content: "4" },
            ] });
            return answer.text;
        """,
        steps=(Text("four"),),
        value="four",
    ),
    Case(
        "a model may be named",
        lua='return Provider.complete{ prompt = "hi", model = "scripted/other" }.model',
        javascript='return (await Provider.complete({ prompt: "hi", model: "scripted/other" })).model;',
        steps=(Text("hello"),),
        value="other",
    ),
    Case(
        "the tool calls that a model wants are told",
        lua="""
            local call = Provider.complete{ prompt = "hi" }.tool_calls[1]
            return { call.name, Json.decode(call.arguments).n }
        """,
        javascript="""
            const [call] = (await Provider.complete({ prompt: "hi" })).toolCalls;
            return [call.name, JSON.parse(call.arguments).n];
        """,
        steps=(Calls(("t", {"n": 1})),),
        value=["t", 1],
    ),
    Case(
        "several models answer at once",
        lua="""
            local texts = {}
            for i, answer in ipairs(Async.map({ "a", "b" }, function(p) return Provider.complete{ prompt = p } end)) do
              texts[i] = answer.text
            end
            return texts
        """,
        javascript="""
            const answers = await Async.map(["a", "b"], (prompt) => Provider.complete({ prompt }));
            return answers.map((answer) => answer.text);
        """,
        steps=(Delay(0.005, Text("first")), Text("second")),
        value=["first", "second"],
    ),
    Case(
        "a model that takes too long is a timeout",
        lua='Provider.complete{ prompt = "hi", timeout = 0.02 }',
        javascript='await Provider.complete({ prompt: "hi", timeout: 0.02 });',
        steps=(Delay(20, Text("late")),),
        error=Fails("timeout", "took longer than 0.02 seconds", component="provider:scripted"),
    ),
    *(
        Case(
            f"a model's status {status} is an error of kind {kind}",
            lua='Provider.complete{ prompt = "hi" }',
            javascript='await Provider.complete({ prompt: "hi" });',
            steps=(Fail(status),),
            error=Fails(kind),
            exit_code=5,
        )
        for status, kind in ((401, "authentication"), (404, "unknown_model"), (429, "rate_limited"), (503, "provider"))
    ),
    Case(
        "models of a provider are listed by their whole names",
        lua='return Provider.models("scripted")',
        javascript='return await Provider.models("scripted");',
        value=["scripted/model"],
    ),
    Case(
        "providers are listed by name",
        lua="for _, name in ipairs(Provider.list()) do if name == 'scripted' then return true end end",
        javascript='return (await Provider.list()).includes("scripted");',
        value=True,
    ),
    Case(
        "a provider that is not installed has no models",
        lua='Provider.models("no_such_provider")',
        javascript='await Provider.models("no_such_provider");',
        error=Fails("unknown_model", "no provider named 'no_such_provider' is installed"),
    ),
    Case(
        "models needs a provider's name",
        lua="Provider.models()",
        javascript="await Provider.models();",
        error=Fails("invalid_arguments", "Provider.models: provider is missing"),
    ),
    _refused("a request needs a prompt or messages", "{}", "{}", "give either prompt or messages"),
    _refused(
        "a request takes either a prompt or messages",
        '{ prompt = "x", messages = { { role = "user" } } }',
        '{ prompt: "x", messages: [{ role: "user" }] }',
        "give either prompt or messages",
    ),
    _refused("a request is an object", '"hi"', '"hi"', "Provider.complete: must be an object, not 'hi'"),
    _refused("complete needs a request", "", "", "Provider.complete: options is missing"),
    _refused(
        "a prompt is text", "{ prompt = 5 }", "{ prompt: 5 }", "Provider.complete: prompt must be a string, not 5"
    ),
    _refused(
        "a role is a known one",
        '{ messages = { { role = "usr" } } }',
        '{ messages: [{ role: "usr" }] }',
        "messages[1].role must be one of 'system', 'user', 'assistant', 'tool', not 'usr'",
    ),
    _refused("a message needs a role", "{ messages = { {} } }", "{ messages: [{}] }", "messages[1].role is missing"),
    _refused(
        "a model names its provider",
        '{ prompt = "x", model = "gpt" }',
        '{ prompt: "x", model: "gpt" }',
        "model 'gpt' does not name its provider",
        kind="unknown_model",
    ),
    _refused(
        "a model's provider is installed",
        '{ prompt = "x", model = "no_such_provider/gpt" }',
        '{ prompt: "x", model: "no_such_provider/gpt" }',
        "no provider named 'no_such_provider' is installed",
        kind="unknown_model",
    ),
    _refused(
        "an unknown option of a request is refused",
        '{ promt = "x" }',
        '{ promt: "x" }',
        "Provider.complete: unknown option 'promt'",
        kind="unknown_option",
    ),
    _refused(
        "stop is a list of texts",
        '{ prompt = "x", stop = { 1 } }',
        '{ prompt: "x", stop: [1] }',
        "Provider.complete: stop[1] must be a string, not 1",
    ),
)
