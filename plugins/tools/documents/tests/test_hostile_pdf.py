"""PDF files that are damaged, huge or hostile: each an error in words or a right answer, in bounded time."""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path
from threading import get_ident
from time import process_time, sleep
from typing import Any

import pytest

from llmspell.errors import UsageError
from llmspell.testing.bench import Bench
from llmspell_tool_documents.deadline import Alarm, Deadline
from llmspell_tool_documents.pdf import reading

PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /XObject << /X 4 0 R >> >> /Contents {} >>"
STREAM = "<< /Length {} {} >>\nstream\n"


def pdf(*objects: str | bytes, trailer: str = "/Root 1 0 R") -> bytes:
    """A file of these objects, numbered from 1."""
    out, places = b"%PDF-1.7\n", []
    for number, given in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, given.encode() if isinstance(given, str) else given)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d %s >>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        trailer.encode(),
        len(out),
    )


def page(content: bytes, options: str = "", contents: str = "4 0 R") -> bytes:
    """A file of one page with this content."""
    stream = STREAM.format(len(content), options).encode() + content + b"\nendstream"
    return pdf(
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE.format(contents), stream
    )


def packed(content: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    return content


GOOD = page(b"BT /F1 12 Tf (Hello) Tj ET")
TEXT = b"BT /F1 12 Tf (Hello) Tj ET\n"
DAMAGED = "'a.pdf' is a damaged PDF file"
NESTED = b"[" * 100_000
BAD: list[tuple[str, bytes, str]] = [
    ("empty", b"", "'a.pdf' is no PDF file: it begins with b''"),
    ("no-pdf", b"PK\x03\x04" + b"\0" * 2000, "'a.pdf' is no PDF file"),
    ("head-only", b"%PDF-1.7\n", DAMAGED),
    ("half", GOOD[: len(GOOD) // 4], DAMAGED),
    ("no-root", pdf("<< >>", trailer=""), DAMAGED),
    ("root-is-no-catalog", pdf("42"), DAMAGED),
    ("noise", b"%PDF-1.7\n" + bytes(range(256)) * 400, DAMAGED),
    (
        "pages-in-a-circle",
        pdf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
        "a.pdf",
    ),
    (
        "pages-of-one-hundred-thousand",
        pdf(
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [" + "3 0 R " * 99_000 + "] /Count 99000 >>",
            "<< /Type /Page >>",
        ),
        "takes more than is given",
    ),
    ("expands-to-gigabytes", page(packed(b"\0" * 400_000_000), "/Filter /FlateDecode"), "takes more than is given"),
    (
        "expands-to-forty-megabytes",
        page(packed(b" " * 40_000_000 + TEXT), "/Filter /FlateDecode"),
        "takes more than is given",
    ),
    (
        "repeats-without-end",
        page(b"\x81 " * 300_000 + b"\x80", "/Filter /RunLengthDecode"),
        "takes more than is given",
    ),
    (
        "expands-twice",
        page(packed(b" " * 100_000_000, 2), "/Filter [/FlateDecode /FlateDecode]"),
        "takes more than is given",
    ),
    ("one-stream-many-times", page(b" " * 1_000_000, "", "[" + "4 0 R " * 40 + "]"), "takes more than is given"),
    (
        "a-million-operators",
        page(packed(b"q Q " * 600_000 + TEXT), "/Filter /FlateDecode"),
        "takes more than is given|takes longer",
    ),
    (
        "needs-a-password",
        pdf(
            "<< /Type /Catalog >>",
            f"<< /Filter /Standard /V 1 /R 2 /O <{'00' * 32}> /U <{'00' * 32}> /P -4 >>",
            trailer="/Root 1 0 R /Encrypt 2 0 R /ID [<00> <00>]",
        ),
        "is encrypted, and opens with a password only",
    ),
    (
        "unknown-encryption",
        pdf("<< /Type /Catalog >>", "<< /Filter /Own /V 9 >>", trailer="/Root 1 0 R /Encrypt 2 0 R"),
        "a.pdf",
    ),
]
TOLERATED: list[tuple[str, bytes]] = [
    ("a-wrong-place-of-the-table", GOOD.replace(b"startxref\n", b"startxref\n9")),
    ("no-table", GOOD[: GOOD.index(b"xref\n0")] + b"trailer << /Size 5 /Root 1 0 R >>"),
    ("a-wrong-length", GOOD.replace(b"/Length 26", b"/Length 99999")),
    ("bytes-before-the-head", b"junk\n" + GOOD),
    ("a-font-that-is-none", GOOD.replace(b"/Type /Font", b"/Type /Fond")),
    ("damaged-packing", page(packed(TEXT)[:-4], "/Filter /FlateDecode")),
    ("a-form-in-itself", page(b"/X Do " + TEXT, "/Type /XObject /Subtype /Form")),
    ("deep-arrays", page(NESTED + TEXT)),
    ("a-table-that-leads-to-itself", GOOD.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % GOOD.index(b"xref\n0"))),
    ("ten-thousand-commands", page(packed(b"q Q " * 5_000 + TEXT), "/Filter /FlateDecode")),
]


async def read(folder: Path, content: bytes) -> dict[str, Any]:
    (folder / "a.pdf").write_bytes(content)
    found: dict[str, Any] = await Bench(folder, allow={"fs.read": ["**"]}).call("pdf_text", {"path": "a.pdf"})
    return found


@pytest.mark.parametrize(("content", "match"), [pytest.param(*case, id=name) for name, *case in BAD])
async def test_a_bad_file_is_an_error_in_words(tmp_path: Path, content: bytes, match: str) -> None:
    started = process_time()
    with pytest.raises(UsageError, match=match):
        await read(tmp_path, content)
    assert process_time() - started < 40


@pytest.mark.parametrize("content", [pytest.param(case, id=name) for name, case in TOLERATED])
async def test_a_file_with_a_flaw_is_read_or_refused_in_words(tmp_path: Path, content: bytes) -> None:
    started = process_time()
    try:
        count = (await read(tmp_path, content))["page_count"]
    except UsageError as error:
        count = error.message.count("a.pdf")
    assert count == 1
    assert process_time() - started < 40


def never_ending() -> None:
    """As a library would go on that takes every error for a flaw of the file."""
    with reading(GOOD, "a.pdf", Deadline("a.pdf", 0.3)):
        while True:
            with suppress(Exception):
                sleep(0.01)


def test_what_no_limit_of_the_library_stops_the_deadline_stops() -> None:
    started = process_time()
    with pytest.raises(UsageError, match=r"'a.pdf' takes longer than 0.3 seconds to read") as caught:
        never_ending()
    assert caught.value.kind == "timeout"
    assert process_time() - started < 10


def test_a_deadline_that_did_not_pass_stops_nothing_later() -> None:
    with Deadline("a", 0.2).enforced():
        pass
    sleep(0.4)


def test_an_alarm_that_rings_too_late_stops_nothing() -> None:
    alarm = Alarm(get_ident())
    alarm.switch_off()
    alarm.ring()
    sleep(0.05)
