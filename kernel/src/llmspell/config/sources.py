"""The files that configuration comes from, and those that they include.

`include = ["more.toml"]` stands at the top of a file. What it names is read first, in order, and the file itself wins
over all of it. Paths are relative to the file; what a project's file includes lies inside its folder, because a
project is somebody else's until the user has looked at it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmspell.config.formats import SUFFIXES, format_of
from llmspell.config.layers import Layer, LayerName
from llmspell.config.schema import VERSION
from llmspell.errors import ConfigError

if TYPE_CHECKING:
    from llmspell.config.document import Document

PROJECT = "llmspell"
"""A project's file, without its ending; `llmspell.<name>` is the one for an environment."""

OWN = "config"
"""The user's file and the system's, without their endings."""

MOST_FILES = 32
"""How many files one file may include, those that they include counted too."""

DEEPEST_INCLUDE = 8
"""How many files may include one another in a row."""

_ENVIRONMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def system_folder(environ: Mapping[str, str]) -> Path:
    """The folder of the system's configuration, which need not exist."""
    if os.name == "nt":
        return Path(environ.get("PROGRAMDATA", "C:/ProgramData")) / "llmspell"
    return Path("/etc/llmspell")


def user_folder(environ: Mapping[str, str]) -> Path:
    """The folder of the user's configuration, which need not exist."""
    if own := environ.get("LLMSPELL_CONFIG_HOME"):
        return Path(own).absolute()
    xdg = Path(environ.get("XDG_CONFIG_HOME", ""))
    if xdg.is_absolute():  # the XDG specification says to pass over a relative one
        return xdg / "llmspell"
    return Path(environ.get("HOME") or Path.home()) / ".config" / "llmspell"


def candidates(folder: Path, stem: str) -> list[Path]:
    """The paths that a configuration file in a folder may have, whether they exist or not."""
    return [folder / f"{stem}{suffix}" for suffix in SUFFIXES]


def existing(folder: Path, stem: str) -> list[Path]:
    """The configuration files of that name in a folder: more than one is a problem."""
    # A dangling link counts: the reader says what is wrong with it, where skipping it would be silent.
    return [path for path in candidates(folder, stem) if os.path.lexists(path)]


def project_folder(cwd: Path, environment: str = "") -> Path | None:
    """The nearest folder, from `cwd` upwards, with a project's file, or one for the environment."""
    stems = [PROJECT, f"{PROJECT}.{environment}"] if environment else [PROJECT]
    folders = (cwd, *cwd.parents)
    return next((folder for folder in folders if any(existing(folder, stem) for stem in stems)), None)


def environment_name(environ: Mapping[str, str]) -> str:
    """What LLMSPELL_ENV says; empty when it is not set.

    Raises:
        ConfigError: it is no plain word, and would lead to another folder.
    """
    name = environ.get("LLMSPELL_ENV", "")
    if name and not _ENVIRONMENT.fullmatch(name):
        raise ConfigError([f"LLMSPELL_ENV: must be a word of letters, digits, - and _, found {name!r}"])
    return name


class Reading:
    """Reads files as layers, and collects what is wrong with them and which files have a say.

    Args:
        cwd: files inside it are named relative to it.
        instead: texts to take in place of what is in files, for trying out a change.
    """

    def __init__(self, cwd: Path, instead: Mapping[Path, str]) -> None:
        self._cwd = cwd
        self._instead = instead
        self._included = 0
        self.layers: list[Layer] = []
        self.problems: list[str] = []
        self.files: list[Path] = []

    def folder(self, kind: LayerName, folder: Path, stem: str) -> bool:
        """Read the file of that name in a folder, if there is one; whether there is."""
        paths = candidates(folder, stem)
        self.files += paths
        found = [path for path in paths if path in self._instead or os.path.lexists(path)]
        if len(found) > 1:
            listed = " and ".join(self.name(path) for path in found)
            self.problems.append(f"{listed} lie side by side: keep one of them, since neither wins over the other")
        elif found:
            self._included = 0
            self._read(kind, (found[0],))
        return bool(found)

    def name(self, path: Path) -> str:
        """What messages call a file."""
        return str(path.relative_to(self._cwd)) if path.is_relative_to(self._cwd) else str(path)

    def _read(self, kind: LayerName, chain: tuple[Path, ...]) -> None:
        """Read the last file of a chain of files that include one another."""
        path = chain[-1]
        name = self.name(path)
        try:
            document = self._document(path, name)
        except ConfigError as error:
            self.problems += [*error.problems, *([error.hint] if error.hint else [])]
            return
        data = dict(document.data)
        if problem := _version_problem(data.pop("config_version", VERSION), name, document):
            self.problems.append(problem)
            return
        where = f"{name}:{document.lines.get(('include',), 1)}: `include`"
        self._include(kind, data.pop("include", []), where, chain)
        places = {key: f"{name}:{line}" for key, line in document.lines.items()}
        self.layers.append(Layer(kind, data, places, name, path.parent))

    def _document(self, path: Path, name: str) -> Document:
        from llmspell.config.reader import read_text

        text = self._instead[path] if path in self._instead else read_text(path, name)
        return format_of(path).parse(text, name)

    def _include(self, kind: LayerName, listed: Any, where: str, chain: tuple[Path, ...]) -> None:
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            self.problems.append(f"{where} must be a list of file names")
            return
        for word in listed:
            included = Path(os.path.normpath(chain[-1].parent / Path(word).expanduser()))
            if problem := self._refused(kind, included, chain):
                self.problems.append(f"{where}: {problem}")
                return
            self._included += 1
            self.files.append(included)
            self._read(kind, (*chain, included))

    def _refused(self, kind: LayerName, included: Path, chain: tuple[Path, ...]) -> str:
        """Why a file may not be included; empty when it may."""
        name = self.name(included)
        if included.suffix.lower() not in SUFFIXES:
            return f"{name} must end in {', '.join(SUFFIXES)}"
        real = [each.resolve() for each in chain]
        if included.resolve() in real:
            links = [self.name(each) for each in chain[real.index(included.resolve()) :]]
            return f"{' includes '.join((*links, name))}: a circle"
        if len(chain) > DEEPEST_INCLUDE:
            return f"more than {DEEPEST_INCLUDE} files include one another in a row"
        if self._included >= MOST_FILES:
            return f"more than {MOST_FILES} files in all"
        if kind.startswith("project") and not included.resolve().is_relative_to(real[-1].parent):
            return f"{name} lies outside the folder of {self.name(chain[-1])}, where a project's files must stay"
        return ""


def _version_problem(version: Any, name: str, document: Document) -> str:
    """Why a file of this `config_version` cannot be read; empty when it can."""
    where = f"{name}:{document.lines.get(('config_version',), 1)}"
    if type(version) is not int or version < 1:
        return f"{where}: `config_version` must be a whole number from 1 to {VERSION}"
    if version > VERSION:
        return f"{where}: is of version {version}, and this llmspell knows {VERSION}; pip install --upgrade llmspell"
    if version < VERSION:
        return f"{where}: is of version {version}, and this llmspell reads {VERSION}; type: llmspell config migrate"
    return ""
