"""The global `Log`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmspell.script.declare import Global, method


class Log(Global):
    """Messages for people, as events of kind `log.<level>`; the command line shows `info` and above."""

    @method
    def debug(self, message: str, fields: Mapping[str, Any] | None = None) -> None:
        """A detail that helps to find a fault."""
        self._append("debug", message, fields)

    @method
    def info(self, message: str, fields: Mapping[str, Any] | None = None) -> None:
        """Something that a person may want to know."""
        self._append("info", message, fields)

    @method
    def warn(self, message: str, fields: Mapping[str, Any] | None = None) -> None:
        """Something odd that the spell copes with."""
        self._append("warn", message, fields)

    @method
    def error(self, message: str, fields: Mapping[str, Any] | None = None) -> None:
        """Something that went wrong."""
        self._append("error", message, fields)

    def _append(self, level: str, message: str, fields: Mapping[str, Any] | None) -> None:
        self.session.run.quota.count_event()
        data = {"message": message, "fields": dict(fields or {})}
        self.session.run.log.append(f"log.{level}", self.session.parent.path, data)
