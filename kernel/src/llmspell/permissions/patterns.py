"""Patterns of what may be reached, and whether a target fits one.

path       `data`, `data/*.csv`, `/srv/**`, `~/notes`: itself and all below it; from the project's folder
host       `api.example.com`, `*.example.com` (not `example.com`), `10.0.0.0/8`, `[::1]:443`, `*`
name       `calculator`, `web_*`, `openai/*`
command    `git log **`: words; `*` is one word, a last `**` is the rest

What allows is read narrowly and what denies is read widely: `deny run = ["rm"]` is every `rm`, wherever it is installed
and whatever follows, but `allow run = ["git"]` is `git` without a word after it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from fnmatch import translate
from pathlib import Path

import attrs

from llmspell.errors import UsageError
from llmspell.permissions.kinds import Kind, Target

Matcher = Callable[[Target], bool]

_ANYTHING = {"path": "/**", "host": "*", "name": "*", "command": "**"}
_FOLDS = "darwin" in sys.platform or "win" in sys.platform
_LONGEST = 4096
_MOST_DEEP = 3  # more would make some paths slow to compare


@attrs.frozen(eq=False)
class Pattern:
    """One pattern.

    Attributes:
        text: as it was written.
        matches: whether a target fits.
        root: of a path, the folders and names before the first wildcard, absolute and without links; else empty.
        spelled: the same as it was written, which may be a link.
        everything: whether it fits whatever there is.
    """

    text: str
    matches: Matcher = attrs.field(repr=False)
    root: str = ""
    spelled: str = ""
    everything: bool = False


def parse(kind: Kind, text: str, base: Path, *, deny: bool = False) -> Pattern:
    """The pattern that `text` is for a kind.

    Args:
        kind: what it is a pattern of.
        text: the pattern.
        base: the folder where relative paths begin.
        deny: read it widely, because it denies.

    Raises:
        UsageError: it is no such pattern.
    """
    if not text.strip():
        raise UsageError(f"a pattern of {kind.key} is empty", hint=f"write {kind.example}")
    if len(text) > _LONGEST or not text.isprintable():
        raise UsageError(f"{text[:60]!r} is no pattern of {kind.key}: it is too long, or has a hidden character")
    if text == _ANYTHING[kind.shape]:
        root = "/" if kind.shape == "path" else ""
        return Pattern(text, _anything, root, root, everything=True)
    match kind.shape:
        case "path":
            return _path(text, base)
        case "host":
            from llmspell.permissions.hosts import host_matcher

            return Pattern(text, host_matcher(text, deny=deny))
        case "command":
            from llmspell.permissions.commands import command_matcher

            return Pattern(text, command_matcher(text, deny=deny))
    return _name(text)


def everything(kind: Kind) -> str:
    """The pattern of a kind that fits whatever there is."""
    return _ANYTHING[kind.shape]


def _anything(_: Target) -> bool:
    return True


def _name(text: str) -> Pattern:
    if "*" not in text and "?" not in text and "[" not in text:
        return Pattern(text, text.__eq__)
    match = re.compile(translate(text)).match
    return Pattern(text, lambda target: isinstance(target, str) and match(target) is not None)


def _path(text: str, base: Path) -> Pattern:
    if ".." in Path(text).parts:
        raise UsageError(f"{text!r} is no pattern of paths: it has '..'", hint="write the folder that is meant")
    if text.startswith("~") and text != "~" and not text.startswith("~/"):
        raise UsageError(f"{text!r} is no pattern of paths: only your own folder is '~'", hint="write the whole path")
    parts = (Path(text).expanduser() if text.startswith("~") else base / text).parts
    wild = next((index for index, part in enumerate(parts) if _is_wild(part)), len(parts))
    root, rest = Path(*parts[:wild]), parts[wild:]
    real = str(root.resolve())
    # A link may stand for the folder that is meant, and what is asked for later has no links in it.
    roots = {_folded(str(root)), _folded(real)}
    return Pattern(text, _globbed(roots, rest) if rest else _below(roots), real, str(root))


def _globbed(roots: set[str], rest: tuple[str, ...]) -> Matcher:
    if rest.count("**") > _MOST_DEEP:
        raise UsageError(f"a pattern of paths has more than {_MOST_DEEP} '**'", hint="write more of the folders")
    beginning = "|".join(re.escape(root.rstrip("/")) for root in sorted(roots))
    match = re.compile(f"(?:{beginning}){''.join(map(_component, rest))}(?:/.*)?", re.DOTALL).fullmatch
    return lambda target: isinstance(target, str) and match(_folded(target)) is not None


def _below(roots: set[str]) -> Matcher:
    exact, prefixes = frozenset(roots), tuple(root.rstrip("/") + "/" for root in sorted(roots))

    def matches(target: Target) -> bool:
        folded = _folded(target) if isinstance(target, str) else ""
        return folded in exact or folded.startswith(prefixes)

    return matches


def _folded(path: str) -> str:
    """The path as names are compared: on these systems `README` and `readme` are one file."""
    if not _FOLDS:
        return path
    from unicodedata import normalize

    return normalize("NFC", normalize("NFD", path.replace("\\", "/")).casefold())


def _is_wild(part: str) -> bool:
    return "*" in part or "?" in part


def _component(part: str) -> str:
    if part == "**":
        return "(?:/.*)?"
    if "**" in part:
        raise UsageError(f"{part!r} mixes '**' with letters", hint="write '**' between slashes, or '*' within a name")
    pieces = (re.escape(_folded(piece)) for piece in re.split(r"([*?])", part))
    return "/" + "".join({r"\*": "[^/]*", r"\?": "[^/]"}.get(piece, piece) for piece in pieces)
