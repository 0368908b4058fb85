"""The zip archive that a Word or Excel file is: its parts, and which part belongs to which (ECMA-376, part 2)."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import attrs

from llmspell.errors import UsageError
from llmspell_tool_documents.deadline import Deadline
from llmspell_tool_documents.markup import elements

_MOST_PARTS = 10_000
_EXPANDED_BYTES = 128 * 1024 * 1024
_CHUNK = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What zipfile raises for archives that are damaged, encrypted, or packed in a way that it does not know.
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the only ones that office formats allow


@attrs.frozen
class Relation:
    """A part that another one refers to; `kind` is the last word of the type's address, such as `worksheet`."""

    id: str
    kind: str
    part: str


class Package:
    """The parts of a Word or Excel file.

    What is expanded of it is counted, so that a small file cannot become an endless one.

    Args:
        content: the file.
        name: as the caller wrote it.
        what: what it should be, such as `Word document`.
        deadline: looked at while parts are read.

    Attributes:
        name, what, deadline: the same.

    Raises:
        UsageError: it is no such archive.
    """

    def __init__(self, content: bytes, name: str, what: str, deadline: Deadline) -> None:
        self.name = name
        self.what = what
        self.deadline = deadline
        self._left = _EXPANDED_BYTES
        self._archive = self._opened(content)
        self._names = frozenset(self._archive.namelist())
        if len(self._names) != len(self._archive.namelist()):
            raise self.error("two of its parts have one name")

    def error(self, reason: str, hint: str = "") -> UsageError:
        """An error that says what is wrong with the file."""
        return UsageError(f"{self.name!r} cannot be read as {self.what}: {reason}", hint=hint)

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self._names

    def elements(self, part: str, *wanted: str) -> Iterator[Element]:
        """The outermost elements of these tags, without namespaces, in the order of the document.

        Raises:
            UsageError: there is no such part, it is damaged, or no XML that is safe to read.
        """
        return elements(self._chunks(part), frozenset(wanted), lambda reason: self.error(f"{part}: {reason}"))

    def relations(self, part: str = "") -> list[Relation]:
        """What a part refers to inside the file; without a part, what the file begins with."""
        folder, base = posixpath.split(part)
        own = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(own):
            return []
        found = []
        for each in self.elements(own, "Relationship"):
            if each.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/")
                found.append(Relation(each.get("Id", ""), each.get("Type", "").rpartition("/")[2], target))
        return found

    def main(self, format_: str) -> str:
        """The part that the file begins with.

        Args:
            format_: the word that is in the type of its content, such as `spreadsheetml`.

        Raises:
            UsageError: there is none, or it is of another format.
        """
        parts = [relation.part for relation in self.relations() if relation.kind == "officeDocument"]
        if not parts or not self.has(parts[0]):
            raise self.error("it has no main part")
        for each in self.elements("[Content_Types].xml", "Override"):
            if each.get("PartName", "").lstrip("/") == parts[0]:
                if format_ not in each.get("ContentType", ""):
                    raise self.error(f"its content is {each.get('ContentType', '')[:100]!r}")
                return parts[0]
        raise self.error(f"nothing says what its part {parts[0]!r} is")

    def _opened(self, content: bytes) -> zipfile.ZipFile:
        if content.startswith(_OLE):
            raise self.error("it is encrypted, or of the format before 2007", "save it anew without a password")
        # Counted before zipfile makes an object of each.
        if content.count(b"PK\x01\x02") > _MOST_PARTS:
            raise self.error(f"it has more than {_MOST_PARTS} parts")
        try:
            return zipfile.ZipFile(io.BytesIO(content))
        except _DAMAGED as error:
            raise self.error(f"it is no intact zip archive ({error})") from error

    def _chunks(self, part: str) -> Iterator[bytes]:
        if not self.has(part):
            raise self.error(f"it has no part {part!r}")
        if self._archive.getinfo(part).compress_type not in _PACKINGS:
            raise self.error(f"the part {part!r} is packed in a way that office formats do not have")
        try:
            with self._archive.open(part) as file:
                while chunk := file.read(_CHUNK):
                    self.deadline.check()
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise self.error(f"it expands to more than {_EXPANDED_BYTES} bytes")
                    yield chunk
        except _DAMAGED as error:
            raise self.error(f"the part {part!r} is damaged ({error})") from error
