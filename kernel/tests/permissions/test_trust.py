"""What a project may say before its user trusts it, and what trust holds for."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.config import LoadedConfig, load
from llmspell.errors import ConfigError, UsageError
from llmspell.kernel import Kernel
from llmspell.permissions.configured import configured
from llmspell.permissions.trust import Trust


class World:
    """A user's folder, and a project in it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.environ = {"HOME": str(folder)}
        self.user_file = folder / ".config" / "llmspell" / "config.toml"
        self.project = folder / "project"
        self.file = self.project / "llmspell.toml"
        self.project.mkdir()

    def user(self, text: str) -> None:
        self.user_file.parent.mkdir(parents=True, exist_ok=True)
        self.user_file.write_text(text)

    def load(self, text: str | None = None, *sets: str) -> LoadedConfig:
        if text is not None:
            self.file.write_text(text)
        return load(self.project, self.environ, sets)

    def withheld(self, text: str) -> list[str]:
        return [each.key for each in self.load(text).withheld]

    def trust(self) -> None:
        loaded = self.load()
        Trust.of(self.environ).add(loaded.project, loaded.digest)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path.resolve())


@pytest.mark.parametrize(
    ("text", "withheld"),
    [
        ('[permissions]\nnet = ["a.org"]\n', ["permissions.net"]),
        ('[permissions]\nfs.read = ["/"]\n', ["permissions.fs"]),
        ('[permissions]\n"fs.read" = ["/"]\n', ['permissions."fs.read"']),
        ('[spell."*".permissions]\nrun = ["**"]\n', ['spell."*".permissions.run']),
        ('[profile.mine]\nextends = "low"\n', ["profile.mine"]),
        ('[run]\nprofile = "low"\n', ["run.profile"]),
        ("[sandbox]\naccept_missing = ['seccomp']\n", ["sandbox.accept_missing"]),
        ('[modules]\npaths = ["/etc"]\n', ["modules.paths"]),
        ('[modules]\npaths = ["lib", "../other"]\n', ["modules.paths"]),
        ('[provider.openai]\nbase_url = "http://evil"\n', ["provider.openai.base_url"]),
        ('[provider.openai]\napi_key_env = "AWS_SECRET"\n', ["provider.openai.api_key_env"]),
        ('[provider.openai]\nheaders = {x = "1"}\n', ["provider.openai.headers"]),
        ("[provider.openai]\ntrust_env = true\n", ["provider.openai.trust_env"]),
        ('[provider.mine]\nplugin = "openai"\nAPI-Base = "x"\n', ["provider.mine.API-Base"]),
        ('[tool.shell]\ncommands = ["rm"]\n', ["tool.shell.commands"]),
        ('[tool.mcp.servers.x]\nname = "y"\n', []),
        ('[tool.mcp.list.x]\ncommand = "sh"\n', ["tool.mcp.list"]),
        ('[[tool.mcp.list]]\ncommand = "sh"\n', ["tool.mcp.list"]),
        ('[hook.logging]\nfile = "/home/me/.bashrc"\n', ["hook.logging.file"]),
        ('[agent.x]\nwebhook_url = "http://evil"\n', ["agent.x.webhook_url"]),
    ],
)
def test_what_widens_is_left_out_until_the_project_is_trusted(world: World, text: str, withheld: list[str]) -> None:
    assert world.withheld(text) == withheld
    if withheld:
        assert world.load().withheld[0].where.startswith("llmspell.toml")
    world.trust()
    assert world.withheld(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '[permissions.deny]\nnet = ["*"]\n',
        '[permissions]\ndeny.tools = ["x"]\n',
        '[spell."*".permissions.deny]\ntools = ["x"]\n',
        '[run]\nprofile = "high"\nmodel = "offline/x"\n',
        '[run]\nprofile = "medium"\n',
        '[modules]\npaths = ["lib"]\n',
        "[budget]\ntokens = 5\n",
        '[provider.openai]\nmax_retries = 1\ntimeout = 5\nmodels = ["a"]\n',
        '[provider.mine]\nplugin = "openai"\n',
        '[hook.logging]\nlevel = "debug"\n',
        '[hooks]\nenabled = ["metrics"]\n',
        '[plugins]\nblock = ["tool:x"]\n',
        "",
    ],
)
def test_what_does_not_widen_counts_at_once(world: World, text: str) -> None:
    assert world.withheld(text) == []


@pytest.mark.parametrize(
    ("user", "project", "kept"),
    [
        ("low", "low", True),
        ("low", "medium", True),
        ("low", "high", True),
        ("medium", "low", False),
        ("medium", "high", True),
        ("high", "low", False),
        ("high", "medium", False),
        ("strict", "medium", False),
        ("strict", "low", False),
        ("strict", "high", True),
        ("loose", "medium", True),
        ("medium", "loose", False),
        ("medium", "strict", False),
        ("strict", "strict", True),
    ],
)
def test_a_project_may_choose_a_stronger_profile_but_not_a_weaker(
    world: World, user: str, project: str, kept: bool
) -> None:
    profiles = '[profile.strict]\nextends = "high"\n[profile.loose]\nextends = "low"\n'
    world.user(f'{profiles}[run]\nprofile = "{user}"\n')
    loaded = world.load(f'[run]\nprofile = "{project}"\n')
    assert (loaded.withheld == ()) is kept
    assert loaded.config.run.profile == (project if kept else user)


