"""Making archives, in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO

import attrs

_FIRST, _LAST = 315532800, 4354819198  # the times that a zip archive can tell: the years 1980 to 2107
_FILE, _FOLDER = 0o100644, 0o040755


@attrs.frozen
class Packed:
    """A file, or with `content` None a folder, as it goes into an archive; `modified` seconds since 1970."""

    name: str
    content: bytes | None
    modified: float


def packed(found: Iterable[Packed], form: str) -> bytes:
    """The archive, as `zip`, `tar` or `tar.gz`; the same files make the same bytes."""
    if form == "zip":
        return _zip(found)
    content = _tar(found)
    if form == "tar":
        return content
    from gzip import compress

    return compress(content, mtime=0)


def _zip(found: Iterable[Packed]) -> bytes:
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for each in found:
            moment = datetime.fromtimestamp(min(max(each.modified, _FIRST), _LAST), UTC)
            info = ZipInfo(each.name + ("/" if each.content is None else ""), moment.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            info.create_system = 3  # as it was made on Unix, on every system
            info.external_attr = (_FOLDER << 16 | 0x10) if each.content is None else _FILE << 16
            archive.writestr(info, each.content or b"")
    return made.getvalue()


def _tar(found: Iterable[Packed]) -> bytes:
    from tarfile import DIRTYPE, PAX_FORMAT, TarFile, TarInfo

    made = BytesIO()
    with TarFile(fileobj=made, mode="w", format=PAX_FORMAT) as archive:
        for each in found:
            info = TarInfo(each.name)
            info.mtime = int(each.modified)
            info.mode = 0o644
            if each.content is None:
                info.type, info.mode = DIRTYPE, 0o755
            info.size = len(each.content or b"")
            archive.addfile(info, BytesIO(each.content or b""))
    return made.getvalue()
