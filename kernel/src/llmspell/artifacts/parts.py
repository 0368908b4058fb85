"""What is known of an artifact, and what its name and its type may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.errors import LlmspellError, UsageError

LONGEST_NAME = 200
"""Characters."""

MOST_METADATA = 16 << 10
"""Bytes, as JSON."""

TEXT = "text/plain"
BINARY = "application/octet-stream"

_TOKEN = r"[A-Za-z0-9!#$&^_.+-]{1,64}"  # noqa: S105 RFC 6838, 4.2
_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}(; ?{_TOKEN}=[^;\x00-\x1f]{{1,64}}){{0,4}}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@attrs.frozen
class Origin:
    """Where an artifact comes from: a run's id, a session's, and whom the run was for; empty where there is none."""

    run: str = ""
    session: str = ""
    user: str = ""


@attrs.frozen
class ArtifactInfo:
    """One version of an artifact.

    Attributes:
        name: what it is called.
        version: from 1; a number is never given twice, also when its version was deleted.
        digest: the SHA-256 of its content, in hexadecimal.
        type: its media type.
        size: bytes.
        text: whether it was put as text; its content is UTF-8 then.
        created: seconds since 1970.
        metadata: JSON-like, of whoever put it.
        origin: where it comes from.
    """

    name: str
    version: int
    digest: str
    type: str
    size: int
    text: bool
    created: float
    metadata: Mapping[str, Any] = attrs.field(factory=dict)
    origin: Origin = Origin()


def check_name(name: str) -> None:
    """Refuse what no artifact can be called (`UsageError`)."""
    if not 0 < len(name) <= LONGEST_NAME or _CONTROL.search(name) or name != name.strip():
        raise UsageError(
            f"{name[:60]!r} cannot be the name of an artifact",
            component="artifact",
            hint=f"use 1 to {LONGEST_NAME} characters, without line ends, and without spaces around it",
        )


def check_type(media_type: str) -> None:
    """Refuse what is no media type (`UsageError`)."""
    if not _TYPE.fullmatch(media_type):
        raise UsageError(
            f"{media_type[:60]!r} is not a media type", component="artifact", hint="such as text/markdown or image/png"
        )


def check_metadata(metadata: Mapping[str, Any]) -> None:
    """Refuse metadata that is too much, or not JSON-like (`UsageError`)."""
    from llmspell.stores import encode

    size = len(encode("the metadata of an artifact", dict(metadata)))
    if size > MOST_METADATA:
        raise UsageError(
            f"the metadata of an artifact takes {size} bytes, and at most {MOST_METADATA} are allowed",
            component="artifact",
            hint="put more into the content",
        )


def damaged(name: str, problem: str) -> LlmspellError:
    """What the store has of an artifact is not what was put there (kind `internal`)."""
    return LlmspellError(
        f"the artifact {name!r} is damaged: {problem}",
        component=f"artifact:{name}",
        hint=f"restore the store from a backup, or type: llmspell artifacts delete {name!r}",
    )
