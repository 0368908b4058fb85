"""The layers of configuration and what becomes of them together.

Weakest first; each layer wins over those before it:

default              the schema
system               /etc/llmspell/config.toml
user                 `config.toml` in $LLMSPELL_CONFIG_HOME, $XDG_CONFIG_HOME/llmspell or ~/.config/llmspell
project              `llmspell.toml` in the working directory, or the nearest folder above it that has one
project environment  `llmspell.prod.toml` beside it, when LLMSPELL_ENV is `prod`
environment          `LLMSPELL_BUDGET__TOKENS=5000` is `budget.tokens`
command line         `--set budget.tokens=5000`

Tables merge key by key; everything else, lists included, replaces what stood below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import attrs

from llmspell.config.keypath import KeyPath, dotted
from llmspell.config.schema import Config

if TYPE_CHECKING:
    from llmspell.config.tool_files import ToolFile
    from llmspell.permissions.trust import Withheld

LayerName = Literal["default", "system", "user", "project", "project environment", "environment", "command line"]


@attrs.frozen
class Origin:
    """Who set a value: the layer, and the place in it (`llmspell.toml:3`, a variable, `--set run.model`).

    `folder` is where relative paths in the value begin; None where no file set it.
    """

    layer: LayerName
    where: str
    folder: Path | None = attrs.field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        return self.where


DEFAULT = Origin("default", "default")


@attrs.frozen
class Layer:
    """One source of settings; `places` says where in it a path was set, `name` is the whole of it.

    `folder` is that of its file; None where it is no file.
    """

    kind: LayerName
    data: dict[str, Any]
    places: Mapping[KeyPath, str]
    name: str
    folder: Path | None = None

    def origin(self, path: KeyPath) -> Origin:
        """Who set `path`, or the nearest table above it whose place is known."""
        above = (path[:end] for end in lengths(path))
        where = next((self.places[key] for key in above if key in self.places), self.name)
        return Origin(self.kind, where, self.folder)


@attrs.frozen
class LoadedConfig:
    """The configuration in force.

    Attributes:
        config: the values.
        origins: who set each value and table that is not a default, by dotted path.
        project: the folder of the project file, or the working directory where there is none; absolute.
        layers: what was read, weakest first: permissions add up over them, where other settings replace one another.
        withheld: settings of the project that were left out, because the user has not trusted it.
        digest: of the project's settings and tools, for `llmspell trust`; empty when it has none.
        tool_files: the Python files of its `tools/` folder, trusted or not.
    """

    config: Config = attrs.field(factory=Config)
    origins: Mapping[str, Origin] = attrs.field(factory=dict)
    project: Path = attrs.field(factory=Path.cwd)
    layers: tuple[Layer, ...] = attrs.field(default=(), repr=False)
    withheld: tuple[Withheld, ...] = ()
    digest: str = ""
    tool_files: tuple[ToolFile, ...] = attrs.field(default=(), repr=False)

    def origin(self, path: KeyPath) -> Origin:
        """Who set `path`, or the nearest table above it; `DEFAULT` when nobody did."""
        return nearest(self.origins, path)


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


def nested(path: KeyPath, value: Any) -> dict[str, Any]:
    """Tables inside one another that hold one value at `path`."""
    for key in reversed(path):
        value = {key: value}
    table: dict[str, Any] = value
    return table


def walk(data: Mapping[str, Any], path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every table and every value in nested tables, with its path; lists are values."""
    for key, value in data.items():
        yield (*path, key), value
        if isinstance(value, Mapping):
            yield from walk(value, (*path, key))


def nearest(origins: Mapping[str, Origin], path: KeyPath) -> Origin:
    """Who set `path`, or the nearest table above it; `DEFAULT` when nobody did."""
    above = (dotted(path[:end]) for end in lengths(path))
    return next((origins[key] for key in above if key in origins), DEFAULT)


def lengths(path: KeyPath) -> range:
    """How long `path` and the paths of the tables above it are, itself first."""
    return range(len(path), 0, -1)
