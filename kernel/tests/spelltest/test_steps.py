from __future__ import annotations

import pytest

from llmspell.errors import UsageError
from llmspell.message import Usage
from llmspell.spelltest.steps import ScriptedCall, ScriptedFailure, ScriptedStep, step_of
from llmspell.testing import Calls, Delay, Fail, Text


def test_a_text_is_an_answer() -> None:
    assert step_of("hi", "model[1]", 1) == Text("hi")
    assert step_of(ScriptedStep(text="", input_tokens=1, output_tokens=2), "model[1]", 1) == Text("", usage=Usage(1, 2))


def test_calls_may_have_words_before_them_and_broken_arguments() -> None:
    step = ScriptedStep(text="wait", calls=(ScriptedCall("add", {"a": 1}), ScriptedCall("add", '{"a"')))
    assert step_of(step, "model[1]", 3) == Calls(("add", {"a": 1}), ("add", '{"a"'), text="wait", first_id=3)


def test_a_delay_comes_before_the_answer() -> None:
    assert step_of(ScriptedStep(text="hi", delay=5), "model[1]", 1) == Delay(5, Text("hi"))


def test_a_failure_is_a_status_or_an_error() -> None:
    assert step_of(ScriptedStep(fail=429), "model[1]", 1) == Fail(429)
    failure = step_of(ScriptedStep(fail=ScriptedFailure("no", "network", retryable=True)), "model[1]", 1)
    assert isinstance(failure, Fail)
    error = failure.error("provider:scripted")
    assert (error.message, error.kind, error.retryable) == ("no", "network", True)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (ScriptedStep(), r"^model\[2\] says nothing$"),
        (ScriptedStep(text="a", fail=500), r"^model\[2\] cannot both fail and answer$"),
        (ScriptedStep(fail=200), r"^model\[2\]: fail must be an HTTP status from 400 to 599, not 200$"),
        (ScriptedStep(fail=ScriptedFailure(kind="netwrok")), r"^model\[2\]: there is no kind of error 'netwrok'$"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step: ScriptedStep, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        step_of(step, "model[2]", 1)
