"""The records of sessions in a store. No secret gets into them, whoever writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llmspell.redaction import Redactor
from llmspell.sessions.records import SessionRecord, of_data, to_data
from llmspell.store import Store

_PREFIX = "session/"
_PAGE = 200


class Archive:
    """Where sessions are kept: the stream `session/ID` of each.

    Args:
        store: the store.
        redactor: what takes secrets out of all that is written.
        charge: called with the bytes of what is to be written; None charges nobody.
    """

    def __init__(self, store: Store, redactor: Redactor, charge: Callable[[int], None] | None = None) -> None:
        self.store = store
        self.redactor = redactor
        self._charge = charge

    async def ids(self) -> list[str]:
        """The ids of all sessions, sorted."""
        return [name.removeprefix(_PREFIX) for name in await self.store.streams(_PREFIX)]

    async def length(self, session: str) -> int:
        """How many records it has; 0 when there is no such session."""
        return await self.store.length(_PREFIX + session)

    async def read(self, session: str, after: int = 0) -> list[SessionRecord]:
        """Its records after a position, in order."""
        found: list[SessionRecord] = []
        while page := await self.store.read(_PREFIX + session, after + len(found), _PAGE):
            found += [of_data(record.data, session) for record in page]
        return found

    async def last(self, session: str) -> SessionRecord | None:
        """Its last record; None when there is no such session."""
        length = await self.length(session)
        page = await self.store.read(_PREFIX + session, max(0, length - 1), 1) if length else []
        return of_data(page[0].data, session) if page else None

    async def append(self, session: str, records: Sequence[SessionRecord], after: int) -> list[SessionRecord]:
        """Add records, all or none; gives them as they were written, without secrets.

        Raises:
            LlmspellError: the last record does not have the position `after` (kind `conflict`).
            UsageError, BudgetExceeded: a record is too large, or the run has written too much.
        """
        data = [self.redactor.data(to_data(record)) for record in records]
        if self._charge is not None:
            from llmspell.stores import encode

            self._charge(sum(len(encode(f"a turn of the session {session!r}", record)) for record in data))
        await self.store.append(_PREFIX + session, data, after=after)
        return [of_data(record, session) for record in data]

    async def drop(self, session: str) -> bool:
        """Remove all its records; whether there was any."""
        return await self.store.drop(_PREFIX + session)
