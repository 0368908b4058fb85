"""Converting encodings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_files.charset import KNOWN, decoded, encoded, encoding_called, marked

from .hostile import harmless


class TestFileConvertEncoding(ToolContract):
    name = "file_convert_encoding"
    allow = {"fs.read": ["**"], "fs.write": ["**"]}
    good = ({"path": "a.txt", "source_encoding": "cp1252"}, {"path": "a.txt", "target_encoding": "utf-16"})
    bad = (
        {},
        {"path": "gone"},
        {"path": "bytes"},
        {"path": "a.txt", "target_encoding": "rot13"},
        {"path": "a.txt", "source_encoding": "undefined"},
        {"path": "a.txt", "line_ends": "cr"},
        {"path": "a.txt", "destination": "bytes"},
        {"path": "../x"},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "a.txt").write_text("a")
        (folder / "bytes").write_bytes(b"\xff\xff\xff")


async def test_a_file_is_converted_in_place(bench: Bench, project: Path) -> None:
    (project / "a").write_bytes("Grüße – €".encode("cp1252"))
    answer = await bench.call("file_convert_encoding", {"path": "a", "source_encoding": "windows-1252"})
    assert answer == {
        "path": "a",
        "source_encoding": "cp1252",
        "target_encoding": "utf-8",
        "bytes_read": 9,
        "bytes_written": 15,
    }
    assert (project / "a").read_bytes() == "Grüße – €".encode()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
async def test_a_mark_tells_the_encoding_and_goes(bench: Bench, project: Path, encoding: str) -> None:
    (project / "a").write_bytes("ä".encode(encoding))
    answer = await bench.call("file_convert_encoding", {"path": "a"})
    assert answer["source_encoding"] == encoding
    assert (project / "a").read_bytes() == "ä".encode()


async def test_another_file_is_written_when_that_is_wanted(bench: Bench, project: Path) -> None:
    arguments = {"path": "README.md", "destination": "docs/guide.md", "target_encoding": "utf-16-be"}
    with pytest.raises(UsageError, match=r"'docs/guide.md' exists already"):
        await bench.call("file_convert_encoding", arguments)
    await bench.call("file_convert_encoding", {**arguments, "overwrite": True})
    assert (project / "docs" / "guide.md").read_bytes() == "read me\n".encode("utf-16-be")
    assert (project / "README.md").read_text() == "read me\n"


@pytest.mark.parametrize(
    ("line_ends", "made"), [("keep", b"a\r\nb\rc\n"), ("lf", b"a\nb\nc\n"), ("crlf", b"a\r\nb\r\nc\r\n")]
)
async def test_line_ends_are_made_alike(bench: Bench, project: Path, line_ends: str, made: bytes) -> None:
    (project / "a").write_bytes(b"a\r\nb\rc\n")
    await bench.call("file_convert_encoding", {"path": "a", "line_ends": line_ends})
    assert (project / "a").read_bytes() == made


async def test_what_does_not_fit_is_an_error_or_replaced(bench: Bench, project: Path) -> None:
    (project / "a").write_bytes(b"a\xff\n\xe2\x82\xac")
    with pytest.raises(UsageError, match="'a' is not utf-8 text: byte 0xff at offset 1 does not fit"):
        await bench.call("file_convert_encoding", {"path": "a", "target_encoding": "latin-1"})
    await bench.call("file_convert_encoding", {"path": "a", "errors": "replace"})
    assert (project / "a").read_text() == "a\ufffd\n€"
    with pytest.raises(UsageError, match="latin-1 has no '\ufffd', which the text has in line 1"):
        await bench.call("file_convert_encoding", {"path": "a", "target_encoding": "latin-1"})
    await bench.call("file_convert_encoding", {"path": "a", "target_encoding": "latin-1", "errors": "replace"})
    assert (project / "a").read_bytes() == b"a?\n?"


async def test_only_so_much_is_converted(bench: Bench, project: Path) -> None:
    (project / "large").touch()
    os.truncate(project / "large", (32 << 20) + 1)
    with pytest.raises(UsageError, match="'large' has 33554433 bytes, and at most 33554432 are read"):
        await bench.call("file_convert_encoding", {"path": "large"})


async def test_without_permission_nothing_is_converted(project: Path) -> None:
    with pytest.raises(PermissionDenied, match=r"uses fs.write, which is not allowed in profile 'high'") as caught:
        await Bench(project, allow={"fs.read": ["**"]}).call("file_convert_encoding", {"path": "README.md"})
    assert caught.value.hint == "run again with --allow-fs-write=PATH"


async def test_nothing_outside_is_converted(bench: Bench, project: Path, outside: Path) -> None:
    (project / "link").symlink_to(outside / "secret.txt")
    for arguments in ({"path": "link"}, {"path": "README.md", "destination": "../outside/new"}):
        with pytest.raises(PermissionDenied):
            await bench.call("file_convert_encoding", arguments)
    assert os.listdir(outside) == ["secret.txt"]


@pytest.mark.parametrize("encoding", KNOWN)
def test_every_encoding_that_is_known_is_one(encoding: str) -> None:
    assert encoding_called(encoding.upper()) == encoding
    assert decoded(encoded("plain text 123", encoding), encoding, "a") == "plain text 123"


@given(st.binary(max_size=60), st.sampled_from(KNOWN))
def test_any_bytes_are_text_or_an_error(content: bytes, encoding: str) -> None:
    with harmless("'a' is not "):
        assert isinstance(decoded(content, encoding, "a"), str)
    assert isinstance(decoded(content, encoding, "a", "replace"), str)
    assert marked(content) in {"", *KNOWN}
