"""What is in an archive, and whether it may become a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Literal

import attrs

from llmspell.errors import UsageError

MOST_MEMBERS = 10_000
_DEEPEST = 64
_LONGEST = 255  # bytes of one name, as most file systems have it
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")

Kind = Literal["file", "folder", "link", "other"]


@attrs.frozen(slots=False)
class Member:
    """Something in an archive.

    Attributes:
        name: as the archive has it.
        kind: what it would be.
        size: bytes that it says to have.
        read: gives its content; for a file that has no problem.
        flaw: why its content cannot be had, such as encryption; empty when it can.
    """

    name: str
    kind: Kind
    size: int
    read: Callable[[], bytes] = attrs.field(repr=False, eq=False)
    flaw: str = ""

    @cached_property
    def path(self) -> str:
        """Its path below the folder that it is extracted to, if it has no problem; empty for that folder itself."""
        return "/".join(part for part in self.name.split("/") if part not in ("", "."))

    @cached_property
    def problem(self) -> str:
        """Why it is not extracted; empty when it may be."""
        if self.kind == "link":
            return "is a link"
        if self.kind == "other":
            return "is neither a file nor a folder"
        return self.flaw or _name_problem(self.name) or ("has no name" if self.kind == "file" and not self.path else "")


@attrs.frozen
class Archive:
    """An archive that was looked at and not expanded, but for what a compressed tar needs.

    Attributes:
        format: `zip`, `tar`, `tar.gz`, `tar.bz2` or `tar.xz`.
        members: all that is in it.
        packed: bytes that the archive has itself.
    """

    format: str
    members: tuple[Member, ...]
    packed: int


def shown(name: str) -> str:
    """A name that may not be text, as text."""
    return name.encode("utf-8", "backslashreplace").decode()


def check_members(members: Iterable[Member], path: str) -> None:
    """Let members of an archive become files in one folder.

    Raises:
        UsageError: one of them may not, or two would be the same file.
    """
    kinds: dict[str, Kind] = {}
    for member in members:
        if member.problem:
            raise _refused(path, member, member.problem)
        if member.path in kinds and "file" in (member.kind, kinds[member.path]):
            raise _refused(path, member, "is in it twice")
        kinds[member.path] = member.kind
    for member_path in kinds:
        above = member_path
        while above := above.rpartition("/")[0]:
            if kinds.get(above) == "file":
                raise UsageError(f"{path!r} is not extracted: {shown(above)!r} is a file and a folder in it")


def _refused(path: str, member: Member, problem: str) -> UsageError:
    return UsageError(
        f"{path!r} is not extracted: {shown(member.name)[:200]!r} {problem}",
        hint="archive_list shows the problem of each; glob chooses what is extracted",
    )


def _name_problem(name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or _DRIVE.match(name):
        return "is an absolute path"
    if "\\" in name:
        return "has a backslash, which is a folder's end on some systems"
    if ".." in parts:
        return "leads out of the folder"
    if _CONTROL.search(name):
        return "has a control character"
    try:
        longest = max(len(part.encode()) for part in parts)
    except UnicodeEncodeError:
        return "is not UTF-8"
    if longest > _LONGEST or len(parts) > _DEEPEST:
        return f"is too long: more than {_LONGEST} bytes in one name, or more than {_DEEPEST} folders"
    return ""
