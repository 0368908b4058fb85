"""Office files made of their parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def office(path: Path, parts: Mapping[str, str | bytes], content_type: str) -> None:
    """Write a file whose first part is the one that begins with neither `_` nor `[`, unless they say otherwise."""
    main = next(name for name in parts if name[0] not in "_[")
    given = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Override PartName="/{main}" ContentType="{content_type}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="{main}"/></Relationships>',
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**given, **parts}.items():
            archive.writestr(name, text)
    path.write_bytes(packed.getvalue())


Make = Callable[[Mapping[str, "str | bytes"]], Path]
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@pytest.fixture
def make_docx(tmp_path: Path) -> Make:
    """Makes `a.docx` of parts."""

    def make(parts: Mapping[str, str | bytes]) -> Path:
        office(tmp_path / "a.docx", parts, _WORD)
        return tmp_path / "a.docx"

    return make


@pytest.fixture
def make_xlsx(tmp_path: Path) -> Make:
    """Makes `a.xlsx` of parts."""

    def make(parts: Mapping[str, str | bytes]) -> Path:
        office(tmp_path / "a.xlsx", parts, _EXCEL)
        return tmp_path / "a.xlsx"

    return make
