"""From files, variables and words to the configuration in force."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.config.keypath import dotted
from llmspell.config.layers import Layer, LoadedConfig, Origin, merge, nearest
from llmspell.config.schema import RESERVED, Config
from llmspell.config.sources import (
    OWN,
    PROJECT,
    Reading,
    environment_name,
    project_folder,
    system_folder,
    user_folder,
)
from llmspell.config.tool_files import ToolFile, read_tool_files
from llmspell.config.variables import command_line_layer, environment_layer
from llmspell.errors import ConfigError

if TYPE_CHECKING:
    from llmspell.config.structure import Problem
    from llmspell.permissions.trust import Withheld


@attrs.frozen
class Attempt:
    """What came of loading.

    Attributes:
        loaded: the configuration, without the sections in which something is wrong.
        problems: what is wrong, one sentence each.
        files: every file that has a say, and those that would have one if they existed.
    """

    loaded: LoadedConfig
    problems: tuple[str, ...]
    files: tuple[Path, ...]


def load(
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    sets: Sequence[str] = (),
    *,
    trusted: bool = False,
) -> LoadedConfig:
    """The configuration for a run that starts in `cwd`.

    Args:
        cwd: the working directory, absolute; None means the process's own.
        environ: the environment variables; None means the process's own.
        sets: what was given to `--set`, each `dotted.key=value`.
        trusted: take all that the project says, as an embedder may whose own project it is; else what may widen
            permissions counts only if the user has trusted the project (see `llmspell.permissions.trust`).

    Raises:
        ConfigError: something in any layer is wrong; it lists every problem of every layer.
    """
    tried = attempt(cwd, environ, sets, trusted=trusted)
    if tried.problems:
        raise ConfigError(tried.problems)
    return tried.loaded


def attempt(
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    sets: Sequence[str] = (),
    *,
    trusted: bool = False,
    instead: Mapping[Path, str] | None = None,
    system: Path | None = None,
) -> Attempt:
    """As `load`, but what is wrong is in the answer.

    Args:
        cwd: as `load`.
        environ: as `load`.
        sets: as `load`.
        trusted: as `load`.
        instead: texts to take in place of what is in files, by absolute path.
        system: the folder of the system's configuration; None means the usual one.
    """
    cwd = cwd or Path.cwd()
    environ = os.environ if environ is None else environ
    reading = Reading(cwd, instead or {})
    project = _read_files(reading, cwd, environ, system)
    layers, problems = reading.layers, reading.problems
    for layer, found in (environment_layer(environ), command_line_layer(sets)):
        layers.append(layer)
        problems += found
    tool_files = read_tool_files(project)
    guarded: tuple[tuple[Layer, ...], tuple[Withheld, ...], str] = (tuple(layers), (), "")
    if not trusted:
        try:
            guarded = _guarded(layers, project, environ, tool_files)
        except ConfigError as error:  # what is trusted is not known, so nothing of the project's is taken
            problems += error.problems
            guarded = (tuple(layer for layer in layers if not layer.kind.startswith("project")), (), "")
            tool_files = ()
    data, origins = merge(guarded[0])
    config = _structured(data, origins, problems)
    return Attempt(LoadedConfig(config, origins, project, *guarded, tool_files), tuple(problems), tuple(reading.files))


def _read_files(reading: Reading, cwd: Path, environ: Mapping[str, str], system: Path | None) -> Path:
    """Read the files of every layer; the project's folder."""
    reading.folder("system", system or system_folder(environ), OWN)
    reading.folder("user", user_folder(environ), OWN)
    try:
        environment = environment_name(environ)
    except ConfigError as error:
        reading.problems += error.problems
        environment = ""
    found = project_folder(cwd, environment)
    project = found or cwd
    # A project file that turns up nearer than the one in force takes its place.
    for folder in (cwd, *cwd.parents):
        if folder == project:
            break
        reading.files += [folder / f"{PROJECT}.toml"]
    reading.folder("project", project, PROJECT)
    if environment and not reading.folder("project environment", project, f"{PROJECT}.{environment}"):
        reading.problems.append(
            f"LLMSPELL_ENV: is {environment!r}, but there is no {PROJECT}.{environment}.toml in {str(project)!r}"
        )
    return project


def _guarded(
    layers: Sequence[Layer], project: Path, environ: Mapping[str, str], tool_files: Sequence[ToolFile]
) -> tuple[tuple[Layer, ...], tuple[Withheld, ...], str]:
    """The layers without what a project that the user does not trust may not say, that, and the project's digest."""
    if not tool_files and not any(layer.kind.startswith("project") for layer in layers):
        return tuple(layers), (), ""
    from llmspell.permissions.trust import guard

    return guard(layers, project, environ, tool_files)


def _structured(data: dict[str, Any], origins: Mapping[str, Origin], problems: list[str]) -> Config:
    """The values as classes; what does not fit is told in `problems` and left out, with its section."""
    for name in [name for name in RESERVED if name in data]:
        del data[name]
        where = nearest(origins, (name,)).where
        problems.append(f"{where}: `{name}` is reserved for {RESERVED[name]}, which this version does not do yet")
    if not data:
        return Config()
    from llmspell.config.structure import Misfit, fit, sentences

    found = fit(data, Config)
    if not isinstance(found, Misfit):
        return found
    misfit = Misfit(tuple(_reworded(found.problems)))
    problems += sentences(misfit, origin=lambda path: nearest(origins, path).where)
    wrong = {problem.path[0] for problem in found.problems if problem.path}
    rest = fit({name: table for name, table in data.items() if name not in wrong}, Config)
    return Config() if isinstance(rest, Misfit) else rest


def _reworded(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The problems; those of keys that had another name once say so."""
    from llmspell.config.migrate import renamed

    for problem in problems:
        new = renamed(problem.path) if problem.known else None
        if new is None:
            yield problem
        else:
            words = f"is called `{dotted(new)}` now; type: llmspell config migrate"
            yield attrs.evolve(problem, message=words, known=None)
