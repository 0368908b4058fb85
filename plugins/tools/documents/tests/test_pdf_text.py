"""The text of PDF files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_documents.pages import chosen


def pdf(*texts: str, info: str = "", extra: str = "") -> bytes:
    """A file with a page for each text."""
    count = len(texts)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {count} >>"]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number, text in enumerate(texts):
        stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< {info} >>")
    out, places = "%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R {extra} >>"
    return (
        f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}\nstartxref\n{len(out)}\n%%EOF".encode()
    )


async def read(folder: Path, content: bytes, **more: Any) -> dict[str, Any]:
    (folder / "a.pdf").write_bytes(content)
    found: dict[str, Any] = await Bench(folder, allow={"fs.read": ["**"]}).call("pdf_text", {"path": "a.pdf", **more})
    return found


class TestPdfText(ToolContract):
    name = "pdf_text"
    allow = {"fs.read": ["**"]}
    good = ({"path": "a.pdf"}, {"path": "a.pdf", "pages": "1-"})
    bad = (
        {},
        {"path": "none.pdf"},
        {"path": "no.pdf"},
        {"path": "a.pdf", "pages": "x"},
        {"path": "a.pdf", "pages": "9"},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "a.pdf").write_bytes(pdf("one", "two"))
        (folder / "no.pdf").write_text("no PDF")


async def test_each_page_has_its_text(tmp_path: Path) -> None:
    found = await read(tmp_path, pdf("Hello", "", "Bye"))
    assert found["page_count"] == 3
    assert found["pages"] == [{"page": 1, "text": "Hello"}, {"page": 2, "text": ""}, {"page": 3, "text": "Bye"}]
    assert found["truncated"] is False


async def test_only_the_pages_that_are_wanted_are_read(tmp_path: Path) -> None:
    found = await read(tmp_path, pdf("a", "b", "c", "d"), pages="4, 1-2")
    assert [page["text"] for page in found["pages"]] == ["a", "b", "d"]


async def test_the_properties_are_given(tmp_path: Path) -> None:
    info = "/Title (Paper) /Author (Ada) /Producer (x) /CreationDate (D:20260131093000+01'00')"
    found = await read(tmp_path, pdf("a", info=info))
    assert found["properties"] == {"title": "Paper", "author": "Ada", "created": "2026-01-31T09:30:00+01:00"}
    assert (await read(tmp_path, pdf("a")))["properties"] == {}


async def test_long_texts_end_between_pages_and_say_so(tmp_path: Path) -> None:
    found = await read(tmp_path, pdf("12345", "678"), max_chars=7)
    assert (found["pages"], found["truncated"]) == ([{"page": 1, "text": "12345"}], True)
    assert (await read(tmp_path, pdf("12345", "678"), max_chars=8))["truncated"] is False


async def test_it_tells_how_far_it_has_come(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("a", "b"))
    bench = Bench(tmp_path, allow={"fs.read": ["**"]})
    await bench.call("pdf_text", {"path": "a.pdf"})
    told = [event.data["message"] for event in bench.events if event.kind == "tool.progress"]
    assert told == ["read page 1 of a.pdf", "read page 2 of a.pdf"]


@pytest.mark.parametrize(
    ("text", "pages"),
    [("", [1, 2, 3, 4]), ("2", [2]), ("3-", [3, 4]), ("1-2", [1, 2]), ("4,1-2,2", [1, 2, 4]), (" 1 , 3-3 ", [1, 3])],
)
def test_pages_are_written_as_numbers_and_ranges(text: str, pages: list[int]) -> None:
    assert chosen(text, 4, "a") == pages


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "'0' is no page"),
        ("x", "'x' is no page"),
        ("1,", "'' is no page"),
        ("-3", "'-3' is no page"),
        ("5", "'a' has 4 pages, and '5' is not among them"),
        ("2-5", "'a' has 4 pages, and '2-5' is not among them"),
        ("3-2", "'a' has 4 pages, and '3-2' is not among them"),
    ],
)
def test_other_pages_are_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        chosen(text, 4, "a")


def encrypted(password: str, algorithm: str) -> bytes:
    """A file of one page, which opens with this password."""
    writer = PdfWriter(io.BytesIO(pdf("secret")))
    writer.encrypt(password, "owner", algorithm=algorithm)
    packed = io.BytesIO()
    writer.write(packed)
    return packed.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
async def test_an_encrypted_file_is_read_if_it_opens_without_a_password(tmp_path: Path, algorithm: str) -> None:
    assert (await read(tmp_path, encrypted("", algorithm)))["pages"] == [{"page": 1, "text": "secret"}]
    with pytest.raises(UsageError, match=r"'a.pdf' is encrypted, and opens with a password only") as caught:
        await read(tmp_path, encrypted("x", algorithm))
    assert caught.value.hint == "save it without a password"


async def test_a_file_that_was_not_granted_is_denied(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("a"))
    with pytest.raises(PermissionDenied) as caught:
        await Bench(tmp_path).call("pdf_text", {"path": "a.pdf"})
    assert "--allow-fs-read" in caught.value.hint
