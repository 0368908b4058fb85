"""Which projects' configuration may widen what spells may do.

A project's configuration comes with the project: until its user trusts it, it may ask for less but not for more. The
settings that `_GUARDED` names are left out of it, and a notice lists them with the command that changes this. That is
safe, because what is left out only grants: a spell that needs it is denied where it uses it, with a hint of its own.
One thing is an error instead, when a run depends on it: a profile that only the project defines. Another in its place
could be weaker than what was meant.

The Python files of its `tools/` folder are code, which could do anything: none is imported before.

Trust is given to the content of the settings, and to the text of those files and of the OpenAPI documents that the
settings name, per folder: another value, and it must be given again; a comment among the settings changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import ConfigError
from llmspell.permissions.profiles import PROFILES
from llmspell.permissions.store import Store, state_folder

if TYPE_CHECKING:
    from llmspell.config.layers import Layer
    from llmspell.config.tool_files import ToolFile

FILE = "trust.json"
_MOST_KEPT = 8
_LARGEST_DOCUMENT = 16 << 20
HINT = "read the file, then type: llmspell trust"

_Path = tuple[str, ...]
_Table = Mapping[str, Any]
_Decide = Callable[[_Path, Any, _Table], bool]
_LEVELS = list(PROFILES)
_REACHING = re.compile(
    "(?:^|[^a-z0-9])(?:allow|allowed|args|argv|auth|base|cert|commands?|cmd|credentials?|directory|endpoint|env|environment|exec|"
    "executable|files?|folder|headers?|hosts?|keys?|module|password|paths?|port|program|proxy|secrets?|server|shell|"
    "socket|ssl|tls|tokens?|trust|unsafe|uri|urls?|verify)(?:$|[^a-z0-9])"
)
"""Words of a component's settings that decide whom it talks to, what it runs, or whose key it uses."""


@attrs.frozen
class Withheld:
    """A setting or a tool's file of a project that is not trusted: its path, and where it stands."""

    path: _Path
    where: str

    @property
    def key(self) -> str:
        """The path as TOML writes it."""
        from llmspell.config.keypath import dotted

        return dotted(self.path)


class Trust:
    """The projects that the user trusts.

    Args:
        store: where that is kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Trust:
        """The projects that the user of this environment trusts."""
        return cls(Store(state_folder(environ) / FILE))

    def holds(self, project: Path, digest: str) -> bool:
        """Whether the project's configuration is trusted as it is now."""
        return digest in self._digests(self._store.read(), project)

    def add(self, project: Path, digest: str) -> None:
        """Trust a project's configuration as it is now; what the same files said before is not trusted any more."""
        files = digest.partition(":")[0]

        def alter(entries: dict[str, Any]) -> None:
            others = [each for each in self._digests(entries, project) if not str(each).startswith(f"{files}:")]
            since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            entries[str(project.resolve())] = {"digests": [*others[-_MOST_KEPT:], digest], "since": since}

        self._store.change(alter)

    def remove(self, project: Path) -> bool:
        """Trust a project no more; whether it was trusted."""
        gone: list[Any] = []
        self._store.change(lambda entries: gone.append(entries.pop(str(project.resolve()), None)))
        return gone != [None]

    def projects(self) -> dict[str, str]:
        """The folders that are trusted, and since when (ISO 8601, UTC)."""
        return {folder: str(_entry(entry).get("since", "")) for folder, entry in sorted(self._store.read().items())}

    def _digests(self, entries: Mapping[str, Any], project: Path) -> Sequence[str]:
        digests = _entry(entries.get(str(project.resolve()), {})).get("digests", [])
        if not isinstance(digests, list):
            raise ConfigError([f"the trust of {str(project)!r} is damaged"], hint=f"type: llmspell trust {project}")
        return digests


def guard(
    layers: Sequence[Layer], project: Path, environ: Mapping[str, str], tool_files: Sequence[ToolFile] = ()
) -> tuple[tuple[Layer, ...], tuple[Withheld, ...], str]:
    """The layers without what a project that is not trusted may not say, that, and what trusting it would bind to.

    Args:
        layers: weakest first; those whose kind begins with `project` come with the project.
        project: the project's folder.
        environ: the environment variables, which say where the user's state is.
        tool_files: the Python files of its `tools/` folder.

    Raises:
        ConfigError: what the user trusts cannot be read.
    """
    own = [layer for layer in layers if layer.kind.startswith("project")]
    digest = _digest(own, tool_files)
    below: dict[str, Any] = {}
    kept: list[Layer] = []
    withheld: list[Withheld] = []
    for layer in layers:
        if layer in own:
            data, left_out = _without(layer, below)
            withheld += left_out
            layer = attrs.evolve(layer, data=data)  # noqa: PLW2901 the layer as it is from here on
        kept.append(layer)
        below = _merged(below, layer.data)
    withheld += [Withheld(tool_path(file), file.name) for file in tool_files]
    if not withheld or Trust.of(environ).holds(project, digest):
        return tuple(layers), (), digest
    return tuple(kept), tuple(withheld), digest


def tool_path(file: ToolFile) -> tuple[str, str]:
    """What `Withheld.path` says of a tool's file."""
    return "tools", file.path.name


def _digest(layers: Sequence[Layer], tool_files: Sequence[ToolFile]) -> str:
    """What the layers and the tools say, after which files those are: another environment has other files."""
    files = [[layer.kind, PurePath(layer.name).name] for layer in layers]
    said: list[Any] = [layer.data for layer in layers]
    said += [found for layer in layers if (found := _documents(layer))]
    if tool_files:
        said.append([[file.name, file.problem, hashlib.sha256(file.content).hexdigest()] for file in tool_files])
    return ":".join(map(_hash, (files, said)))


