"""Workflows as JSON and YAML: what is written is what was read, for everything that is data.

A workflow is a table with its `type` and the keys of that type; one inside a step is the same under `workflow`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import attrs

from llmspell.config.document import Document
from llmspell.config.formats import json as json_format
from llmspell.config.formats import yaml as yaml_format
from llmspell.config.keypath import KeyPath, dotted
from llmspell.config.structure import Misfit, Problem, fit
from llmspell.errors import ConfigError, UsageError, did_you_mean
from llmspell.workflow.definition import TYPES, Definition, Flow
from llmspell.workflow.yaml_text import yaml_text

Format = Literal["json", "yaml"]

LARGEST = 1 << 18
"""Characters of a workflow's text."""


def load(text: str, *, name: str = "the workflow") -> Definition:
    """The workflow that a text in JSON or YAML describes; a text that begins with a brace is JSON.

    Args:
        text: one workflow.
        name: what errors call the text, such as a file's name.

    Raises:
        UsageError: it is neither, is too long, has unknown keys, or values that do not fit; each with its line.
    """
    if len(text) > LARGEST:
        raise UsageError(f"{name} has {len(text)} characters, and at most {LARGEST} are read")
    try:
        document = (json_format if text.lstrip().startswith("{") else yaml_format).parse(text, name)
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from error
    return _Reader(document, name).flow(document.data, ())


def from_data(data: Mapping[str, Any], *, name: str = "the workflow") -> Definition:
    """The same of plain data.

    Raises:
        UsageError: as for `load`, without lines.
    """
    return _Reader(Document(dict(data), {}), name).flow(data, ())


def dump(definition: Definition, form: Format = "yaml") -> str:
    """The workflow as text.

    Raises:
        UsageError: it holds a function, an agent or a tool, or values that JSON does not have.
    """
    data = to_data(definition)
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    except (TypeError, ValueError) as cause:
        raise UsageError(f"the workflow {definition.name!r} cannot be written as data: {cause}") from cause
    return text if form == "json" else yaml_text(data)


def to_data(definition: Definition) -> dict[str, Any]:
    """The workflow as plain data, without what is as it would be anyway.

    Raises:
        UsageError: as for `dump`.
    """
    return {"type": definition.type, **_fields(definition, f"the workflow {definition.name!r}")}


def _fields(value: Any, where: str) -> dict[str, Any]:
    found = {}
    for field in attrs.fields(type(value)):
        item = getattr(value, field.name)
        default: Any = field.default  # a value, or what makes one
        if item != (default.factory() if hasattr(default, "factory") else default):
            found[field.name] = _plain(item, field.name, where)
    return found


def _plain(value: Any, key: str, where: str) -> Any:
    if isinstance(value, Definition):
        return to_data(value)
    if attrs.has(type(value)):
        name = getattr(value, "name", "")
        return _fields(value, f"step {name!r}" if name else where)
    if isinstance(value, Mapping):
        return {name: _plain(item, key, where) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, key, where) for item in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if callable(value):
        raise UsageError(
            f"{where} cannot be written as data: its {key} is a function",
            hint="use a tool, an agent or a comparison instead, or build the workflow in the spell",
        )
    raise UsageError(
        f"{where} cannot be written as data: its {key} is {type(value).__name__}, and not a name",
        hint=f"give the name of the {key}, or what it is made of",
    )


class _Reader:
    """Reads one document."""

    def __init__(self, document: Document, name: str) -> None:
        self._document = document
        self._name = name

    def flow(self, data: Any, path: KeyPath) -> Definition:
        """The workflow that stands at `path`."""
        if not isinstance(data, Mapping):
            raise self._wrong(path, "must be a workflow, a table with a type")
        kind = data.get("type", "sequential")
        if not isinstance(kind, str) or kind not in TYPES:
            raise self._wrong(
                (*path, "type"), f"is no type of workflow: {kind!r}", did_you_mean(str(kind), list(TYPES))
            )
        given = {key: item for key, item in data.items() if key != "type"}
        return self._fitted(self._with_inner(given, path), TYPES[kind], path)

    def _fitted(self, data: Any, cls: type[Flow], path: KeyPath) -> Flow:
        found = fit(data, cls)
        if isinstance(found, Misfit):
            raise self._misfit(found.problems[0], path)
        return found

    def _with_inner(self, data: Any, path: KeyPath) -> Any:
        """The same data, with the workflows that stand in its steps read already."""
        found = dict(data)
        for key in ("steps", "otherwise"):
            if isinstance(found.get(key), list):
                found[key] = [self._step(step, (*path, key, at)) for at, step in enumerate(found[key])]
        if isinstance(found.get("branches"), list):
            found["branches"] = [
                self._with_inner(branch, (*path, "branches", at)) if isinstance(branch, Mapping) else branch
                for at, branch in enumerate(found["branches"])
            ]
        return found

    def _step(self, step: Any, path: KeyPath) -> Any:
        if not isinstance(step, Mapping):
            return step
        found = dict(step)
        if isinstance(found.get("workflow"), Mapping):
            found["workflow"] = self.flow(found["workflow"], (*path, "workflow"))
        if isinstance(found.get("fallback"), Mapping):
            found["fallback"] = self._step(found["fallback"], (*path, "fallback"))
        return found

    def _misfit(self, problem: Problem, path: KeyPath) -> UsageError:
        kind = "unknown_option" if problem.known is not None else None
        return self._wrong((*path, *problem.path), problem.message, problem.hint, kind)

    def _wrong(self, path: KeyPath, message: str, hint: str = "", kind: str | None = None) -> UsageError:
        line = next((self._document.lines[up] for up in _upwards(path) if up in self._document.lines), 0)
        where = f"{self._name}:{line}" if line else self._name
        shown = f"`{dotted(path)}` " if path else ""
        return UsageError(f"{where}: {shown}{message}", kind=kind, hint=hint)


def _upwards(path: KeyPath) -> list[KeyPath]:
    """The path, and those of all that it stands in, the innermost first."""
    return [path[:length] for length in range(len(path), 0, -1)]
