"""What a scripted model answers, as data that scripts write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.errors import KINDS, ProviderError, UsageError, did_you_mean
from llmspell.message import Usage
from llmspell.testing.steps import DEFAULT_USAGE, Calls, Delay, Fail, Step, Text


@attrs.frozen
class ScriptedCall:
    """A tool call of a scripted model; arguments given as text go out as they are, broken or not."""

    name: str
    arguments: Mapping[str, Any] | str = attrs.field(factory=dict)


@attrs.frozen
class ScriptedFailure:
    """How a scripted model fails."""

    message: str = "the scripted model fails"
    kind: str = "provider"
    retryable: bool = False


@attrs.frozen
class ScriptedStep:
    """One answer of a scripted model: `text`, `calls` of tools (with `text` before them), or how it is to `fail`.

    `fail` is an HTTP status or an object. `delay` is seconds before the answer. The tokens are what it says it used.
    """

    text: str | None = None
    calls: tuple[ScriptedCall, ...] = ()
    fail: ScriptedFailure | int | None = None
    delay: float = 0.0
    input_tokens: int = DEFAULT_USAGE.input_tokens
    output_tokens: int = DEFAULT_USAGE.output_tokens


def step_of(given: ScriptedStep | str, where: str, first_id: int) -> Step:
    """A step of `llmspell.testing`; its tool calls are numbered from `first_id`.

    Raises:
        UsageError: it says nothing, or two things that exclude one another.
    """
    if isinstance(given, str):
        return Text(given)
    if given.fail is not None and (given.text is not None or given.calls):
        raise UsageError(f"{where} cannot both fail and answer", hint="make two steps of it")
    usage = Usage(given.input_tokens, given.output_tokens)
    step: Step
    if given.fail is not None:
        step = _failure(given.fail, where)
    elif given.calls:
        calls = ((call.name, call.arguments) for call in given.calls)
        step = Calls(*calls, text=given.text or "", first_id=first_id, usage=usage)
    elif given.text is not None:
        step = Text(given.text, usage=usage)
    else:
        raise UsageError(f"{where} says nothing", hint="give it text, calls or fail")
    return Delay(given.delay, step) if given.delay > 0 else step


def _failure(fail: ScriptedFailure | int, where: str) -> Fail:
    if isinstance(fail, int):
        if not 400 <= fail <= 599:
            raise UsageError(f"{where}: fail must be an HTTP status from 400 to 599, not {fail}")
        return Fail(fail)
    if fail.kind not in KINDS:
        raise UsageError(
            f"{where}: there is no kind of error {fail.kind!r}", hint=did_you_mean(fail.kind, sorted(KINDS))
        )
    return Fail(ProviderError(fail.message, kind=fail.kind, component="provider:scripted", retryable=fail.retryable))
