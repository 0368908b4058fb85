"""What can be wrong with `[router.NAME]`: all of it is told at once, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.config import load
from llmspell.errors import ConfigError
from llmspell.kernel import Kernel
from llmspell.testing import ScriptedModel


def problems(folder: Path, text: str) -> list[str]:
    """What a kernel and a run of it say to the configuration."""
    (folder / "llmspell.toml").write_text(text)
    with pytest.raises(ConfigError) as raised:
        Kernel(load(folder, {"HOME": str(folder)}), environ={}).open_run()
    return list(raised.value.problems)


WRONG = """\
[router.a]
strategy = "weighted"
models = ["offline/x", "offline/y", "gpt"]
weights = { "offline/x" = 0, "offline/z" = 1 }
delay = 3

[router.b]
models = ["router/a", "router/d"]
quorum = 3

[router.c]
strategy = "consensus"
models = []
vote = "judge"
threshold = 2.0
"""


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, WRONG) == [
        f"llmspell.toml:{problem}"
        for problem in (
            "3: `router.a.models` must name models as provider/model, found 'gpt'",
            "5: `router.a.delay` is for hedged, and the strategy is weighted",
            "4: `router.a.weights` has no weight for 'offline/y'",
            "4: `router.a.weights` has no weight for 'gpt'",
            '4: `router.a.weights."offline/x"` must be above 0 and finite, found 0.0',
            "4: `router.a.weights.\"offline/z\"` is none of the router's models; did you mean 'offline/y'?",
            "8: `router.b.models` names 'router/d', and there is no such router; known: a, b, c",
            "9: `router.b.quorum` is for consensus, and the strategy is fallback",
            "9: `router.b.quorum` must be at most the number of models, 2",
            "13: `router.c.models` must name at least one model",
            "15: `router.c.threshold` must be at most 1, found 2.0",
            "14: `router.c.vote` needs `judge`, the model that chooses",
            '15: `router.c.threshold` is for vote = "similarity"',
        )
    ]


def test_what_the_classes_check_is_told_with_its_line_too(tmp_path: Path) -> None:
    text = (
        '[router.a]\nmodels = ["offline/x"]\nstrategy = "fastst"\n[router.b]\nmodel = "x"\n[router.c]\nmodels = [5]\n'
    )
    assert problems(tmp_path, text) == [
        "llmspell.toml:3: `router.a.strategy` must be one of 'fallback', 'round_robin', 'weighted', 'fastest', "
        "'hedged', 'consensus', found 'fastst'",
        "llmspell.toml:4: `router.b.models` is missing",
        "llmspell.toml:5: `router.b.model` is not known; did you mean 'models'?",
        "llmspell.toml:7: `router.c.models[0]` must be a string, found 5",
    ]


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ('[router.a]\nmodels = ["router/a"]', "router/a -> router/a"),
        (
            '[router.a]\nmodels = ["offline/x", "router/b"]\n[router.b]\nmodels = ["router/a"]',
            "router/a -> router/b -> router/a",
        ),
        (
            '[router.a]\nmodels = ["offline/x"]\nstrategy = "consensus"\nvote = "judge"\njudge = "router/a"',
            "router/a -> router/a",
        ),
    ],
)
def test_a_router_that_comes_back_to_itself_is_an_error(text: str, way: str, tmp_path: Path) -> None:
    assert problems(tmp_path, text) == [f"llmspell.toml:2: `router.a.models` comes back to itself: {way}"]


def test_a_model_whose_provider_is_not_installed_is_named_before_a_run(tmp_path: Path) -> None:
    text = '[router.a]\nmodels = ["offlin/x"]\nstrategy = "consensus"\nvote = "judge"\njudge = "nobody/j"\n'
    [first, second] = problems(tmp_path, text)
    assert first == (
        "llmspell.toml:2: `router.a.models` names 'offlin/x', and no provider 'offlin' is installed; "
        "did you mean 'offline'?"
    )
    assert second.startswith(
        "llmspell.toml:5: `router.a.judge` names 'nobody/j', and no provider 'nobody' is installed"
    )


def test_a_provider_that_an_embedder_adds_counts(tmp_path: Path) -> None:
    (tmp_path / "llmspell.toml").write_text('[router.a]\nmodels = ["mine/x"]\n')
    kernel = Kernel(load(tmp_path, {"HOME": str(tmp_path)}), environ={})
    kernel.models.add(ScriptedModel(name="mine"))
    assert kernel.open_run().models.names().count("mine") == 1


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ('strategy = "consensus"\nquorum = 3', "`router.a.quorum` must be at most the number of models, 1"),
        ('strategy = "consensus"\nvote = "judge"', "`router.a.vote` needs `judge`, the model that chooses"),
        ('strategy = "consensus"\njudge = "offline/j"', '`router.a.judge` is for vote = "judge"'),
        ('strategy = "consensus"\nthreshold = 0.5', '`router.a.threshold` is for vote = "similarity"'),
        (
            'strategy = "consensus"\nvote = "similarity"\nthreshold = 2.0',
            "`router.a.threshold` must be at most 1, found 2.0",
        ),
        ('strategy = "hedged"\ndelay = -1', "`router.a.delay` must be at least 0 and finite, found -1.0"),
        ("pacing = {}", "`router.a.pacing` must say requests_per_minute or tokens_per_minute"),
        (
            'strategy = "fastest"\nfail_over_on = ["network"]',
            "`router.a.fail_over_on` is for fallback and round_robin and weighted, and the strategy is fastest",
        ),
    ],
)
def test_a_setting_that_does_nothing_is_an_error(setting: str, problem: str, tmp_path: Path) -> None:
    [found] = problems(tmp_path, f'[router.a]\nmodels = ["offline/x"]\n{setting}\n')
    assert found.partition(": ")[2] == problem


def test_a_router_without_models_is_an_error(tmp_path: Path) -> None:
    assert problems(tmp_path, "[router.a]\nmodels = []\n") == [
        "llmspell.toml:2: `router.a.models` must name at least one model"
    ]
