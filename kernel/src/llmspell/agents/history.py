"""What of a conversation goes along to another agent: a call and its answer go together, or not at all."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

from llmspell.errors import UsageError
from llmspell.message import Message
from llmspell.result import History

Messages = Sequence[Message]

NOT_RUN = "Not run: a limit was reached."
"""What a model reads in the place of the answer of a call that a limit kept from being run."""


async def filtered(conversation: Messages, history: History) -> Messages:
    """The part of a conversation that a handoff takes along.

    Args:
        conversation: without a system message.
        history: `all`, `none`, how many messages from the end, or a function that makes others of them.

    Raises:
        UsageError: `history` is none of these, or the function divides a call from its answer.
    """
    check_history(history)
    if history == "all":
        return conversation
    if history == "none":
        return ()
    if isinstance(history, int):
        return last(conversation, history)
    assert not isinstance(history, str)
    made = history(conversation)
    messages = tuple(await made if inspect.isawaitable(made) else made)
    check_whole(messages)
    return messages


def check_history(history: History) -> None:
    """Refuse (`UsageError`) what does not say which part of a conversation goes along."""
    if callable(history) or history in ("all", "none") or (type(history) is int and history >= 0):
        return
    raise UsageError(f"the history of a handoff is 'all', 'none', a number of messages or a function, not {history!r}")


def last(conversation: Messages, count: int) -> Messages:
    """At most so many messages from the end; the answers of a call that is left out are left out too."""
    kept = conversation[max(0, len(conversation) - count) :]
    while kept and kept[0].role == "tool":
        kept = kept[1:]
    return kept


def check_whole(messages: Messages) -> None:
    """Refuse a conversation in which a call has no answer, or an answer no call (`UsageError`)."""
    waiting: set[str] = set()
    for message in messages:
        if message.role == "tool":
            if message.tool_call_id not in waiting:
                raise UsageError(f"the history has the answer of the call {message.tool_call_id!r} without the call")
            waiting.discard(message.tool_call_id)
            continue
        if waiting:
            break
        waiting = {call.id for call in message.tool_calls}
    if waiting:
        raise UsageError(f"the history has the call {min(waiting)!r} without its answer")


def answered(messages: Messages, told: str) -> tuple[Message, ...]:
    """The conversation's missing end: `told` in answer to each call of its last turn that has no answer."""
    at, have = len(messages), set()
    while at and messages[at - 1].role == "tool":
        have.add(messages[at - 1].tool_call_id)
        at -= 1
    calls = messages[at - 1].tool_calls if at else ()
    return tuple(Message("tool", told, (), call.id) for call in calls if call.id not in have)


def groups(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """The messages in the parts that must stay together: a message with calls and their answers, or a message alone."""
    group: list[Message] = []
    for message in messages:
        if group and message.role != "tool":
            yield group
            group = []
        group.append(message)
    if group:
        yield group


def without_system(messages: Messages) -> Messages:
    """The conversation without the system message that it begins with, which is an agent's own."""
    while messages and messages[0].role == "system":
        messages = messages[1:]
    return messages


def last_said(messages: Messages) -> str | None:
    """What the user said last; None if nothing."""
    return next((message.content for message in reversed(messages) if message.role == "user"), None)
