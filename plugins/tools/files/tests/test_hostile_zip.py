"""Zip archives that somebody made to do harm: each is refused in words, soon, and nothing is written."""

from __future__ import annotations

import io
import os
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.bench import Bench
from llmspell_tool_files.members import check_members
from llmspell_tool_files.zips import read_zip

from .hostile import harmless, soon


def made(*names: str, content: bytes = b"x", method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive with these names, which may be any."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings(action="ignore"):
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def named(name: bytes) -> bytes:
    """An archive with a file of a name that the library would not write."""
    return made("N" * len(name)).replace(b"N" * len(name), name)


def with_mode(mode: int) -> bytes:
    buffer = io.BytesIO()
    info = zipfile.ZipInfo("member")
    info.external_attr = mode << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def central(content: bytes, offset: int, value: bytes) -> bytes:
    """The archive with some bytes of its last central header changed."""
    place = content.rindex(b"PK\1\2") + offset
    return content[:place] + value + content[place + len(value) :]


def local(content: bytes, offset: int, value: bytes) -> bytes:
    place = content.index(b"PK\3\4") + offset
    return content[:place] + value + content[place + len(value) :]


def bomb(size: int) -> bytes:
    return made("zeros", content=bytes(size), method=zipfile.ZIP_DEFLATED)


def many_shares_of_one_file(count: int) -> bytes:
    """Headers that all lead to one compressed file, as in the bombs that are small."""
    data = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = data.compress(bytes(1 << 20)) + data.flush()
    fields = struct.pack("<5H3I", 20, 0, 8, 0, 33, zlib.crc32(bytes(1 << 20)), len(packed), 1 << 20)
    body = b"PK\3\4" + fields + struct.pack("<2H", 4, 0) + b"same" + packed
    entry = b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<5H2I", 4, 0, 0, 0, 0, 0, 0)
    directory = b"".join(entry + b"%04d" % number for number in range(count))
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a path that leads out": (lambda: made("../evil"), "'../evil' leads out of the folder"),
    "a path that leads out further on": (lambda: made("a/../../evil"), "'a/../../evil' leads out of the folder"),
    "an absolute path": (lambda: made("/tmp/evil"), "'/tmp/evil' is an absolute path"),
    "a drive": (lambda: made("C:/evil"), "'C:/evil' is an absolute path"),
    "backslashes": (lambda: named(b"..\\..\\evil"), "has a backslash"),
    "a NUL in a name": (lambda: named(b"good.txt\0.exe"), "has a control character"),
    "a line feed in a name": (lambda: made("a\nb"), "has a control character"),
    "a link": (lambda: with_mode(stat.S_IFLNK | 0o777), "'member' is a link"),
    "a device": (lambda: with_mode(stat.S_IFBLK | 0o666), "'member' is neither a file nor a folder"),
    "a pipe": (lambda: with_mode(stat.S_IFIFO | 0o666), "'member' is neither a file nor a folder"),
    "the same file twice": (lambda: made("a", "./a"), "'./a' is in it twice"),
    "a file that is a folder": (lambda: made("a", "a/b"), "'a' is a file and a folder in it"),
    "a folder that is a file": (lambda: made("a/", "a"), "'a' is in it twice"),
    "a name that is too long": (lambda: made("n" * 256), "is too long: more than 255 bytes in one name"),
    "too many folders": (lambda: made("d/" * 65 + "f"), "or more than 64 folders"),
    "no name": (lambda: made("./."), "has no name"),
    "an encrypted file": (lambda: central(made("a"), 8, b"\1\0"), "'a' is encrypted"),
    "an unknown method": (lambda: central(made("a"), 10, b"\x63\0"), "is compressed by method 99"),
    "lzma": (lambda: made("a", method=zipfile.ZIP_LZMA), "is compressed by method 14"),
    "a bomb": (lambda: bomb(40 << 20), "expands to more than 8388608 bytes from .*, which is more than 100 to 1"),
    "a large bomb": (lambda: made("a", "b", "c", content=os.urandom(2 << 20) + bytes(45 << 20), method=8), "134217728 bytes"),
    "many shares of one file": (lambda: many_shares_of_one_file(200), "expands to more than 8388608 bytes"),
    "too many files": (lambda: many_shares_of_one_file(10_001), "has more than 10000 files and folders in it"),
    "a size that is a lie": (lambda: central(made("a", method=8), 24, b"\xff\0\0\0"), "has not the 255 bytes that it says|Error"),
    "a smaller size that is a lie": (lambda: central(made("a", content=b"xyz"), 24, b"\1\0\0\0"), "Bad CRC-32"),
    "a wrong checksum": (lambda: central(local(made("a"), 14, b"\0" * 4), 16, b"\0" * 4), "Bad CRC-32"),
    "another name in front": (lambda: local(made("good"), 30, b"evil"), "File name in directory .* differ"),
    "an offset outside": (lambda: central(made("a"), 42, b"\xff\xff\xff\x7f"), "is not a sound zip archive"),
    "data that is none": (lambda: local(made("a" * 9, method=8, content=b"x" * 99), 39, b"\xff" * 3), "is not a sound zip"),
    "no end": (lambda: made("a")[:-22], "is not a sound zip archive: File is not a zip file"),
    "half": (lambda: made("a", content=os.urandom(5000))[:2500], "is not a sound zip archive"),
    "only a signature": (lambda: b"PK\3\4", "is not a sound zip archive"),
    "a directory of its own length": (lambda: made("a")[:-10] + b"\xff" * 10, "is not a sound zip archive"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
async def test_a_hostile_archive_is_refused_and_nothing_is_written(bench: Bench, project: Path, case: str) -> None:
    build, words = HOSTILE[case]
    (project / "evil.zip").write_bytes(build())
    before = sorted(project.parent.rglob("*"))
    with soon(), pytest.raises(UsageError, match=words) as caught:
        await bench.call("archive_extract", {"path": "evil.zip", "destination": "out", "overwrite": True})
    assert caught.value.message.startswith("'evil.zip' ")
    assert sorted(project.parent.rglob("*")) == before


async def test_a_list_shows_what_would_be_refused(bench: Bench, project: Path) -> None:
    (project / "a.zip").write_bytes(made("good", "../evil", "/etc/x"))
    entries = (await bench.call("archive_list", {"path": "a.zip"}))["entries"]
    assert {entry["name"]: entry["problem"] for entry in entries} == {
        "good": "",
        "../evil": "leads out of the folder",
        "/etc/x": "is an absolute path",
    }


async def test_a_small_file_may_shrink_as_much_as_it_likes(bench: Bench, project: Path) -> None:
    (project / "a.zip").write_bytes(bomb(8 << 20))
    await bench.call("archive_extract", {"path": "a.zip", "destination": "out"})
    assert (project / "out" / "zeros").stat().st_size == 8 << 20


BASE = made("a.txt", "b/c.txt", "b/", content=b"some content " * 20, method=zipfile.ZIP_DEFLATED)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(BASE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_any_damage_is_an_error_in_words_or_harmless(changes: list[tuple[int, int]]) -> None:
    content = bytearray(BASE)
    for place, value in changes:
        content[place] = value
    with harmless("'a.zip' "):
        archive = read_zip(bytes(content), "a.zip")
        check_members(archive.members, "a.zip")
        assert sum(len(member.read()) for member in archive.members if member.kind == "file") < 1 << 20


def test_any_end_of_an_archive_is_an_error_in_words_or_harmless() -> None:
    random = Random(2)
    for length in random.sample(range(len(BASE)), 100):
        for content in (BASE[:length], BASE[length:]):
            with harmless("'a.zip' is not a sound zip archive"):
                read_zip(content, "a.zip")
