"""Tar archives that somebody made to do harm: each is refused in words, soon, and nothing is written."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.bench import Bench
from llmspell_tool_files import expansion, tars
from llmspell_tool_files.expansion import expanded
from llmspell_tool_files.members import check_members
from llmspell_tool_files.tars import read_tar

from .hostile import harmless, soon


def member(name: str, content: bytes = b"x", kind: bytes = tarfile.REGTYPE, **fields: object) -> bytes:
    """A header of any kind, and content."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


def made(*members: bytes) -> bytes:
    return b"".join(members) + bytes(1024)


def header(size: bytes, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A header with a size field of any bytes, and the checksum that it needs."""
    block = bytearray(member("member", b"", kind))
    block[124:136] = size.ljust(12, b"\0")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def extended(text: bytes, kind: bytes = tarfile.XHDTYPE) -> bytes:
    return member("extended", text, kind)


def record(key: str, value: str) -> bytes:
    """A line of an extended header, which begins with its own length."""
    rest = f" {key}={value}\n".encode()
    length = len(rest) + 1
    while len(str(length)) + len(rest) != length:
        length += 1
    return str(length).encode() + rest


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a path that leads out": (lambda: made(member("../evil")), "'../evil' leads out of the folder"),
    "an absolute path": (lambda: made(member("/tmp/evil")), "'/tmp/evil' is an absolute path"),
    "an absolute path in an extended header": (
        lambda: made(extended(record("path", "/tmp/evil")), member("good")), "'/tmp/evil' is an absolute path"),
    "a link": (lambda: made(member("a", b"", tarfile.SYMTYPE, linkname="/etc/passwd")), "'a' is a link"),
    "a link and a file through it": (
        lambda: made(member("a", b"", tarfile.SYMTYPE, linkname="/tmp"), member("a/evil")), "'a' is a link"),
    "a hard link": (lambda: made(member("a", b"", tarfile.LNKTYPE, linkname="/etc/passwd")), "'a' is a link"),
    "a device": (lambda: made(member("a", b"", tarfile.BLKTYPE, devmajor=8)), "is neither a file nor a folder"),
    "a terminal": (lambda: made(member("a", b"", tarfile.CHRTYPE, devmajor=5)), "is neither a file nor a folder"),
    "a pipe": (lambda: made(member("a", b"", tarfile.FIFOTYPE)), "'a' is neither a file nor a folder"),
    "the same file twice": (lambda: made(member("a"), member("a")), "'a' is in it twice"),
    "a file that is a folder": (lambda: made(member("a"), member("a/b")), "'a' is a file and a folder in it"),
    "a name that is no text": (lambda: made(member("a\udcff")), "is not UTF-8"),
    "a backslash": (lambda: made(member("..\\evil")), "has a backslash"),
    "a sparse file of a terabyte": (
        lambda: made(extended(record("GNU.sparse.major", "1") + record("GNU.sparse.minor", "0")
                              + record("GNU.sparse.realsize", str(1 << 40))), member("a", b"0\n".ljust(512, b"\0"))),
        "'a' is a sparse file"),
    "a negative size": (lambda: made(header(b"\xff" * 11 + b"\0")), "a file in it has -"),
    "a negative size in an extended header": (
        lambda: made(member("good"), extended(record("size", "-1024")), member("a", b"")), "a file in it has -1024 bytes"),
    "a size beyond the end": (lambda: made(header(b"7777777777")), "is not a sound tar archive: unexpected end of data"),
    "a size that is none": (lambda: made(header(b"abc")), "is not a sound tar archive"),
    "a huge size": (lambda: made(header(b"\x80" + b"\x7f" * 11)), "is not a sound tar archive"),
    "a header that is damaged": (lambda: made(member("a"), b"\xff" * 512), "the header at offset 1024 is damaged"),
    "headers of headers without end": (lambda: made(*[extended(record("a", "b"))] * 2000), "is not a sound tar archive"),
    "long names of long names": (
        lambda: made(*[member("././@LongLink", b"a\0", tarfile.GNUTYPE_LONGNAME)] * 2000), "is not a sound tar archive"),
    "a long header": (lambda: made(extended(record("path", "a" * 20_000)), member("a")), "has a header of 20012 bytes"),
    "a long name in a header": (
        lambda: made(member("././@LongLink", b"a" * 20_000, tarfile.GNUTYPE_LONGNAME), member("a")), "of 20000 bytes"),
    "too many files": (lambda: made(*[member("a", b"")] * 10_001), "has more than 10000 files and folders in it"),
    "half": (lambda: made(member("a", os.urandom(5000)))[:2500], "unexpected end of data"),
    "a bomb in gzip": (lambda: gzip.compress(made(member("a", bytes(60 << 20)))), "expands to more than 8388608 bytes"),
    "a bomb in bzip2": (lambda: bz2.compress(made(member("a", bytes(60 << 20)))), "expands to more than 8388608 bytes"),
    "a bomb in xz": (lambda: lzma.compress(made(member("a", bytes(60 << 20)))), "expands to more than 8388608 bytes"),
    "bombs in a row": (lambda: gzip.compress(bytes(7 << 20)) * 2, "expands to more than 8388608 bytes"),
    "gzip that ends early": (lambda: gzip.compress(made(member("a", os.urandom(900))))[:-20], "ends too early"),
    "bzip2 that ends early": (lambda: bz2.compress(made(member("a")))[:-9], "ends too early"),
    "xz that ends early": (lambda: lzma.compress(made(member("a")))[:-9], "ends too early"),
    "gzip with a wrong checksum": (lambda: gzip.compress(made(member("a")))[:-8] + bytes(8), "cannot be expanded"),
    "gzip and something else": (lambda: gzip.compress(made(member("a"))) + b"more", "cannot be expanded"),
    "gzip of something else": (lambda: gzip.compress(b"no tar" * 200), "is no archive of a kind that is read"),
    "xz that needs much memory": (
        lambda: lzma.compress(made(member("a")), filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29}]),
        "cannot be expanded: Memory usage limit exceeded"),
    "nothing": (lambda: b"", "is no archive of a kind that is read"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
async def test_a_hostile_archive_is_refused_and_nothing_is_written(bench: Bench, project: Path, case: str) -> None:
    build, words = HOSTILE[case]
    (project / "evil.tar").write_bytes(build())
    before = sorted(project.parent.rglob("*"))
    with soon(), pytest.raises(UsageError, match=words) as caught:
        await bench.call("archive_extract", {"path": "evil.tar", "destination": "out", "overwrite": True})
    assert "'evil.tar' " in caught.value.message
    assert sorted(project.parent.rglob("*")) == before


async def test_streams_in_a_row_are_one_and_zeros_at_the_end_are_none(bench: Bench, project: Path) -> None:
    whole = made(member("a", b"first"), member("b", b"second"))
    (project / "a.tgz").write_bytes(gzip.compress(whole[:700]) + gzip.compress(whole[700:]) + bytes(700))
    await bench.call("archive_extract", {"path": "a.tgz", "destination": "out"})
    assert (project / "out" / "b").read_bytes() == b"second"


async def test_an_empty_archive_has_nothing(bench: Bench, project: Path) -> None:
    (project / "a.tar").write_bytes(bytes(10240))
    (project / "a.tgz").write_bytes(gzip.compress(bytes(10240)))
    for name in ("a.tar", "a.tgz"):
        assert (await bench.call("archive_list", {"path": name}))["entries"] == []
        with pytest.raises(UsageError, match=f"'{name}' is empty"):
            await bench.call("archive_extract", {"path": name, "destination": "out"})


async def test_an_old_archive_without_the_end_that_others_have_is_read(bench: Bench, project: Path) -> None:
    info = tarfile.TarInfo("old.txt")
    info.size = 3
    block = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    block[257:265] = bytes(8)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    (project / "a.tar").write_bytes(bytes(block) + b"old".ljust(512, b"\0"))
    await bench.call("archive_extract", {"path": "a.tar", "destination": "out"})
    assert (project / "out" / "old.txt").read_bytes() == b"old"


def test_headers_are_read_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tars, "_SECONDS", -1.0)
    with pytest.raises(UsageError, match=r"the headers of 'a.tar' take longer than -1 seconds to read"):
        read_tar(made(member("a")), "a.tar", 1536, "tar")


def test_headers_that_take_long_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tars, "_SECONDS", 1.0)
    content = made(*[extended(b"1" * 16_000) + member("a")] * 1000)
    with soon(), pytest.raises(UsageError, match=r"the headers of 'a.tar' take longer than 1 seconds to read"):
        read_tar(content, "a.tar", len(content), "tar")


def test_streams_are_expanded_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expansion, "_SECONDS", -1.0)
    with pytest.raises(UsageError, match=r"'a.tgz' takes longer than -1 seconds to expand"):
        expanded(gzip.compress(b""), "a.tgz")


def test_many_empty_streams_end_in_time() -> None:
    with soon(), harmless("'a.tgz' takes longer than 30 seconds"):
        assert expanded(gzip.compress(b"") * 200_000, "a.tgz") == b""


BASE = made(
    member("a.txt", b"some"),
    extended(record("path", "b/ü.txt")),
    member("b/c.txt", b"x" * 600),
    member("d", b"", tarfile.DIRTYPE),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(BASE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_any_damage_is_an_error_in_words_or_harmless(changes: list[tuple[int, int]]) -> None:
    content = bytearray(BASE)
    for place, value in changes:
        content[place] = value
    for start in (0, 512, 1024):  # a checksum that fits, or else nothing but that is ever looked at
        block = content[start : start + 512]
        block[148:156] = b" " * 8
        content[start + 148 : start + 156] = b"%06o\0 " % sum(block)
    with harmless("'a.tar' "):
        archive = read_tar(bytes(content), "a.tar", len(content), "tar")
        check_members(archive.members, "a.tar")
        assert sum(len(each.read()) for each in archive.members if each.kind == "file") < 1 << 20


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([gzip.compress(BASE), bz2.compress(BASE), lzma.compress(BASE)]), st.data())
def test_any_damage_of_compressed_data_is_an_error_in_words_or_harmless(packed: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(6, len(packed) - 1))
    damaged = packed[:place] + bytes([data.draw(st.integers(0, 255))]) + packed[place + 1 :]
    with harmless("'a.tgz' "):
        assert len(expanded(damaged, "a.tgz")) <= 8 << 20
