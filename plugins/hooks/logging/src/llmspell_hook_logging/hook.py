"""An observer that writes one line for each event to standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal, TextIO

import attrs

from llmspell import hookimpl
from llmspell.redaction import Redactor
from llmspell_hook_logging.line import json_line, logfmt_line, shortened

if TYPE_CHECKING:
    from llmspell.events import Event

Level = Literal["debug", "info", "warning", "error"]

_LEVELS = ("debug", "info", "warning", "error")
# By the last word of an event's kind; all other events are `info`.
_LEVEL_OF: dict[str, Level] = {
    "delta": "debug",
    "output": "debug",
    "partial": "debug",
    "started": "debug",
    "disabled": "warning",
    "dropped": "warning",
    "interrupted": "warning",
    "retry": "warning",
    "vetoed": "warning",
    "failed": "error",
}


@attrs.frozen
class LoggingSettings:
    """The table `[hook.logging]`.

    Attributes:
        level: the least important events that are written.
        format: `logfmt` is `key=value` for people and grep, `json` one object a line for programs.
        text: whether prompts, answers, arguments and output are written, or only how long they are.
    """

    level: Level = "info"
    format: Literal["logfmt", "json"] = "logfmt"
    text: bool = False


class LoggingHook:
    """Writes events as lines, without secrets.

    Args:
        settings: what to write and how.
        redactor: takes the secrets out.
        stream: where to; None means whatever standard error is at the time.
    """

    def __init__(self, settings: LoggingSettings, redactor: Redactor, stream: TextIO | None = None) -> None:
        self._least = _LEVELS.index(settings.level)
        self._line = json_line if settings.format == "json" else logfmt_line
        self._text = settings.text
        self._redactor = redactor
        self._stream = stream

    @hookimpl
    def on_event(self, event: Event) -> None:
        """Write the event, if it is important enough."""
        level = level_of(event.kind)
        if _LEVELS.index(level) < self._least:
            return
        fields = event.to_dict()
        data = fields.pop("data")
        safe = self._redactor.data({**fields, "data": data if self._text else shortened(data)})
        stream = self._stream or sys.stderr
        stream.write(self._line(level, safe) + "\n")
        stream.flush()


def level_of(kind: str) -> Level:
    """How important events of a kind are: `llm.started` is `debug`, `llm.finished` is `info`."""
    return _LEVEL_OF.get(kind.rpartition(".")[2], "info")
