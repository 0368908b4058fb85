"""The contract of a provider: a named source of model completions.

A provider implements `stream`; `complete` folds it, and may be overridden where the server has a cheaper way.
Both must raise `ProviderError` (never a library's own exception), honour `request.timeout` as a bound on the
whole call, and stop at once when their task is cancelled.

A plugin module offers providers through the registration hook `llmspell_providers(settings)`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import ProviderError, UsageError
from llmspell.message import (
    Completion,
    Delta,
    FinishDelta,
    Message,
    ModelRequest,
    TextDelta,
    ToolCall,
    ToolCallDelta,
)

if TYPE_CHECKING:
    from llmspell.context import Context

Notify = Callable[[str, Mapping[str, Any]], None]
"""Called with an event kind (`llm.retry`, ...) and its data: what a person would want to see while waiting."""


@attrs.frozen
class Capabilities:
    """What a model can do natively; the agent loop falls back where it cannot."""

    tools: bool = True
    response_format: bool = True
    priced: bool = False


class Provider(ABC):
    """A source of completions, called `name`, serving models `name/<model>`.

    A `fallback` provider is used by default only when no other provider is set up.
    """

    name: str
    fallback: bool = False

    @abstractmethod
    def stream(self, request: ModelRequest, notify: Notify) -> AsyncIterator[Delta]:
        """The answer in pieces, ending in exactly one `FinishDelta`.

        Raises:
            ProviderError: the server cannot be reached, refuses, or ends the stream early.
        """

    async def complete(self, request: ModelRequest, notify: Notify) -> Completion:
        """The whole answer at once."""
        return await fold(self.stream(request, notify))

    def capabilities(self, model: str) -> Capabilities:
        """What `model` can do natively."""
        return Capabilities()

    async def models(self) -> tuple[str, ...]:
        """The model names that the provider knows of, without its prefix; may ask its server."""
        return ()

    def default_model(self) -> str:
        """The model to use when the user chose none; empty when the provider is not set up (no key, say)."""
        return ""

    def key_names(self) -> tuple[str, ...]:
        """The names that its key may have, the first found counts: those of variables. None where no key is wanted."""
        return ()

    async def check_key(self) -> None:
        """Ask the server, as cheaply as it can be asked, whether it takes the key.

        Raises:
            ProviderError: it does not, or cannot be asked.
            UsageError: this provider cannot tell.
        """
        raise UsageError(f"the provider {self.name!r} has no way to test a key")

    async def close(self) -> None:  # noqa: B027 most providers hold nothing
        """Give back connections; called once, at the kernel's end."""


class Composed(Provider):
    """A provider that answers by asking other models, each through the gate of the run that asks it.

    It is no operation itself: budget, hooks and events see the models that it asks.
    """

    @abstractmethod
    async def answer(
        self, request: ModelRequest, context: Context, on_delta: Callable[[Delta], None] | None
    ) -> Completion:
        """The answer, with what all that were asked have used; `context` is the operation's that asks.

        Raises:
            ProviderError: no model answered.
        """

    def stream(self, request: ModelRequest, notify: Notify) -> AsyncIterator[Delta]:
        """Only a run can ask it: there is no gate here."""
        raise UsageError(f"the models of {self.name!r} are asked through a run: Run.complete")


class Folder:
    """Puts the deltas of one stream together again."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._calls: dict[int, list[str]] = {}
        self._finish: FinishDelta | None = None

    def add(self, delta: Delta) -> None:
        """Take in the next delta."""
        if isinstance(delta, TextDelta):
            self._text.append(delta.text)
        elif isinstance(delta, ToolCallDelta):
            call = self._calls.setdefault(delta.index, ["", "", ""])
            call[0] = call[0] or delta.id
            call[1] = call[1] or delta.name
            call[2] += delta.arguments
        else:
            self._finish = delta

    @property
    def text(self) -> str:
        """The text so far: what a cancelled call keeps."""
        return "".join(self._text)

    def completion(self) -> Completion:
        """The final answer.

        Raises:
            ProviderError: no `FinishDelta` came, so the stream was cut short.
        """
        if self._finish is None:
            raise ProviderError("the model's stream ended before its answer was complete", retryable=True)
        calls = tuple(ToolCall(*self._calls[index]) for index in sorted(self._calls))
        finish = self._finish
        return Completion(
            Message("assistant", self.text, calls),
            finish.finish_reason,
            finish.usage,
            finish.model,
            finish.cost,
        )


class Listener:
    """Passes deltas on, and remembers whether there were any."""

    __slots__ = ("anything", "on_delta")

    def __init__(self, on_delta: Callable[[Delta], None] | None) -> None:
        self.on_delta = on_delta
        self.anything = False

    def __call__(self, delta: Delta) -> None:
        """Pass one on."""
        self.anything = True
        if self.on_delta is not None:
            self.on_delta(delta)


async def fold(deltas: AsyncIterable[Delta]) -> Completion:
    """The completion that a stream of deltas amounts to."""
    folder = Folder()
    async for delta in deltas:
        folder.add(delta)
    return folder.completion()
