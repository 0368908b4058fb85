"""All sessions of a store."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import attrs

from llmspell.errors import LlmspellError, UsageError, did_you_mean, near_names
from llmspell.ids import NewId, random_id
from llmspell.sessions.archive import Archive
from llmspell.sessions.parts import About, ArtifactRef, Fork, SessionInfo, check_id
from llmspell.sessions.records import SessionRecord
from llmspell.sessions.session import Session
from llmspell.sessions.state import KeptState

if TYPE_CHECKING:
    from llmspell.run import Run

_ATTEMPTS = 100
_MOST_NAMED = 20
_NOTHING = About()


@attrs.frozen
class Listing:
    """The sessions that were found, the latest first, and what is wrong with those that cannot be read."""

    sessions: tuple[SessionInfo, ...]
    problems: tuple[LlmspellError, ...] = ()


class Sessions:
    """Begins, finds, forks and deletes sessions.

    Args:
        archive: where they are.
        new_id: gives ids to those that get none.
    """

    def __init__(self, archive: Archive, new_id: NewId = random_id) -> None:
        self._archive = archive
        self._new_id = new_id

    @classmethod
    def of(cls, run: Run) -> Sessions:
        """Those of a run's store; what is written counts against the run's quota.

        Raises:
            UnknownPlugin, BrokenPlugin, ConfigError: the store cannot be had.
        """
        return cls(Archive(run.store, run.log.redactor, partial(run.quota.take, "write_bytes")), run.ids.new)

    async def create(self, session: str = "", about: About = _NOTHING) -> Session:
        """A new session.

        Args:
            session: its id; empty for one that nobody has.
            about: what is said about it.

        Raises:
            UsageError: the id cannot be one.
            LlmspellError: there is a session of this id (kind `conflict`).
        """
        now = time.time()
        info = SessionInfo(session or self._new_id("session"), about.checked(), created=now, updated=now)
        return await self.begin([SessionRecord(info)])

    async def begin(self, records: Sequence[SessionRecord]) -> Session:
        """A new session with these records, all written at once. Raises as `create` does."""
        session = records[0].info.id
        check_id(session)
        try:
            written = await self._archive.append(session, records, 0)
        except LlmspellError as error:
            if error.kind != "conflict":
                raise
            raise taken(session) from error
        return Session(self._archive, written)

    async def open(self, session: str) -> Session:
        """A session as it is now.

        Raises:
            LlmspellError: there is none of this id (kind `not_found`), or it cannot be read.
        """
        return Session(self._archive, await self.records(session))

    async def resume(self, session: str, about: About = _NOTHING) -> Session:
        """A session as it is now, or a new one where there is none. Raises as `create` does, but for the conflict."""
        check_id(session)
        if await self._archive.length(session):
            return await self.open(session)
        try:
            return await self.create(session, about)
        except LlmspellError as error:
            if error.kind != "conflict":
                raise
            return await self.open(session)  # somebody else has created it just now

    async def attach(self, session: str, artifact: ArtifactRef) -> None:
        """Make an artifact belong to a session, whoever goes on with it meanwhile.

        Raises:
            LlmspellError: there is none of this id (kind `not_found`).
        """
        for _ in range(_ATTEMPTS):
            length = await self._archive.length(session)
            last = await self._archive.last(session)
            if last is None:
                break
            info = attrs.evolve(last.info, updated=time.time())
            record = SessionRecord(info, artifact=attrs.evolve(artifact, turn=info.turns))
            try:
                await self._archive.append(session, [record], length)
            except LlmspellError as error:
                if error.kind != "conflict":
                    raise
            else:
                return
        raise await self._unknown(session)

    async def records(self, session: str) -> list[SessionRecord]:
        """All records of a session. Raises as `open` does."""
        check_id(session)
        records = await self._archive.read(session)
        if not records:
            raise await self._unknown(session)
        return records

    async def list(self, *, user: str = "", tag: str = "") -> Listing:
        """All sessions, or those of a user, or with a tag."""
        found: list[SessionInfo] = []
        problems: list[LlmspellError] = []
        for session in await self._archive.ids():
            try:
                record = await self._archive.last(session)
            except LlmspellError as error:
                problems.append(error)
                continue
            if record is None:  # it was deleted just now
                continue
            about = record.info.about
            if user in ("", about.user) and (not tag or tag in about.tags):
                found.append(record.info)
        return Listing(tuple(sorted(found, key=lambda info: (-info.updated, info.id))), tuple(problems))

    async def fork(
        self, session: str, fork: str = "", *, turn: int | None = None, about: About | None = None
    ) -> Session:
        """A new session that begins with what was said in another one, and with its state as it is now.

        Args:
            session: the other's id.
            fork: the new one's; empty for one that nobody has.
            turn: how many of the other's turns it begins with; None for all.
            about: what is said about it; None for the same.

        Raises:
            UsageError: the other does not have so many turns, or the id cannot be one.
            LlmspellError: there is no such session (kind `not_found`), or one of the new id (kind `conflict`).
        """
        records = await self.records(session)
        turns = records[-1].info.turns
        turn = turns if turn is None else turn
        if not 0 <= turn <= turns:
            raise UsageError(f"the session {session!r} has {turns} turns, so that it cannot be forked after {turn}")
        fork = fork or self._new_id("session")
        await self.check_free(fork)
        said = (about or records[-1].info.about).checked()
        state = await KeptState.of(self._archive.store, session)
        async with state.written_for(fork):
            return await self.begin(_forked(records, turn, fork, said))

    async def check_free(self, session: str) -> None:
        """Refuse an id that cannot be one (`UsageError`), or that a session has (kind `conflict`)."""
        check_id(session)
        if await self._archive.length(session):
            raise taken(session)

    async def delete(self, session: str) -> None:
        """Remove a session with its state. Its artifacts stay.

        Raises:
            LlmspellError: there is none (kind `not_found`).
        """
        if not await self._archive.length(session):
            raise await self._unknown(session)
        # The state first: a process that is killed in between leaves a session that can be deleted once more.
        await (await KeptState.of(self._archive.store, session)).delete()
        await self._archive.drop(session)

    async def state(self, session: str) -> KeptState:
        """The state of a session."""
        return await KeptState.of(self._archive.store, session)

    async def _unknown(self, session: str) -> LlmspellError:
        known = await self._archive.ids()
        return LlmspellError(
            f"there is no session {session!r}",
            kind="not_found",
            component=f"session:{session}",
            hint=did_you_mean(session, known) if 0 < len(known) <= _MOST_NAMED else _near(session, known),
        )


def taken(session: str) -> LlmspellError:
    """There is a session of this id already (kind `conflict`)."""
    return LlmspellError(
        f"there is a session {session!r} already",
        kind="conflict",
        component=f"session:{session}",
        hint="open it, or choose another id",
    )


def _near(session: str, known: Sequence[str]) -> str:
    near = near_names(session, known)
    return f"did you mean {near[0]!r}?" if near else "type: llmspell sessions list"


def _forked(records: Sequence[SessionRecord], turn: int, fork: str, about: About) -> list[SessionRecord]:
    """The records of a session that begins with what another one had after so many turns."""
    now = time.time()
    info = SessionInfo(fork, about, created=now, updated=now, forked_from=Fork(records[0].info.id, turn))
    forked = [SessionRecord(info)]
    for record in records:
        if record.info.turns > turn:
            break
        if record.turn is not None:
            info = attrs.evolve(info.after(record.turn), updated=now)
        if record.turn is not None or record.artifact is not None:
            forked.append(attrs.evolve(record, info=info))
    return forked
