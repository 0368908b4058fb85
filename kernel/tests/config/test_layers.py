import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config import DEFAULT, Config, LoadedConfig, Origin, load, user_folder
from llmspell.config.keypath import dotted
from llmspell.config.layers import Layer, merge, merge_tables, walk
from llmspell.errors import ConfigError


class World:
    """A home, a project inside it, and a folder inside the project where the user stands."""

    def __init__(self, root: Path) -> None:
        self.home = root / "home"
        self.project = self.home / "project"
        self.cwd = self.project / "deep" / "down"
        self.cwd.mkdir(parents=True)
        self.user_file = self.home / ".config" / "llmspell" / "config.toml"
        self.user_file.parent.mkdir(parents=True)
        self.project_file = self.project / "llmspell.toml"

    def load(self, *sets: str, cwd: Path | None = None, **environ: str) -> LoadedConfig:
        return load(cwd or self.project, {"HOME": str(self.home), **environ}, sets)

    def problems(self, *sets: str, cwd: Path | None = None, **environ: str) -> tuple[str, ...]:
        with pytest.raises(ConfigError) as raised:
            self.load(*sets, cwd=cwd, **environ)
        return raised.value.problems


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_without_any_layer_everything_is_default(world: World) -> None:
    loaded = world.load()
    assert loaded.config == Config()
    assert loaded.origins == {}
    assert loaded.project == world.project
    assert loaded.origin(("budget", "tokens")) is DEFAULT


def test_each_layer_wins_over_the_one_below(world: World) -> None:
    seen = [world.load().config.budget.tokens]
    world.user_file.write_text("[budget]\ntokens = 1\n")
    seen.append(world.load().config.budget.tokens)
    world.project_file.write_text("[budget]\ntokens = 2\n")
    seen.append(world.load().config.budget.tokens)
    seen.append(world.load(LLMSPELL_BUDGET__TOKENS="3").config.budget.tokens)
    seen.append(world.load("budget.tokens=4", LLMSPELL_BUDGET__TOKENS="3").config.budget.tokens)
    assert seen == [2_000_000, 1, 2, 3, 4]


def test_of_two_sets_the_later_wins(world: World) -> None:
    assert world.load("budget.steps=1", "budget.steps=2").config.budget.steps == 2


def test_every_value_knows_its_origin(world: World) -> None:
    world.user_file.write_text('[run]\nmodel = "user/x"\n\n[hook.logging]\nlevel = "debug"\n')
    world.project_file.write_text("\n[budget]\ntokens = 2\nsteps = 3\n")
    loaded = world.load("budget.hops=4", LLMSPELL_BUDGET__STEPS="5")
    assert {key: loaded.origins[key] for key in loaded.origins} == {
        "run": Origin("user", f"{world.user_file}:1"),
        "run.model": Origin("user", f"{world.user_file}:2"),
        "hook": Origin("user", f"{world.user_file}:4"),
        "hook.logging": Origin("user", f"{world.user_file}:4"),
        "hook.logging.level": Origin("user", f"{world.user_file}:5"),
        "budget": Origin("command line", "--set budget.hops"),
        "budget.tokens": Origin("project", "llmspell.toml:3"),
        "budget.steps": Origin("environment", "LLMSPELL_BUDGET__STEPS"),
        "budget.hops": Origin("command line", "--set budget.hops"),
    }


def test_the_origin_of_an_item_is_that_of_its_list(world: World) -> None:
    world.project_file.write_text('[plugins]\nblock = ["a"]\n')
    assert world.load().origin(("plugins", "block", 0)).where == "llmspell.toml:2"


def test_the_project_file_is_found_in_the_nearest_folder_above(world: World) -> None:
    (world.home / "llmspell.toml").write_text("[budget]\ntokens = 1\n")
    world.project_file.write_text("[budget]\ntokens = 2\n")
    loaded = world.load(cwd=world.cwd)
    assert (loaded.config.budget.tokens, loaded.project) == (2, world.project)
    assert loaded.origin(("budget", "tokens")).where == f"{world.project_file}:2"


def test_a_project_file_that_is_a_dangling_link_is_an_error(world: World) -> None:
    world.project_file.symlink_to("nowhere")
    assert world.problems() == ("llmspell.toml: cannot be read: No such file or directory",)


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"LLMSPELL_CONFIG_HOME": "/own", "XDG_CONFIG_HOME": "/xdg", "HOME": "/home"}, "/own"),
        ({"XDG_CONFIG_HOME": "/xdg", "HOME": "/home"}, "/xdg/llmspell"),
        ({"XDG_CONFIG_HOME": "relative", "HOME": "/home"}, "/home/.config/llmspell"),
        ({"HOME": "/home"}, "/home/.config/llmspell"),
    ],
)
def test_the_users_folder_follows_the_environment(environ: dict[str, str], folder: str) -> None:
    assert user_folder(environ) == Path(folder)


