"""What a session is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.errors import UsageError
from llmspell.message import Message, Usage
from llmspell.result import CallRecord

MOST_ABOUT = 16 << 10
"""Bytes of an `About` as JSON: every record of a session repeats it."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}")


def check_id(session: str) -> None:
    """Refuse what cannot be the id of a session (`UsageError`)."""
    if not _ID.fullmatch(session):
        raise UsageError(
            f"{session[:60]!r} cannot be the id of a session",
            component="session",
            hint="use up to 128 letters, digits, and . _ @ + -, with a letter or a digit first",
        )


@attrs.frozen
class About:
    """What people and programs say about a session.

    Attributes:
        title: for people.
        tags: to find it by.
        user: whose it is.
        data: JSON-like; llmspell does not look into it.
    """

    title: str = ""
    tags: tuple[str, ...] = ()
    user: str = ""
    data: Mapping[str, Any] = attrs.field(factory=dict)

    def checked(self) -> About:
        """The same.

        Raises:
            UsageError: it is too much, or not JSON-like.
        """
        from llmspell.stores import encode

        size = len(encode("what is said about a session", attrs.asdict(self)))
        if size > MOST_ABOUT:
            raise UsageError(
                f"what is said about a session takes {size} bytes, and at most {MOST_ABOUT} are allowed",
                component="session",
                hint="keep more in its state, or as an artifact",
            )
        return self


@attrs.frozen
class Fork:
    """Where a session comes from: the other's id, and how many of its turns it began with."""

    session: str
    turn: int


@attrs.frozen
class ArtifactRef:
    """An artifact that belongs to a session, put after so many of its turns; see `llmspell.artifacts`."""

    name: str
    version: int
    digest: str
    type: str
    size: int
    turn: int = 0


@attrs.frozen
class Turn:
    """One question and what came of it.

    Attributes:
        number: from 1, without gaps.
        asked: the agent that was asked.
        agent: the one that answered; another one after a handoff.
        input: what it was asked.
        messages: what the turn added to the history, every call with its answer; nothing when it failed.
        replaces: whether `messages` take the place of all history before, which compaction had made shorter.
        calls: of tools, with what they gave.
        stop_reason: as a result's; `error` and `cancelled` where there was none.
        output: structured data of the answer.
        error: a `LlmspellError.to_dict()`.
        usage: of a turn that was answered; what others used is not known.
        cost: USD; None when it is not known.
        time: when it began, in seconds since 1970.
        duration: seconds.
    """

    number: int
    asked: str
    agent: str = ""
    input: str = ""
    messages: tuple[Message, ...] = ()
    replaces: bool = False
    calls: tuple[CallRecord, ...] = ()
    stop_reason: str = "completed"
    output: Any = None
    error: Mapping[str, Any] | None = None
    usage: Usage = Usage()
    cost: float | None = None
    time: float = 0.0
    duration: float = 0.0


@attrs.frozen
class SessionInfo:
    """What is known of a session without its history.

    Attributes:
        id: its name.
        about: what is said about it.
        created: seconds since 1970.
        updated: seconds since 1970, of the last change.
        turns: how many, failed ones included.
        usage: of the turns that were answered.
        cost: theirs, in USD; None when that of one is not known.
        asked: the agent that was asked in the last turn that was answered.
        agent: the one that answered it.
        forked_from: where it comes from; None for nowhere.
    """

    id: str
    about: About = About()
    created: float = 0.0
    updated: float = 0.0
    turns: int = 0
    usage: Usage = Usage()
    cost: float | None = 0.0
    asked: str = ""
    agent: str = ""
    forked_from: Fork | None = None

    def after(self, turn: Turn) -> SessionInfo:
        """What is known once a turn was added."""
        info = attrs.evolve(self, turns=turn.number, updated=turn.time + turn.duration)
        if not turn.messages:
            return info
        cost = None if self.cost is None or turn.cost is None else self.cost + turn.cost
        return attrs.evolve(info, usage=self.usage + turn.usage, cost=cost, asked=turn.asked, agent=turn.agent)
