"""Where configuration comes from, weakest first; each layer wins over those before it.

default         the schema
user            `config.toml` in $LLMSPELL_CONFIG_HOME, $XDG_CONFIG_HOME/llmspell or ~/.config/llmspell
project         `llmspell.toml` in the working directory, or the nearest folder above it that has one
environment     `LLMSPELL_BUDGET__TOKENS=5000` is `budget.tokens`
command line    `--set budget.tokens=5000`

Tables merge key by key; everything else, lists included, replaces what stood below.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import attrs

from llmspell.config.keypath import KeyPath, dotted, split
from llmspell.config.reader import parse, read
from llmspell.config.schema import Config
from llmspell.errors import ConfigError, near_names

LayerName = Literal["default", "user", "project", "environment", "command line"]

PROJECT_FILE = "llmspell.toml"
USER_FILE = "config.toml"
PREFIX = "LLMSPELL_"
RESERVED = frozenset({"LLMSPELL_BLOCK", "LLMSPELL_CONFIG_HOME"})
"""Variables with the prefix that are no configuration."""


@attrs.frozen
class Origin:
    """Who set a value: the layer, and the place in it (`llmspell.toml:3`, a variable, `--set run.model`)."""

    layer: LayerName
    where: str

    def __str__(self) -> str:
        return self.where


DEFAULT = Origin("default", "default")


@attrs.frozen
class Layer:
    """One source of settings; `places` says where in it a path was set, `name` is the whole of it."""

    kind: LayerName
    data: dict[str, Any]
    places: Mapping[KeyPath, str]
    name: str

    def origin(self, path: KeyPath) -> Origin:
        """Who set `path`, or the nearest table above it whose place is known."""
        above = (path[:end] for end in _lengths(path))
        return Origin(self.kind, next((self.places[key] for key in above if key in self.places), self.name))


@attrs.frozen
class LoadedConfig:
    """The configuration in force.

    Attributes:
        config: the values.
        origins: who set each value and table that is not a default, by dotted path.
        project: the folder of the project file, or the working directory where there is none; absolute.
    """

    config: Config = attrs.field(factory=Config)
    origins: Mapping[str, Origin] = attrs.field(factory=dict)
    project: Path = attrs.field(factory=Path.cwd)

    def origin(self, path: KeyPath) -> Origin:
        """Who set `path`, or the nearest table above it; `DEFAULT` when nobody did."""
        return _nearest(self.origins, path)


def load(cwd: Path | None = None, environ: Mapping[str, str] | None = None, sets: Sequence[str] = ()) -> LoadedConfig:
    """The configuration for a run that starts in `cwd`.

    Args:
        cwd: the working directory, absolute; None means the process's own.
        environ: the environment variables; None means the process's own.
        sets: what was given to `--set`, each `dotted.key=value`.

    Raises:
        ConfigError: something in any layer is wrong; it lists every problem of every layer.
    """
    cwd = cwd or Path.cwd()
    environ = os.environ if environ is None else environ
    project_file = _project_file(cwd)
    layers, problems = _layers(cwd, environ, sets, project_file)
    data, origins = merge(layers)
    config = Config()
    if data:
        from llmspell.config.structure import Misfit, fit, sentences

        found = fit(data, Config)
        if isinstance(found, Misfit):
            problems += sentences(found, origin=lambda path: _nearest(origins, path).where)
        else:
            config = found
    if problems:
        raise ConfigError(problems)
    return LoadedConfig(config, origins, project_file.parent if project_file else cwd)


def merge(layers: Sequence[Layer]) -> tuple[dict[str, Any], dict[str, Origin]]:
    """The values of all layers, weakest first, and who set each value and table."""
    data: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for layer in layers:
        data = merge_tables(data, layer.data)
        origins |= {dotted(path): layer.origin(path) for path, _ in walk(layer.data)}
    kept = {dotted(path) for path, _ in walk(data)}
    return data, {path: origin for path, origin in origins.items() if path in kept}


def merge_tables(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """`lower` with the settings of `upper` laid over it; neither is changed."""
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        merged[key] = merge_tables(below, value) if both else value  # type: ignore[arg-type]  # both are tables
    return merged


def walk(data: Mapping[str, Any], path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every table and every value in nested tables, with its path; lists are values."""
    for key, value in data.items():
        yield (*path, key), value
        if isinstance(value, Mapping):
            yield from walk(value, (*path, key))


