"""What the doctor examines."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import attrs

from llmspell.config import LoadedConfig, load
from llmspell.errors import ConfigError
from llmspell.plugins import Plugins


@attrs.frozen
class System:
    """One user's llmspell, in one folder.

    Attributes:
        cwd: the working folder.
        environ: the environment variables.
        loaded: the configuration; the defaults where it cannot be read.
        problems: why it cannot, one sentence each.
        plugins: the installed plugins.
    """

    cwd: Path
    environ: Mapping[str, str] = attrs.field(repr=False)
    loaded: LoadedConfig
    problems: tuple[str, ...]
    plugins: Plugins

    @classmethod
    def here(cls) -> System:
        """The system of this process."""
        cwd = Path.cwd()
        problems: tuple[str, ...] = ()
        try:
            loaded = load(cwd, os.environ)
        except ConfigError as error:
            loaded, problems = LoadedConfig(), error.problems
        return cls(cwd, os.environ, loaded, problems, Plugins.configured(loaded, os.environ))
