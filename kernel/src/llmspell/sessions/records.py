"""How a session is kept: a stream of records, of which each says one thing that happened and all that is known then.

So the last record alone tells what a list of sessions shows, and one record more is one change, whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.config.structure import Misfit, fit, sentences
from llmspell.errors import LlmspellError
from llmspell.sessions.parts import ArtifactRef, SessionInfo, Turn

SCHEMA = 1
"""The version of a record."""


@attrs.frozen
class SessionRecord:
    """One of a session's: a turn, an artifact, or neither when it began or what is said about it changed."""

    info: SessionInfo
    turn: Turn | None = None
    artifact: ArtifactRef | None = None
    schema: int = SCHEMA


def to_data(value: Any) -> Any:
    """What the kernel holds, as a store keeps it: fields with their default are left out, bytes stay bytes."""
    if value is None or isinstance(value, str | bool | int | float | bytes):
        return value
    if isinstance(value, Mapping):
        return {str(key): to_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_data(item) for item in value]
    if attrs.has(type(value)):
        fields = [(field, getattr(value, field.name)) for field in attrs.fields(type(value))]
        return {
            field.name: to_data(item) for field, item in fields if field.name == "schema" or item != _default(field)
        }
    return repr(value)


def _default(field: Any) -> Any:  # Any: attrs.Attribute of any type
    factory = getattr(field.default, "factory", None)
    return field.default if factory is None else factory()


def of_data(data: Any, session: str) -> SessionRecord:
    """The record that a store has kept.

    Raises:
        LlmspellError: it is damaged (kind `internal`), or a later version of llmspell wrote it (kind `conflict`).
    """
    schema = data.get("schema") if isinstance(data, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise LlmspellError(
            f"the session {session!r} was written by a later version of llmspell (schema {schema}, not {SCHEMA})",
            kind="conflict",
            component=f"session:{session}",
            hint="pip install --upgrade llmspell",
        )
    found = fit(data, SessionRecord)
    if isinstance(found, Misfit):
        raise LlmspellError(
            f"the session {session!r} is damaged: {sentences(found)[0]}",
            component=f"session:{session}",
            hint=f"restore the store from a backup, or type: llmspell sessions delete {session}",
        )
    return found
