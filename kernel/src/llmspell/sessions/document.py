"""A session as one JSON document, to be kept elsewhere and read again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.agents.history import check_whole
from llmspell.config.structure import Misfit, fit, sentences
from llmspell.errors import UsageError
from llmspell.redaction import Redactor
from llmspell.sessions.parts import About, ArtifactRef, Fork, SessionInfo, Turn
from llmspell.sessions.records import SessionRecord, to_data
from llmspell.sessions.session import Session
from llmspell.sessions.sessions import Sessions
from llmspell.sessions.state import KeptState
from llmspell.store import Entry, Store

SCHEMA = "llmspell.session/1"


@attrs.frozen
class StateValue:
    """A key's value; `expires` is seconds since 1970, None for never."""

    value: Any = None
    expires: float | None = None


@attrs.frozen
class SessionDocument:
    """All that a session is. Its artifacts are named, and not in it."""

    id: str
    schema: str = SCHEMA
    about: About = About()
    created: float = 0.0
    updated: float = 0.0
    forked_from: Fork | None = None
    turns: tuple[Turn, ...] = ()
    artifacts: tuple[ArtifactRef, ...] = ()
    state: Mapping[str, StateValue] = attrs.field(factory=dict)


async def export_session(sessions: Sessions, session: str, redactor: Redactor) -> dict[str, Any]:
    """A session as JSON-like data, without secrets.

    Raises:
        LlmspellError: there is none of this id (kind `not_found`), or it cannot be read.
    """
    records = await sessions.records(session)
    state = await sessions.state(session)
    info = records[-1].info
    document = SessionDocument(
        id=session,
        about=info.about,
        created=info.created,
        updated=info.updated,
        forked_from=info.forked_from,
        turns=tuple(record.turn for record in records if record.turn is not None),
        artifacts=tuple(record.artifact for record in records if record.artifact is not None),
        state={entry.key: StateValue(entry.value, entry.expires) for entry in state.entries},
    )
    data: dict[str, Any] = redactor.data(to_data(document))
    return data


async def import_session(sessions: Sessions, store: Store, data: Any, session: str = "") -> Session:
    """A new session of what was exported.

    Args:
        sessions: where it goes.
        store: where its state goes.
        data: what `export_session` gave.
        session: its id; empty for the one that it had.

    Raises:
        UsageError: the data is not a session, or an answer of a tool has no call.
        LlmspellError: there is a session of this id (kind `conflict`).
    """
    document = _structured(data)
    session = session or document.id
    records = _records(document, session)
    now = time.time()
    entries = [Entry(key, kept.value, 1, kept.expires) for key, kept in document.state.items()]
    await sessions.check_free(session)
    async with KeptState(store, "", [entry for entry in entries if _lasts(entry, now)]).written_for(session):
        return await sessions.begin(records)


def _lasts(entry: Entry, now: float) -> bool:
    return entry.expires is None or entry.expires > now


def _structured(data: Any) -> SessionDocument:
    schema = data.get("schema") if isinstance(data, Mapping) else None
    if schema != SCHEMA:
        later = isinstance(schema, str) and schema.startswith("llmspell.session/")
        hint = "pip install --upgrade llmspell" if later else "give what `sessions export` wrote"
        raise UsageError(f"this is not a session: its schema is {schema!r}, not {SCHEMA!r}", hint=hint)
    found = fit(data, SessionDocument)
    if isinstance(found, Misfit):
        raise UsageError("this is not a session: " + "; ".join(sentences(found)))
    for number, turn in enumerate(found.turns, 1):
        if turn.number != number:
            raise UsageError(f"this is not a session: its turn {number} says that it is number {turn.number}")
        try:
            check_whole(turn.messages)
        except UsageError as error:
            raise UsageError(f"this is not a session: in turn {number}, {error.message}") from error
    return found


def _records(document: SessionDocument, session: str) -> list[SessionRecord]:
    info = SessionInfo(
        session,
        document.about.checked(),
        created=document.created,
        updated=document.updated,
        forked_from=document.forked_from,
    )
    records = [SessionRecord(info)]
    waiting = list(document.artifacts)
    for turn in (None, *document.turns):
        if turn is not None:
            info = attrs.evolve(info.after(turn), updated=document.updated)
            records.append(SessionRecord(info, turn=turn))
        here = [artifact for artifact in waiting if artifact.turn <= info.turns]
        waiting = [artifact for artifact in waiting if artifact.turn > info.turns]
        records += [SessionRecord(info, artifact=artifact) for artifact in here]
    if waiting:
        raise UsageError(f"this is not a session: the artifact {waiting[0].name!r} is of turn {waiting[0].turn}")
    return records
