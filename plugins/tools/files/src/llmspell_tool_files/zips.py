"""What is in a zip archive. The bytes are a stranger's: whatever the library raises is the archive's fault."""

from __future__ import annotations

import stat
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from llmspell.errors import LlmspellError, UsageError
from llmspell_tool_files.members import MOST_MEMBERS, Archive, Kind, Member

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1 | 0x40
_METHODS = {0: "stored", 8: "deflated"}  # the others need much memory, and hardly anybody writes them


def read_zip(content: bytes, path: str) -> Archive:
    """What is in the archive.

    Raises:
        UsageError: it is damaged, or has too much in it.
    """
    from zipfile import ZipFile

    # Counted before the library makes an object of each; the archives that are stored in it are counted with it.
    if content.count(_ENTRY) > MOST_MEMBERS:
        raise UsageError(f"{path!r} has more than {MOST_MEMBERS} files and folders in it")
    try:
        archive = ZipFile(BytesIO(content))
        found = archive.infolist()
    except Exception as error:
        raise _damaged(path, error) from error
    return Archive("zip", tuple(_member(archive, info, path) for info in found), len(content))


def _member(archive: ZipFile, info: ZipInfo, path: str) -> Member:
    flaw = ""
    if info.flag_bits & _ENCRYPTED:
        flaw = "is encrypted"
    elif info.compress_type not in _METHODS:
        flaw = f"is compressed by method {info.compress_type}, and only stored and deflated files are read"
    # The library cuts a name at its NUL, so that it would be shown as another than it is.
    return Member(info.orig_filename, _kind(info), info.file_size, partial(_content, archive, info, path), flaw)


def _kind(info: ZipInfo) -> Kind:
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "other"
    return "folder" if info.orig_filename.endswith("/") else "file"


def _content(archive: ZipFile, info: ZipInfo, path: str) -> bytes:
    """A file's content, which must be as long as it says, and have the checksum that it says."""
    try:
        with archive.open(info) as stream:
            content = stream.read(info.file_size + 1)
    except Exception as error:
        raise _damaged(path, error) from error
    if len(content) != info.file_size:
        raise UsageError(f"{path!r} is damaged: {info.filename!r} has not the {info.file_size} bytes that it says")
    return content


def _damaged(path: str, error: Exception) -> LlmspellError:
    return UsageError(f"{path!r} is not a sound zip archive: {str(error)[:200] or type(error).__name__}")
