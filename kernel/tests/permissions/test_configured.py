"""Permissions and profiles as the configuration says them."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from llmspell.config import LoadedConfig, load
from llmspell.errors import ConfigError, UsageError
from llmspell.kernel import Kernel, RunOptions
from llmspell.permissions.configured import Configured, configured
from llmspell.spell import Source


def read(folder: Path, text: str, user: str = "") -> LoadedConfig:
    (folder / "llmspell.toml").write_text(text)
    home = folder / "home" / ".config" / "llmspell"
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(user)
    return load(folder, {"HOME": str(folder / "home")}, trusted=True)


def said(folder: Path, text: str, user: str = "") -> Configured:
    return configured(read(folder, text, user))


def rules(found: Configured) -> list[tuple[str, str, str, str]]:
    return [(verb, kind.key, rule.pattern.text, rule.origin) for verb, kind, rule in found.grants.rules()]


def test_every_pattern_has_its_own_place(tmp_path: Path) -> None:
    text = '[permissions]\n"fs.read" = ["data"]\nnet = ["a.org", "b.org"]\n[permissions.deny]\nnet = ["c.org"]\n'
    assert rules(said(tmp_path, text)) == [
        ("allow", "fs.read", "data", "llmspell.toml:2"),
        ("allow", "net", "a.org", "llmspell.toml:3"),
        ("allow", "net", "b.org", "llmspell.toml:3"),
        ("deny", "net", "c.org", "llmspell.toml:5"),
    ]


def test_a_dotted_key_means_what_the_quoted_one_means(tmp_path: Path) -> None:
    found = said(tmp_path, '[permissions]\nfs.read = ["data"]\ndeny.fs.write = ["x"]\n')
    assert [rule[:3] for rule in rules(found)] == [("allow", "fs.read", "data"), ("deny", "fs.write", "x")]


def test_layers_add_up_and_none_undoes_the_denial_of_another(tmp_path: Path) -> None:
    user = '[permissions]\nnet = ["a.org"]\ndeny.net = ["*.internal"]\n'
    found = said(tmp_path, '[permissions]\nnet = ["b.org"]\ndeny.net = []\n', user)
    assert [rule[:3] for rule in rules(found)] == [
        ("allow", "net", "a.org"),
        ("allow", "net", "b.org"),
        ("deny", "net", "*.internal"),
    ]


def test_what_an_embedder_changes_after_loading_counts_too(tmp_path: Path) -> None:
    loaded = read(tmp_path, '[permissions]\nnet = ["a.org"]\n')
    changed = {**loaded.config.permissions, "env": ["HOME"], "deny": {"net": ["b.org"]}}
    found = configured(attrs.evolve(loaded, config=attrs.evolve(loaded.config, permissions=changed)))
    assert [rule[:3] for rule in rules(found)] == [
        ("allow", "net", "a.org"),
        ("deny", "net", "b.org"),
        ("allow", "env", "HOME"),
    ]


def test_relative_paths_begin_at_the_project(tmp_path: Path) -> None:
    found = said(tmp_path, '[permissions]\nfs.read = ["data"]\n')
    assert found.grants.allow["fs.read"][0].pattern.matches(str(tmp_path.resolve() / "data" / "a"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[permissions]\nnte = []\n",
            "llmspell.toml:2: `permissions.nte`: no permission is called 'nte'; did you mean 'net'?",
        ),
        (
            '[permissions]\nnet = "a.org"\n',
            "llmspell.toml:2: `permissions.net`: net must be a list of patterns, found 'a.org'",
        ),
        ("[permissions]\nnet = [5]\n", "llmspell.toml:2: `permissions.net`: net must be a list of patterns, found [5]"),
        (
            '[permissions]\nnet = ["http://x"]\n',
            "llmspell.toml:2: `permissions.net`: 'http://x' is no pattern of hosts",
        ),
        (
            '[permissions]\nfs.raed = ["x"]\n',
            "llmspell.toml:2: `permissions.fs.raed`: no permission is called 'fs.raed'",
        ),
        ("[permissions]\ndeny = 5\n", "llmspell.toml:2: `permissions.deny`: no permission is called 'deny'"),
        (
            '[permissions.deny]\ntols = ["x"]\n',
            "llmspell.toml:2: `permissions.deny.tols`: no permission is called 'tols'",
        ),
        ('[spell."../x".permissions]\nnet = []\n', "`spell.\"../x\"`: '../x' is no pattern of paths"),
        ("[spell.x.permissions]\nnte = []\n", "llmspell.toml:2: `spell.x.permissions.nte`: no permission is called"),
        ("[spell.x]\npermisions = {}\n", "`spell.x.permisions` is not known; did you mean 'permissions'?"),
        (
            "[profile.ci.permissions]\nnte = []\n",
            "llmspell.toml:2: `profile.ci.permissions.nte`: no permission is called",
        ),
        (
            '[profile.ci]\nextends = "lwo"\n',
            "llmspell.toml:2: `profile.ci.extends`: no profile named 'lwo'; did you mean 'low'?",
        ),
        ('[profile.a]\nextends = "a"\n', "`profile.a.extends`: profile 'a' extends itself: a extends a"),
        (
            '[profile.a]\nextends = "b"\n[profile.b]\nextends = "a"\n',
            "`profile.b.extends`: profile 'b' extends itself: a extends b extends a",
        ),
        ('[profile.low]\nextends = "high"\n', "`profile.low.extends`: 'low' is built in; choose another name"),
        ('[profile.ci]\ntransport = "moon"\n', "`profile.ci.transport` must be one of"),
        (
            "[profile.ci.limits]\nmemroy = 5\n",
            "llmspell.toml:2: `profile.ci.limits.memroy` is not known; did you mean 'memory'?",
        ),
        ("[profile.ci.limits]\nmemory = 5\n", "llmspell.toml:2: `profile.ci.limits.memory` must be at least"),
        ('[run]\nprofile = "hihg"\n', "llmspell.toml:2: `run.profile`: no profile named 'hihg'; did you mean 'high'?"),
    ],
)
def test_what_is_wrong_is_an_error_with_its_place_when_it_is_loaded(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Kernel(read(tmp_path, text), environ={})
    assert [found for found in raised.value.problems if problem in found], raised.value.problems


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        said(tmp_path, '[permissions]\nnte = []\nnet = ["http://x"]\ndeny.tols = []\n')
    assert len(raised.value.problems) == 3


def test_a_profile_of_your_own_has_what_it_extends_and_more(tmp_path: Path) -> None:
    text = (
        '[profile.ci]\nextends = "base"\ntransport = "worker"\nlimits = {slice = 1.5}\n'
        'permissions = {net = ["a.org"], deny.tools = ["calc*"]}\n'
        '[profile.base]\nextends = "low"\nlimits = {slice = 9, memory = 50000000}\n'
    )
    kernel = Kernel(read(tmp_path, text), environ={})
    run = kernel.open_run(RunOptions(profile="ci"))
    policy = run.policy
    assert (policy.profile.level, policy.profile.transport) == ("low", "worker")
    assert policy.decide("net", "a.org").origin == "llmspell.toml:1"
    assert policy.denies("tools", "calculator")
    assert policy.decide("libraries", "io").origin == "profile low"
    assert (kernel.limits(run).slice, kernel.limits(run).memory) == (1.5, 50_000_000)


def test_a_profile_that_nobody_defines_is_named_with_those_there_are(tmp_path: Path) -> None:
    kernel = Kernel(read(tmp_path, '[profile.ci]\nextends = "medium"\n'), environ={})
    with pytest.raises(UsageError, match=r"^no profile named 'cii'$") as raised:
        kernel.open_run(RunOptions(profile="cii"))
    assert raised.value.hint == "did you mean 'ci'?"


@pytest.mark.parametrize(
    ("spell", "net", "env"),
    [
        ("reports/daily.lua", True, True),
        ("reports/deep/daily.lua", False, True),
        ("reports/daily.js", False, True),
        ("daily.lua", False, False),
        ("link.lua", True, True),
    ],
)
def test_a_spell_has_what_the_patterns_of_its_path_say(tmp_path: Path, spell: str, net: bool, env: bool) -> None:
    for name in ("reports/daily.lua", "reports/deep/daily.lua", "reports/daily.js", "daily.lua"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "link.lua").symlink_to("reports/daily.lua")
    text = '[spell."reports/*.lua".permissions]\nnet = ["a.org"]\n[spell.reports.permissions]\nenv = ["HOME"]\n'
    kernel = Kernel(read(tmp_path, text), environ={})
    policy = kernel.policy(RunOptions(), Source.read(tmp_path / spell))
    assert policy.decide("net", "a.org").allowed is net
    assert policy.decide("env", "HOME").allowed is env
    assert not kernel.policy(RunOptions(), Source("", "(exec)")).decide("net", "a.org").allowed


def test_a_spells_denial_is_only_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.lua").write_text("")
    text = '[permissions]\nnet = ["a.org"]\n[spell."a.lua".permissions]\ndeny.net = ["*"]\n'
    kernel = Kernel(read(tmp_path, text), environ={})
    assert kernel.policy().decide("net", "a.org").allowed
    assert kernel.policy(RunOptions(), Source.read(tmp_path / "a.lua")).denies("net", "a.org")
