"""What the gate asks of a journal, which stands between the budget and the hooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from llmspell.errors import LlmspellError
    from llmspell.gate import Operation
    from llmspell.message import Delta
    from llmspell.run import Run
    from llmspell.store import Store
    from llmspell.tool import Tool

# Any: what an operation gives depends on its kind.
OnDelta = Callable[["Delta"], None]
Execute = Callable[["Operation"], Awaitable[Any]]
Proceed = Callable[["Operation", Execute], Awaitable[Any]]


class Journal(Protocol):
    """Sees the exchanges of one run with models and tools, and may answer in their place.

    Attributes:
        failure: why the run cannot be called completed, whatever its spell made of it.
    """

    failure: LlmspellError | None

    def begin(self, run: Run) -> None:
        """The run that it belongs to is about to start.

        Raises:
            UsageError: it belongs to another run already.
        """

    def expect(self, operation: Operation, tool: Tool) -> None:
        """The operation, which comes next, is a call of this tool."""

    def listen(self, operation: Operation, on_delta: OnDelta | None) -> OnDelta | None:
        """The operation, which comes next, is streamed to `on_delta`, if to anybody; what is to be called instead."""

    def store(self, inner: Store) -> Store:
        """The store that the run is to use in the place of `inner`, the same each time."""

    def pass_on(self, operation: Operation, proceed: Proceed, execute: Execute) -> Awaitable[Any]:
        """What the operation gives: `proceed(operation, execute)`, hooks around `execute`, or an answer of its own."""
