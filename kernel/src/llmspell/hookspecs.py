"""Everything a plugin may implement, as pluggy hook specifications.

Registration hooks say what a plugin module offers; they are called once, when the module is first needed.
Operation hooks stand around what a spell makes happen. A pre-hook returns None or a verdict (`Modify`,
`Replace`, `Veto`); a post-hook returns None, or `Replace`. `around_*` sees both sides: it awaits `proceed(call)`
as often as it likes and returns a result. All of them may be sync or async.

    from llmspell import guard, hookimpl

    class NoCalculator:
        @hookimpl
        @guard
        def pre_tool(self, call):
            if call.name == "calculator":
                return Veto("arithmetic is done by hand here")

    @hookimpl
    def llmspell_hooks(settings):
        return {"no_calculator": NoCalculator()}

An operation hook is an observer unless it is marked `@guard`. An observer that fails or is late is ignored (an
event says so, and after five failures in a row it is switched off); a guard that fails or is late stops the
operation. `on_error` and `on_event` are always observers. `approve` says True, False or None: whether what an `ask`
rule names may happen; a guard that fails says no.

Hooks nest, in the order of their names and of pluggy's `tryfirst` and `trylast`: around-hooks stand outside pre-hooks,
and the first to see a call is the last to see its result. An operation hook at the top of a plugin's module is an
error: offer it through `llmspell_hooks`, so that configuration decides whether it is on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import pluggy

from llmspell.verdicts import Modify, Replace, Role, Verdict, Veto, guard, observer

if TYPE_CHECKING:
    from llmspell.agent import AgentType
    from llmspell.approvals import Approval
    from llmspell.engine import Engine
    from llmspell.errors import LlmspellError
    from llmspell.events import Event
    from llmspell.gate import Operation
    from llmspell.plugins import Settings
    from llmspell.provider import Provider
    from llmspell.store import Store
    from llmspell.tool import Tool

__all__ = [
    "PROJECT",
    "Modify",
    "Operations",
    "Proceed",
    "Registration",
    "Replace",
    "Role",
    "Verdict",
    "Veto",
    "guard",
    "hookimpl",
    "hookspec",
    "observer",
]

PROJECT = "llmspell"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Proceed = Callable[["Operation"], Awaitable[Any]]


class Registration:
    """What a plugin module offers, by name; `settings` holds its configuration."""

    @hookspec
    def llmspell_engines(self, settings: Settings) -> Mapping[str, Engine]:
        """Script engines."""
        raise NotImplementedError

    @hookspec
    def llmspell_providers(self, settings: Settings) -> Mapping[str, Provider]:
        """Providers of model completions."""
        raise NotImplementedError

    @hookspec
    def llmspell_tools(self, settings: Settings) -> Mapping[str, Tool]:
        """Tools."""
        raise NotImplementedError

    @hookspec
    def llmspell_agents(self, settings: Settings) -> Mapping[str, AgentType]:
        """Agent types."""
        raise NotImplementedError

    @hookspec
    def llmspell_stores(self, settings: Settings) -> Mapping[str, Store]:
        """Stores of values, histories and files; none opens anything before it is used."""
        raise NotImplementedError

    @hookspec
    def llmspell_hooks(self, settings: Settings) -> Mapping[str, object]:
        """Objects whose methods are operation hooks."""
        raise NotImplementedError


class Operations:
    """Hooks around what happens; `call` has `kind`, `name`, `arguments` or `request`, `path` and `attempt`."""

    @hookspec
    def pre_script(self, call: Operation) -> Verdict:
        """Before a spell starts."""

    @hookspec
    def post_script(self, call: Operation, result: Any) -> Verdict:
        """After a spell ended."""

    @hookspec
    async def around_script(self, call: Operation, proceed: Proceed) -> Any:
        """Around a spell."""

    @hookspec
    def pre_llm(self, call: Operation) -> Verdict:
        """Before a model is asked; `call.request` is the `ModelRequest`."""

    @hookspec
    def post_llm(self, call: Operation, result: Any) -> Verdict:
        """After a model answered; `result` is the `Completion`."""

    @hookspec
    async def around_llm(self, call: Operation, proceed: Proceed) -> Any:
        """Around a model call."""

    @hookspec
    def pre_tool(self, call: Operation) -> Verdict:
        """Before a tool runs; `call.arguments` fit its schema."""

    @hookspec
    def post_tool(self, call: Operation, result: Any) -> Verdict:
        """After a tool ran; `result` is what it answered."""

    @hookspec
    async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
        """Around a tool call."""

    @hookspec
    def pre_agent(self, call: Operation) -> Verdict:
        """Before an agent runs; `call.request` is the `AgentInput`."""

    @hookspec
    def post_agent(self, call: Operation, result: Any) -> Verdict:
        """After an agent ran; `result` is its `Result`."""

    @hookspec
    async def around_agent(self, call: Operation, proceed: Proceed) -> Any:
        """Around an agent's run."""

    @hookspec
    def pre_workflow(self, call: Operation) -> Verdict:
        """Before a workflow runs."""

    @hookspec
    def post_workflow(self, call: Operation, result: Any) -> Verdict:
        """After a workflow ran."""

    @hookspec
    async def around_workflow(self, call: Operation, proceed: Proceed) -> Any:
        """Around a workflow."""

    @hookspec
    def pre_step(self, call: Operation) -> Verdict:
        """Before a workflow's step."""

    @hookspec
    def post_step(self, call: Operation, result: Any) -> Verdict:
        """After a workflow's step."""

    @hookspec
    async def around_step(self, call: Operation, proceed: Proceed) -> Any:
        """Around a workflow's step."""

    @hookspec
    def pre_handoff(self, call: Operation) -> Verdict:
        """Before control moves to another agent."""

    @hookspec
    def post_handoff(self, call: Operation, result: Any) -> Verdict:
        """After control came back, or the other agent ended."""

    @hookspec
    async def around_handoff(self, call: Operation, proceed: Proceed) -> Any:
        """Around a handoff."""

    @hookspec
    def approve(self, approval: Approval) -> bool | None:
        """Whether something that an `ask` rule names may happen, now and once; None leaves it to others.

        The first hook that answers decides. A hook that asks a person needs time: `@guard(timeout=300)`.
        """

    @hookspec
    def on_error(self, call: Operation, error: LlmspellError) -> None:
        """An operation failed; observers only."""

    @hookspec
    def on_event(self, event: Event) -> None:
        """An event was appended to a run's log; observers only, sync, and quick."""
