"""Pictures that are damaged, huge or hostile: each an error in words or a right answer, in bounded time."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.bench import Bench
from llmspell_tool_documents.deadline import Deadline
from llmspell_tool_documents.pictures import look

HUGE = 0x7FFF_FFFF


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def png(width: int = 3, height: int = 2, bits: int = 8, colour: int = 2) -> bytes:
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"x" * 20) + chunk(b"IEND", b"")


def jpeg(height: int = 20, width: int = 30, channels: int = 3) -> bytes:
    frame = struct.pack(">BBHBHHB", 0xFF, 0xC0, 8 + 3 * channels, 8, height, width, channels) + b"\1\x11\0" * channels
    return b"\xff\xd8" + frame + b"\xff\xda\0\x08" + b"\0" * 6 + b"\x12\xff\xd9"


def riff(kind: bytes, data: bytes, form: bytes = b"WEBP") -> bytes:
    return b"RIFF" + struct.pack("<L", 12 + len(data)) + form + kind + struct.pack("<L", len(data)) + data


def bmp(width: int = 5, height: int = 4, depth: int = 24, size: int = 40) -> bytes:
    return (
        b"BM"
        + struct.pack("<LHHL", 0, 0, 0, 54)
        + struct.pack("<LllHHL", size, width, height, 1, depth, 0)
        + b"\0" * 84
    )


def tiff(count: int = 2, follows: int = 0, at: int = 8, width: int = 7) -> bytes:
    entries = struct.pack("<HHLHHHHLHH", 256, 3, 1, width, 0, 257, 3, 1, 6, 0)
    return b"II*\0" + struct.pack("<LH", at, count) + entries + struct.pack("<L", follows)


GIF = b"GIF89a" + struct.pack("<HHBBB", 5, 4, 0, 0, 0)
FRAME = b"\x2c" + struct.pack("<HHHHB", 0, 0, 5, 4, 0) + b"\2\2\x4c\1\0"
SHORT = r"it has \d+ bytes, and the byte \d+ is needed"
SIZE = r"it says that it is .* pixels"
BAD: dict[str, list[tuple[bytes, str]]] = {
    "png": [
        (png()[:8], SHORT),
        (png()[:20], SHORT),
        (png()[:30], SHORT),
        (png(0, 1), SIZE),
        (png(HUGE, HUGE), SIZE + ", and at most 500000000 are taken for a picture"),
        (png(30_000, 30_000), SIZE),
        (png(bits=3), "there is no colour type 2 of 3 bits"),
        (png(colour=9), "there is no colour type 9 of 8 bits"),
        (png().replace(b"IHDR", b"JHDR"), "its first chunk is not IHDR"),
        (png()[:20] + b"\xff" + png()[21:], "the check sum of its first chunk is wrong"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 40, "its first chunk is not IHDR"),
    ],
    "jpeg": [
        (jpeg()[:3], SHORT),
        (jpeg()[:10], SHORT),
        (b"\xff\xd8\xff" + b"\xff" * 1000, SHORT),
        (b"\xff\xd8\xff\xe0\xff\xff" + b"\0" * 100, SHORT),
        (b"\xff\xd8\xff\xe0\0\1" + b"\0" * 100, "the segment at the byte 2 has a length of 1"),
        (b"\xff\xd8\xff\xe0\0\2abc", "a marker is expected at the byte 6"),
        (b"\xff\xd8\xff\xda\0\x08" + b"\0" * 8, "it ends, or its pixels begin, before it says how large it is"),
        (b"\xff\xd8\xff\xd9", "it ends, or its pixels begin, before it says how large it is"),
        (jpeg(height=0), SIZE),
        (jpeg(65_535, 65_535), SIZE),
        (jpeg(channels=2), "it has 2 channels"),
        (b"\xff\xd8\xff\xc0\0\4\1\1\xff\xd9", "it ends, or its pixels begin, before it says how large it is"),
    ],
    "gif": [
        (b"GIF89a", SHORT),
        (GIF[:9], SHORT),
        (GIF + b";", "there is no picture in it"),
        (GIF.replace(b"\5\0\4\0", b"\0\0\4\0") + FRAME + b";", SIZE),
        (GIF.replace(b"\5\0\4\0", b"\xff\xff\xff\xff") + FRAME + b";", SIZE),
        (GIF + b"\0", "the byte 13 begins nothing that a GIF has: 0x00"),
        (GIF + FRAME + b"PK\x03\x04", "the byte 28 begins nothing that a GIF has: 0x50"),
        (GIF + b"\x21\xfe\1a\0" * 3 + b";", "there is no picture in it"),
        (b"GIF88a" + GIF[6:], "it is no PNG, JPEG, GIF, WebP, BMP or TIFF picture: it begins with b'GIF88a"),
        (GIF[:12], SHORT),
    ],
    "webp": [
        (b"RIFF", SHORT),
        (riff(b"fmt ", b"", b"WAVE"), "its container holds b'WAVE', not WEBP"),
        (riff(b"JUNK", b""), "its first chunk is b'JUNK'"),
        (riff(b"VP8 ", b""), SHORT),
        (riff(b"VP8 ", b"\0" * 10), "its first frame has no start code"),
        (riff(b"VP8 ", b"\0\0\0\x9d\1\x2a\0\0\0\0"), SIZE),
        (riff(b"VP8L", b"\0" * 5), "its pixels have no signature"),
        (riff(b"VP8L", b"\x2f"), SHORT),
        (riff(b"VP8X", b"\0" * 4), SHORT),
        (riff(b"VP8X", b"\0" * 4 + b"\xff" * 6), SIZE),
    ],
    "bmp": [
        (b"BM", SHORT),
        (bmp()[:20], SHORT),
        (bmp(size=41), "there is no bitmap whose head has 41 bytes"),
        (bmp(size=0), "there is no bitmap whose head has 0 bytes"),
        (bmp(0), SIZE),
        (bmp(-5), SIZE),
        (bmp(5, 0), SIZE),
        (bmp(HUGE, HUGE), SIZE),
        (bmp(5, -HUGE - 1), SIZE),
        (bmp(depth=7), "a pixel has 7 bits"),
        (b"BMP is a format", SHORT),
    ],
    "tiff": [
        (b"II*\0", SHORT),
        (tiff()[:12], SHORT),
        (tiff(at=HUGE), SHORT),
        (tiff(at=0), r"a directory of tags has 18761 values, and at most 1000 are read"),
        (tiff(count=65_535), r"a directory of tags has 65535 values"),
        (tiff(count=900), SHORT),
        (tiff(follows=8), "its pages lead in a circle"),
        (tiff(follows=HUGE), SHORT),
        (tiff(width=0), SIZE),
        (b"MM\0*" + tiff()[4:], SHORT),
        (b"II\x2b\0" + tiff()[4:], "it is no PNG, JPEG, GIF, WebP, BMP or TIFF picture"),
        (b"II*\0" + struct.pack("<LH", 8, 1) + struct.pack("<HHLL", 256, 3, 9, HUGE) + b"\0" * 4, SHORT),
    ],
}


async def look_at(folder: Path, content: bytes) -> dict[str, Any]:
    (folder / "a").write_bytes(content)
    found: dict[str, Any] = await Bench(folder, allow={"fs.read": ["**"]}).call("image_info", {"path": "a"})
    return found


def test_every_format_has_ten_bad_pictures() -> None:
    assert [kind for kind, cases in BAD.items() if len(cases) < 10] == []


@pytest.mark.parametrize(
    ("content", "match"),
    [pytest.param(*case, id=f"{kind}-{number}") for kind, cases in BAD.items() for number, case in enumerate(cases)],
)
async def test_a_bad_picture_is_an_error_in_words(tmp_path: Path, content: bytes, match: str) -> None:
    with pytest.raises(UsageError, match=f"'a' cannot be read as a picture: {match}"):
        await look_at(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        png()[:-12],
        png()[:40],
        jpeg()[:-2],
        GIF + FRAME,
        GIF + FRAME[:5],
        GIF + b"\x21\xfe\xffa",
        riff(b"VP8X", b"\0" * 10)[:4] + b"\xff\xff\0\0" + riff(b"VP8X", b"\0" * 10)[8:],
        bmp(500, 400),
    ],
    ids=str,
)
async def test_a_picture_that_ends_too_early_says_so(tmp_path: Path, content: bytes) -> None:
    assert (await look_at(tmp_path, content))["truncated"] is True


@pytest.mark.parametrize(
    ("exif", "problem"),
    [
        (b"hello", "its tags begin with b'hell'"),
        (b"II*\0", SHORT),
        (tiff(at=HUGE), SHORT),
        (tiff(count=65_535), "a directory of tags has 65535 values"),
        (b"II*\0" + struct.pack("<LH", 8, 1) + struct.pack("<HHLL", 0x8769, 4, 1, HUGE) + b"\0" * 4, SHORT),
    ],
    ids=str,
)
async def test_damaged_exif_leaves_the_picture_readable(tmp_path: Path, exif: bytes, problem: str) -> None:
    segment = struct.pack(">BBH", 0xFF, 0xE1, len(exif) + 8) + b"Exif\0\0" + exif
    found = await look_at(tmp_path, jpeg()[:2] + segment + jpeg()[2:])
    assert (found["width"], found["height"], found["exif"]) == (30, 20, {})
    with pytest.raises(UsageError, match=problem):
        raise UsageError(found["exif_problem"])


async def test_a_division_by_nought_in_exif_is_no_value(tmp_path: Path) -> None:
    exif = (
        b"II*\0"
        + struct.pack("<LH", 8, 1)
        + struct.pack("<HHLL", 0x829A, 5, 1, 26)
        + b"\0" * 4
        + struct.pack("<LL", 1, 0)
    )
    segment = struct.pack(">BBH", 0xFF, 0xE1, len(exif) + 8) + b"Exif\0\0" + exif
    assert (await look_at(tmp_path, jpeg()[:2] + segment + jpeg()[2:]))["exif"] == {"has_location": False}


async def test_a_tiff_of_too_many_pages_is_refused(tmp_path: Path) -> None:
    pages = b"".join(struct.pack("<HL", 0, 8 + 6 * n) for n in range(1, 10_002)) + struct.pack("<HL", 0, 0)
    with pytest.raises(UsageError, match="it has more than 10000 pages"):
        await look_at(tmp_path, b"II*\0" + struct.pack("<L", 8) + pages)


async def test_millions_of_pieces_end_in_time(tmp_path: Path) -> None:
    started = process_time()
    blocks = GIF + b"\x21\xfe" + b"\1a" * 2_000_000
    chunks = png()[:33] + (b"\0\0\0\0abcd" + b"\0\0\0\0") * 500_000
    assert (await look_at(tmp_path, blocks))["truncated"] is True
    assert (await look_at(tmp_path, chunks))["truncated"] is True
    assert process_time() - started < 40


def test_the_deadline_is_looked_at_for_each_piece() -> None:
    with pytest.raises(UsageError, match="'a' takes longer than 0 seconds to read") as caught:
        look(png(), "a", Deadline("a", 0))
    assert caught.value.kind == "timeout"


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([png(), jpeg(), GIF + FRAME + b";", riff(b"VP8X", b"\0" * 10), bmp(), tiff()]), st.data())
def test_no_change_of_bytes_raises_anything_but_a_usage_error(content: bytes, data: st.DataObject) -> None:
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UsageError):
        look(bytes(changed[: data.draw(st.integers(0, len(changed)))]), "a", Deadline("a"))
