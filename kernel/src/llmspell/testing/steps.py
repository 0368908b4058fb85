"""The steps of a scripted model: one step answers one request.

Text       the model answers with words
Calls      the model asks for tools, several at once if it likes
Fail       the model refuses: an HTTP status, or any error of ours
Delay      wait, then another step
Trickle    another step, slowly: a pause before each of its pieces
Cut        another step whose stream ends early
Loop       a function that answers any request: a tool call first, words once a tool has answered

Where a step is expected, a function from the request to a step will do as well. `ScriptedModel` and
`OpenAIServer` play the same steps, one in the process and one over HTTP.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs

from llmspell.errors import LlmspellError, ProviderError, UsageError
from llmspell.message import (
    Completion,
    Delta,
    FinishDelta,
    FinishReason,
    Message,
    ModelRequest,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)

ARGUMENTS_PER_DELTA = 8
DEFAULT_USAGE = Usage(input_tokens=10, output_tokens=5)

_KINDS = {401: "authentication", 403: "authentication", 404: "unknown_model", 429: "rate_limited"}
_STATUSES = {
    "authentication": 401,
    "unknown_model": 404,
    "rate_limited": 429,
    "timeout": 408,
    "provider": 500,
}


@attrs.frozen
class Pause:
    """A wait of `seconds` before the next piece of an answer."""

    seconds: float


@attrs.frozen
class Text:
    """The model answers with `text`, streamed in `chunks` pieces of nearly equal length."""

    text: str
    usage: Usage = attrs.field(default=DEFAULT_USAGE, kw_only=True)
    chunks: int = attrs.field(default=1, kw_only=True, validator=attrs.validators.ge(1))
    finish_reason: FinishReason = attrs.field(default="stop", kw_only=True)

    def completion(self, model: str) -> Completion:
        """The whole answer at once."""
        return Completion(Message("assistant", self.text), self.finish_reason, self.usage, model)

    def beats(self, model: str) -> Iterator[Beat]:
        """The answer piece by piece."""
        size = max(1, -(-len(self.text) // self.chunks))
        for start in range(0, len(self.text), size):
            yield TextDelta(self.text[start : start + size])
        yield FinishDelta(self.finish_reason, self.usage, model)


@attrs.frozen(init=False)
class Calls:
    """The model asks for tools: `Calls(("add", {"a": 1}), ("add", '{"a":'))`.

    Args:
        calls: a name and its arguments each; arguments given as text go out as they are, broken or not.
        text: words that come before the calls.
        first_id: the number in the first call's id, `call_<number>`; the others count on from it.
        usage: what the server says it cost.
    """

    tool_calls: tuple[ToolCall, ...]
    text: str
    usage: Usage
    finish_reason: FinishReason

    def __init__(
        self,
        *calls: tuple[str, Mapping[str, Any] | str],
        text: str = "",
        first_id: int = 1,
        usage: Usage = DEFAULT_USAGE,
        finish_reason: FinishReason = "tool_calls",
    ) -> None:
        made = tuple(
            ToolCall(f"call_{number}", name, arguments if isinstance(arguments, str) else json.dumps(arguments))
            for number, (name, arguments) in enumerate(calls, first_id)
        )
        self.__attrs_init__(made, text, usage, finish_reason)

    def completion(self, model: str) -> Completion:
        """The whole answer at once."""
        return Completion(Message("assistant", self.text, self.tool_calls), self.finish_reason, self.usage, model)

    def beats(self, model: str) -> Iterator[Beat]:
        """The answer piece by piece, arguments a few characters at a time."""
        if self.text:
            yield TextDelta(self.text)
        for index, call in enumerate(self.tool_calls):
            yield ToolCallDelta(index, call.id, call.name)
            for start in range(0, len(call.arguments), ARGUMENTS_PER_DELTA):
                yield ToolCallDelta(index, arguments=call.arguments[start : start + ARGUMENTS_PER_DELTA])
        yield FinishDelta(self.finish_reason, self.usage, model)


@attrs.frozen
class Fail:
    """The model refuses.

    `cause` is an HTTP status or the error to raise; each is turned into the other where needed. `headers` and
    `body` are what a server sends along; an empty body becomes an error object as OpenAI writes it.
    """

    cause: int | LlmspellError = 500
    headers: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    body: str = attrs.field(default="", kw_only=True)

    @property
    def status(self) -> int:
        """The HTTP status of a server that fails in this way."""
        return self.cause if isinstance(self.cause, int) else _STATUSES.get(self.cause.kind, 500)

    def error(self, component: str) -> LlmspellError:
        """The error that a provider called `component` raises."""
        if isinstance(self.cause, LlmspellError):
            return self.cause
        return ProviderError(
            f"the scripted model fails with status {self.cause}",
            kind=_KINDS.get(self.cause),
            component=component,
            retryable=self.cause in {408, 409, 429} or self.cause >= 500,
        )

    def beats(self, model: str) -> Iterator[Beat]:
        """Itself: whoever plays the step fails here."""
        yield self


@attrs.frozen
class Delay:
    """Wait `seconds`, then `step`."""

    seconds: float
    step: Step

    def beats(self, model: str) -> Iterator[Beat]:
        """A pause, and the step's own pieces."""
        yield Pause(self.seconds)
        yield from self.step.beats(model)


