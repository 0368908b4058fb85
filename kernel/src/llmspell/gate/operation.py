"""One thing that a spell makes happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs

if TYPE_CHECKING:
    from llmspell.permissions import Grants, Policy
    from llmspell.run import Run
    from llmspell.state import RunState

OperationKind = Literal["script", "llm", "tool", "agent", "workflow", "step", "handoff"]
OPERATION_KINDS: tuple[OperationKind, ...] = ("script", "llm", "tool", "agent", "workflow", "step", "handoff")


@attrs.frozen(eq=False)
class Operation:
    """A call on its way through the gate; hooks see it as `call`.

    Attributes:
        kind: what sort of thing it is.
        name: which tool, agent or model.
        request: what it was asked: a tool's arguments, a `ModelRequest`, an `AgentInput`, a spell's `Source`.
        path: its place in the run, such as `run/agent:research/tool:search#2`.
        run: the run that it belongs to.
        needs: the permissions that it uses, such as `fs.read`.
        attempt: one-based; counts up when a hook proceeds again.
        depth: how many operations it is nested in.
        bounds: the permissions that it and those above it are held to, the outermost first.
        parent: what it stands below; None at the top.
        state: the branch of the run's state that it and those below it use; None for the run's own.
        session: the id of the session that it and those below it belong to; empty for the run's.
    """

    kind: OperationKind
    name: str
    request: Any
    path: str
    run: Run = attrs.field(repr=False)
    needs: tuple[str, ...] = ()
    attempt: int = 1
    depth: int = 0
    bounds: tuple[Grants, ...] = ()
    parent: Operation | None = attrs.field(default=None, repr=False)
    state: RunState | None = attrs.field(default=None, repr=False)
    session: str = ""

    @property
    def policy(self) -> Policy:
        """What it may do: what its run may do at this time, held to its bounds."""
        return self.run.policy.narrowed(*self.bounds)

    @property
    def arguments(self) -> Any:
        """A tool's arguments; None for other kinds."""
        return self.request if self.kind == "tool" else None

    @property
    def component(self) -> str:
        """`<kind>:<name>`, as errors name it."""
        return f"{self.kind}:{self.name}"
