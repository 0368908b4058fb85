"""The tool that hashes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_system import hash as module

SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of "hello"


class TestHashContract(ToolContract):
    name = "hash"
    allow = {"fs.read": ["**"]}
    good = ({"text": "hello"}, {"path": "notes.txt", "algorithm": "blake2b"}, {"text": "", "algorithm": "md5"})
    bad = (
        {},
        {"text": "a", "path": "notes.txt"},
        {"path": "missing"},
        {"path": "../x"},
        {"text": "a", "algorithm": "crc32"},
        {"text": "a", "expected": "xyz"},
        {"text": "a", "expected": "ab"},
        {"text": "\ud800"},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "notes.txt").write_text("hello")


def of(text: str, **arguments: Any) -> Any:
    return module.hash_(None, text=text, **arguments)  # a text needs no context


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "sha3_256", "sha3_512", "blake2b", "sha1", "md5"])
def test_a_text_has_the_digest_of_its_utf_8(algorithm: str) -> None:
    found = of("grüße", algorithm=algorithm)
    assert found["hex"] == hashlib.new(algorithm, "grüße".encode()).hexdigest()
    assert found["bytes"] == 7
    assert found["weak"] == (algorithm in ("md5", "sha1"))


@pytest.mark.parametrize(("expected", "matches"), [(SHA256, True), (f" {SHA256.upper()}\n", True), ("00" * 32, False)])
def test_an_expected_hash_matches_or_not(expected: str, matches: bool) -> None:
    assert of("hello", expected=expected)["matches"] is matches


def test_without_an_expected_hash_nothing_is_said_to_match() -> None:
    assert "matches" not in of("hello")


async def test_a_file_of_many_pieces_is_hashed_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * 20_000  # five pieces
    (tmp_path / "big").write_bytes(content)
    found = await Bench(tmp_path, allow={"fs.read": ["big"]}).call("hash", {"path": "big"})
    assert (found["hex"], found["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))


async def test_a_file_beyond_the_bound_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    (tmp_path / "big").write_bytes(b"x" * 11)
    bench = Bench(tmp_path, allow={"fs.read": ["big"]})
    with pytest.raises(UsageError, match=r"'big' has more than 10 bytes, which is the most that is hashed"):
        await bench.call("hash", {"path": "big"})


async def test_a_file_that_may_not_be_read_is_denied_with_the_flag_for_it(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(PermissionDenied, match=r"fs.read of '[^']+/notes.txt' is not allowed") as caught:
        await Bench(tmp_path, allow={"fs.read": ["other"]}).call("hash", {"path": "notes.txt"})
    assert caught.value.hint == f"run again with --allow-fs-read={tmp_path / 'notes.txt'}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"text": None}, "give either text or path, found neither"),
        ({"text": "a", "path": "b"}, "give either text or path, found both"),
        ({"text": "a", "expected": "sha256:ab"}, "expected 'sha256:ab' is not hexadecimal"),
        ({"text": "a", "expected": "ab" * 20}, "expected has 20 bytes, and sha256 has 32"),
        ({"text": "a\ud800"}, r"the text has half of a character at 1: '\\ud800'"),
    ],
)
def test_wrong_arguments_are_refused_in_words(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        of(**arguments)