@attrs.frozen
class Trickle:
    """`step`, with a pause of `seconds` before each of its pieces."""

    seconds: float
    step: Step

    def beats(self, model: str) -> Iterator[Beat]:
        """The step's own pieces and the pauses between them."""
        for beat in self.step.beats(model):
            yield Pause(self.seconds)
            yield beat


@attrs.frozen
class Cut:
    """`step`, whose stream ends after `after` pieces: without a word, or with the failure `fail`."""

    step: Step
    after: int = attrs.field(kw_only=True)
    fail: Fail | None = attrs.field(default=None, kw_only=True)

    def beats(self, model: str) -> Iterator[Beat]:
        """The first pieces of the step."""
        pieces = 0
        for beat in self.step.beats(model):
            if not isinstance(beat, Pause):
                pieces += 1
            if pieces > self.after:
                break
            yield beat
        if self.fail is not None:
            yield self.fail


Beat = Delta | Pause | Fail
Step = Text | Calls | Fail | Delay | Trickle | Cut
AnyStep = TypeVar("AnyStep")
StepFor = Callable[[ModelRequest], AnyStep]


@attrs.frozen
class Loop:
    """The answers of an agent's whole loop, for use with `repeat=True`.

    Calls the first offered tool with `arguments` until a tool has answered, then says `text`.
    """

    arguments: Mapping[str, Any] | str = attrs.field(factory=dict)
    text: str = "done"
    _made: dict[str, Step] = attrs.field(factory=dict, init=False, repr=False, eq=False)  # benchmarks ask often

    def __call__(self, request: ModelRequest) -> Step:
        """The step that fits the conversation so far."""
        answered = any(message.role == "tool" for message in request.messages)
        tool = "" if answered or not request.tools else request.tools[0].name
        if tool not in self._made:
            self._made[tool] = Calls((tool, self.arguments)) if tool else Text(self.text)
        return self._made[tool]


class UnexpectedRequest(AssertionError):
    """A scripted model was asked once more than it has steps."""


class UnusedSteps(AssertionError):
    """A scripted model was asked less often than it has steps."""


class Script(Generic[AnyStep]):
    """Hands out `steps`, one for each request; with `repeat` it begins again after the last one."""

    def __init__(self, steps: Sequence[AnyStep | StepFor[AnyStep]], *, repeat: bool, who: str) -> None:
        if repeat and not steps:
            raise UsageError(f"{who} has no step to repeat", hint="pass a step, or leave out repeat=True")
        self._steps = itertools.cycle(steps) if repeat else iter(steps)
        self._length = None if repeat else len(steps)
        self._who = who
        self._asked = 0
        self._unexpected: UnexpectedRequest | None = None

    def next(self, request: ModelRequest) -> AnyStep:
        """The step for `request`.

        Raises:
            UnexpectedRequest: every step has been used.
        """
        self._asked += 1
        for step in self._steps:
            return step(request) if callable(step) else step
        last = request.messages[-1] if request.messages else None
        self._unexpected = UnexpectedRequest(
            f"{self._who} has {self._length} steps and got request {self._asked}, which ends in {last!r}"
        )
        raise self._unexpected

    def assert_complete(self) -> None:
        """Check that there were as many requests as steps.

        Raises:
            UnexpectedRequest: there were more; it was raised before, and somebody may have swallowed it.
            UnusedSteps: there were fewer.
        """
        if self._unexpected is not None:
            raise self._unexpected
        if self._length is not None and self._asked < self._length:
            unused = list(self._steps)
            raise UnusedSteps(f"{self._who} got {self._asked} requests; unused steps: {unused!r}")
