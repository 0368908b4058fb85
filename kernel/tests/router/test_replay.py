"""What a router asked is recorded model by model, and a replay comes to the same answer."""

from __future__ import annotations

import pytest

from llmspell.cassette import Recorder, Replayer
from llmspell.config import Config
from llmspell.config.routing import Router
from llmspell.kernel import RunOptions
from llmspell.testing import Delay, ScriptedModel, Text

from ..run.kit import make_kernel, open_run
from .kit import BUSY, asked, model, names, never, said, told

TABLES = {
    "fallback": Router(("a/m", "b/m")),
    "fastest": Router(("slow/m", "b/m"), "fastest"),
    "hedged": Router(("slow/m", "b/m"), "hedged", delay=0.02),
    "consensus": Router(("a/m", "b/m", "c/m"), "consensus"),
}


@pytest.mark.parametrize("strategy", TABLES)
async def test_a_replay_comes_to_the_same_answer(strategy: str) -> None:
    config = Config(router={"r": TABLES[strategy]})
    models = model("a", BUSY), model("slow", never()), model("b", Delay(0.02, Text("b"))), model("c", Text("B"))
    recorder = Recorder()
    run = open_run(*models, config=config, options=RunOptions(journal=recorder))
    assert await said(run) == "b"
    await run.close()

    replayer = Replayer(recorder.cassette("work", "completed"))
    nobody = [ScriptedModel(name=each.name) for each in models]
    again = open_run(*nobody, config=config, options=RunOptions(journal=replayer))
    assert await said(again) == "b"
    assert told(again, "router.chosen", "model") == told(run, "router.chosen", "model")
    assert [each.requests for each in nobody] == [[]] * len(nobody)
    assert names(models[2]) == tuple(told(again, "router.chosen", "model"))
    await again.close()


CHOOSING = {
    "weighted": Router(("a/m", "b/m", "c/m"), "weighted", weights={"a/m": 1, "b/m": 1, "c/m": 1}),
    "round_robin": Router(("a/m", "b/m", "c/m"), "round_robin"),
}


@pytest.mark.parametrize("strategy", CHOOSING)
async def test_a_replay_asks_the_models_that_were_chosen_in_the_recording_whatever_its_kernel_did_before(
    strategy: str,
) -> None:
    models = [model(name, Text(name), repeat=True) for name in "abc"]
    kernel = make_kernel(*models, config=Config(router={"r": CHOOSING[strategy]}))

    async def chosen(journal: Recorder | Replayer) -> list[str]:
        await said(kernel.open_run())
        run = kernel.open_run(RunOptions(journal=journal))
        return [await said(run) for _ in range(13)]  # no multiple of three

    recorder = Recorder()
    recorded = await chosen(recorder)
    assert set(recorded) == {"a", "b", "c"}
    assert await chosen(Replayer(recorder.cassette("work", "completed"))) == recorded


async def test_without_a_recording_chance_is_not_the_same_each_time() -> None:
    async def chosen() -> list[str]:
        models = [model(name, Text(name), repeat=True) for name in "abc"]
        run = open_run(*models, config=Config(router={"r": CHOOSING["weighted"]}))
        return [(await asked(run)).message.content for _ in range(40)]

    assert await chosen() != await chosen()
