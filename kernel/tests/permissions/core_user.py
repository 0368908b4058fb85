"""The promises of headers, answers, trust and configuration, each as a function that fails when it is broken.

See `core`: nothing of llmspell is imported above the functions.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from .core import BASE, promises


def a_header_only_counts_at_the_top() -> None:
    from llmspell.permissions.request import requests
    from llmspell.spell import Source

    assert requests(Source("print(1)\n-- llmspell: allow-net=a.org\n", "x.lua")) == ()
    assert len(requests(Source("-- llmspell: allow-net=a.org\n", "x.lua"))) == 1


def an_answer_holds_for_one_text_and_one_request() -> None:
    from llmspell.permissions import PROFILES, Policy
    from llmspell.permissions.answers import Answers
    from llmspell.permissions.request import requests
    from llmspell.permissions.store import Store
    from llmspell.spell import Source

    header = "-- llmspell: allow-net=a.org\n"
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "answers.json")

        def outcome(text: str, ask: Any = None, project: Path = BASE) -> str:
            source = Source(text, "x.lua")
            [found] = Answers(store, source, project, ask).answer(requests(source), Policy(PROFILES["high"], base=BASE))
            return found.outcome

        assert outcome(header) == "not asked"
        assert outcome(header, lambda request, meaning: "once") == "granted once"
        assert outcome(header) == "not asked"
        assert outcome(header, lambda request, meaning: "always") == "granted always"
        assert outcome(header) == "granted always"
        assert outcome(header + "print(1)") == "not asked"
        assert outcome(header.replace("a.org", "b.org")) == "not asked"
        data = "-- llmspell: allow-fs-read=data\n"
        assert outcome(data, lambda request, meaning: "always") == "granted always"
        assert outcome(data, project=Path("/elsewhere")) == "not asked"


def a_denied_request_is_not_asked() -> None:
    from llmspell.permissions import PROFILES, Grants, Policy
    from llmspell.permissions.answers import Answers
    from llmspell.permissions.request import requests
    from llmspell.permissions.store import Store
    from llmspell.spell import Source

    source = Source("-- llmspell: allow-net=a.internal\n", "x.lua")
    layer = Grants.of({}, {"net": ["*.internal"]}, origin="deny", base=BASE)
    [found] = Answers(Store(Path("/nowhere/x")), source, BASE, lambda request, meaning: "always").answer(
        requests(source), Policy(PROFILES["high"], [layer], base=BASE)
    )
    assert found.outcome == "denied"


def a_file_that_others_may_write_is_not_believed() -> None:
    from llmspell.errors import ConfigError
    from llmspell.permissions.store import Store

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.json"
        Store(path).change(lambda entries: entries.update(a="always"))
        assert Store(path).read() == {"a": "always"}
        path.chmod(0o666)
        try:
            Store(path).read()
        except ConfigError:
            return
    raise AssertionError


def a_project_that_is_not_trusted_widens_nothing() -> None:
    from llmspell.config import load

    text = (
        '[run]\nprofile = "low"\n[permissions]\nnet = ["*"]\ndeny.tools = ["x"]\n[spell."*".permissions]\nnet = ["*"]\n'
        '[profile.p]\nextends = "low"\n[hooks]\nenabled = []\n[modules]\npaths = ["/etc", "lib"]\n'
        '[provider.x]\nbase_url = "http://evil"\napi_key_env = "SECRET"\nmax_retries = 1\n'
        '[tool.y]\ncommand = ["sh"]\n[tool.z]\ninner.argv = ["sh"]\n'
    )
    with tempfile.TemporaryDirectory() as folder:
        project, environ = Path(folder) / "project", {"HOME": folder, "LLMSPELL_HOOKS__ENABLED": "[]"}
        project.mkdir()
        (Path(folder) / ".config" / "llmspell").mkdir(parents=True)
        (Path(folder) / ".config" / "llmspell" / "config.toml").write_text('[hooks]\nenabled = ["guard"]\n')
        (project / "llmspell.toml").write_text(text)
        loaded = load(project, environ)
        assert {each.key for each in loaded.withheld} == {
            "run.profile",
            "permissions.net",
            'spell."*".permissions.net',
            "profile.p",
            "hooks.enabled",
            "modules.paths",
            "provider.x.base_url",
            "provider.x.api_key_env",
            "tool.y.command",
            "tool.z.inner",
        }
        assert loaded.config.permissions == {"deny": {"tools": ["x"]}}
        assert loaded.config.run.profile == "medium"
        assert loaded.config.provider == {"x": {"max_retries": 1}}


def trust_ends_with_another_value() -> None:
    from llmspell.config import load
    from llmspell.permissions.trust import Trust

    with tempfile.TemporaryDirectory() as folder:
        environ = {"HOME": folder}
        file = Path(folder) / "llmspell.toml"
        file.write_text('[permissions]\nnet = ["a.org"]\n')
        loaded = load(Path(folder), environ)
        Trust.of(environ).add(loaded.project, loaded.digest)
        assert load(Path(folder), environ).withheld == ()
        file.write_text('# a comment\n[permissions]\nnet = ["a.org"]\n')
        assert load(Path(folder), environ).withheld == ()
        file.write_text('[permissions]\nnet = ["b.org"]\n')
        assert len(load(Path(folder), environ).withheld) == 1


def no_layer_undoes_a_denial() -> None:
    from llmspell.config import load
    from llmspell.permissions.configured import configured

    with tempfile.TemporaryDirectory() as folder:
        user = Path(folder) / ".config" / "llmspell"
        user.mkdir(parents=True)
        (user / "config.toml").write_text('[permissions]\ndeny.net = ["*.internal"]\n')
        (Path(folder) / "llmspell.toml").write_text("[permissions]\ndeny.net = []\n")
        found = configured(load(Path(folder), {"HOME": folder}))
        assert [rule.pattern.text for rule in found.grants.deny["net"]] == ["*.internal"]


CASES = promises(globals())
