"""An archive, whatever its format, which is told from its bytes and not from its name."""

from __future__ import annotations

from llmspell.errors import UsageError
from llmspell.files import Files
from llmspell_tool_files.expansion import MOST_PACKED, compression, expanded
from llmspell_tool_files.members import Archive
from llmspell_tool_files.tars import read_tar
from llmspell_tool_files.zips import read_zip

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TAR = slice(257, 262)


def read_archive(files: Files, path: str) -> Archive:
    """What is in an archive.

    Raises:
        PermissionDenied, LlmspellError: the file may not or cannot be read.
        UsageError: it is no archive, is damaged, or has or expands to too much.
    """
    content = files.read_bytes(path, MOST_PACKED)
    if content.startswith(_ZIP):
        return read_zip(content, path)
    packing = compression(content)
    plain = expanded(content, path) if packing else content
    # Very old ones and empty ones have no mark.
    if plain[_TAR] == b"ustar" or (plain and (not plain.strip(b"\0") if packing else path.endswith(".tar"))):
        return read_tar(plain, path, len(content), f"tar.{packing}" if packing else "tar")
    raise UsageError(f"{path!r} is no archive of a kind that is read: zip, tar, tar.gz, tar.bz2 or tar.xz")
