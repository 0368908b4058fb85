"""What may have a word before a spell begins and after it has ended, while its functions can still be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from llmspell.run import Run


class Stage(Protocol):
    """Stands around one spell."""

    def begin(self, run: Run) -> None:
        """The run of the spell was opened."""

    async def finish(self) -> None:
        """The spell's chunk has returned; what this raises is the spell's own failure."""
