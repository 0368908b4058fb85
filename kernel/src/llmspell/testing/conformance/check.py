"""Runs a case on an engine, and compares what came of it with what should have."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmspell.cli.errors import exit_code
from llmspell.config import load
from llmspell.errors import LlmspellError
from llmspell.events import Event
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.spell import Source
from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.model import ScriptedModel

_PATIENCE = 30.0  # seconds; a case takes a tenth of one


async def check(case: Case, engine: str, profile: str, folder: Path) -> None:
    """Run a case in an empty folder.

    Args:
        case: what to run.
        engine: the name of an installed engine.
        profile: `low` for the inline transport, `medium` for the worker.
        folder: the project's; the spell and the case's files are put there.

    Raises:
        AssertionError: something else came of it.
        LookupError: the case is not written in the engine's language.
    """
    model = ScriptedModel(*case.steps)
    async with asyncio.timeout(_PATIENCE):
        ended = await _cast(case, engine, profile, folder, model)
    _compare(case, ended)
    model.assert_complete()


async def _cast(case: Case, engine: str, profile: str, folder: Path, model: ScriptedModel) -> Ended:
    for name, text in case.files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    async with Kernel(load(folder, {}, case.sets), environ={}) as kernel:
        kernel.models.add(model)
        found = kernel.plugins.get("engine", engine)
        name = f"spell.{found.extensions[0]}"
        source = Source(case.spell(found.language), name, folder / name)
        options = RunOptions(
            engine=engine,
            profile=profile,
            model="scripted/model",
            args=case.args,
            observers=(_interrupter(case, kernel),) if case.interrupt else (),
        )
        return await kernel.cast(source, options)


def _interrupter(case: Case, kernel: Kernel) -> Any:  # Any: an observer's answer is ignored
    loop = asyncio.get_running_loop()

    def observe(event: Event) -> None:
        if event.kind == case.interrupt:
            loop.call_soon(kernel.interrupt, "enough")

    return observe


def _compare(case: Case, ended: Ended) -> None:
    error = ended.error
    if case.error is None:
        assert error is None, f"{type(error).__name__} of kind {getattr(error, 'kind', '')}: {error}"
        assert same(case.value, ended.value), f"the value is {ended.value!r}, not {case.value!r}"
    else:
        assert error is not None, f"the spell completed with {ended.value!r} instead of failing as {case.error}"
        _compare_error(case.error, error)
    _equal("stop reason", ended.stop_reason, case.stop_reason or ("error" if case.error else "completed"))
    if case.exit_code is not None:
        _equal("exit code", exit_code(error) if error else 0, case.exit_code)
    if case.output is not None:
        _equal("output", ended.output, case.output)
    for expected in case.events:
        _compare_events(expected, ended)


def _compare_error(expected: Fails, error: LlmspellError) -> None:
    assert error.kind == expected.kind, f"the kind is {error.kind!r}, not {expected.kind!r}: {error}"
    assert expected.message in error.message, f"the message {error.message!r} lacks {expected.message!r}"
    assert expected.hint in error.hint, f"the hint {error.hint!r} lacks {expected.hint!r}"
    if expected.component:
        _equal("component", error.component, expected.component)
    if expected.line:
        _equal("line", getattr(error, "line", 0), expected.line)


def _compare_events(expected: Happens, ended: Ended) -> None:
    found = ended.log.history(expected.pattern)
    _equal(f"events {expected.pattern}", [event.kind for event in found], [kind for kind, _ in expected.events])
    for event, (_, data) in zip(found, expected.events, strict=True):
        assert includes(event.data, data), f"{event.kind} has {dict(event.data)!r}, which lacks {data!r}"


def _equal(what: str, got: object, expected: object) -> None:
    assert got == expected, f"{what}: {got!r}, not {expected!r}"


def same(expected: Any, got: Any) -> bool:
    """Whether a script's value is the expected one; JavaScript's numbers do not tell 1 from 1.0."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, Mapping):
        return (
            isinstance(got, Mapping)
            and expected.keys() == got.keys()
            and all(same(item, got[key]) for key, item in expected.items())
        )
    if isinstance(expected, list):
        return isinstance(got, list) and len(expected) == len(got) and all(map(same, expected, got))
    return bool(expected == got)


def includes(got: Any, part: Any) -> bool:
    """Whether all that `part` names is in `got`, tables inside tables included."""
    if isinstance(part, Mapping):
        return isinstance(got, Mapping) and all(key in got and includes(got[key], part[key]) for key in part)
    return same(part, got)
