"""Carries out handoffs: an agent that answers with a `HandoffRequest` is followed by the one that it names.

A handoff is an operation of its own, `handoff:TARGET`, beside the agent that wished for it, with the target's work
below it. Where the target keeps the conversation (`stay`), it may hand over in turn, and nothing is nested deeper.
Where it gives it back (`return`), the one that handed over is asked again and has the target's answer.

Handoffs end in one of two ways when nobody answers: the run's budget `hops`, or agents that hand over in circles,
which is noticed when one hands over to the same other more often than `budget.ping_pong` allows. Both are the stop
reason `budget.hops`, with what was said last. Any other limit that keeps the target from its work ends them likewise.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from llmspell.agent import AgentEvent, AgentInput, BaseAgent
from llmspell.agents.history import Messages, filtered, last_said, without_system
from llmspell.agents.lookup import find_agent
from llmspell.errors import LlmspellError
from llmspell.export import result_data
from llmspell.failures import stop_reason
from llmspell.message import Message, Usage
from llmspell.result import COMPLETED, HandoffRequest, Result

if TYPE_CHECKING:
    from llmspell.gate import Operation
    from llmspell.run import Run


@attrs.frozen
class _Turn:
    """An agent, what it was asked and what it said."""

    agent: BaseAgent
    request: AgentInput
    result: Result

    @property
    def wish(self) -> HandoffRequest:
        """Whom it hands over to."""
        assert self.result.handoff is not None
        return self.result.handoff

    @property
    def conversation(self) -> Messages:
        """All that was said, without a system message."""
        return without_system(self.result.messages) or tuple(self.request.conversation())


class Handoffs:
    """The handoffs that follow one question to an agent, until somebody answers it."""

    def __init__(self, run: Run, parent: Operation) -> None:
        self._run = run
        self._parent = parent
        self._taken: Counter[tuple[str, str]] = Counter()
        self._before: list[Result] = []

    async def follow(self, agent: BaseAgent, request: AgentInput, result: Result) -> Result:
        """The answer of whoever is the last to have the conversation, with what all of them used.

        Raises:
            UsageError: a target does not exist, of kind `unknown_agent`, or the history cannot go along.
            Vetoed, PermissionDenied: a hook stopped the handoff, or the target may not do what it does.
        """
        turn = _Turn(agent, request, result)
        while turn.result.handoff is not None:
            try:
                following = await self._hand_over(turn)
            except LlmspellError as error:
                if error.kind != "budget":
                    raise
                turn = attrs.evolve(turn, result=self._given_up(turn.result, error))
            else:
                self._before.append(turn.result)
                turn = following
        return summed(turn.result, self._before)

    async def _hand_over(self, turn: _Turn) -> _Turn:
        hop = _Hop(self, turn)
        operation = self._run.operation("handoff", turn.wish.target, turn.wish, self._parent)
        answer = await self._run.gate.run(operation, hop.carry_out, result_data)
        if hop.target is None:  # a hook answered in the target's place
            return attrs.evolve(turn, result=attrs.evolve(answer, agent=answer.agent or turn.wish.target))
        if hop.target.return_policy == "stay":
            return _Turn(hop.target, hop.request, answer)
        self._before.append(answer)
        request = _given_back(turn, answer)
        _tell(request, turn.agent)
        return _Turn(turn.agent, request, await self._run.ask_agent(turn.agent, request, self._parent))

    def count(self, source: BaseAgent, target: BaseAgent) -> None:
        """Count a handoff to one that keeps the conversation; the others come back, which makes no circle.

        Raises:
            LlmspellError: of kind `budget`: these two have had it too often.
        """
        if target.return_policy == "return":
            return
        limit = self._run.budget.limits.ping_pong
        taken = self._taken[source.name, target.name] = self._taken[source.name, target.name] + 1
        if taken > limit:
            raise LlmspellError(
                f"agent {source.name!r} has handed over to {target.name!r} {limit} times, and nobody answers",
                kind="budget",
                component=f"handoff:{target.name}",
                hint="say in their instructions who answers what, or allow more with --set budget.ping_pong=N",
                details={"budget": "hops", "limit": limit},
            )

    @property
    def run(self) -> Run:
        """The run that they belong to."""
        return self._run

    def _given_up(self, result: Result, error: LlmspellError) -> Result:
        """The end of handoffs that came to nothing: what was said last is kept."""
        said = next((each.text for each in (result, *reversed(self._before)) if each.text), "")
        return attrs.evolve(result, text=said, stop_reason=stop_reason(error), error=error.to_dict(), handoff=None)


class _Hop:
    """One handoff on its way through the gate; `target` stays None where a hook answers."""

    def __init__(self, handoffs: Handoffs, turn: _Turn) -> None:
        self._handoffs = handoffs
        self._turn = turn
        self.target: BaseAgent | None = None
        self.request = turn.request

    async def carry_out(self, operation: Operation) -> Result:
        """What the target answers; it may wish to hand over in turn."""
        run, wish = self._handoffs.run, operation.request
        target = find_agent(run, wish.target)
        self._handoffs.count(self._turn.agent, target)
        self.request = await _passed_on(self._turn, wish)
        state = run.states.of(operation)
        for key, value in wish.state.items():
            state.set_now(key, value)
        self.target = target
        _tell(self.request, target)
        ask = run.run_agent if target.return_policy == "return" else run.ask_agent
        return await ask(target, self.request, operation)


async def _passed_on(turn: _Turn, wish: HandoffRequest) -> AgentInput:
    """What the target is asked."""
    history = await filtered(turn.conversation, wish.history)
    if wish.input:
        return AgentInput(wish.input, history, turn.request.on_event)
    said = last_said(history)
    text = turn.request.text if said is None else said
    return AgentInput(text, history, turn.request.on_event, said=said)


def _given_back(turn: _Turn, answer: Result) -> AgentInput:
    """What the one that handed over is asked once the answer is there."""
    who = answer.agent or turn.wish.target
    told = f"{who} answered:\n{answer.text}"
    if answer.stop_reason != COMPLETED:
        told = f"{who} stopped before the end ({answer.stop_reason}), with:\n{answer.text}"
    conversation = turn.conversation
    if any(message.tool_call_id == turn.wish.call for message in conversation if turn.wish.call):
        history = tuple(
            attrs.evolve(message, content=told) if message.tool_call_id == turn.wish.call else message
            for message in conversation
        )
    else:
        history = (*conversation, Message("assistant", told))
    return attrs.evolve(turn.request, history=history, said=turn.request.text, answer=answer)


def _tell(request: AgentInput, agent: BaseAgent) -> None:
    if request.on_event is not None:
        request.on_event(AgentEvent("handoff", {"agent": agent.name}))


def summed(result: Result, before: list[Result]) -> Result:
    """The last result, with what it and those before it used."""
    every = [*before, result]
    costs = [each.cost for each in every]
    return attrs.evolve(
        result,
        usage=sum((each.usage for each in every), Usage()),
        cost=None if None in costs else sum(cost for cost in costs if cost is not None),
        calls=tuple(call for each in every for call in each.calls),
    )
