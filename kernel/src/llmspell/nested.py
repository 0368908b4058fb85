"""A spell inside a run: what it makes is its own, and all else is the run's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from llmspell.errors import LlmspellError
from llmspell.gate import Gate, Operation
from llmspell.permissions.grants import Grants, merge
from llmspell.run import Run
from llmspell.spell import Source, choose_engine
from llmspell.tasks import Tasks

if TYPE_CHECKING:
    from llmspell.approvals.asking import Asking
    from llmspell.context import Context
    from llmspell.kernel import Kernel
    from llmspell.state import States


class NestedRun(Run):
    """A part of a run with tools, agents, hooks and tasks of its own.

    Its budget, policy, state, event log and cancellation are those of the run around it.

    Args:
        outer: that run.
        source: the spell.
        parent: the operation that calls it; the spell is held to what that one is held to.
        permissions: what it is held to besides; None for nothing.
    """

    def __init__(self, outer: Run, source: Source, parent: Operation, permissions: Grants | None = None) -> None:
        self._outer = outer  # all that is not set here is looked up there
        self.tools = outer.tools.fresh()
        self.agents = {}
        self.hooks = outer.hooks.copy()
        self.gate = Gate(self)
        self.tasks = Tasks()
        self.root = self.operation("script", source.name, source, parent, permissions=permissions)

    def __getattr__(self, name: str) -> Any:  # Any: whatever a run has
        return getattr(self._outer, name)

    @property
    def asking(self) -> Asking:
        """The questions of the whole run."""
        return self._outer.asking

    @property
    def states(self) -> States:
        """The state of the whole run."""
        return self._outer.states

    def interrupt(self, reason: str) -> None:
        """Stop the whole run."""
        self._outer.interrupt(reason)

    async def close(self) -> None:
        """Cancel and await what the spell started and left running."""
        await self.tasks.close()

    def _keep_partial(self, operation: Operation, text: str) -> None:
        self._outer._keep_partial(operation, text)


async def cast_inside(source: Source, words: tuple[str, ...], context: Context) -> Any:
    """What a spell returns that runs inside a run, below the operation of `context`.

    It takes one of the processes that the run may have at once.

    Args:
        source: the spell, with its arguments.
        words: what it finds in `Args`.
        context: of the operation that calls it.

    Raises:
        ScriptFailed: it raised.
        LlmspellError: it may not run, its machine was lost, or a limit was reached.
    """
    outer = context.run
    kernel = outer.kernel
    if kernel is None:
        raise LlmspellError("a spell can be a tool only in a run that a kernel opened", kind="tool_failed")
    engine = choose_engine(kernel.plugins, source, preferred=kernel.config.engine)
    run = NestedRun(outer, source, context.operation, _own_denials(kernel, source))
    outer.quota.take("processes")
    try:
        from llmspell.casting import execute

        work = partial(execute, kernel, engine=engine, args=words, output=partial(_printed, kernel, run))
        return await run.gate.run(run.root, work)
    finally:
        try:
            await run.close()
        finally:
            outer.quota.give_back("processes")


def _own_denials(kernel: Kernel, source: Source) -> Grants | None:
    """What the configuration denies this spell, or asks about; what it allows it does not count inside another."""
    if not kernel.config.spell:
        return None
    said = merge(kernel.permissions.layers(source.path))
    return Grants(deny=said.deny, ask=said.ask, origin=f"spell {source.name!r}")


def _printed(kernel: Kernel, run: NestedRun, text: str) -> None:
    """Keep what it prints: it is no part of what the spell around it prints."""
    run.log.append("script.output", run.root.path, {"text": kernel.redactor.said(text)})
