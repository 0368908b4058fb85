"""Routers among models: names, composition, capabilities, permissions, hooks, agents."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from llmspell.agent import AgentInput, AgentSpec
from llmspell.config import Config
from llmspell.config.routing import CircuitBreaker, Router
from llmspell.config.schema import Budget
from llmspell.config.schema import Run as RunTable
from llmspell.errors import LlmspellError, PermissionDenied, UsageError, Vetoed
from llmspell.hookspecs import Veto, guard, hookimpl
from llmspell.kernel import RunOptions
from llmspell.permissions import Grants
from llmspell.provider import Capabilities
from llmspell.testing import ScriptedModel, Text

from ..run.kit import ask, events, make_kernel, open_run
from .kit import BUSY, asked, model, names, never, router_run, said, streamed, told


class Able(ScriptedModel):
    """A model with these capabilities."""

    def __init__(self, name: str, **able: bool) -> None:
        super().__init__(Text(name), name=name)
        self._able = Capabilities(**able)

    def capabilities(self, model: str) -> Capabilities:
        return self._able


async def test_a_router_is_a_model_like_any_other() -> None:
    a = model("a", Text("a"))
    run = open_run(a, config=Config(run=RunTable(model="router/r"), router={"r": Router(names(a))}))
    assert run.models.names() == ["a", "router"]
    assert await run.models.provider("router").models() == ("r",)
    assert await ask(run, "") == "a"


async def test_an_agent_is_answered_through_a_router() -> None:
    a, b = model("a", BUSY), model("b", Text("from b"))
    config = Config(router={"r": Router(names(a, b))})
    kernel = make_kernel(a, b, config=config, entries=None)
    run = kernel.open_run()
    agent = run.make_agent("llm", AgentSpec("helper", model="router/r"))
    result = await run.run_agent(agent, AgentInput("hi"))
    assert result.text == "from b"
    [chosen] = events(run, "router.chosen")
    assert chosen.path == "run/agent:helper/router:r"
    await kernel.close()


async def test_routers_within_routers_share_out_the_work() -> None:
    a, b, c = model("a", BUSY), model("b", never()), model("c", Text("from c"))
    run = router_run(
        a,
        b,
        c,
        r=Router(("a/m", "router/quick")),
        quick=Router(("b/m", "c/m"), "fastest"),
    )
    assert await said(run) == "from c"
    assert [(event.path, event.data["model"]) for event in events(run, "router.chosen")] == [
        ("run/router:r/router:quick", "c/m"),
        ("run/router:r", "router/quick"),
    ]


async def test_a_stream_passes_through_a_router_within_a_router() -> None:
    a, b = model("a", BUSY), model("b", Text("from b", chunks=2))
    run = router_run(a, b, r=Router(("router/inner",), "fastest"), inner=Router(("a/m", "b/m")))
    assert await streamed(run) == ("from b", ["fro", "m b"])


async def test_usage_is_counted_once_however_deep_the_routers() -> None:
    a, b = model("a", Text("x")), model("b", Text("x"))
    run = router_run(
        a, b, r=Router(("router/both",)), both=Router(("router/one", "b/m"), "consensus"), one=Router(("a/m",))
    )
    completion = await asked(run)
    assert completion.usage == run.budget.usage
    assert completion.usage.total_tokens == 30
    assert run.budget.counts["model_calls"] == 2


async def test_what_the_inner_router_refuses_is_no_failure_of_its_own() -> None:
    a, b = model("a", BUSY), ScriptedModel(Text("b"), name="b", repeat=True)
    guarded = Router(("a/m",), breaker=CircuitBreaker(failures=1))
    outer = Router(("router/inner", "b/m"), breaker=CircuitBreaker(failures=2))
    run = router_run(a, b, r=outer, inner=guarded)
    assert [await said(run) for _ in range(4)] == ["b"] * 4
    assert told(run, "router.opened", "router") == ["router/inner"]


@pytest.mark.parametrize("lacking", ["tools", "response_format", "priced"])
def test_a_router_can_what_all_of_its_models_can(lacking: str) -> None:
    everything = {"tools": True, "response_format": True, "priced": True}
    a, b = Able("a", **everything), Able("b", **{**everything, lacking: False})
    run = router_run(a, b, both=Router(("a/m", "router/b")), b=Router(("b/m",)), a=Router(("a/m",)))
    assert run.capabilities("router/a") == Capabilities(**everything)
    assert run.capabilities("router/both") == Capabilities(**{**everything, lacking: False})


async def test_a_cost_limit_refuses_a_router_with_a_model_of_unknown_price() -> None:
    a, b = Able("a", priced=True), Able("b")
    run = router_run(a, b, r=Router(names(a, b)), budget=Budget(cost=1.0))
    with pytest.raises(LlmspellError, match=r"^the run has a cost limit, and the price of 'router/r' is not known$"):
        await said(run)


def granted(allow: list[str], deny: list[str], tmp_path: Path) -> RunOptions:
    grants = Grants.of({"models": allow}, {"models": deny}, origin="the test", base=tmp_path)
    return RunOptions(profile="high", permissions=(grants,))


@pytest.mark.parametrize(
    ("allow", "deny", "refused"),
    [
        (["router/*"], [], "a/m"),
        (["a/*"], [], "router/r"),
        (["*"], ["router/r"], "router/r"),
        (["*"], ["a/*"], "a/m"),
    ],
)
async def test_a_router_gives_no_model_that_is_not_allowed(
    allow: list[str], deny: list[str], refused: str, tmp_path: Path
) -> None:
    a = model("a")
    run = open_run(a, config=Config(router={"r": Router(names(a))}), options=granted(allow, deny, tmp_path))
    with pytest.raises(PermissionDenied, match=f"'{refused}'"):
        await said(run)
    assert a.requests == []


@pytest.mark.parametrize("asked_about", ["router/r", "a/m"])
async def test_a_rule_that_asks_about_a_router_or_its_model_is_kept(asked_about: str, tmp_path: Path) -> None:
    a = model("a", Text("a"))
    grants = Grants.of({}, origin="the test", base=tmp_path, ask={"models": [asked_about]})
    run = open_run(
        a, config=Config(router={"r": Router(names(a))}), options=RunOptions(profile="medium", permissions=(grants,))
    )
    with pytest.raises(PermissionDenied, match="needs an approval, and there is nobody to ask"):
        await said(run)
    assert a.requests == []


async def test_what_is_asked_through_a_router_is_below_the_operation_that_asks() -> None:
    class Hooks:
        @hookimpl
        def pre_llm(self, call: Any) -> None:
            above.append((call.parent.path, call.parent.parent))

    above: list[Any] = []
    a = model("a", Text("a"))
    run = router_run(a, hooks=Hooks(), r=Router(names(a)))
    await said(run)
    assert above == [("run/router:r", run.root)]


async def test_the_depth_of_operations_does_not_grow_with_routers() -> None:
    a = model("a", Text("a"))
    run = router_run(a, r=Router(("router/s",)), s=Router(("a/m",)), budget=Budget(depth=1))
    assert await said(run) == "a"


async def test_hooks_see_each_model_that_is_asked_and_can_stop_it() -> None:
    class Hooks:
        seen: ClassVar[list[str]] = []

        @hookimpl
        @guard
        def pre_llm(self, call: Any) -> Any:
            self.seen.append(call.name)
            return Veto("not b") if call.name == "b/m" else None

    a, b, c = model("a", BUSY), model("b"), model("c")
    run = router_run(a, b, c, hooks=Hooks(), r=Router(names(a, b, c)))
    with pytest.raises(Vetoed, match="not b"):
        await said(run)
    assert Hooks.seen == ["a/m", "b/m"]


def test_an_unknown_router_is_named_with_the_nearest() -> None:
    run = router_run(model("a"), steady=Router(("a/m",)))
    with pytest.raises(UsageError, match=r"^no router is called 'stedy'$") as raised:
        run.capabilities("router/stedy")
    assert (raised.value.kind, raised.value.hint) == ("unknown_model", "did you mean 'steady'?")


def test_without_any_router_the_hint_says_how_to_write_one() -> None:
    with pytest.raises(UsageError, match=r"^no router is configured$") as raised:
        make_kernel().models.find("router/r")
    assert raised.value.hint == "write [router.NAME] with its models into llmspell.toml; see docs/router.md"


async def test_a_router_is_asked_through_a_run_only() -> None:
    kernel = make_kernel(model("a"), config=Config(router={"r": Router(("a/m",))}))
    provider, _ = kernel.models.find("router/r")
    with pytest.raises(UsageError, match=r"^the models of 'router' are asked through a run: Run.complete$"):
        provider.stream(None, lambda _kind, _data: None)  # type: ignore[arg-type]  # it is not looked at
