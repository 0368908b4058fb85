"""What a model is asked on each turn of one run of an agent, and how its answer is to be read.

Tools are offered natively, or, to a model that cannot call any, in words (`spoken`). What comes before the conversation
is the same on every turn, byte for byte, so that servers can cache it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llmspell.agent import AgentSpec
from llmspell.errors import LlmspellError
from llmspell.message import Completion, Message, ModelRequest
from llmspell.tool import Tool
from llmspell_agent_llm.checks import CHOICES
from llmspell_agent_llm.conversation import Conversation
from llmspell_agent_llm.output import Output
from llmspell_agent_llm.spoken import Spoken


class Asking:
    """The requests of one run.

    Args:
        spec: the agent.
        model: `provider/model`.
        tools: what the model may call, by name.
        output: how structured output is had; None for none.
        native: whether the model can call tools.

    Raises:
        LlmspellError: kind `conflict`: a tool has the name of the one that takes the answer.
    """

    def __init__(
        self, spec: AgentSpec, model: str, tools: Mapping[str, Tool], output: Output | None, *, native: bool
    ) -> None:
        if output is not None:
            _check_apart(spec, tools, output)
        self._spec = spec
        self._model = model.partition("/")[2]
        offered = tuple(tool.spec() for tool in tools.values())
        self._format = output.response_format if output else None
        self._instruction = output.instruction if output else ""
        self._choice = spec.tool_choice if tools else None
        self._called = False
        if self._choice == "none" and output and output.tools:  # the answer itself is given by calling a tool
            offered, self._choice = (), None
        self._spoken: Spoken | None = None
        if offered and not native:
            self._spoken = Spoken(() if self._choice == "none" else offered, self._choice or "auto")
            offered = ()
            self._instruction = "\n\n".join(filter(None, (self._spoken.instruction, self._instruction)))
        self._tools = offered + (output.tools if output else ())

    @property
    def spoken(self) -> Spoken | None:
        """The protocol in words; None where the model calls tools natively."""
        return self._spoken

    def request(self, conversation: Conversation, timeout: float) -> ModelRequest:
        """The next request."""
        spec = self._spec
        messages: Sequence[Message] = conversation.messages
        if self._spoken is not None:
            messages = tuple(self._spoken.said(messages))
        if self._instruction:
            messages = _instructed(messages, self._instruction)
        return ModelRequest(
            self._model,
            messages,
            self._tools,
            self._tool_choice(),
            self._format,
            spec.temperature,
            spec.max_tokens,
            timeout=timeout,
        )

    def read(self, completion: Completion) -> Completion:
        """The model's answer, with the calls that it may have made in words."""
        if self._spoken is not None:
            completion = self._spoken.read(completion)
        self._called = self._called or bool(completion.message.tool_calls)
        return completion

    def _tool_choice(self) -> str | None:
        """What the model must do. Once it has called a tool it need not call another: it would never come to an end."""
        if self._spoken is not None or self._choice is None:
            return None
        return "auto" if self._called and self._choice not in CHOICES[:2] else self._choice


def _check_apart(spec: AgentSpec, tools: Mapping[str, Tool], output: Output) -> None:
    for taking in output.tools:
        if taking.name in tools:
            raise LlmspellError(
                f"agent {spec.name!r} has a tool named {taking.name!r}, which is how its model gives its answer",
                kind="conflict",
                component=f"agent:{spec.name}",
                hint="give the tool another name",
            )


def _instructed(messages: Sequence[Message], instruction: str) -> Sequence[Message]:
    """The conversation with an instruction at the end of its system message."""
    if messages and messages[0].role == "system":
        return (Message("system", f"{messages[0].content}\n\n{instruction}"), *messages[1:])
    return (Message("system", instruction), *messages)
