"""The global `Template`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmspell.script.declare import Global, method


class Template(Global):
    """Text with places for values: those of `[prompts]` in the configuration by name, and any other.

    `{{name}}` is a value, `{{a.b}}` one inside a table, `{{name | default("x")}}` says what to put where there is none,
    and `{{> name}}` is another template. Other braces stay as they are, and values are never looked at again.
    """

    @method
    def render(self, template: str, values: Mapping[str, Any] | None = None) -> str:
        """What becomes of a template; one word is the name of one, everything else its text."""
        return self.session.run.templates.render(template, values or {})

    @method
    def list_(self) -> list[str]:
        """The names of the configured templates, sorted."""
        return self.session.run.templates.names()
