import pluggy
import pytest

from llmspell.config import Config, LoadedConfig, Settings
from llmspell.errors import ConfigError
from llmspell.events import Event
from llmspell.hookspecs import PROJECT, Operations, Registration
from llmspell_hook_metrics import plugin
from llmspell_hook_metrics.hook import MetricsHook


def event(kind: str, /, **data: object) -> Event:
    return Event(1, 0.0, "r", "run", kind, data)


def answered(cost: float | None, tokens: tuple[int, int] = (10, 5), duration: float = 1.0) -> Event:
    usage = {"input_tokens": tokens[0], "output_tokens": tokens[1], "cached_tokens": 2, "reasoning_tokens": 1}
    return event("llm.finished", name="a/m", duration=duration, usage=usage, cost=cost)


def counted(*events: Event) -> MetricsHook:
    hook = MetricsHook()
    for one in events:
        hook.on_event(one)
    return hook


def failed(kind: str, error: str) -> Event:
    return event(f"{kind}.failed", name="x", duration=0.5, error={"kind": error})


def durations(least: float, mean: float, most: float, total: float) -> dict[str, float]:
    return {"min": least, "mean": mean, "max": most, "total": total}


def test_operations_are_counted_by_kind_and_name_with_their_durations() -> None:
    hook = counted(
        event("tool.started", name="x"),
        event("tool.finished", name="x", duration=1.0),
        event("tool.finished", name="x", duration=3.0),
        failed("tool", "timeout"),
        event("agent.finished", name="x", duration=2.0),
    )
    operations = hook.report()["operations"]
    assert operations == {
        "agent": {"x": {"calls": 1, "failed": 0, "duration": durations(2.0, 2.0, 2.0, 2.0)}},
        "tool": {"x": {"calls": 3, "failed": 1, "duration": durations(0.5, 1.5, 3.0, 4.5)}},
    }


def test_errors_are_counted_by_kind() -> None:
    hook = counted(failed("tool", "timeout"), failed("agent", "timeout"), failed("llm", "rate_limited"))
    assert hook.report()["errors"] == {"rate_limited": 1, "timeout": 2}


def test_tokens_and_cost_of_all_model_calls_add_up() -> None:
    report = counted(answered(0.25, (10, 5)), answered(0.5, (20, 1))).report()
    assert report["tokens"] == {
        "input_tokens": 30,
        "output_tokens": 6,
        "cached_tokens": 4,
        "reasoning_tokens": 2,
    }
    assert (report["cost"], report["known_cost"], report["unpriced_calls"]) == (0.75, 0.75, 0)


def test_one_unknown_price_makes_the_cost_unknown_and_is_counted() -> None:
    report = counted(answered(0.25), answered(None), answered(None)).report()
    assert (report["cost"], report["known_cost"], report["unpriced_calls"]) == (None, 0.25, 2)


def test_without_a_model_call_nothing_was_spent() -> None:
    report = counted().report()
    assert (report["cost"], report["unpriced_calls"], report["operations"]) == (0.0, 0, {})


def test_a_model_call_that_failed_before_an_answer_costs_nothing() -> None:
    assert counted(failed("llm", "rate_limited")).report()["cost"] == 0.0


def test_a_model_call_that_failed_after_using_tokens_has_an_unknown_price() -> None:
    usage = {"input_tokens": 7}
    report = counted(event("llm.failed", name="m", duration=1.0, error={"kind": "cancelled"}, usage=usage)).report()
    assert (report["cost"], report["unpriced_calls"]) == (None, 1)
    assert report["tokens"]["input_tokens"] == 7


OTHERS = ["hook.failed", "llm.retry", "tool.started", "mine.finished", "finished", "llm"]


@pytest.mark.parametrize("kind", OTHERS)
def test_other_events_are_passed_over(kind: str) -> None:
    assert counted(event(kind)).report() == MetricsHook().report()


def test_the_table_is_aligned_and_ends_in_the_totals() -> None:
    hook = counted(
        answered(0.25, duration=1.5),
        event("tool.finished", name="calculator", duration=0.0021),
        failed("tool", "timeout"),
    )
    assert hook.table().splitlines() == [
        "operation        calls  failed  min s  mean s  max s  total s",
        "llm a/m              1       0  1.500   1.500  1.500    1.500",
        "tool calculator      1       0  0.002   0.002  0.002    0.002",
        "tool x               1       1  0.500   0.500  0.500    0.500",
        "errors: timeout 1",
        "tokens: 10 in (2 cached), 5 out (1 reasoning)",
        "cost: 0.250000 USD",
    ]


def test_the_table_says_that_a_cost_is_unknown() -> None:
    last = counted(answered(0.25), answered(None)).table().splitlines()[-1]
    assert last == "cost: unknown, 1 calls without a price; the others 0.250000 USD"


def test_the_table_of_nothing_is_its_head_and_totals() -> None:
    assert MetricsHook().table().splitlines() == [
        "operation  calls  failed  min s  mean s  max s  total s",
        "tokens: 0 in (0 cached), 0 out (0 reasoning)",
        "cost: 0.000000 USD",
    ]


def test_pluggy_accepts_the_module_and_the_hook() -> None:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Registration)
    manager.add_hookspecs(Operations)
    manager.register(plugin)
    [offered] = manager.hook.llmspell_hooks(settings=Settings(LoadedConfig(), {}))
    manager.register(offered["metrics"])
    manager.check_pending()
    manager.hook.on_event(event=answered(0.5))
    assert offered["metrics"].report()["cost"] == 0.5


def test_a_setting_is_an_error_because_there_are_none() -> None:
    settings = Settings(LoadedConfig(Config(hook={"metrics": {"file": "x"}})), {})
    with pytest.raises(ConfigError, match=r"`hook\.metrics\.file` is not known"):
        plugin.llmspell_hooks(settings)
