"""What pictures say of themselves."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def png(width: int = 3, height: int = 2, bits: int = 8, colour: int = 2, extra: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", zlib.compress(b"\0" * 20)) + chunk(b"IEND", b"")


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpeg(exif: bytes = b"", channels: int = 3, marker: int = 0xC2) -> bytes:
    frame = segment(marker, struct.pack(">BHHB", 8, 20, 30, channels) + b"\1\x11\0" * channels)
    app = segment(0xE1, b"Exif\0\0" + exif) if exif else b""
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0") + app + b"\xff" + frame + segment(0xDA, b"\0" * 6) + b"\x12\xff\xd9"


def gif(frames: int = 2) -> bytes:
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 5, 4, 0x80) + b"\0" * 6 + b"\2\2\x4c\1\0"
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", 5, 4, 0xF0, 0, 0)
        + b"\0" * 6
        + b"\x21\xf9\4\0\0\0\0\0"
        + picture * frames
        + b";"
    )


def webp(kind: bytes, data: bytes, extra: bytes = b"") -> bytes:
    body = b"WEBP" + kind + struct.pack("<L", len(data)) + data + b"\0" * (len(data) % 2) + extra
    return b"RIFF" + struct.pack("<L", len(body)) + body


def bmp(depth: int = 24) -> bytes:
    rows = b"\0" * ((5 * depth + 31) // 32 * 4 * 4)
    return (
        b"BM"
        + struct.pack("<LHHL", 54 + len(rows), 0, 0, 54)
        + struct.pack("<LllHHLLllLL", 40, 5, -4, 1, depth, 0, 0, 0, 0, 0, 0)
        + rows
    )


def tags(*entries: tuple[int, int, int, bytes], order: str = "<", follows: int = 0) -> bytes:
    """A TIFF file of one directory; longer values stand behind it."""
    start = 8 + 2 + 12 * len(entries) + 4
    listed, behind = b"", b""
    for tag, kind, amount, value in entries:
        place = value.ljust(4, b"\0")
        if len(value) > 4:
            place = struct.pack(f"{order}L", start + len(behind))
            behind += value
        listed += struct.pack(f"{order}HHL", tag, kind, amount) + place
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}L", 8)
    return head + struct.pack(f"{order}H", len(entries)) + listed + struct.pack(f"{order}L", follows) + behind


def tiff(order: str = "<", **more: Any) -> bytes:
    def short(tag: int, value: int) -> tuple[int, int, int, bytes]:
        return tag, 3, 1, struct.pack(f"{order}H", value)

    return tags(short(256, 7), short(257, 6), short(258, 8), short(262, 2), short(277, 4), order=order, **more)


CAMERA = tags(
    (0x010F, 2, 6, b"Nikon\0"),
    (0x0112, 3, 1, b"\6\0"),
    (0x9003, 2, 20, b"2026:01:31 10:20:30\0"),
    (0x829A, 5, 1, struct.pack("<LL", 1, 250)),
    (0x8825, 4, 1, struct.pack("<L", 8)),
    (1, 2, 2, b"S\0"),
    (2, 5, 3, struct.pack("<LLLLLL", 33, 1, 30, 1, 0, 1)),
    (3, 2, 2, b"E\0"),
    (4, 5, 3, struct.pack("<LLLLLL", 151, 1, 0, 1, 36, 1)),
)


async def look(folder: Path, content: bytes, **more: Any) -> dict[str, Any]:
    (folder / "a").write_bytes(content)
    found: dict[str, Any] = await Bench(folder, allow={"fs.read": ["**"]}).call("image_info", {"path": "a", **more})
    return found


class TestImageInfo(ToolContract):
    name = "image_info"
    allow = {"fs.read": ["**"]}
    good = ({"path": "a.png"}, {"path": "a.png", "gps": True})
    bad = ({}, {"path": ""}, {"path": "none.png"}, {"path": "no.png"}, {"path": "a.png", "gps": "yes"})

    def prepare(self, folder: Path) -> None:
        (folder / "a.png").write_bytes(png())
        (folder / "no.png").write_text("no picture")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (png(), ("PNG", 3, 2, "RGB", 8, 1)),
        (png(colour=0, bits=1), ("PNG", 3, 2, "1", 1, 1)),
        (png(colour=0, bits=16), ("PNG", 3, 2, "L", 16, 1)),
        (png(colour=3, bits=4), ("PNG", 3, 2, "P", 4, 1)),
        (png(colour=6, extra=chunk(b"acTL", struct.pack(">LL", 9, 0))), ("PNG", 3, 2, "RGBA", 8, 9)),
        (jpeg(), ("JPEG", 30, 20, "RGB", 8, 1)),
        (jpeg(channels=1, marker=0xC0), ("JPEG", 30, 20, "L", 8, 1)),
        (jpeg(channels=4), ("JPEG", 30, 20, "CMYK", 8, 1)),
        (gif(), ("GIF", 5, 4, "P", 8, 2)),
        (webp(b"VP8 ", b"\0\0\0\x9d\1\x2a" + struct.pack("<HH", 0x4000 | 40, 30)), ("WebP", 40, 30, "RGB", 8, 1)),
        (webp(b"VP8L", b"\x2f" + struct.pack("<L", 9 | 19 << 14 | 1 << 28)), ("WebP", 10, 20, "RGBA", 8, 1)),
        (
            webp(b"VP8X", b"\x10\0\0\0\x09\0\0\x13\0\0", (b"ANMF" + struct.pack("<L", 2) + b"ab") * 3),
            ("WebP", 10, 20, "RGBA", 8, 3),
        ),
        (bmp(), ("BMP", 5, 4, "RGB", 8, 1)),
        (bmp(depth=4), ("BMP", 5, 4, "P", 4, 1)),
        (
            b"BM" + struct.pack("<LHHL", 0, 0, 0, 26) + struct.pack("<LHHHH", 12, 5, 4, 1, 24) + b"\0" * 64,
            ("BMP", 5, 4, "RGB", 8, 1),
        ),
        (tiff(), ("TIFF", 7, 6, "RGBA", 8, 1)),
        (tiff(">"), ("TIFF", 7, 6, "RGBA", 8, 1)),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_a_picture_says_what_it_is(tmp_path: Path, content: bytes, expected: tuple[Any, ...]) -> None:
    found = await look(tmp_path, content)
    assert tuple(found[key] for key in ("format", "width", "height", "mode", "bits_per_channel", "frames")) == expected
    assert (found["bytes"], found["truncated"]) == (len(content), False)
    assert found["media_type"] == f"image/{expected[0].lower()}"
    assert "exif_problem" not in found


@pytest.mark.parametrize(
    "content",
    [
        jpeg(CAMERA),
        png(extra=chunk(b"eXIf", CAMERA)),
        webp(b"VP8X", b"\x08\0\0\0\x09\0\0\x13\0\0", b"EXIF" + struct.pack("<L", len(CAMERA)) + CAMERA),
    ],
    ids=["jpeg", "png", "webp"],
)
async def test_what_the_camera_added_is_told_but_not_where_it_was(tmp_path: Path, content: bytes) -> None:
    basics = {
        "make": "Nikon",
        "orientation": 6,
        "taken": "2026-01-31T10:20:30",
        "exposure_seconds": 0.004,
        "has_location": True,
    }
    assert (await look(tmp_path, content))["exif"] == basics
    assert (await look(tmp_path, content, gps=True))["exif"] == {**basics, "latitude": -33.5, "longitude": 151.01}


async def test_the_pages_of_a_tiff_are_counted(tmp_path: Path) -> None:
    first = tiff(follows=len(tiff()))
    assert (await look(tmp_path, first + tiff()[8:]))["frames"] == 2


async def test_a_file_that_was_not_granted_is_denied(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(png())
    with pytest.raises(PermissionDenied) as caught:
        await Bench(tmp_path).call("image_info", {"path": "a"})
    assert "--allow-fs-read" in caught.value.hint