def user_folder(environ: Mapping[str, str]) -> Path:
    """The folder of the user's configuration, which need not exist."""
    if own := environ.get("LLMSPELL_CONFIG_HOME"):
        return Path(own).absolute()
    xdg = Path(environ.get("XDG_CONFIG_HOME", ""))
    if xdg.is_absolute():  # the XDG specification says to pass over a relative one
        return xdg / "llmspell"
    return Path(environ.get("HOME") or Path.home()) / ".config" / "llmspell"


def _nearest(origins: Mapping[str, Origin], path: KeyPath) -> Origin:
    above = (dotted(path[:end]) for end in _lengths(path))
    return next((origins[key] for key in above if key in origins), DEFAULT)


def _lengths(path: KeyPath) -> range:
    """How long `path` and the paths of the tables above it are, itself first."""
    return range(len(path), 0, -1)


def _project_file(cwd: Path) -> Path | None:
    # A dangling link counts: the reader says what is wrong with it, where skipping it would be silent.
    candidates = (folder / PROJECT_FILE for folder in (cwd, *cwd.parents))
    return next((path for path in candidates if os.path.lexists(path)), None)


def _layers(
    cwd: Path, environ: Mapping[str, str], sets: Sequence[str], project_file: Path | None
) -> tuple[list[Layer], list[str]]:
    """The layers that can be read, weakest first, and the problems of the others."""
    user_file = user_folder(environ) / USER_FILE
    layers: list[Layer] = []
    problems: list[str] = []
    files: list[tuple[LayerName, Path | None]] = [
        ("user", user_file if os.path.lexists(user_file) else None),
        ("project", project_file),
    ]
    for kind, path in files:
        if path is None:
            continue
        try:
            layers.append(_file_layer(kind, path, cwd))
        except ConfigError as error:
            problems += error.problems
    for layer, found in (_environment_layer(environ), _command_line_layer(sets)):
        layers.append(layer)
        problems += found
    return layers, problems


def _file_layer(kind: LayerName, path: Path, cwd: Path) -> Layer:
    name = str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)
    document = read(path, name)
    places = {key: f"{name}:{line}" for key, line in document.lines.items()}
    return Layer(kind, document.data, places, name)


def _environment_layer(environ: Mapping[str, str]) -> tuple[Layer, list[str]]:
    data: dict[str, Any] = {}
    places: dict[KeyPath, str] = {}
    problems: list[str] = []
    for name in sorted(name for name in environ if name.startswith(PREFIX) and name not in RESERVED):
        path = tuple(name.removeprefix(PREFIX).lower().split("__"))
        if problem := _unknown_variable(name, path):
            problems.append(problem)
            continue
        data = merge_tables(data, _nested(path, _value(environ[name])))
        places |= {path[:end]: name for end in _lengths(path)}
    return Layer("environment", data, places, "the environment"), problems


def _unknown_variable(name: str, path: tuple[str, ...]) -> str:
    """What is wrong with a variable's name, and what it may have meant; empty when it is right."""
    sections = [field.name for field in attrs.fields(Config)]
    if "" in path:
        return f"{name}: is not a setting; write {PREFIX}SECTION__KEY"
    if path[0] in sections:
        return ""
    reserved = [variable.removeprefix(PREFIX).lower() for variable in sorted(RESERVED)]
    near = near_names(path[0], [*sections, *reserved])
    corrected = "__".join((near[0], *path[1:])).upper() if near else ""
    hint = f"did you mean {PREFIX}{corrected}?" if near else f"known sections: {', '.join(sections)}"
    return f"{name}: no section of the configuration is called {path[0]!r}; {hint}"


def _command_line_layer(sets: Sequence[str]) -> tuple[Layer, list[str]]:
    data: dict[str, Any] = {}
    places: dict[KeyPath, str] = {}
    problems: list[str] = []
    for text in sets:
        key, equals, value = text.partition("=")
        try:
            path = split(key)
        except ValueError:
            equals = ""
        if not equals:
            problems.append(f"--set {key}: is not a setting; write --set section.key=value")
            continue
        data = merge_tables(data, _nested(path, _value(value)))
        places |= {path[:end]: f"--set {key}" for end in _lengths(path)}
    return Layer("command line", data, places, "--set"), problems


def _nested(path: KeyPath, value: Any) -> dict[str, Any]:
    for key in reversed(path):
        value = {key: value}
    table: dict[str, Any] = value
    return table


def _value(text: str) -> Any:
    """`text` as a TOML value where it is one (`5`, `true`, `["a"]`, `"5"`), else as a string."""
    try:
        data = parse(f"value = {text}", "").data
    except ConfigError:
        return text
    return data["value"] if data.keys() == {"value"} else text
