"""An agent that asks a model, runs the tools that it calls, and asks again until it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from llmspell.agent import AgentEvent, AgentInput, AgentSpec, BaseAgent
from llmspell.context import Context
from llmspell.errors import BudgetExceeded, LlmspellError, UsageError
from llmspell.message import Completion, Delta, Message, ModelRequest, TextDelta
from llmspell.result import COMPLETED, Result
from llmspell.run import stop_reason
from llmspell.tool import Tool
from llmspell_agent_llm.calls import Caller
from llmspell_agent_llm.conversation import Conversation
from llmspell_agent_llm.output import Answer, Output, choose_output

MAX_REPAIRS = 2
"""How often a model may correct an answer that does not fit the output schema."""

_STOPS = {"length": "budget.max_tokens", "content_filter": "refused"}


class LlmAgent(BaseAgent):
    """Runs one specification; holds no state between runs, so it may run several times at once."""

    def __init__(self, spec: AgentSpec) -> None:
        self.name = spec.name
        self.description = spec.description
        self.spec = spec

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
        tools = {tool.name: tool for tool in self._tools(context)}
        output = self._output(context, bool(tools))
        caller = Caller(tools, context, request.on_event)
        model = self.spec.model or context.run.default_model()
        asked = _Asked(self.spec, model, tools, output)
        on_delta = None if request.on_event is None else _text_listener(request.on_event)
        repairs = 0
        for _ in range(self.spec.max_turns):
            model_request = asked.request(conversation, context.run.model_timeout)
            completion = await context.complete(model, model_request, on_delta)
            conversation.add_completion(completion)
            answer = output.read(completion.message) if output else None
            if self._finished(conversation, completion, answer):
                return
            if answer is not None and answer.problem:
                repairs += 1
                if repairs > MAX_REPAIRS:
                    conversation.fail(self.name, answer.problem)
                    return
                conversation.messages.extend(answer.reply)
            else:
                await caller.run(completion.message.tool_calls, conversation)
        used_up = BudgetExceeded("turns", self.spec.max_turns, unit="model calls", hint="raise the agent's max_turns")
        conversation.stop("budget.turns", used_up)

    def _finished(self, conversation: Conversation, completion: Completion, answer: Answer | None) -> bool:
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

    def _tools(self, context: Context) -> list[Tool]:
        return [context.find_tool(tool) if isinstance(tool, str) else tool for tool in self.spec.tools]

    def _output(self, context: Context, has_tools: bool) -> Output | None:
        if not has_tools and self.spec.output_schema is None:
            return None
        capabilities = context.capabilities(self.spec.model)
        if has_tools and not capabilities.tools:
            raise UsageError(
                f"agent {self.name!r} has tools, and its model cannot call any",
                component=f"agent:{self.name}",
                hint="choose another model, or leave the tools out",
            )
        if self.spec.output_schema is None:
            return None
        return choose_output(self.spec.output_schema, capabilities, f"agent:{self.name}")


class _Asked:
    """The part of the request that is the same on every turn: byte-stable, so that servers can cache it."""

    def __init__(self, spec: AgentSpec, model: str, tools: dict[str, Tool], output: Output | None) -> None:
        self._spec = spec
        self._model = model.partition("/")[2]
        self._tools = tuple(tool.spec() for tool in tools.values())
        self._format = None
        self._system = ""
        if output is not None:
            self._tools += output.tools
            self._format = output.response_format
            self._system = output.instruction

    def request(self, conversation: Conversation, timeout: float) -> ModelRequest:
        spec = self._spec
        messages = tuple(conversation.messages)
        if self._system:
            messages = _instructed(messages, self._system)
        return ModelRequest(
            self._model,
            messages,
            self._tools,
            response_format=self._format,
            temperature=spec.temperature,
            max_tokens=spec.max_tokens,
            timeout=timeout,
        )


def _instructed(messages: tuple[Message, ...], instruction: str) -> tuple[Message, ...]:
    """The conversation with an instruction at the end of its system message."""
    if messages and messages[0].role == "system":
        return (Message("system", f"{messages[0].content}\n\n{instruction}"), *messages[1:])
    return (Message("system", instruction), *messages)


def _text_listener(on_event: Callable[[AgentEvent], None]) -> Callable[[Delta], None]:
    def listen(delta: Delta) -> None:
        if isinstance(delta, TextDelta):
            on_event(AgentEvent("text", {"text": delta.text}))

    return listen
