"""The tool `template_render`: values put into the places of a text."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.errors import UsageError
from llmspell.tools import Example, tool

MOST_INPUT = 200_000

# The template itself is one of the named ones, so that a text of one word is not taken for a name.
_ITSELF = "template"


@tool(
    category="text",
    tags=("template", "format", "fill"),
    idempotent=True,
    timeout=10.0,
    output_bytes=5 << 20,
    examples=(Example({"template": "Dear {{name}},", "values": {"name": "Ada"}}, "Dear Ada,"),),
)
def template_render(
    template: Annotated[str, {"maxLength": MOST_INPUT}],
    values: dict[str, Any] | None = None,
    parts: Annotated[dict[str, str] | None, {"maxProperties": 100}] = None,
) -> str:
    """Puts values into a text at places such as {{name}}, {{user.name}} or {{name | default("x")}}.

    Answers the text. A value is put in as it is and never looked at again, so braces in it mean nothing. Text goes in
    as it is, everything else as JSON. A place without a value is an error. There are no conditions and no loops.

    Args:
        template: the text; {{> NAME}} puts in one of `parts`.
        values: by name; one may be an object, whose own values have names such as user.name.
        parts: more templates by name, which use the same values.
    """
    from llmspell.config import LoadedConfig
    from llmspell.config.schema import Config
    from llmspell.templates import Templates

    named = dict(parts or {})
    if _ITSELF in named:
        raise UsageError(f"a part cannot be called {_ITSELF!r}, which is the text itself", hint="give it another name")
    if (size := sum(map(len, named.values()))) > MOST_INPUT:
        raise UsageError(f"the parts have {size} characters, and at most {MOST_INPUT} are taken")
    templates = Templates(LoadedConfig(config=Config(prompts={**named, _ITSELF: template})))
    return templates.render(_ITSELF, values or {})