def test_the_users_file_is_read_from_its_own_folder(world: World, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[budget]\ndepth = 3\n")
    assert world.load(LLMSPELL_CONFIG_HOME=str(tmp_path)).config.budget.depth == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("openai/gpt-4.1-mini", "openai/gpt-4.1-mini"),
        ('"quoted"', "quoted"),
        ("", ""),
        ("a\nb = 1", "a\nb = 1"),
        ("1\nb = 2", "1\nb = 2"),
        ("[", "["),
        ("a # b", "a # b"),
    ],
)
def test_what_is_no_toml_value_is_a_string(world: World, text: str, value: str) -> None:
    assert world.load(LLMSPELL_RUN__MODEL=text).config.run.model == value
    assert world.load(f"run.model={text}").config.run.model == value


def test_variables_and_sets_hold_toml_values(world: World) -> None:
    loaded = world.load("budget.cost=1.5", 'tool."my.tool".deep.list=[1, "b"]', LLMSPELL_TOOL__WEB__HOSTS='["a", "b"]')
    assert loaded.config.budget.cost == 1.5
    assert loaded.config.tool == {"my.tool": {"deep": {"list": [1, "b"]}}, "web": {"hosts": ["a", "b"]}}


def test_a_whole_table_in_a_variable_merges_with_its_single_keys(world: World) -> None:
    budget = world.load(LLMSPELL_BUDGET="{tokens = 1, steps = 1}", LLMSPELL_BUDGET__STEPS="2").config.budget
    assert (budget.tokens, budget.steps) == (1, 2)


def test_lists_replace_and_tables_merge(world: World) -> None:
    world.user_file.write_text('[plugins]\nblock = ["a", "b"]\n[tool.web]\nx = 1\ny = 1\n')
    world.project_file.write_text('[plugins]\nblock = ["c"]\n[tool.web]\ny = 2\n')
    config = world.load().config
    assert config.plugins.block == ("c",)
    assert config.tool == {"web": {"x": 1, "y": 2}}


def test_reserved_variables_are_no_configuration(world: World) -> None:
    assert world.load(LLMSPELL_BLOCK="tool:c", LLMSPELL_CONFIG_HOME=str(world.home)).config == Config()


def test_other_programs_variables_are_left_alone(world: World) -> None:
    assert world.load(LLMSPELLING="x", LLM_SPELL="y", llmspell_budget__tokens="z").config == Config()


@pytest.mark.parametrize(
    ("variable", "problem"),
    [
        (
            "LLMSPELL_BUGDET__TOKENS",
            "LLMSPELL_BUGDET__TOKENS: no section of the configuration is called 'bugdet'; "
            "did you mean LLMSPELL_BUDGET__TOKENS?",
        ),
        (
            "LLMSPELL_BLOK",
            "LLMSPELL_BLOK: no section of the configuration is called 'blok'; did you mean LLMSPELL_BLOCK?",
        ),
        (
            "LLMSPELL_QQQ",
            "LLMSPELL_QQQ: no section of the configuration is called 'qqq'; known sections: "
            + ", ".join(field.name for field in attrs.fields(Config)),
        ),
        ("LLMSPELL_BUDGET__", "LLMSPELL_BUDGET__: is not a setting; write LLMSPELL_SECTION__KEY"),
        ("LLMSPELL_", "LLMSPELL_: is not a setting; write LLMSPELL_SECTION__KEY"),
        ("LLMSPELL_BUDGET", "LLMSPELL_BUDGET: `budget` must be a table, found 5"),
        (
            "LLMSPELL_BUDGET__TOKNES",
            "LLMSPELL_BUDGET__TOKNES: `budget.toknes` is not known; did you mean 'tokens'?",
        ),
    ],
)
def test_a_wrong_variable_is_an_error_that_says_what_was_meant(world: World, variable: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load(world.project, {"HOME": str(world.home), variable: "5"})
    assert raised.value.problems == (problem,)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("budget.tokens", "--set budget.tokens: is not a setting; write --set section.key=value"),
        ("=5", "--set : is not a setting; write --set section.key=value"),
        ("a..b=5", "--set a..b: is not a setting; write --set section.key=value"),
        ("bugdet.tokens=5", "--set bugdet.tokens: `bugdet` is not known; did you mean 'budget'?"),
        ("budget.tokens=x", "--set budget.tokens: `budget.tokens` must be an integer, found 'x'"),
        (
            "budget.tokens=-1",
            "--set budget.tokens: `budget.tokens` must be at least 0 and finite, found -1",
        ),
        (
            "budget.wall_time=nan",
            "--set budget.wall_time: `budget.wall_time` must be at least 0 and finite, found nan",
        ),
        (
            "budget.cost=inf",
            "--set budget.cost: `budget.cost` must be at least 0 and finite, found inf",
        ),
        ("tool.web=5", "--set tool.web: `tool.web` must be a table, found 5"),
        ("engine.lua={}", "--set engine.lua: `engine.lua` must be a string, found {}"),
    ],
)
def test_a_wrong_set_is_named_as_it_was_typed(world: World, text: str, problem: str) -> None:
    assert world.problems(text) == (problem,)


