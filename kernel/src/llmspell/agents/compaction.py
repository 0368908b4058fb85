"""How a conversation that has become too long is made shorter, before a model is asked.

What is dropped is the oldest part. A call and its answers are dropped together; the system message and what the user
asked last stay. Once it is too long it is cut well below the limit (`keep`), so that it then only grows for a while:
what a model is sent then begins with what it was sent before, which servers can answer more cheaply.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llmspell.agents.history import Messages, groups
from llmspell.errors import UsageError
from llmspell.message import Message

SUMMARY = "Summary of the conversation so far:\n"
"""How the message begins that stands for what was dropped."""

PROMPT = (
    "Summarise this conversation so that it can go on without what is summarised: what the user wants, what was found "
    "out and decided, names and numbers that matter, and what is still open. Write the summary only."
)


@attrs.frozen
class Compaction:
    """When a conversation is made shorter, and how.

    Attributes:
        messages: it is too long with more messages than this, the system's not counted; None: with any number.
        tokens: it is too long with more tokens than this, as the provider counted them the last time, with an estimate
            of what came since; None: with any number.
        keep: which share of the limit may be left.
        summary: whether a model summarises what is dropped, in a message that takes its place.
        model: which model does, `provider/model`; empty: the agent's own.
        prompt: what it is told to do.
    """

    messages: int | None = None
    tokens: int | None = None
    keep: float = 0.5
    summary: bool = False
    model: str = ""
    prompt: str = PROMPT

    def __attrs_post_init__(self) -> None:
        if self.messages is None and self.tokens is None:
            raise UsageError("compaction: give messages, tokens or both", hint="such as messages = 40")
        for name in ("messages", "tokens"):
            limit = getattr(self, name)
            if limit is not None and limit < 1:
                raise UsageError(f"compaction: {name} must be at least 1, not {limit!r}")
        if not 0 < self.keep <= 1:
            raise UsageError(f"compaction: keep must be above 0 and at most 1, not {self.keep!r}")

    def is_due(self, messages: int, tokens: int) -> bool:
        """Whether a conversation of so many messages and tokens is too long."""
        return (self.messages is not None and messages > self.messages) or (
            self.tokens is not None and tokens > self.tokens
        )

    def fits(self, messages: int, tokens: float) -> bool:
        """Whether so much may be left of one that was too long."""
        return (self.messages is None or messages <= max(1, self.messages * self.keep)) and (
            self.tokens is None or tokens <= self.tokens * self.keep
        )

    def divide(self, messages: Messages, tokens: int = 0) -> tuple[Messages, Messages]:
        """What is dropped of a conversation without its system message, and what is left.

        `tokens` is how many it has, if that is known better than by `tokens_of`: each part then has its share. The last
        message stays with all that belongs to it, however long it is; so does what the user said last.
        """
        start = len(messages)
        share = tokens / (tokens_of(messages) or 1) if tokens else 1.0
        count, size = 0, 0.0
        for part in reversed(list(groups(messages))):
            count, size = count + len(part), size + tokens_of(part) * share
            if start < len(messages) and not self.fits(count, size):
                break
            start -= len(part)
        dropped, kept = messages[:start], messages[start:]
        if any(message.role == "user" for message in kept):
            return dropped, kept
        asked = max((at for at, message in enumerate(dropped) if message.role == "user"), default=None)
        if asked is None:
            return dropped, kept
        return (*dropped[:asked], *dropped[asked + 1 :]), (dropped[asked], *kept)


def tokens_of(messages: Sequence[Message]) -> int:
    """About how many tokens some messages are: one for every four bytes, and four for each message around it."""
    return sum(4 + (_size(message) + 3) // 4 for message in messages)


def _size(message: Message) -> int:
    size = len(message.content.encode("utf-8", "surrogatepass"))
    for call in message.tool_calls:
        size += len(call.name) + len(call.arguments.encode("utf-8", "surrogatepass"))
    return size


def as_transcript(messages: Messages) -> str:
    """Some messages as text to be summarised."""
    lines = []
    for message in messages:
        if message.content:
            lines.append(f"{message.role}: {message.content}")
        lines += [f"{message.role} calls {call.name}({call.arguments})" for call in message.tool_calls]
    return "\n\n".join(lines)
