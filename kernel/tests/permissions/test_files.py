"""Files and modules of which only some may be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from llmspell.config import Config, LoadedConfig
from llmspell.errors import PermissionDenied, UsageError
from llmspell.kernel import Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.plugins import Plugins, Settings
from llmspell.run import Run
from llmspell.script.modules import Modules

from ..run.kit import events


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "project"
    for name in ("data/a.csv", "data/b.txt", "data/.env", "notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder.parent / "outside.txt").write_text("outside")
    return folder


class Opened:
    """Opens runs in a project with grants on top of a profile."""

    def __init__(self, project: Path) -> None:
        loaded = LoadedConfig(Config(), project=project)
        self._kernel = Kernel(loaded, environ={}, plugins=Plugins(Settings(loaded, {}), entries=()))
        self._project = project

    def __call__(self, *allow: str, deny: tuple[str, ...] = (), profile: str = "high") -> Run:
        layer = Grants.of({"fs.read": allow}, {"fs.read": deny}, origin="--flag", base=self._project)
        return self._kernel.open_run(RunOptions(profile=profile, permissions=(layer,)))


@pytest.fixture
def run_with(project: Path) -> Opened:
    return Opened(project)


def test_a_single_file_may_be_granted(run_with: Opened) -> None:
    files = run_with("data/a.csv").files
    assert files.read_text("data/a.csv") == "data/a.csv"
    with pytest.raises(PermissionDenied, match=r"^fs\.read of '.*/data/b\.txt' is not allowed in profile 'high'$"):
        files.read_text("data/b.txt")


def test_a_denial_names_the_flag_with_the_whole_path(run_with: Opened, project: Path) -> None:
    with pytest.raises(PermissionDenied) as raised:
        run_with().files.read_text("notes.txt")
    assert raised.value.hint == f"run again with --allow-fs-read={project / 'notes.txt'}"
    assert raised.value.details["flag"] == f"--allow-fs-read={project / 'notes.txt'}"


def test_the_flag_of_the_hint_lets_it_pass(run_with: Opened, project: Path) -> None:
    with pytest.raises(PermissionDenied) as raised:
        run_with().files.read_text("../outside.txt")
    pattern = raised.value.details["flag"].partition("=")[2]
    assert run_with(pattern).files.read_text(project.parent / "outside.txt") == "outside"


def test_a_relative_path_starts_at_the_project_whatever_is_granted(run_with: Opened, project: Path) -> None:
    assert run_with("data", str(project.parent)).files.read_text("notes.txt") == "notes.txt"
    assert run_with("data").files.read_text("data/a.csv") == "data/a.csv"
    with pytest.raises(PermissionDenied):
        run_with("data").files.read_text("a.csv")


def test_a_pattern_grants_some_files_of_a_folder(run_with: Opened) -> None:
    files = run_with("data/*.csv").files
    assert files.read_text("data/a.csv") == "data/a.csv"
    with pytest.raises(PermissionDenied):
        files.read_text("data/b.txt")


def test_a_denied_file_is_denied_in_a_granted_folder(run_with: Opened) -> None:
    files = run_with(deny=("**/.env",), profile="medium").files
    assert files.read_text("data/a.csv") == "data/a.csv"
    with pytest.raises(PermissionDenied, match=r"is denied by '\*\*/\.env' \(--flag\)$"):
        files.read_text("data/.env")


def test_a_link_counts_as_where_it_leads(run_with: Opened, project: Path) -> None:
    (project / "data" / "link").symlink_to("../notes.txt")
    (project / "data" / "out").symlink_to(project.parent / "outside.txt")
    files = run_with("data").files
    for name in ("data/link", "data/out", "data/../notes.txt"):
        with pytest.raises(PermissionDenied):
            files.read_text(name)
    assert run_with("data", "notes.txt").files.read_text("data/link") == "notes.txt"


def test_a_granted_link_grants_where_it_leads(run_with: Opened, project: Path) -> None:
    (project / "link").symlink_to("data")
    assert run_with("link").files.read_text("link/a.csv") == "data/a.csv"


def test_a_granted_link_that_is_swapped_while_it_is_opened_leads_nowhere_else(
    run_with: Opened, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, opens = project / "link", os.open
    link.symlink_to("data")
    (project / "secret").mkdir()
    (project / "secret" / "a.csv").write_text("secret")

    def swapping(path: Any, *arguments: Any, **options: Any) -> int:
        if str(path) != str(link):
            return opens(path, *arguments, **options)
        link.unlink()
        link.symlink_to("secret")
        try:
            return opens(path, *arguments, **options)
        finally:
            link.unlink()
            link.symlink_to("data")

    files = run_with("link").files
    monkeypatch.setattr(os, "open", swapping)
    with pytest.raises(PermissionDenied, match="secret/a"):
        files.read_text(link / "a.csv")


def test_a_denied_link_denies_where_it_leads(run_with: Opened, project: Path) -> None:
    (project / "link").symlink_to("data")
    with pytest.raises(PermissionDenied):
        run_with(deny=("link",), profile="medium").files.read_text("data/a.csv")


def test_names_that_may_not_be_read_are_not_listed(run_with: Opened) -> None:
    with pytest.raises(UsageError, match="is a folder") as raised:
        run_with("data", deny=("**/.env",)).files.read_text("data")
    assert raised.value.hint == "the folder has a.csv, b.txt"
    with pytest.raises(UsageError, match="is a folder") as raised:
        run_with("data", deny=("data/*",)).files.read_text("data")
    assert raised.value.hint == "the folder has nothing that may be read"


def test_reading_is_told_once_per_file(run_with: Opened, project: Path) -> None:
    run = run_with(profile="medium")
    for _ in range(3):
        run.files.read_text("notes.txt")
    [granted] = events(run, "permission.*")
    assert (granted.data["target"], granted.data["origin"]) == (str(project / "notes.txt"), "profile medium")


# Modules


def test_a_module_is_loaded_only_where_the_policy_allows(project: Path) -> None:
    (project / "lib.lua").write_text("return 1")
    asked: list[str] = []

    def refuse(path: str) -> None:
        asked.append(path)
        raise PermissionDenied("no")

    with pytest.raises(PermissionDenied, match=r"^no$"):
        Modules([project], "medium", ["lua"], refuse).load("lib")
    assert asked == [str(project / "lib.lua")]


def test_a_profile_without_modules_says_how_to_allow_them() -> None:
    with pytest.raises(PermissionDenied, match=r"^modules are not allowed in profile 'high'$") as raised:
        Modules(None, "high").load("lib")
    assert raised.value.hint == "run again with --allow-module=FOLDER"
