"""A conversation with an agent that grows turn by turn.

It keeps the messages that the last turn ended with, and hands them on as they are: a turn costs what it adds, however
long the conversation is, and what a model is sent begins with what it was sent before, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from llmspell.agent import AgentInput, BaseAgent, OnEvent
from llmspell.agents.history import NOT_RUN, answered, check_whole, without_system
from llmspell.agents.lookup import find_agent
from llmspell.errors import LlmspellError
from llmspell.message import Message
from llmspell.result import Result

if TYPE_CHECKING:
    from llmspell.gate import Operation
    from llmspell.run import Run


class Chat:
    """One conversation; one turn at a time.

    Args:
        run: what its turns belong to.
        agent: who answers, until it hands the conversation over.
        history: what was said before.

    Attributes:
        agent: who answers the next turn.
    """

    def __init__(self, run: Run, agent: BaseAgent, history: Sequence[Message] = ()) -> None:
        check_whole(without_system(history))
        self._run = run
        self._first = agent
        self.agent = agent
        self._messages: Sequence[Message] = history
        self._busy = False

    async def send(self, text: str, parent: Operation | None = None, on_event: OnEvent | None = None) -> Result:
        """The answer to one more message; `messages` of the result has what this turn added.

        What a turn that fails or is cancelled has said is not kept; one that reached a limit is.

        Raises:
            LlmspellError: kind `conflict` while another turn is under way; otherwise as `Run.run_agent`.
        """
        if self._busy:
            raise LlmspellError(
                "this chat is still answering",
                kind="conflict",
                component=f"agent:{self.agent.name}",
                hint="wait for the answer, or fork the chat",
            )
        self._busy = True
        before = self._messages
        try:
            result = await self._run.run_agent(self.agent, AgentInput(text, before, on_event), parent)
            after = result.messages or _as_said(before, text, result)
            self._answered(result.agent)
        finally:
            self._busy = False
        self._messages = (*after, *missing) if (missing := answered(after, NOT_RUN)) else after
        return attrs.evolve(result, messages=_added(before, self._messages))

    @property
    def history(self) -> tuple[Message, ...]:
        """All that was said, without a system message; compaction may have made it shorter."""
        return tuple(without_system(self._messages))

    def fork(self) -> Chat:
        """Another conversation that begins with what was said in this one."""
        fork = Chat(self._run, self._first, self._messages)
        fork.agent = self.agent
        return fork

    def reset(self) -> None:
        """Forget what was said, and begin with the first agent again."""
        self._messages = ()
        self.agent = self._first

    def _answered(self, name: str) -> None:
        """Stay with whoever answered last."""
        if name and name != self.agent.name:
            self.agent = self._first if name == self._first.name else find_agent(self._run, name)


def _as_said(before: Sequence[Message], text: str, result: Result) -> Sequence[Message]:
    """The conversation where the agent gives none: a function, say, or a hook that answered in its place."""
    answer = result.text
    if not answer and result.output is not None:
        from llmspell.tool import as_text

        answer = as_text(result.output)
    return (*without_system(before), Message("user", text), Message("assistant", answer))


def _added(before: Sequence[Message], after: Sequence[Message]) -> tuple[Message, ...]:
    """What a turn added; all there is when it did not only add. It costs what was added, however long both are."""
    known, own = _systems(before), _systems(after)
    old = len(before) - known
    if old and (len(after) <= own + old or after[own + old - 1] is not before[-1]):
        return tuple(after[own:])
    return tuple(after[own + old :])


def _systems(messages: Sequence[Message]) -> int:
    """How many system messages a conversation begins with."""
    return next((at for at, message in enumerate(messages) if message.role != "system"), len(messages))
