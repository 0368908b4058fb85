"""One session: its history, and what can be added to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import attrs

from llmspell.agents.history import check_whole
from llmspell.errors import LlmspellError
from llmspell.message import Message
from llmspell.sessions.archive import Archive
from llmspell.sessions.parts import About, ArtifactRef, SessionInfo, Turn
from llmspell.sessions.records import SessionRecord

_ATTEMPTS = 20


class Session:
    """A session as it was when it was opened, and with what was added through this object since.

    Somebody else may have the same session open, here or in another process. What is said about it and its artifacts
    may change meanwhile; turns may not: whoever comes second gets a conflict, so that no turn ever answers a history
    that nobody has seen.

    Args:
        archive: where it is kept.
        records: all that it has now.
    """

    def __init__(self, archive: Archive, records: Sequence[SessionRecord]) -> None:
        self._archive = archive
        self._messages: list[Message] = []
        self._position = 0
        self._continued_after = -1  # how many turns it had here when somebody else went on with it; -1 for never
        self.info = records[0].info
        for record in records:
            self._take_in(record)

    @property
    def id(self) -> str:
        """Its name."""
        return self.info.id

    @property
    def history(self) -> tuple[Message, ...]:
        """What the next turn begins with: every call with its answer, and no system message."""
        return tuple(self._messages)

    @property
    def length(self) -> int:
        """How many messages the history has."""
        return len(self._messages)

    async def turns(self) -> list[Turn]:
        """All turns from the first, with all that was said and done, failed ones included."""
        return [record.turn for record in await self._archive.read(self.id) if record.turn is not None]

    async def artifacts(self) -> list[ArtifactRef]:
        """The artifacts that belong to it now, in the order in which they were put, whoever put them."""
        return [record.artifact for record in await self._archive.read(self.id) if record.artifact is not None]

    async def add_turn(self, turn: Turn) -> Turn:
        """Add a turn; gives it as it was written, without secrets.

        Raises:
            UsageError: one of its messages calls a tool, and none has the answer.
            LlmspellError: somebody else has added one (kind `conflict`), or deleted the session (kind `not_found`).
        """
        check_whole(turn.messages)

        def with_turn(info: SessionInfo) -> SessionRecord:
            return SessionRecord(info.after(turn), turn=turn)

        self._check_not_continued()
        written = (await self._append(with_turn, turns_may_come=False)).turn
        assert written is not None
        return written

    async def add_artifact(self, artifact: ArtifactRef) -> None:
        """Make an artifact belong to the session."""

        def with_artifact(info: SessionInfo) -> SessionRecord:
            here = attrs.evolve(artifact, turn=info.turns)
            return SessionRecord(attrs.evolve(info, updated=time.time()), artifact=here)

        await self._append(with_artifact)

    async def describe(self, change: Callable[[About], About]) -> SessionInfo:
        """Change what is said about the session to what `change` makes of it."""

        def described(info: SessionInfo) -> SessionRecord:
            return SessionRecord(attrs.evolve(info, about=change(info.about).checked(), updated=time.time()))

        return (await self._append(described)).info

    async def refresh(self) -> None:
        """Take in what others have added meanwhile, unless it is a turn.

        Raises:
            LlmspellError: it is one (kind `conflict`), or the session was deleted (kind `not_found`).
        """
        self._check_not_continued()
        if await self._archive.length(self.id) != self._position:
            await self._catch_up(turns_may_come=False)

    def _check_not_continued(self) -> None:
        if self._continued_after >= 0:
            raise _continued(self.id, self._continued_after, self.info.turns)

    async def _append(
        self, make: Callable[[SessionInfo], SessionRecord], *, turns_may_come: bool = True
    ) -> SessionRecord:
        for _ in range(_ATTEMPTS):
            try:
                [written] = await self._archive.append(self.id, [make(self.info)], self._position)
            except LlmspellError as error:
                if error.kind != "conflict":
                    raise
                await self._catch_up(turns_may_come=turns_may_come)
            else:
                self._take_in(written)
                return written
        raise LlmspellError(
            f"the session {self.id!r} was changed by others {_ATTEMPTS} times in a row",
            kind="conflict",
            component=f"session:{self.id}",
            retryable=True,
            hint="try again",
        )

    async def _catch_up(self, *, turns_may_come: bool) -> None:
        new = await self._archive.read(self.id, self._position)
        if not new or new[0].info.created != self.info.created:
            raise _deleted(self.id)
        known = self.info.turns
        for record in new:
            self._take_in(record)
        if self.info.turns != known:
            self._continued_after = known
            if not turns_may_come:
                self._check_not_continued()

    def _take_in(self, record: SessionRecord) -> None:
        self._position += 1
        self.info = record.info
        if record.turn is not None:
            if record.turn.replaces:
                self._messages.clear()
            self._messages += record.turn.messages


def _deleted(session: str) -> LlmspellError:
    return LlmspellError(
        f"the session {session!r} was deleted meanwhile",
        kind="not_found",
        component=f"session:{session}",
        hint="create it anew",
    )


def _continued(session: str, expected: int, found: int) -> LlmspellError:
    return LlmspellError(
        f"the session {session!r} has {found} turns now, not {expected}: somebody else has gone on with it",
        kind="conflict",
        component=f"session:{session}",
        hint="open it again to see what was said, and ask once more; or go on in a fork of it",
        details={"session": session, "turns": found, "expected": expected},
    )