def test_a_wrong_value_in_a_file_is_named_with_its_line(world: World) -> None:
    world.project_file.write_text('[budget]\nsteps = 1\ntokens = "many"\n\n[bugdet]\nx = 1\n')
    assert world.problems() == (
        "llmspell.toml:3: `budget.tokens` must be an integer, found 'many'",
        "llmspell.toml:5: `bugdet` is not known; did you mean 'budget'?",
    )


def test_the_problems_of_all_layers_come_at_once(world: World) -> None:
    world.user_file.write_text("[run\n")
    world.project_file.write_text("[budget]\nsteps = true\n")
    assert world.problems("x", LLMSPELL_RUM="5") == (
        f"{world.user_file}:1: is not TOML: expected ']' at the end of a table declaration",
        "LLMSPELL_RUM: no section of the configuration is called 'rum'; did you mean LLMSPELL_RUN?",
        "--set x: is not a setting; write --set section.key=value",
        "llmspell.toml:2: `budget.steps` must be an integer, found true",
    )


def test_defaults_need_neither_cattrs_nor_a_toml_parser(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from llmspell.config import load, Settings;"
        "Settings(load(Path(sys.argv[1]), {'HOME': sys.argv[1]}), {});"
        "assert not {'cattrs', 'tomllib', 'yaml', 'llmspell.config.formats.toml'} & set(sys.modules)"
    )
    environ = {"PATH": os.environ["PATH"]}  # without coverage, which parses TOML itself
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=environ, check=True, timeout=60)


# Which paths hold values is fixed, so that no path is a table in one layer and a value in another.
LEAVES = [("a",), ("b", "x"), ("b", "y"), ("c", "d", "x"), ("c", "e")]
VALUES = st.integers() | st.lists(st.integers()) | st.text()
LAYER = st.dictionaries(st.sampled_from(LEAVES), VALUES)


def nested(leaves: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in leaves.items():
        branch = tree
        for key in path[:-1]:
            branch = branch.setdefault(key, {})
        branch[path[-1]] = value
    return tree


@given(LAYER, LAYER, LAYER)
def test_merging_is_associative(low: Any, middle: Any, high: Any) -> None:
    a, b, c = nested(low), nested(middle), nested(high)
    assert merge_tables(merge_tables(a, b), c) == merge_tables(a, merge_tables(b, c))


@given(st.lists(LAYER))
def test_each_leaf_has_the_value_and_the_origin_of_the_last_layer_that_sets_it(stack: list[Any]) -> None:
    layers = [Layer("user", nested(leaves), {}, str(index)) for index, leaves in enumerate(stack)]
    data, origins = merge(layers)
    expected = {path: (value, index) for index, leaves in enumerate(stack) for path, value in leaves.items()}
    found = {path: value for path, value in walk(data) if path in LEAVES}
    assert found == {path: value for path, (value, _) in expected.items()}
    assert {path: origins[dotted(path)].where for path in found} == {
        path: str(index) for path, (_, index) in expected.items()
    }


TREE = st.recursive(
    st.dictionaries(st.sampled_from("ab"), st.integers()),
    lambda inner: st.dictionaries(st.sampled_from("ab"), inner | st.integers()),
    max_leaves=6,
)


@given(TREE, TREE)
def test_merging_any_tables_keeps_all_of_the_upper_and_changes_neither(low: Any, high: Any) -> None:
    before = repr((low, high))
    merged = merge_tables(low, high)
    assert repr((low, high)) == before
    assert merge_tables(merged, high) == merged
    assert merged.keys() == low.keys() | high.keys()


@given(st.lists(TREE))
def test_every_merged_path_and_only_those_have_an_origin(trees: list[Any]) -> None:
    data, origins = merge([Layer("user", tree, {}, "f") for tree in trees])
    assert set(origins) == {dotted(path) for path, _ in walk(data)}
