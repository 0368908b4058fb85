"""A conversation that a script has with an agent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import attrs

from llmspell.agents.chat import Chat
from llmspell.errors import UsageError
from llmspell.export import message_dict, result_dict
from llmspell.gate import Operation
from llmspell.script.check import Function
from llmspell.script.convert import MessageOptions
from llmspell.script.declare import Handle, method, shaped
from llmspell.script.shapes import Called, MessageShape, ReplyShape, StreamEventShape
from llmspell.script.stream import OnEvent, StreamHandle, listener, telling

if TYPE_CHECKING:
    from llmspell.script.session import Session
    from llmspell.sessions import SessionChat


@attrs.frozen
class ChatOptions:
    """How a conversation begins: with what was said before (`reply.messages`), or with nothing."""

    history: tuple[MessageOptions, ...] = ()


@attrs.frozen
class SendOptions:
    """How a message is sent: with a function told each event."""

    on_event: Annotated[Function, Called(event=StreamEventShape)] | None = None


class ChatHandle(Handle):
    """A conversation with an agent. It stays with whoever has answered last, if the agent hands it over."""

    def __init__(self, session: Session, chat: Chat | SessionChat) -> None:
        self._session = session
        self._chat = chat

    @method
    @shaped(gives=ReplyShape)
    async def send(self, text: str, options: SendOptions | None = None) -> Any:
        """The answer to one more message; its `messages` are those that this turn has added."""
        parent = self._session.parent
        work = partial(self._work, text, parent)
        if options is None or options.on_event is None:
            return await work(None)
        return await telling(options.on_event, work, parent)

    @method
    def stream(self, text: str, options: SendOptions | None = None) -> StreamHandle[ReplyShape, StreamEventShape]:
        """The answer to one more message as it comes; `result()` is what `send` would give."""
        if options is not None and options.on_event is not None:
            raise UsageError("Chat.stream: on_event belongs to send; iterate over the stream instead")
        return StreamHandle(self._session.run, partial(self._work, text, self._session.parent))

    async def _work(self, text: str, parent: Operation, on_event: OnEvent | None) -> Any:
        return result_dict(await self._chat.send(text, parent, listener(on_event)))

    @method
    @shaped(gives=list[MessageShape])
    def history(self) -> Any:
        """All messages so far, without the system's; compaction may have put a summary in the place of some."""
        return [message_dict(message) for message in self._chat.history]

    @method
    def agent(self) -> str:
        """The name of the agent that answers the next message."""
        return self._chat.agent.name

    @method
    def fork(self) -> ChatHandle:
        """Another conversation that begins with what was said in this one; what follows is each one's own.

        One of a session is no longer the session's.
        """
        return ChatHandle(self._session, self._chat.fork())

    @method
    def reset(self) -> None:
        """Forget what was said; the first agent answers again. What a session keeps cannot be forgotten: an error."""
        self._chat.reset()

    @method
    def close(self) -> None:
        """Forget the conversation."""
        self._session.bridge.forget(self)
