"""Templates: text with places for values, without any code in them.

{{name}}                   a value; {{a.b}} is one inside a table
{{name | default("x")}}    the same, and what to put where there is none
{{> tone}}                 another template, with the same values

Nothing else has a meaning: other braces stay as they are. A value is put in as it is and never looked at again, so
what a user or a model wrote cannot reach other values. Text goes in as it is, everything else as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import ConfigError, UsageError, did_you_mean

if TYPE_CHECKING:
    from llmspell.config import LoadedConfig

DEEPEST = 16
"""How many templates may hold one another in a row."""

MOST_PARTS = 1000
"""How many templates one rendering may put in."""

LONGEST = 1 << 20
"""Characters of what comes of a rendering."""

_NAME = r"[A-Za-z_][\w-]*+(?:\.[\w-]++)*+"


@cache
def _tags() -> re.Pattern[str]:
    default = r'(?:\|\s*+default\(\s*+(?P<default>"(?:[^"\\]|\\.)*+")\s*+\)\s*+)?'
    return re.compile(rf"\{{\{{\s*+(?:>\s*+(?P<part>{_NAME})\s*+|(?P<name>{_NAME})\s*+{default})\}}\}}")


@cache
def _word() -> re.Pattern[str]:
    return re.compile(_NAME)


@attrs.frozen
class Template:
    """A template's text, and values for variables that nobody else gives."""

    text: str
    values: Mapping[str, Any] = attrs.field(factory=dict)


class Templates:
    """The templates of a configuration, by name; files are read when they are first needed.

    Args:
        loaded: the configuration.
    """

    def __init__(self, loaded: LoadedConfig) -> None:
        self._loaded = loaded
        self._read: dict[str, Template] = {}

    def names(self) -> list[str]:
        """The names of all templates, sorted."""
        return sorted(self._loaded.config.prompts)

    def get(self, name: str) -> Template:
        """The template of this name.

        Raises:
            UsageError: there is none (kind `not_found`).
            ConfigError: its file cannot be read, or lies outside the project that names it.
        """
        if name not in self._read:
            prompts = self._loaded.config.prompts
            if name not in prompts:
                hint = did_you_mean(name, self.names()) or f'write it in llmspell.toml: [prompts] {name} = "..."'
                raise UsageError(f"there is no template named {name!r}", kind="not_found", hint=hint)
            prompt = prompts[name]
            if isinstance(prompt, str):
                self._read[name] = Template(prompt)
            else:
                text = prompt.text if prompt.file is None else self._file(name, prompt.file)
                self._read[name] = Template(text or "", prompt.values)
        return self._read[name]

    def check(self, name: str) -> None:
        """Find out whether a template can be read, and all that it holds.

        Raises:
            UsageError: a template in it does not exist, or holds itself.
            ConfigError: a file cannot be read.
        """
        _Rendering(self).check(name, ())

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """What becomes of a template with these values.

        Args:
            template: the name of a template, if it is one word; else the text of one.
            values: by variable; what a named template says itself counts where there is none here.

        Raises:
            UsageError: a variable has no value, a template does not exist, or the result is too long.
            ConfigError: a template's file cannot be read.
        """
        if _word().fullmatch(template):
            return _Rendering(self).named(template, values, ())
        return _Rendering(self).text(Template(template), values, ())

    def _file(self, name: str, file: str) -> str:
        from llmspell.config.reader import read_text

        origin = self._loaded.origin(("prompts", name, "file"))
        folder = origin.folder or self._loaded.project
        path = folder / Path(file).expanduser()
        where = f"{origin}: `prompts.{name}`: {file}"
        if origin.layer.startswith("project") and not path.resolve().is_relative_to(folder.resolve()):
            raise ConfigError([f"{where} lies outside {str(folder)!r}, where a project's files must stay"])
        return read_text(path, where)


class _Rendering:
    """One rendering, with what it may still put in."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._parts = MOST_PARTS
        self._room = LONGEST

    def named(self, name: str, values: Mapping[str, Any], above: tuple[str, ...]) -> str:
        return self.text(self._enter(name, above), values, (*above, name))

    def check(self, name: str, above: tuple[str, ...]) -> None:
        for tag in _tags().finditer(self._enter(name, above).text):
            if tag["part"]:
                self.check(tag["part"], (*above, name))

    def _enter(self, name: str, above: tuple[str, ...]) -> Template:
        """The template of this name, if it may be put in below those `above`."""
        if name in above:
            chain = " holds ".join((*above[above.index(name) :], name))
            raise UsageError(f"the template {name!r} holds itself: {chain}")
        self._parts -= 1
        if len(above) >= DEEPEST or self._parts < 0:
            raise UsageError(f"the template {name!r} is one too many: {MOST_PARTS} in all, {DEEPEST} in a row")
        return self._templates.get(name)

    def text(self, template: Template, values: Mapping[str, Any], above: tuple[str, ...]) -> str:
        scope = {**template.values, **{key: value for key, value in values.items() if value is not None}}
        pieces: list[str] = []
        end = 0
        for tag in _tags().finditer(template.text):
            self._keep(pieces, template.text[end : tag.start()])
            if tag["part"]:
                pieces.append(self.named(tag["part"], scope, above))
            else:
                self._keep(pieces, _value(tag, scope, above))
            end = tag.end()
        self._keep(pieces, template.text[end:])
        return "".join(pieces)

    def _keep(self, pieces: list[str], text: str) -> None:
        self._room -= len(text)
        if self._room < 0:
            raise UsageError(f"the template gives more than {LONGEST} characters")
        pieces.append(text)


def _value(tag: re.Match[str], scope: Mapping[str, Any], above: tuple[str, ...]) -> str:
    """What stands in the place of a variable."""
    found: Any = scope
    for key in tag["name"].split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    if found is None:
        if tag["default"] is None:
            raise _missing(tag["name"], scope, above)
        return _default(tag["default"])
    if isinstance(found, str):
        return found
    if isinstance(found, float) and found.is_integer():
        found = int(found)  # JavaScript's numbers do not tell 1 from 1.0
    try:
        return json.dumps(found, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as cause:
        raise UsageError(f"{_place(above)}: {tag['name']!r} cannot be put into text: {cause}") from cause


def _default(quoted: str) -> str:
    try:
        text: str = json.loads(quoted, strict=False)
    except ValueError as cause:
        raise UsageError(f"default({quoted}) is not text: write \\\\ for a backslash") from cause
    return text


def _missing(name: str, scope: Mapping[str, Any], above: tuple[str, ...]) -> UsageError:
    near = did_you_mean(name, [str(key) for key in scope])
    return UsageError(
        f"{_place(above)}: the variable {name!r} has no value",
        hint=near if near.startswith("did") else f'give it one, or write {{{{{name} | default("...")}}}}',
    )


def _place(above: tuple[str, ...]) -> str:
    return f"the template {above[-1]!r}" if above else "the template"
