"""Hooks that answer whether something may happen: `approve`."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.approvals.approval import Answer, Approval
from llmspell.gate.fence import Breaker

if TYPE_CHECKING:
    from llmspell.run import Run


@attrs.define(eq=False)
class Approver(Breaker):
    """One such hook; `arguments` are those that it asks for."""

    function: Callable[..., Any]
    arguments: tuple[str, ...]

    async def answer(self, approval: Approval, run: Run) -> Answer | None:
        """What the hook says; None leaves it to others. A guard that fails says no, an observer says nothing."""
        if not self.enabled:
            return None
        by = f"hook:{self.name}"
        try:
            async with asyncio.timeout(self.role.timeout) as clock:
                said = self.function(**({"approval": approval} if self.arguments else {}))
                if inspect.isawaitable(said):
                    said = await said
            if said is not None and not isinstance(said, bool):
                raise TypeError(f"an approve-hook returns True, False or None, not {said!r}")
        except Exception as failure:
            self.failed(run, approval.path, self.sentence(failure, late=clock.expired()))
            return Answer("no", by) if self.role.guard else None
        self.strikes = 0
        return None if said is None else Answer("once" if said else "no", by)
