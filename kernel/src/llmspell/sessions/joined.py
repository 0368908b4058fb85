"""A run that is started in a session: the spell's chats are the session's, and so are its state and its artifacts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from llmspell.agent import BaseAgent, OnEvent
from llmspell.agents.chat import Chat
from llmspell.errors import UsageError
from llmspell.message import Message
from llmspell.result import Result
from llmspell.sessions.conversation import Conversation
from llmspell.sessions.parts import About
from llmspell.sessions.sessions import Sessions

if TYPE_CHECKING:
    from llmspell.gate import Operation
    from llmspell.run import Run


async def join(run: Run, name: str) -> Conversation:
    """Make a run belong to a session, which is begun, for the run's user, if it is not there yet.

    Raises:
        UsageError: it cannot be the id of a session.
        LlmspellError: the session cannot be read, or the store cannot be had.
    """
    begin = time.time()
    session = await Sessions.of(run).resume(name, About(user=run.user))
    run.session = session.id
    run.conversation = Conversation(run, session)
    data = {"session": session.id, "turns": session.info.turns, "new": session.info.created >= begin}
    run.log.append("session.joined", "run", data)
    return run.conversation


class SessionChat:
    """A chat whose turns are a session's; several of one conversation take turns in it.

    Args:
        conversation: the session's, of this run.
        agent: who is asked; where it had handed the session over, another one answers.
    """

    def __init__(self, conversation: Conversation, agent: BaseAgent) -> None:
        self._conversation = conversation
        self._asked = agent

    async def send(self, text: str, parent: Operation | None = None, on_event: OnEvent | None = None) -> Result:
        """The answer to one more message. Raises as `Conversation.send`."""
        return await self._conversation.send(self._asked, text, parent, on_event)

    @property
    def agent(self) -> BaseAgent:
        """Who answers the next turn."""
        return self._conversation.chat(self._asked).agent

    @property
    def history(self) -> tuple[Message, ...]:
        """What the next turn begins with."""
        return self._conversation.session.history

    def fork(self) -> Chat:
        """Another conversation that begins with what was said; it is no longer the session's."""
        return self._conversation.chat(self._asked)

    def reset(self) -> None:
        """Refused (`UsageError`): what a session keeps is not forgotten."""
        raise UsageError(
            f"what was said in the session {self._conversation.session.id!r} is kept, and cannot be forgotten",
            component=f"session:{self._conversation.session.id}",
            hint="go on in a fork of the chat, which can be reset, or in another session",
        )