def test_a_project_may_add_hooks_but_not_take_any_away(world: World) -> None:
    world.user('[hooks]\nenabled = ["guard"]\n')
    assert world.withheld('[hooks]\nenabled = ["guard", "metrics"]\n') == []
    assert world.withheld('[hooks]\nenabled = ["metrics"]\n') == ["hooks.enabled"]
    assert world.load().config.hooks.enabled == ("guard",)
    assert world.withheld("[hook.guard]\nstrict = false\n[hook.other]\nstrict = false\n") == ["hook.guard.strict"]


def test_a_profile_that_only_the_project_defines_ends_the_run_instead_of_another_taking_its_place(world: World) -> None:
    loaded = world.load('[run]\nprofile = "strict"\n[profile.strict]\nextends = "high"\n')
    kernel = Kernel(loaded, environ={})
    with pytest.raises(UsageError, match=r"^profile 'strict' is defined by this project's configuration") as raised:
        kernel.open_run()
    assert (raised.value.kind, raised.value.hint) == ("permission", "read the file, then type: llmspell trust")
    world.trust()
    assert Kernel(world.load(), environ={}).open_run().policy.profile.level == "high"


def test_what_the_user_says_elsewhere_is_not_the_projects(world: World) -> None:
    world.user('[permissions]\nnet = ["a.org"]\n')
    loaded = load(world.project, {**world.environ, "LLMSPELL_RUN__PROFILE": "low"}, ['permissions.env=["HOME"]'])
    assert loaded.withheld == ()
    assert loaded.config.run.profile == "low"
    found = configured(loaded).grants
    assert {rule.origin for _, _, rule in found.rules()} == {f"{world.user_file}:2", "--set permissions.env"}


def test_trust_is_for_the_values_and_not_for_their_comments(world: World) -> None:
    world.load('[permissions]\nnet = ["a.org"]\n')
    world.trust()
    assert world.withheld('# a comment\n[permissions]\nnet = [ "a.org" ]\n') == []
    assert world.withheld('[permissions]\nnet = ["b.org"]\n') == ["permissions.net"]
    assert world.withheld('[permissions]\nnet = ["a.org"]\n[budget]\ntokens = 1\n') == ["permissions.net"]


def test_each_environment_of_a_project_is_trusted_on_its_own(world: World) -> None:
    (world.project / "llmspell.prod.toml").write_text('[permissions]\nnet = ["prod.org"]\n')
    world.load('[permissions]\nnet = ["a.org"]\n')
    world.trust()
    world.environ["LLMSPELL_ENV"] = "prod"
    assert [each.where for each in world.load().withheld] == ["llmspell.toml:2", "llmspell.prod.toml:2"]
    world.trust()
    assert world.load().withheld == ()
    del world.environ["LLMSPELL_ENV"]
    assert world.load().withheld == ()


def test_what_a_project_includes_comes_with_it(world: World) -> None:
    (world.project / "more.toml").write_text('[permissions]\nnet = ["a.org"]\n')
    assert world.withheld('include = ["more.toml"]\n') == ["permissions.net"]
    world.trust()
    assert world.load().withheld == ()
    (world.project / "more.toml").write_text('[permissions]\nnet = ["b.org"]\n')
    assert len(world.load().withheld) == 1


def test_trust_is_for_one_folder(world: World) -> None:
    text = '[permissions]\nfs.read = ["data"]\n'
    world.load(text)
    world.trust()
    other = world.home / "other"
    other.mkdir()
    (other / "llmspell.toml").write_text(text)
    assert len(load(other, world.environ).withheld) == 1
    assert world.withheld(text) == []


def test_trust_can_be_taken_back(world: World) -> None:
    world.load('[permissions]\nnet = ["a.org"]\n')
    world.trust()
    known = Trust.of(world.environ)
    assert list(known.projects()) == [str(world.project)]
    assert known.remove(world.project)
    assert not known.remove(world.project)
    assert len(world.load().withheld) == 1


def test_an_embedder_may_vouch_for_its_own_project(world: World) -> None:
    world.file.write_text('[permissions]\nnet = ["a.org"]\n')
    assert load(world.project, world.environ, trusted=True).withheld == ()


@pytest.mark.parametrize("entries", ['{"PROJECT": 5}', '{"PROJECT": {"digests": 5}}', '{"PROJECT": {"digests": "x"}}'])
def test_a_damaged_file_of_trust_is_an_error_and_trusts_nothing(world: World, entries: str) -> None:
    path = world.home / ".local" / "state" / "llmspell" / "trust.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"version": 1, "entries": ' + entries.replace("PROJECT", str(world.project)) + "}")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="damaged"):
        world.load('[permissions]\nnet = ["a.org"]\n')


async def test_a_run_of_a_project_that_is_not_trusted_says_so_in_its_log(world: World) -> None:
    run = Kernel(world.load('[permissions]\nnet = ["a.org"]\n'), environ={}).open_run()
    [told] = run.log.history("config.withheld")
    assert told.data == {"keys": ["permissions.net"], "hint": "llmspell trust"}
    assert not run.root.policy.decide("net", "a.org").allowed
