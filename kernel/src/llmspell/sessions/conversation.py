"""An agent's turns in a session: each begins with the session's history, and is added to it as a whole."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.agent import BaseAgent, OnEvent
from llmspell.agents.chat import Chat
from llmspell.agents.lookup import find_agent
from llmspell.errors import Cancelled, LlmspellError
from llmspell.failures import stop_reason
from llmspell.result import Result
from llmspell.sessions.parts import Turn
from llmspell.sessions.session import Session

if TYPE_CHECKING:
    from llmspell.gate import Operation
    from llmspell.run import Run


class Conversation:
    """A session as a run goes on with it; one turn at a time.

    Args:
        run: what its turns belong to.
        session: the session.
    """

    def __init__(self, run: Run, session: Session) -> None:
        self._run = run
        self.session = session
        self._asked: BaseAgent | None = None
        self._chat: Chat | None = None
        self._busy = False

    async def send(
        self, agent: BaseAgent, text: str, parent: Operation | None = None, on_event: OnEvent | None = None
    ) -> Result:
        """What an agent answers; `messages` of the result has what the turn added.

        Where the agent had handed the session over to another one, that one answers. What a turn that fails or is
        cancelled has said is not part of the history; that there was one is kept, and why it failed.

        Raises:
            LlmspellError: kind `conflict`: another turn is under way here, or somebody else has added one; the answer
                that could not be added is in `details`. Otherwise as `Run.run_agent`.
        """
        if self._busy:
            raise LlmspellError(
                f"the session {self.session.id!r} is still answering",
                kind="conflict",
                component=f"session:{self.session.id}",
                hint="wait for the answer, or go on in a fork of the session",
            )
        self._busy = True
        try:
            await self.session.refresh()
            return await self._turn(
                agent, text, attrs.evolve(parent or self._run.root, session=self.session.id), on_event
            )
        finally:
            self._busy = False

    async def _turn(self, agent: BaseAgent, text: str, parent: Operation, on_event: OnEvent | None) -> Result:
        chat = self._chat_with(agent)
        before = self.session.length
        turn = Turn(self.session.info.turns + 1, agent.name, input=text, time=time.time())
        begin = perf_counter()
        try:
            result = await chat.send(text, parent, on_event)
        except LlmspellError as error:
            await self._failed(attrs.evolve(turn, duration=perf_counter() - begin), error)
            raise
        except asyncio.CancelledError:
            reason = Cancelled(self._run.cancelled) if self._run.cancelled else Cancelled("the turn was cancelled")
            await self._failed(attrs.evolve(turn, duration=perf_counter() - begin), reason)
            raise
        replaces = before > 0 and len(chat.history) == len(result.messages)
        await self._add(_answered(turn, result, replaces=replaces, duration=perf_counter() - begin))
        return result

    def chat(self, agent: BaseAgent) -> Chat:
        """A chat that begins with the session's history; what is said in it is not added to the session."""
        info = self.session.info
        chat = Chat(self._run, agent, self.session.history)
        if info.asked == agent.name and info.agent not in ("", agent.name):
            chat.agent = find_agent(self._run, info.agent)
        return chat

    def _chat_with(self, agent: BaseAgent) -> Chat:
        if self._chat is None or self._asked is not agent:
            self._chat, self._asked = self.chat(agent), agent
        return self._chat

    async def _add(self, turn: Turn) -> None:
        try:
            written = await self.session.add_turn(turn)
        except LlmspellError as error:
            self._chat = None
            answer = turn.messages[-1].content if turn.messages else ""
            error.details = {**error.details, "answer": answer, "stop_reason": turn.stop_reason}
            raise
        if written.messages != turn.messages:  # the next turn begins with what is kept, in this run as in any other
            self._chat = None
        self._tell("session.turn", {"turn": turn.number, "agent": turn.agent, "stop_reason": turn.stop_reason})

    async def _failed(self, turn: Turn, error: LlmspellError) -> None:
        """Keep that a turn failed; what it failed with is what the caller gets, whether this can be kept or not."""
        turn = attrs.evolve(turn, stop_reason=stop_reason(error), error=error.to_dict())
        try:
            await self._add(turn)
        except LlmspellError as problem:
            self._tell("session.unrecorded", {"turn": turn.number, "error": problem.to_dict()})

    def _tell(self, kind: str, data: Mapping[str, Any]) -> None:
        self._run.log.append(kind, "run", {"session": self.session.id, **data})


def _answered(turn: Turn, result: Result, *, replaces: bool, duration: float) -> Turn:
    return attrs.evolve(
        turn,
        agent=result.agent,
        messages=tuple(result.messages),
        replaces=replaces,
        calls=result.calls,
        stop_reason=result.stop_reason,
        output=result.output,
        error=result.error,
        usage=result.usage,
        cost=result.cost,
        duration=duration,
    )
