"""No secret gets into a cassette: every known shape, in every part of an exchange; and exact values, whenever known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmspell.cassette import Recorder, read, write
from llmspell.errors import LlmspellError, ToolFailed
from llmspell.kernel import RunOptions
from llmspell.message import Message, ModelRequest, ToolSpec
from llmspell.redaction import Redactor
from llmspell.run import Run
from llmspell.secrets.secret import Secret
from llmspell.testing import Calls, Cut, Fail, ScriptedModel, Text

from ..run.kit import Spy, call, open_run, request
from ..secrets.test_sinks import SHAPES
from .kit import record, replay

WAYS = ("request", "answer", "streamed", "model error", "tool call", "argument", "output", "tool error", "schema")


async def exchange(run: Run, way: str, token: str) -> None:
    """Let a secret pass in one part of an exchange."""
    if way == "argument":
        await call(run, Spy(), value=f"it is {token}", nested=[{token: token}])
    elif way in ("output", "tool error"):
        answer = {"deep": [f"it is {token}"]} if way == "output" else ValueError(f"cannot use {token}")
        await call(run, Spy(answer))
    else:
        spec = ToolSpec("t", f"uses {token}", {"type": "object", "default": {"x": token}})
        asked = ModelRequest("", (Message("user", f"use {token}"),), tools=(spec,))
        heard: Any = (lambda delta: None) if way == "streamed" else None
        await run.complete("scripted/m", asked if way in ("request", "schema") else request(), on_delta=heard)


def model(way: str, token: str) -> ScriptedModel:
    """A model that gives a secret away."""
    said = Text(f"it is {token} indeed")
    steps: dict[str, Any] = {
        "streamed": Cut(said, after=1, fail=Fail(LlmspellError(token))),
        "model error": Fail(LlmspellError(f"the key {token} is wrong", details={"sent": token})),
        "tool call": Calls(("spy", {"value": token}), ("spy", f'{{"api_key": "{token}"')),
    }
    return ScriptedModel(steps.get(way, said), repeat=True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shape", SHAPES)
async def test_no_secret_of_a_known_shape_is_in_a_cassette(way: str, shape: str, tmp_path: Path) -> None:
    token = SHAPES[shape]
    recorder = Recorder()
    run = open_run(model(way, token), options=RunOptions(journal=recorder))
    try:
        await exchange(run, way, token)
    except LlmspellError as error:
        assert way in ("streamed", "model error", "tool error"), error  # noqa: PT017 the others must not raise
    write(tmp_path / "tape.json", recorder.cassette("work", "completed"))
    text = (tmp_path / "tape.json").read_text()
    assert token not in text
    assert json.dumps(token)[1:-1] not in text
    assert "[redacted" in text


@pytest.mark.parametrize("way", WAYS)
async def test_the_value_of_a_secret_variable_is_not_in_a_cassette(way: str) -> None:
    value = "plain words that nobody would guess"
    recorder = Recorder()
    run = open_run(model(way, value), options=RunOptions(journal=recorder))
    run.log.redactor = Redactor.of_environment({"SHOP_PASSWORD": value})
    try:
        await exchange(run, way, value)
    except LlmspellError as error:
        assert "error" in way or way == "streamed", error  # noqa: PT017
    cassette = recorder.cassette(f"{value}.lua", "completed")
    assert value not in repr(cassette)


async def test_a_secret_that_became_known_after_the_exchange_is_taken_out_too() -> None:
    value = "late but certainly secret"
    recorder = Recorder()
    run = open_run(options=RunOptions(journal=recorder))
    await call(run, Spy(value))
    assert Secret(value, "LATE").reveal() == value
    assert value not in repr(recorder.cassette("work", "completed"))


async def test_an_answer_that_lost_a_secret_says_so() -> None:
    cassette = await record(lambda run: call(run, Spy({"password": "hunter2", "rows": 3})))
    [exchanged] = cassette.exchanges
    assert (exchanged.answer, exchanged.redacted) == ({"password": "[redacted]", "rows": 3}, True)


async def test_what_follows_from_a_redacted_answer_is_still_found() -> None:
    spy = Spy({"key": "blue", "n": 1})

    async def work(run: Run) -> str:
        answer = await call(run, spy)
        asked = request(f"the row is {json.dumps(answer)}")
        return (await run.complete("scripted/m", asked)).message.content

    cassette = await record(work, ScriptedModel(Text("one")))
    answer, replayer, _ = await replay(work, cassette)
    assert (answer, replayer.unused) == ("one", [])


async def test_the_message_of_a_miss_shows_no_secret(tmp_path: Path) -> None:
    token = SHAPES["github"]
    cassette = await record(lambda run: run.complete("scripted/m", request("a")), ScriptedModel(Text("one")))
    write(tmp_path / "tape.json", cassette)
    with pytest.raises(LlmspellError) as caught:
        await replay(lambda run: run.complete("scripted/m", request(f"b {token}")), read(tmp_path / "tape.json"))
    assert token not in repr(caught.value.to_dict())


async def test_a_tool_that_failed_with_a_secret_still_fails_as_a_tool() -> None:
    token = SHAPES["openai"]

    async def work(run: Run) -> str:
        with pytest.raises(ToolFailed) as caught:
            await call(run, Spy(ValueError(token)))
        return caught.value.message

    message, _, _ = await replay(work, await record(work))
    assert message == "tool 'spy' failed: ValueError: [redacted]"
