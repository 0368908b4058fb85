"""Hook plugins: which are on, in which order, and what is refused when one is switched on."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest

from llmspell.config import Config, LoadedConfig, Settings
from llmspell.config.schema import Hooks
from llmspell.errors import BrokenPlugin, UnknownPlugin
from llmspell.kernel import Kernel, RunOptions
from llmspell.plugins import Plugins

from ..run.kit import Spy, call, kinds
from .site import Site

TRACED = """
    from llmspell import hookimpl

    seen = []

    class Traced:
        def __init__(self, name):
            self.name = name

        @hookimpl
        def pre_tool(self, call):
            seen.append(self.name)

    @hookimpl
    def llmspell_hooks(settings):
        return {name: Traced(name) for name in ("mine_a", "mine_b", "mine_c")}
"""


@pytest.fixture
def traced(site: Site) -> list[str]:
    """Three hooks that write down their name when a tool is called."""
    points = {"hooks": dict.fromkeys(("mine_a", "mine_b", "mine_c"), "mine_hooks")}
    site.install("mine-hooks", points, {"mine_hooks": TRACED})
    return []


def kernel(*enabled: str) -> Kernel:
    loaded = LoadedConfig(Config(hooks=Hooks(enabled=enabled)))
    return Kernel(loaded, environ={}, plugins=Plugins(Settings(loaded, {})))


async def seen(of: Kernel, *hooks: str) -> list[str]:
    """The hooks that one run calls."""
    run = of.open_run(RunOptions(hooks=hooks))
    if "mine_hooks" in sys.modules:
        sys.modules["mine_hooks"].seen.clear()
    await call(run, Spy())
    await run.close()
    return list(sys.modules["mine_hooks"].seen) if "mine_hooks" in sys.modules else []


@pytest.mark.usefixtures("traced")
async def test_hooks_run_in_the_order_of_their_names_however_they_are_named() -> None:
    assert await seen(kernel("mine_c", "mine_a", "mine_b")) == ["mine_a", "mine_b", "mine_c"]


@pytest.mark.usefixtures("traced")
async def test_a_hook_that_is_not_enabled_is_not_called() -> None:
    assert await seen(kernel("mine_b")) == ["mine_b"]
    assert await seen(kernel()) == []


@pytest.mark.usefixtures("traced")
async def test_the_hooks_of_one_run_do_not_leak_into_the_next() -> None:
    of = kernel("mine_b")
    assert await seen(of, "mine_a") == ["mine_a", "mine_b"]
    assert await seen(of) == ["mine_b"]
    assert await seen(of, "mine_c") == ["mine_b", "mine_c"]
    assert await seen(of, "mine_a", "mine_c") == ["mine_a", "mine_b", "mine_c"]


@pytest.mark.usefixtures("traced")
async def test_a_hook_may_be_named_twice() -> None:
    assert await seen(kernel("mine_a", "mine_a"), "mine_a") == ["mine_a"]


@pytest.mark.usefixtures("traced")
async def test_hooks_of_an_open_run_stay_when_another_run_has_others() -> None:
    of = kernel("mine_a")
    first = of.open_run()
    of.open_run(RunOptions(hooks=("mine_b",)))
    sys.modules["mine_hooks"].seen.clear()
    await call(first, Spy())
    assert sys.modules["mine_hooks"].seen == ["mine_a"]


async def test_hooks_that_an_embedder_registers_are_called() -> None:
    from llmspell import hookimpl

    called: list[str] = []

    class Own:
        @hookimpl
        def pre_tool(self) -> None:
            called.append("own")

    of = kernel()
    of.plugins.manager.register(Own())
    assert await seen(of) == []
    assert called == ["own"]


def test_an_unknown_hook_is_named() -> None:
    with pytest.raises(UnknownPlugin, match=r"^no hook named 'loging' is installed") as raised:
        kernel("loging").open_run()
    assert raised.value.hint == "did you mean 'logging'?"


MISFITS = [
    ("def pre_tol(self, call): pass", "it has a hook 'pre_tol', and llmspell knows none of this name"),
    ("def llmspell_tools(self, settings): pass", "its hook llmspell_tools stands in the wrong place"),
    ("def pre_tool(self, call, result): pass", r"Argument\(s\) {'result'} are declared in the hookimpl"),
    ("async def on_event(self, event): pass", "its hook on_event is async, and an event waits for nobody"),
]


def offer(site: Site, source: str, offered: str) -> None:
    module = f"from llmspell import hookimpl\n{dedent(source)}\n@hookimpl\ndef llmspell_hooks(settings):\n    return {offered}\n"
    site.install("mine-dist", {"hooks": {"mine_x": "mine_x"}}, {"mine_x": module})


@pytest.mark.parametrize(("method", "reason"), MISFITS)
async def test_a_hook_that_does_not_fit_is_refused_each_time(site: Site, method: str, reason: str) -> None:
    source = f"class Mine:\n    @hookimpl\n    def post_tool(self): pass\n\n    @hookimpl\n    {method}\n"
    offer(site, source, "{'mine_x': Mine()}")
    of = kernel("mine_x")
    for _ in range(2):
        with pytest.raises(BrokenPlugin, match=reason) as raised:
            of.open_run()
        assert raised.value.distribution == "mine-dist"


@pytest.mark.parametrize("offered", ["object()", "None"])
async def test_an_object_without_hooks_is_refused(site: Site, offered: str) -> None:
    offer(site, "", f"{{'mine_x': {offered}}}")
    of = kernel("mine_x")
    for _ in range(2):
        with pytest.raises(BrokenPlugin, match="it has no operation hook; mark its methods with @hookimpl"):
            of.open_run()


async def test_a_wrapper_is_refused(site: Site) -> None:
    source = "class Mine:\n    @hookimpl(wrapper=True)\n    def pre_tool(self, call): return (yield)\n"
    offer(site, source, "{'mine_x': Mine()}")
    with pytest.raises(BrokenPlugin, match="its hook pre_tool is a wrapper; write an around-hook instead"):
        kernel("mine_x").open_run()


async def test_one_object_cannot_be_two_hooks(site: Site) -> None:
    source = """
        from llmspell import hookimpl

        class Mine:
            @hookimpl
            def pre_tool(self): pass

        @hookimpl
        def llmspell_hooks(settings):
            return dict.fromkeys(["mine_x", "mine_y"], Mine())
    """
    site.install("mine-dist", {"hooks": {"mine_x": "mine_x", "mine_y": "mine_x"}}, {"mine_x": source})
    with pytest.raises(BrokenPlugin, match="already registered"):
        kernel("mine_x", "mine_y").open_run()


async def test_a_hook_that_is_refused_leaves_the_others_as_they_were(site: Site, traced: list[str]) -> None:
    offer(site, "", "{'mine_x': object()}")
    of = kernel("mine_a")
    with pytest.raises(BrokenPlugin):
        of.open_run(RunOptions(hooks=("mine_x",)))
    assert await seen(of) == ["mine_a"]


@pytest.mark.usefixtures("traced")
async def test_hooks_write_no_event_of_their_own() -> None:
    run = kernel("mine_a").open_run()
    await call(run, Spy())
    assert kinds(run) == ["tool.started", "tool.finished"]
