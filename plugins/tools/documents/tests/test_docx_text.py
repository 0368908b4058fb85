"""Word documents as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract

Make = Callable[[Mapping[str, "str | bytes"]], Path]
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="urn:mc"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def document(body: str) -> str:
    return f"<w:document {_W}><w:body>{body}</w:body></w:document>"


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets)
    )
    return f"<Relationships>{listed}</Relationships>"


async def read(folder: Path, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = await Bench(folder, allow={"fs.read": ["**"]}).call("docx_text", {"path": "a.docx", **more})
    return found


class TestDocxText(ToolContract):
    name = "docx_text"
    allow = {"fs.read": ["**"]}
    good = ({"path": "a.docx"}, {"path": "a.docx", "max_chars": 3})
    bad = ({}, {"path": ""}, {"path": "none.docx"}, {"path": "no.docx"}, {"path": "a.docx", "max_chars": 0})

    @pytest.fixture(autouse=True)
    def _files(self, make_docx: Make) -> None:
        (make_docx({"word/document.xml": document(paragraph("Hello"))}).parent / "no.docx").write_text("plain text")


async def test_headings_are_found_by_style_by_base_and_by_outline(make_docx: Make) -> None:
    styles = f"""<w:styles {_W}>
      <w:style w:styleId="H2"><w:name w:val="Heading 2"/></w:style>
      <w:style w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="H2"/></w:style>
      <w:style w:styleId="T"><w:name w:val="Title"/></w:style></w:styles>"""
    body = paragraph("Top", '<w:pStyle w:val="T"/>') + paragraph("Mine", '<w:pStyle w:val="Own"/>')
    body += paragraph("Direct", '<w:outlineLvl w:val="2"/>') + paragraph("Plain", '<w:outlineLvl w:val="9"/>')
    parts = {"word/document.xml": document(body), "word/styles.xml": styles}
    path = make_docx({**parts, "word/_rels/document.xml.rels": relations(("styles", "styles.xml"))})
    found = await read(path.parent)
    assert found["text"] == "# Top\n\n## Mine\n\n### Direct\n\nPlain"
    assert (found["headings"], found["paragraphs"], found["tables"]) == (3, 1, 0)


async def test_lists_have_markers_by_level_and_kind(make_docx: Make) -> None:
    numbering = f"""<w:numbering {_W}>
      <w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>
      <w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
      <w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""
    item = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="7"/></w:numPr>'
    body = paragraph("one", item.format(0)) + paragraph("inner", item.format(1)) + paragraph("after")
    path = make_docx(
        {
            "word/document.xml": document(body),
            "word/numbering.xml": numbering,
            "word/_rels/document.xml.rels": relations(("numbering", "/word/numbering.xml")),
        }
    )
    assert (await read(path.parent))["text"] == "1. one\n  - inner\n\nafter"


async def test_a_table_has_cells_of_every_width(make_docx: Make) -> None:
    cell = "<w:tc>{}</w:tc>".format
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("a|b")}</w:tc>'
    rows = (
        f"<w:tr>{wide}</w:tr><w:tr>{cell(paragraph('one') + paragraph('two'))}{cell('')}{cell(paragraph('x'))}</w:tr>"
    )
    path = make_docx({"word/document.xml": document(f"<w:tbl><w:tblPr/>{rows}</w:tbl>")})
    found = await read(path.parent)
    assert found["text"] == "| a\\|b |  |  |\n| --- | --- | --- |\n| one two |  | x |"
    assert found["tables"] == 1


async def test_a_row_has_no_more_columns_than_word_has(make_docx: Make) -> None:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="40"/></w:tcPr></w:tc>'
    path = make_docx({"word/document.xml": document(f"<w:tbl><w:tr>{cell * 9}</w:tr></w:tbl>")})
    assert (await read(path.parent))["text"].splitlines()[1].count("---") == 63


async def test_what_was_deleted_moved_away_or_doubled_is_left_out(make_docx: Make) -> None:
    body = """<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>
      <w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom><w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink>
      <mc:AlternateContent><mc:Choice><w:t>!</w:t></mc:Choice><mc:Fallback><w:t>old</w:t></mc:Fallback></mc:AlternateContent></w:p>"""
    path = make_docx({"word/document.xml": document(body)})
    assert (await read(path.parent))["text"] == "a\tb\nlink!"


async def test_properties_are_given(make_docx: Make) -> None:
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    rels = f'<Relationships><Relationship Id="a" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/><Relationship Id="b" Type="{kind}" Target="docProps/core.xml"/></Relationships>'
    core = '<c:p xmlns:c="urn:c" xmlns:dc="urn:dc"><dc:title>Plan</dc:title><dc:creator>Ada</dc:creator><dc:subject/></c:p>'
    path = make_docx({"word/document.xml": document(paragraph("x")), "_rels/.rels": rels, "docProps/core.xml": core})
    assert (await read(path.parent))["properties"] == {"title": "Plan", "creator": "Ada"}


async def test_a_long_document_is_cut_between_blocks_and_says_so(make_docx: Make) -> None:
    path = make_docx({"word/document.xml": document(paragraph("12345") + paragraph("678"))})
    found = await read(path.parent, max_chars=9)
    assert (found["text"], found["truncated"]) == ("12345", True)
    found = await read(path.parent, max_chars=10)
    assert (found["text"], found["truncated"]) == ("12345\n\n678", False)


async def test_a_file_that_was_not_granted_is_denied(make_docx: Make) -> None:
    path = make_docx({"word/document.xml": document("")})
    with pytest.raises(PermissionDenied) as caught:
        await Bench(path.parent).call("docx_text", {"path": "a.docx"})
    assert "--allow-fs-read" in caught.value.hint
