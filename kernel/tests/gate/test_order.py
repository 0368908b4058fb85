"""In which order hooks stand around an operation."""

from __future__ import annotations

from typing import Any

from llmspell import hookimpl
from llmspell.gate import HookChains, Operation
from llmspell.gate.fence import Hook
from llmspell.gate.hooks import from_pre
from llmspell.hookspecs import Proceed, Role

from ..run.kit import Spy, call, make_kernel, open_run


def trace(name: str, log: list[str], *, tryfirst: bool = False, trylast: bool = False) -> object:
    """Hooks that write down when they are called."""

    class Traced:
        @hookimpl(tryfirst=tryfirst, trylast=trylast)
        def pre_tool(self, call: Operation) -> None:
            log.append(f"pre {name}")

        @hookimpl(tryfirst=tryfirst, trylast=trylast)
        def post_tool(self, call: Operation, result: Any) -> None:
            log.append(f"post {name}")

        @hookimpl(tryfirst=tryfirst, trylast=trylast)
        async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
            log.append(f"in {name}")
            result = await proceed(call)
            log.append(f"out {name}")
            return result

    return Traced()


async def traced(*hooks: object, log: list[str]) -> list[str]:
    kernel = make_kernel()
    for hook in hooks:
        kernel.plugins.manager.register(hook)
    await call(kernel.open_run(), Spy())
    return log


async def test_around_hooks_stand_outside_and_the_first_in_is_the_last_out() -> None:
    log: list[str] = []
    # pluggy calls the last registered first
    assert await traced(trace("b", log), trace("a", log), log=log) == [
        "in a",
        "in b",
        "pre a",
        "pre b",
        "post b",
        "post a",
        "out b",
        "out a",
    ]


async def test_tryfirst_is_outermost_and_trylast_innermost() -> None:
    log: list[str] = []
    hooks = [
        trace("first", log, tryfirst=True),
        trace("middle", log),
        trace("last", log, trylast=True),
    ]
    assert await traced(*hooks, log=log) == [
        *("in first", "in middle", "in last"),
        *("pre first", "pre middle", "pre last"),
        *("post last", "post middle", "post first"),
        *("out last", "out middle", "out first"),
    ]


async def test_a_hook_that_is_added_stands_inside_and_can_be_removed() -> None:
    log: list[str] = []

    async def around(call: Operation, proceed: Any) -> Any:
        log.append("added")
        return await proceed(call)

    run = open_run(hooks=trace("own", log))
    hook = Hook("added", Role(), around)
    run.hooks.add("tool", hook)
    await call(run, Spy())
    assert log == ["in own", "pre own", "added", "post own", "out own"]
    log.clear()
    run.hooks.remove("tool", hook)
    await call(run, Spy())
    assert "added" not in log


async def test_a_hook_that_is_switched_off_is_passed_over() -> None:
    log: list[str] = []

    async def around(call: Operation, proceed: Any) -> Any:
        log.append("called")
        return await proceed(call)

    run = open_run()
    hook = Hook("mine", Role(), around)
    run.hooks.add("tool", hook)
    hook.enabled = False
    assert await call(run, Spy("answer")) == "answer"
    assert log == []


def test_without_hooks_there_is_no_chain() -> None:
    chains = HookChains()
    assert chains.chain("tool") is None
    hook = Hook("mine", Role(), from_pre(lambda: None, ()))
    chains.add("tool", hook)
    assert chains.chain("tool") is not None
    assert chains.chain("llm") is None
    chains.remove("tool", hook)
    assert chains.chain("tool") is None


async def test_a_hook_of_one_kind_sees_no_other_kind() -> None:
    log: list[str] = []
    run = open_run(hooks=trace("a", log))

    async def nothing(operation: Operation) -> None:
        return None

    await run.gate.run(run.operation("step", "one", None, run.root), nothing)
    assert log == []
