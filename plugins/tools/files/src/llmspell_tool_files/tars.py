"""What is in a tar archive. The bytes are a stranger's: whatever the library raises is the archive's fault."""

from __future__ import annotations

import tarfile
from functools import partial
from io import BytesIO

from llmspell.errors import LlmspellError, UsageError
from llmspell_tool_files.deadline import Deadline
from llmspell_tool_files.members import MOST_MEMBERS, Archive, Kind, Member

_BLOCK = 512
_SECONDS = 10.0
_LONGEST_HEADER = 16 << 10
_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


def read_tar(content: bytes, path: str, packed: int, form: str) -> Archive:
    """What is in the archive.

    Args:
        content: the archive, expanded.
        path: its file, for messages.
        packed: how many bytes it had before it was expanded.
        form: `tar`, or that with the name of its compression.

    Raises:
        UsageError: it is damaged, or has too much in it.
    """
    try:
        found = _found(content, path)
    except LlmspellError:
        raise
    except (Exception, RecursionError) as error:  # headers that belong to headers, without end
        reason = str(error)[:200] or type(error).__name__
        raise UsageError(f"{path!r} is not a sound tar archive: {reason}") from error
    return Archive(form, tuple(_member(content, info) for info in found), packed)


def _found(content: bytes, path: str) -> list[tarfile.TarInfo]:
    found: list[tarfile.TarInfo] = []
    with tarfile.TarFile(fileobj=BytesIO(content), tarinfo=_bounded(path), encoding="utf-8") as archive:
        for info in archive:
            found.append(info)
            if len(found) > MOST_MEMBERS:
                raise UsageError(f"{path!r} has more than {MOST_MEMBERS} files and folders in it")
        end = archive.offset
    if content[end : end + _BLOCK].strip(b"\0"):  # the library takes any header that it cannot read for the end
        raise UsageError(f"{path!r} is not a sound tar archive: the header at offset {end} is damaged")
    return found


def _bounded(path: str) -> type[tarfile.TarInfo]:
    """Headers that lead only forwards, are of a bearable length, and are read for a bearable time.

    Old releases of the library go round in circles over a negative size, and need a time that grows with the square
    of a header's length.
    """
    deadline = Deadline(_SECONDS)

    class Header(tarfile.TarInfo):
        @property  # the library sets it, from the header and from what extends that
        def size(self) -> int:
            return self._size

        @size.setter
        def size(self, value: int) -> None:
            if value < 0:
                raise UsageError(f"{path!r} is not a sound tar archive: a file in it has {value} bytes")
            self._size = value

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Header:
            header = super().frombuf(buf, encoding, errors)
            if header.type in _HEADERS and header.size > _LONGEST_HEADER:
                raise UsageError(
                    f"{path!r} has a header of {header.size} bytes, and at most {_LONGEST_HEADER} are read"
                )
            if deadline.passed:
                raise UsageError(f"the headers of {path!r} take longer than {_SECONDS:g} seconds to read")
            return header

    return Header


def _member(content: bytes, info: tarfile.TarInfo) -> Member:
    flaw = "is a sparse file" if info.issparse() else ""
    # The library takes slashes off a folder's name; which of the two it is, its header tells.
    return Member(info.name, _kind(info), info.size, partial(_content, content, info), flaw)


def _kind(info: tarfile.TarInfo) -> Kind:
    if info.issym() or info.islnk():
        return "link"
    return "folder" if info.isdir() else "file" if info.isreg() else "other"


def _content(content: bytes, info: tarfile.TarInfo) -> bytes:
    """A file's content; that the archive has all of it, the library saw when it went past it."""
    return content[info.offset_data : info.offset_data + info.size]
