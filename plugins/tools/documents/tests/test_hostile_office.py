"""Word and Excel files that are damaged, huge or hostile: each an error in words, in bounded time."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from time import process_time

import pytest

from llmspell.errors import UsageError
from llmspell.testing.bench import Bench
from llmspell_tool_documents.cells import WHOLE
from llmspell_tool_documents.deadline import Deadline
from llmspell_tool_documents.package import Package
from llmspell_tool_documents.workbook import Workbook

Make = Callable[[Mapping[str, "str | bytes"]], Path]
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
TOOL = {"docx": "docx_text", "xlsx": "xlsx_read"}
BILLION = """<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"""
EXTERNAL = """<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d><p><t>&x;</t></p></d>"""


async def refused(path: Path, match: str) -> None:
    kind = path.suffix[1:]
    started = process_time()
    with pytest.raises(UsageError, match=match) as caught:
        await Bench(path.parent, allow={"fs.read": ["**"]}).call(TOOL[kind], {"path": path.name})
    assert path.name in caught.value.message
    assert process_time() - started < 25


@pytest.fixture(params=["docx", "xlsx"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(kind: str, make_docx: Make, make_xlsx: Make) -> Make:
    return make_docx if kind == "docx" else make_xlsx


def zipped(compression: int = zipfile.ZIP_STORED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", "<Relationships/>" + " " * 5000)
    return packed.getvalue()


def damaged(content: bytes) -> bytes:
    """The same archive with other bytes where the second part is packed."""
    at = content.index(b"_rels/.rels") + len("_rels/.rels")
    return content[:at] + b"\xff" * 8 + content[at + 8 :]


def encrypted(content: bytes) -> bytes:
    """The same archive, whose parts say that they are encrypted."""
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(start) + flags
        content = content[:at] + b"\x01\0" + content[at + 2 :]
    return content


DEFLATED = zipped(compression=zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "it is no intact zip archive"),
        (b"hello", "it is no intact zip archive"),
        (b"PK\x03\x04" + b"\0" * 100, "it is no intact zip archive"),
        (DEFLATED[: len(DEFLATED) // 2], "it is no intact zip archive"),
        (DEFLATED[:-10], "it is no intact zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "it is encrypted, or of the format before 2007"),
        (damaged(DEFLATED), r"the part '_rels/.rels' is damaged"),
        (damaged(zipped()), r"the part '_rels/.rels' is damaged \(Bad CRC-32"),
        (encrypted(damaged(zipped())), "is damaged"),
        (zipped(compression=zipfile.ZIP_BZIP2), "is packed in a way that office formats do not have"),
        (zipped(compression=zipfile.ZIP_LZMA), "is packed in a way that office formats do not have"),
        (zipped(), "it has no main part"),
        (b"PK\x01\x02" * 10_001 + DEFLATED, "it has more than 10000 parts"),
    ],
    ids=[
        "empty",
        "text",
        "a head alone",
        "half",
        "without its end",
        "encrypted or old",
        "deflated and damaged",
        "stored and damaged",
        "marked as encrypted",
        "bzip2",
        "lzma",
        "no main part",
        "too many parts",
    ],
)
async def test_an_archive_that_is_none_is_refused(tmp_path: Path, kind: str, content: bytes, match: str) -> None:
    (tmp_path / f"a.{kind}").write_bytes(content)
    await refused(tmp_path / f"a.{kind}", match)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "it is not well-formed XML: no element found"),
        ("<d>", "it is not well-formed XML: no element found"),
        ("<d></e>", "it is not well-formed XML: mismatched tag"),
        ("<d>\0</d>", "it is not well-formed XML: not well-formed"),
        ("<d>&nothing;</d>", "it is not well-formed XML: undefined entity"),
        ('<?xml version="1.0" encoding="klingon"?><d/>', "it is not well-formed XML: unknown encoding"),
        (BILLION, r"it has a document type \(<!DOCTYPE>\), which is not read"),
        (EXTERNAL, r"it has a document type \(<!DOCTYPE>\), which is not read"),
        (BILLION.encode("utf-16"), r"it has a document type \(<!DOCTYPE>\), which is not read"),
        ("<d>" * 201 + "</d>" * 201, "elements are nested deeper than 200"),
        ("<d>" * 3_000_000, "elements are nested deeper than 200"),
        ("<d><p><sheet>" + "<t/>" * 200_001 + "</sheet></p></d>", "one element has more than 200000 others in it"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_xml_that_is_not_safe_to_read_is_refused(make: Make, kind: str, text: str | bytes, match: str) -> None:
    await refused(make({MAIN[kind]: text}), f"{MAIN[kind]}: {match}")


async def test_what_expands_without_end_is_refused(make: Make, kind: str) -> None:
    bomb = b"<d>" + b" " * (130 * 1024 * 1024)
    await refused(make({MAIN[kind]: bomb}), "it expands to more than 134217728 bytes")


async def test_a_file_of_the_other_kind_is_refused(make: Make, kind: str) -> None:
    types = f'<Types><Override PartName="/{MAIN[kind]}" ContentType="image/png"/></Types>'
    await refused(make({MAIN[kind]: "<d/>", "[Content_Types].xml": types}), "its content is 'image/png'")
    await refused(make({MAIN[kind]: "<d/>", "[Content_Types].xml": "<Types/>"}), "nothing says what its part")


@pytest.mark.filterwarnings("ignore:Duplicate name")
async def test_two_parts_of_one_name_are_refused(tmp_path: Path, kind: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", "1")
        archive.writestr("a", "2")
    (tmp_path / f"a.{kind}").write_bytes(packed.getvalue())
    await refused(tmp_path / f"a.{kind}", "two of its parts have one name")


async def test_a_part_that_is_shorter_than_it_says_is_refused(tmp_path: Path, kind: str) -> None:
    content = bytearray(zipped())
    at = content.rindex(b"PK\x01\x02") + 20  # both sizes of the last part
    content[at : at + 8] = struct.pack("<LL", 1 << 20, 1 << 20)
    (tmp_path / f"a.{kind}").write_bytes(content)
    await refused(tmp_path / f"a.{kind}", "is damaged")


async def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"a.{kind}").write_bytes(bytes(17 * 1024 * 1024))
    await refused(tmp_path / f"a.{kind}", "at most 16777216 are read")


def test_the_deadline_is_looked_at_while_a_part_is_read(make_docx: Make) -> None:
    content = make_docx({"word/document.xml": "<d/>"}).read_bytes()
    with pytest.raises(UsageError, match="'a' takes longer than 0 seconds to read") as caught:
        Package(content, "a", "a Word document", Deadline("a", 0)).main("wordprocessingml")
    assert (caught.value.kind, caught.value.hint) == ("timeout", "ask for a smaller part of it")


def test_the_deadline_is_looked_at_for_each_row(make_xlsx: Make) -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/workbook.xml": '<w xmlns:r="urn:r"><sheet name="S" r:id="a"/></w>',
        "xl/_rels/workbook.xml.rels": f'<R><Relationship Id="a" Type="{office}/worksheet" Target="s.xml"/></R>',
        "xl/s.xml": "<s><row><c><v>1</v></c></row><row><c><v>2</v></c></row></s>",
    }
    package = Package(make_xlsx(parts).read_bytes(), "a", "an Excel file", Deadline("a"))
    rows = Workbook(package).rows("S", WHOLE, formulas=False)
    assert next(rows).cells == {1: 1}
    package.deadline = Deadline("a", 0)
    with pytest.raises(UsageError, match="'a' takes longer than 0 seconds to read"):
        next(rows)


async def test_styles_that_are_based_on_each_other_end(make_docx: Make) -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    path = make_docx(
        {
            "word/document.xml": '<d xmlns:w="urn:w"><p><pPr><pStyle w:val="A"/></pPr><r><t>x</t></r></p></d>',
            "word/styles.xml": '<s xmlns:w="urn:w"><style w:styleId="A"><basedOn w:val="B"/></style><style w:styleId="B"><basedOn w:val="A"/></style></s>',
            "word/_rels/document.xml.rels": f'<R><Relationship Id="a" Type="{office}/styles" Target="styles.xml"/></R>',
        }
    )
    found = await Bench(path.parent, allow={"fs.read": ["**"]}).call("docx_text", {"path": "a.docx"})
    assert found["text"] == "x"


async def test_a_part_outside_of_the_file_is_not_there(make_docx: Make) -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = f'<R><Relationship Id="a" Type="{office}/officeDocument" Target="../../../etc/passwd"/></R>'
    await refused(make_docx({"word/document.xml": "<d/>", "_rels/.rels": rels}), "it has no main part")
