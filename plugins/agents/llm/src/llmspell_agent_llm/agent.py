"""An agent that asks a model, runs the tools that it calls, and asks again until it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from llmspell.agent import AgentEvent, AgentInput, AgentSpec, BaseAgent, OnEvent
from llmspell.agents.approve import approval_rules
from llmspell.agents.delegation import Delegation
from llmspell.context import Context
from llmspell.errors import BudgetExceeded, LlmspellError
from llmspell.failures import stop_reason
from llmspell.message import Completion, Delta, Message, TextDelta
from llmspell.result import COMPLETED, Result
from llmspell.tool import Tool
from llmspell_agent_llm.asking import Asking
from llmspell_agent_llm.calls import Caller
from llmspell_agent_llm.conversation import Conversation
from llmspell_agent_llm.output import Answer, Output, choose_output
from llmspell_agent_llm.spoken import Quiet, Unreadable

MAX_REPAIRS = 2
"""How often a model may correct an answer that is not as it was asked for."""

_STOPS = {"length": "budget.max_tokens", "content_filter": "refused"}


class LlmAgent(BaseAgent):
    """Runs one specification; holds no state between runs, so it may run several times at once."""

    def __init__(self, spec: AgentSpec) -> None:
        self.name = spec.name
        self.description = spec.description
        self.spec = spec
        self._delegation = Delegation(spec) if spec.agents or spec.handoffs else None

    async def run(self, request: AgentInput, context: Context) -> Result:
        """The model's answer, or how far it got when a limit was reached.

        Raises:
            ProviderError: the model could not be asked.
            Vetoed, PermissionDenied: it may not be asked.
        """
        conversation = Conversation.begin(self.spec.system, request)
        try:
            if self.spec.timeout is None:
                await self._converse(conversation, request, context)
            else:
                await self._converse_in_time(self.spec.timeout, conversation, request, context)
        except LlmspellError as error:
            if error.kind != "budget":
                raise
            conversation.stop(stop_reason(error), error)
        return conversation.result(self.name)

    async def _converse_in_time(
        self, seconds: float, conversation: Conversation, request: AgentInput, context: Context
    ) -> None:
        try:
            async with asyncio.timeout(seconds) as clock:
                await self._converse(conversation, request, context)
        except TimeoutError as cause:
            if not clock.expired():
                raise
            raise BudgetExceeded("wall_time", seconds, unit="seconds", hint="raise the agent's timeout") from cause

    async def _converse(self, conversation: Conversation, request: AgentInput, context: Context) -> None:
        loop = _Loop(self.spec, self._tools(context), conversation, request, context)
        for _ in range(self.spec.max_turns):
            if await loop.turn():
                return
        used_up = BudgetExceeded("turns", self.spec.max_turns, unit="model calls", hint="raise the agent's max_turns")
        conversation.stop("budget.turns", used_up)

    def _tools(self, context: Context) -> dict[str, Tool]:
        found = [context.find_tool(tool) if isinstance(tool, str) else tool for tool in self.spec.tools]
        if self._delegation is not None:
            found += self._delegation.tools(context)
        return {tool.name: tool for tool in found}


class _Loop:
    """The turns of one run."""

    def __init__(
        self,
        spec: AgentSpec,
        tools: dict[str, Tool],
        conversation: Conversation,
        request: AgentInput,
        context: Context,
    ) -> None:
        self._name = spec.name
        self._context = context
        self._conversation = conversation
        self._model = spec.model or context.run.default_model()
        native = True
        self._output: Output | None = None
        if tools or spec.output_schema is not None:
            capabilities = context.capabilities(spec.model)
            native = capabilities.tools
            if spec.output_schema is not None:
                self._output = choose_output(spec.output_schema, capabilities, f"agent:{spec.name}")
        self._asking = Asking(spec, self._model, tools, self._output, native=native)
        self._caller = Caller(tools, context, request.on_event, approval_rules(spec, list(tools)))
        self._listener = (
            _Listener(request.on_event, quiet=self._asking.spoken is not None) if request.on_event else None
        )
        self._compacting = None
        if spec.compaction is not None:
            from llmspell_agent_llm.compacting import Compacting

            self._compacting = Compacting(spec.compaction, self._model, context)
        self._repairs = 0

    async def turn(self) -> bool:
        """Ask the model once, and run the tools that it calls; whether that was the last time."""
        conversation = self._conversation
        if self._compacting is not None:
            await self._compacting.run(conversation)
        request = self._asking.request(conversation, self._context.run.model_timeout)
        completion = await self._context.complete(self._model, request, self._listener)
        if self._listener is not None:
            self._listener.end()
        try:
            completion = self._asking.read(completion)
        except Unreadable as error:
            return self._unreadable(completion, error)
        conversation.add_completion(completion)
        answer = self._output.read(completion.message) if self._output else None
        if _finished(conversation, completion, answer):
            return True
        if answer is not None and answer.problem:
            problem = f"the model's answer does not fit output_schema: {answer.problem}"
            return self._repair(problem, answer.reply)
        await self._caller.run(completion.message.tool_calls, conversation)
        return conversation.handoff is not None

    def _unreadable(self, completion: Completion, error: Unreadable) -> bool:
        self._conversation.add_completion(completion)
        if completion.finish_reason in _STOPS:
            return _finished(self._conversation, completion, None)
        reply = Message("user", f"Nothing was run: {error.message} Correct it.")
        return self._repair(f"the model's tool call cannot be read: {error.message}", (reply,))

    def _repair(self, problem: str, reply: tuple[Message, ...]) -> bool:
        """Ask for a better answer; whether the model was asked often enough."""
        self._repairs += 1
        if self._repairs > MAX_REPAIRS:
            self._conversation.fail(self._name, problem)
            return True
        self._conversation.add(*reply)
        return False


def _finished(conversation: Conversation, completion: Completion, answer: Answer | None) -> bool:
    """Whether the model is done, well or not."""
    stopped = _STOPS.get(completion.finish_reason)
    if stopped:
        conversation.stop(stopped, None)
    elif answer is not None and answer.ready:
        conversation.finish(answer.value)
    elif answer is None and not completion.message.tool_calls:
        conversation.stop(COMPLETED, None)
    else:
        return False
    return True


class _Listener:
    """Tells the text of a model's answer as it comes; `quiet` leaves out calls in words."""

    def __init__(self, on_event: OnEvent, *, quiet: bool) -> None:
        self._on_event: Callable[[AgentEvent], None] = on_event
        self._quiet = Quiet() if quiet else None

    def __call__(self, delta: Delta) -> None:
        if isinstance(delta, TextDelta):
            self._tell(delta.text if self._quiet is None else self._quiet.add(delta.text))

    def end(self) -> None:
        """The answer is complete."""
        if self._quiet is not None:
            self._tell(self._quiet.end())

    def _tell(self, text: str) -> None:
        if text:
            self._on_event(AgentEvent("text", {"text": text}))
