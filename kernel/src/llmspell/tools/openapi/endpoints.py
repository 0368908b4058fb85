"""The operations of a document, their names as tools, and which of them are wanted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import attrs

from llmspell.errors import UsageError, did_you_mean
from llmspell.tools.openapi.document import Document

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
MOST = 2000
"""Operations of one document."""
_LONGEST_NAME = 64
_LONGEST_PREFIX = 32
_PREFIX = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_-]*)?")


@attrs.frozen(eq=False)
class Endpoint:
    """One operation.

    Attributes:
        document: where it stands.
        name: of the tool, prefix included.
        method: in small letters.
        path: as the document writes it.
        item: what the document says of the path.
        data: what it says of the operation.
        operation_id: its id; empty where it has none.
        tags: its tags.
    """

    document: Document = attrs.field(repr=False)
    name: str
    method: str
    path: str
    item: Mapping[str, Any] = attrs.field(repr=False)
    data: Mapping[str, Any] = attrs.field(repr=False)
    operation_id: str = ""
    tags: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """What errors call it: `GET /pets`."""
        return f"{self.method.upper()} {self.path}"


@attrs.frozen
class Selection:
    """Which operations become tools.

    Attributes:
        include: patterns of their operationId, or of their tool's name without prefix; empty: all.
        tags: of which they have one; empty: all.
        prefix: goes before each name.
    """

    include: Sequence[str] = ()
    tags: Sequence[str] = ()
    prefix: str = ""


def endpoints(document: Document, selection: Selection = Selection()) -> list[Endpoint]:
    """The operations that are wanted, in the order of the document.

    Raises:
        UsageError: the document is wrong, a pattern or tag fits nothing, or two tools would have one name.
    """
    prefix = selection.prefix
    if len(prefix) > _LONGEST_PREFIX or not _PREFIX.fullmatch(prefix):
        raise UsageError(f"{prefix!r} is no prefix of a tool's name", hint="use letters, digits and underscores")
    everything = list(_read(document, prefix))
    _check(document, selection, everything)
    wanted = [each for each in everything if _wants(selection, each)]
    if not wanted:
        raise document.wrong("paths", "has no operation" + (" that is wanted" if everything else ""))
    by_name: dict[str, Endpoint] = {}
    for each in wanted:
        other = by_name.setdefault(each.name, each)
        if other is not each:
            hint = "choose one of them with include or tags, or give them other operationIds"
            raise document.wrong("paths", f"gives {other.where} and {each.where} one name, {each.name!r}", hint=hint)
    return wanted


def _read(document: Document, prefix: str) -> Iterator[Endpoint]:
    count = 0
    for path, item in document.table(document.data.get("paths"), "paths").items():
        if path.startswith("x-"):
            continue
        if not path.startswith("/"):
            raise document.wrong("paths", f"has {path!r:.200}, which does not begin with a slash")
        item = document.table(item, path)  # noqa: PLW2901 what the reference leads to
        for method in METHODS:
            if method not in item:
                continue
            count += 1
            if count > MOST:
                raise document.wrong("paths", f"has more than {MOST} operations")
            yield _endpoint(document, path, method, item, prefix)


def _endpoint(document: Document, path: str, method: str, item: Mapping[str, Any], prefix: str) -> Endpoint:
    where = f"{method.upper()} {path}"
    data = document.table(item[method], where)
    id_ = document.text(data.get("operationId"), f"{where}: operationId")
    tags = [document.text(tag, f"{where}: tags") for tag in document.items(data.get("tags"), f"{where}: tags")]
    name = _fitted(snake_case(id_) or snake_case(f"{method} {path}"), prefix)
    return Endpoint(document, name, method, path, item, data, id_, tuple(tags))


def snake_case(text: str) -> str:
    """Words in small letters, joined by underscores: `getPetByID` as `get_pet_by_id`."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower()


def _fitted(name: str, prefix: str) -> str:
    """A tool's name; a long one ends with a digest of what was cut off."""
    if not prefix and not name[:1].isalpha():
        name = f"_{name}"
    room = _LONGEST_NAME - len(prefix)
    if len(name) > room:
        name = f"{name[: room - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return prefix + name


def _wants(selection: Selection, endpoint: Endpoint) -> bool:
    tagged = not selection.tags or not set(selection.tags).isdisjoint(endpoint.tags)
    return tagged and (not selection.include or any(_fits(each, endpoint, selection) for each in selection.include))


def _fits(pattern: str, endpoint: Endpoint, selection: Selection) -> bool:
    return any(fnmatchcase(name, pattern) for name in (endpoint.operation_id, endpoint.name[len(selection.prefix) :]))


def _check(document: Document, selection: Selection, everything: Sequence[Endpoint]) -> None:
    """Refuse a pattern or a tag that fits nothing: it is misspelled."""
    names = [each.operation_id or each.name[len(selection.prefix) :] for each in everything]
    for pattern in selection.include:
        if not any(_fits(pattern, each, selection) for each in everything):
            raise document.wrong("paths", f"has no operation that fits {pattern!r}", hint=did_you_mean(pattern, names))
    known = sorted({tag for each in everything for tag in each.tags})
    for tag in selection.tags:
        if tag not in known:
            raise document.wrong("paths", f"has no operation with the tag {tag!r}", hint=did_you_mean(tag, known))
