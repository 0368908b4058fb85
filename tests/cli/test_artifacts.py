"""Artifacts from the command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import environment

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

MAKE = """
Artifact.put("reports/july", "one")
Artifact.put("reports/july", "café", { type = "text/markdown", metadata = { pages = 2 } })
Artifact.put("image", "\\255\\0", { type = "image/png" })
"""


@pytest.fixture
def home(llmspell: Llmspell, tmp_path: Path) -> dict[str, str]:
    """The artifacts that a spell made."""
    (tmp_path / "make.lua").write_text(MAKE)
    found = {"LLMSPELL_DATA_HOME": str(tmp_path / "data")}
    assert llmspell("run", "make.lua", **found).returncode == 0
    return found


def test_artifacts_are_listed(llmspell: Llmspell, home: dict[str, str]) -> None:
    lines = llmspell("artifacts", "list", **home).stdout.splitlines()
    assert [line.split()[:4] for line in lines] == [
        ["name", "version", "type", "bytes"],
        ["image", "1", "image/png", "2"],
        ["reports/july", "2", "text/markdown", "5"],
    ]
    listed = json.loads(llmspell("artifacts", "list", "reports/", "--json", **home).stdout)
    assert listed["schema"] == "llmspell.artifacts/1"
    assert [(each["name"], each["metadata"]) for each in listed["artifacts"]] == [("reports/july", {"pages": 2})]
    assert llmspell("artifacts", "list", "no", **home).stdout == "No artifact is kept.\n"


def test_all_versions_are_shown(llmspell: Llmspell, home: dict[str, str]) -> None:
    shown = llmspell("artifacts", "show", "reports/july", **home).stdout
    assert [line.split()[:2] for line in shown.splitlines()[1:3]] == [["reports/july", "1"], ["reports/july", "2"]]
    assert 'metadata of version 2: {"pages": 2}\n' in shown
    as_json = json.loads(llmspell("artifacts", "show", "reports/july", "--json", **home).stdout)
    assert (as_json["schema"], [each["version"] for each in as_json["versions"]]) == ("llmspell.artifact/1", [1, 2])


def test_content_is_written_as_it_is(llmspell: Llmspell, home: dict[str, str], tmp_path: Path) -> None:
    assert llmspell("artifacts", "get", "reports/july", **home).stdout == "café"
    assert llmspell("artifacts", "get", "reports/july", "--version", "1", **home).stdout == "one"
    llmspell("artifacts", "get", "image", "--out", "image.png", **home)
    assert (tmp_path / "image.png").read_bytes() == b"\xff\0"
    piped = subprocess.run(
        ["llmspell", "artifacts", "get", "image"],
        cwd=tmp_path,
        env=environment(**home),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert piped.stdout == b"\xff\0"


def test_artifacts_are_deleted(llmspell: Llmspell, home: dict[str, str]) -> None:
    one = llmspell("artifacts", "delete", "reports/july", "--version", "1", **home)
    assert one.stderr == "deleted reports/july: 1 version\n"
    assert llmspell("artifacts", "get", "reports/july", **home).stdout == "café"
    llmspell("run", "make.lua", **home)
    assert llmspell("artifacts", "delete", "reports/july", **home).stderr == "deleted reports/july: 3 versions\n"
    assert "reports" not in llmspell("artifacts", "list", **home).stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("get", "reports/juli"), "error: there is no artifact 'reports/juli'\nhint: did you mean 'reports/july'?\n"),
        (("show", "imag"), "error: there is no artifact 'imag'\nhint: did you mean 'image'?\n"),
        (("delete", "imag"), "error: there is no artifact 'imag'\nhint: did you mean 'image'?\n"),
        (("get", "image", "--version", "4"), "error: the artifact 'image' has no version 4\nhint: versions: 1\n"),
        (("get", "image", "--out", "no/folder.png"), "error: no/folder.png cannot be written: "),
    ],
)
def test_what_makes_no_sense_is_refused(
    llmspell: Llmspell, home: dict[str, str], words: tuple[str, ...], message: str
) -> None:
    ended = llmspell("artifacts", *words, **home)
    assert ended.returncode != 0
    assert message in ended.stderr
