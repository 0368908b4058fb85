"""Floods of calls, output, handles and answers: what a hostile spell makes the host do."""

from __future__ import annotations

import re

import pytest

from llmspell.kernel import Kernel

from .conftest import ENGINES, Attack, cast, outcome

SETS = ("limits.slice=1", "limits.memory=33554432", "limits.value_bytes=1048576", "limits.output_bytes=50000")
pytestmark = pytest.mark.asyncio(loop_scope="module")

ENDED = r"budget\.(cpu|memory|wall_time|step_bytes): .*"

FLOODS = {
    "calls that nobody awaits": ("for (let i = 0; i < 1e6; i++) State.get('x'); return 1", ENDED),
    "some calls that nobody awaits": ("for (let i = 0; i < 5000; i++) State.set('x', i); return await State.get('x')", "completed: 4999"),
    "calls that are answered at once": ("const all = []; for (let i = 0; i < 5000; i++) all.push(State.get('x', i)); return (await Promise.all(all)).at(-1)", "completed: 4999"),
    "calls under way": ("const all = []; for (let i = 0; i < 1001; i++) all.push(Async.sleep(60)); await Promise.all(all)", r"budget\.calls: the script has 1000 calls under way already"),
    "as many calls under way as may be": ("const all = []; for (let i = 0; i < 1000; i++) all.push(Async.sleep(0.3)); return (await Promise.all(all)).length", "completed: 1000"),
    "calls under way, caught": ("let n = 0; for (let i = 0; i < 3000; i++) Async.sleep(60).catch(() => n++); await State.get('x'); return n", "completed: 2000"),
    "calls after those that ended": ("for (let j = 0; j < 3; j++) await Async.all(Array(900).fill(() => Async.sleep(0.01))); return 1", "completed: 1"),
    "handles": ("for (let i = 0; i < 11; i++) await Promise.all(Array.from({ length: 1000 }, () => Event.subscribe('my.*')))", r"budget\.handles: the script has 10000 handles already|budget\.(cpu|memory): .*"),
    "handles that are closed": ("for (let i = 0; i < 300; i++) await (await Event.subscribe('my.*')).close(); return 1", "completed: 1"),
    "readers of one event": ("const all = []; for (let i = 0; i < 500; i++) all.push(await Event.subscribe('my.*')); const seen = all.map((s) => s.next()); await Event.publish('my.event'); return (await Promise.all(seen)).length", "completed: 500"),
    "handlers of one event": ("let n = 0; for (let i = 0; i < 200; i++) await Event.subscribe('my.*', () => { n++ }); await Event.publish('my.event'); await Async.sleep(0.5); return n", "completed: 200"),
    "handlers that publish": ("await Event.subscribe('my.*', async () => { await Event.publish('my.event'); for (;;); }); await Event.publish('my.event'); await Async.sleep(5)", ENDED),
    "a tool that runs itself": ("await Tool.define({ name: 't', run: () => Tool.run('t') }); await Tool.run('t')", r"budget\.depth: .*"),
    "a tool that runs without end": ("await Tool.define({ name: 't', run: () => 1 }); for (;;) await Tool.run('t')", r"budget\.tool_calls: .*"),
    "a hook that runs its own tool": ("await Tool.define({ name: 't', run: () => 1 }); await Hook.on('pre_tool', () => Tool.run('t'), { guard: true }); await Tool.run('t')", r"(budget\.(depth|tool_calls)|error|timeout): .*"),
    "an update that updates itself": ("const [, e] = await Async.tryTimeout(0.2, () => State.update('x', () => State.update('x', () => 1))); return e.kind", 'completed: "timeout"'),
    "answers that wait to be read": ("await State.set('x', 'x'.repeat(1e6)); for (let i = 0; i < 500; i++) State.get('x'); await State.get('x')", r"budget\.unread_bytes: more than 4259840 bytes of answers wait for the script"),
    "answers that call again": ("const f = () => { State.get('x').then(f); State.get('x').then(f) }; f(); await Async.sleep(9)", ENDED),
    "lines of output": ("for (let i = 0; ; i++) console.log(i)", r"budget\.output: the script printed more than 50000 bytes"),
    "empty lines of output": ("for (;;) console.log()", r"budget\.output: the script printed more than 50000 bytes"),
    "a long line of output": ("console.log('x'.repeat(1e6))", r"budget\.output: the script printed more than 50000 bytes"),
    "output, caught": ("for (;;) try { console.log('x'.repeat(999)) } catch {}", r"budget\.(output|cpu): .*"),
    "output after each call": ("for (;;) { console.log('x'.repeat(999)); await State.get('x') }", r"budget\.output: .*"),
    "wide output": ("console.log(new Array(1e6).fill({ a: 1 })); return 1", "completed: 1"),
    "a thenable that never settles": ("await { then() {} }", "error: the script waits for something that can never happen"),
    "a thenable that settles twice": ("return await { then(ok, no) { ok(1); ok(2); no(3) } }", "completed: 1"),
    "a thenable that settles and throws": ("return await { then(ok) { ok(1); throw new Error('late') } }", "completed: 1"),
    "a thenable that calls the host": ("return await { then: (ok) => State.get('x', 7).then(ok) }", "completed: 7"),
    "a thenable as what a tool gives": ("await Tool.define({ name: 't', run: () => ({ then: (ok) => ok({ then: (ok) => ok(5) }) }) }); return (await Tool.run('t')).output", "completed: 5"),
    "a thenable as what a task gives": ("return await Async.all([() => ({ then(ok) { ok(1) } }), async () => 2])", r"completed: \[1, 2\]"),
    "a promise that waits for itself": ("const p = (async () => { await null; return await p })(); await p", "error: the script waits for something that can never happen"),
    "an iterator that never ends its turn": ("for await (const x of { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) });", "error: the script waits for something that can never happen"),
    "a tool that never answers": ("await Tool.define({ name: 't', timeout: 0.1, run: () => new Promise(() => {}) }); await Tool.run('t')", "timeout: .*|error: .*(timeout|longer|seconds).*"),
    "a hook that never answers": ("await Tool.define({ name: 't', run: () => 1 }); await Hook.on('pre_tool', () => new Promise(() => {}), { timeout: 0.1 }); return (await Tool.run('t')).output", "completed: 1"),
    "an answer after the end": ("await Tool.define({ name: 't', async run() { await Async.sleep(60); return 1 } }); Tool.run('t'); return 2", "completed: 2"),
    "calls after the end": ("(async () => { for (;;) { await State.get('x') } })(); return 3", "completed: 3"),
    "a kind of event that is llmspell's": ("await Event.publish('tool.done')", "error: event kinds that start with 'tool' are llmspell's own"),
    "a schema that is fetched": ("await Tool.define({ name: 't', parameters: { type: 'object', properties: { a: { $ref: 'file:///etc/passwd' } } }, run: () => 1 }); await Tool.run('t', { a: 1 })", "error: .*remote .ref 'file:///etc/passwd' is refused.*"),
    "a pattern that backtracks in the host": ("await Tool.define({ name: 't', parameters: { a: { type: 'string', pattern: '^(?=(a+)+$)(a+)+\\\\1$' } }, run: () => 1 }); await Tool.run('t', { a: 'a'.repeat(40) + 'b' })", "error: tool:t got wrong arguments: .*"),
}  # fmt: skip


@pytest.mark.parametrize("name", FLOODS)
async def test_a_flood_is_answered_or_ended(name: str, attack: Attack) -> None:
    source, expected = FLOODS[name]
    await attack(source, expected)


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_flood_of_calls_is_answered_inline_too(engine: str, kernel: Kernel) -> None:
    source, expected = FLOODS["some calls that nobody awaits"]
    assert re.fullmatch(expected, outcome(await cast(kernel, engine, source, profile="low")))


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_step_that_says_too_much_names_its_budget(engine: str, kernel: Kernel) -> None:
    ended = await cast(kernel, engine, "const s = 'x'.repeat(1e6); for (let i = 0; i < 3; i++) Tool.run(s)")
    assert outcome(ended) == "budget.step_bytes: the script's worker process sent more than 2162688 bytes in one step"