def _documents(layer: Layer) -> dict[str, str]:
    """What is in the OpenAPI documents that a layer names: they say where keys are sent."""
    from llmspell.config.reader import read_bytes

    found = {}
    for name, table in _table(layer.data, "openapi").items():
        document = table.get("document") if isinstance(table, Mapping) else None
        if isinstance(document, str) and layer.folder is not None:
            try:
                content = read_bytes(layer.folder / document, document, _LARGEST_DOCUMENT)
            except (ConfigError, ValueError) as error:  # whoever uses it is told
                content = str(error).encode("utf-8", "replace")
            found[name] = hashlib.sha256(content).hexdigest()
    return found


def _hash(data: Any) -> str:
    content = json.dumps(data, sort_keys=True, default=repr)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _entry(entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping):
        raise ConfigError(["the file of trusted projects is damaged"], hint="type: llmspell trust --list")
    return entry


def _merged(lower: _Table, upper: _Table) -> dict[str, Any]:
    from llmspell.config.layers import merge_tables

    return merge_tables(lower, upper)


def _without(layer: Layer, below: _Table) -> tuple[dict[str, Any], list[Withheld]]:
    """A layer's data without its guarded settings, and those settings."""
    withheld: list[Withheld] = []

    def kept(table: _Table, path: _Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in table.items():
            here = (*path, key)
            if any(_fits(pattern, here) and decide(here, value, below) for pattern, decide in _GUARDED):
                withheld.append(Withheld(here, layer.origin(here).where))
            elif isinstance(value, Mapping):
                found[key] = kept(value, here)
            else:
                found[key] = value
        return found

    return kept(layer.data, ()), withheld


def _fits(pattern: _Path, path: _Path) -> bool:
    return len(pattern) == len(path) and all(part in ("*", key) for part, key in zip(pattern, path, strict=True))


def _always(_path: _Path, _value: Any, _below: _Table) -> bool:
    return True


def _widens(path: _Path, _value: Any, _below: _Table) -> bool:
    return path[-1] != "deny"  # to deny more is anybody's right


def _weakens(_path: _Path, value: Any, below: _Table) -> bool:
    """Whether a profile may be weaker than the user's; one that nobody else defines is found missing later."""
    profiles = _table(below, "profile")
    user = _table(below, "run").get("profile", "medium")
    if value in (user, "high") or (value not in PROFILES and value not in profiles):
        return False
    level = user
    for _ in range(len(profiles) + 1):
        level = level if level in PROFILES else _table(profiles, level).get("extends", "medium")
    return value not in PROFILES or level not in PROFILES or _LEVELS.index(value) <= _LEVELS.index(level)


def _drops_hooks(_path: _Path, value: Any, below: _Table) -> bool:
    """Whether a hook that the user switched on would be off: it may be a guard."""
    enabled = _table(below, "hooks").get("enabled", ())
    return not isinstance(value, list | tuple) or not set(enabled) <= {each for each in value if isinstance(each, str)}


def _reaches_hook(path: _Path, value: Any, below: _Table) -> bool:
    """Whether a hook's setting is such, or belongs to a hook of the user's, which may be a guard."""
    return path[1] in _table(below, "hooks").get("enabled", ()) or _reaches(path, value, below)


def _redefines(path: _Path, _value: Any, below: _Table) -> bool:
    """Whether a toolset is one of the user's: its approvals and limits are the user's rules."""
    return path[1] in _table(below, "toolset")


def _hides_from_hooks(_path: _Path, _value: Any, below: _Table) -> bool:
    """Whether tools would have names that the hooks which the user switched on do not know."""
    return bool(_table(below, "hooks").get("enabled", ()))


def _leaves_project(_path: _Path, value: Any, _below: _Table) -> bool:
    folders = value if isinstance(value, list | tuple) else [value]
    return any(
        not isinstance(each, str) or PurePath(each).is_absolute() or ".." in PurePath(each).parts for each in folders
    )


def _reaches(path: _Path, value: Any, _below: _Table) -> bool:
    """Whether a component's setting, or one inside it, decides whom it talks to, what it runs or whose key it uses."""
    if _REACHING.search(str(path[-1]).lower()):
        return True
    if isinstance(value, Mapping):
        return any(_reaches((*path, str(key)), inner, {}) for key, inner in value.items())
    return isinstance(value, list | tuple) and any(
        _reaches(path, inner, {}) for inner in value if isinstance(inner, Mapping)
    )


def _table(data: _Table, key: str) -> _Table:
    found = data.get(key, {})
    return found if isinstance(found, Mapping) else {}


_GUARDED: tuple[tuple[_Path, _Decide], ...] = (
    (("permissions", "*"), _widens),
    (("spell", "*", "permissions", "*"), _widens),
    (("profile", "*"), _always),
    (("run", "profile"), _weakens),
    (("sandbox", "*"), _always),
    (("hooks", "enabled"), _drops_hooks),
    (("modules", "paths"), _leaves_project),
    (("hook", "*", "*"), _reaches_hook),
    (("toolset", "*"), _redefines),
    (("toolset", "*", "rename"), _hides_from_hooks),
    (("toolset", "*", "prefix"), _hides_from_hooks),
    (("openapi", "*"), _always),
    *(((kind, "*", "*"), _reaches) for kind in ("provider", "tool", "agent", "store")),
)
"""What a project that is not trusted may not say, and whether a value at that path is such."""
