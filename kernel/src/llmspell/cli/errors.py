"""Errors for people: one sentence, where it happened, and a hint; and the exit code for programs.

0 ok, 1 script error, 2 usage, 3 config, 4 permission, 5 provider or network, 6 budget, 7 approval, 8 sandbox
unavailable, 9 internal, 10 paused until an approval is answered, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from llmspell.errors import ConfigError, LlmspellError, SandboxUnavailable, ScriptFailed, ToolFailed, UnknownPlugin
from llmspell.redaction import Redactor
from llmspell.spell import Source

_CODES = {
    "permission": 4,
    "vetoed": 4,
    "provider": 5,
    "rate_limited": 5,
    "authentication": 5,
    "network": 5,
    "unknown_model": 5,
    "budget": 6,
    "config": 3,
    "plugin": 3,
    "internal": 9,
    "cancelled": 130,
    "interrupted": 10,
}


def exit_code(error: LlmspellError) -> int:
    """What a program sees of an error."""
    if isinstance(error, UnknownPlugin) and error.kind == "plugin":
        return 2  # the user named it
    if isinstance(error, SandboxUnavailable):
        return 8
    if error.kind == "permission" and "approval" in error.details:
        return 7
    raised_in_spell = isinstance(error, ScriptFailed | ToolFailed)
    return _CODES.get(error.kind, 1 if raised_in_spell else 2)


def render(error: LlmspellError, source: Source | None = None, *, redactor: Redactor | None = None) -> str:
    """The error as lines of text, without colours and without secrets."""
    lines = _sentences(error)
    if isinstance(error, ScriptFailed) and error.file:
        lines += _place(error, source)
    lines += [f"hint: {error.hint}"] if error.hint else []
    text = "\n".join(lines)
    return (redactor or Redactor()).text(text)


def _sentences(error: LlmspellError) -> list[str]:
    if isinstance(error, ConfigError):
        return [f"error: {problem}" for problem in error.problems]
    return [f"error: {error.message}"]


def _place(error: ScriptFailed, source: Source | None) -> list[str]:
    where = f"{error.file}:{error.line}" if error.line else error.file
    lines = [f"  at {where}"]
    text = _line(error, source).strip()
    if text:
        lines.append(f"   | {text}")
    frames = [frame.strip() for frame in error.traceback.splitlines() if frame.strip()]
    if len(frames) > 1:
        lines += [f"     {frame}" for frame in frames[:12]]
    return lines


def _line(error: ScriptFailed, source: Source | None) -> str:
    """The line of the script that the error stands on, or nothing when its text is not at hand."""
    if source is None or not error.line:
        return ""
    if error.file == source.name:
        return source.line(error.line)
    module = Path(source.path.parent if source.path else ".") / error.file
    try:
        return Source.read(module).line(error.line)
    except LlmspellError:
        return ""


@contextmanager
def reported() -> Iterator[None]:
    """Turn our errors into a message on standard error and an exit code."""
    try:
        yield
    except LlmspellError as error:
        click.echo(render(error, redactor=Redactor.of_environment(os.environ)), err=True)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        # The reader of our output went away; there is nobody left to tell.
        sys.stdout = None  # keeps the interpreter from flushing it again
        sys.exit(1)
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:  # a defect: Python would print the same, with whatever secrets it holds
        click.echo(Redactor.of_environment(os.environ).traceback(error), err=True, nl=False)
        sys.exit(_CODES["internal"])
