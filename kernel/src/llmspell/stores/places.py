"""Where files of a project's data go, unless configuration says otherwise."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from llmspell.errors import ConfigError


def data_folder(environ: Mapping[str, str]) -> Path:
    """The folder of the user's data; it need not exist.

    Raises:
        ConfigError: no variable says where it could be.
    """
    if own := environ.get("LLMSPELL_DATA_HOME"):
        return Path(own).absolute()
    xdg = Path(environ.get("XDG_DATA_HOME", ""))
    if xdg.is_absolute():  # the XDG specification says to pass over a relative one
        return xdg / "llmspell"
    home = environ.get("LOCALAPPDATA" if os.name == "nt" else "HOME")
    if not home:
        raise ConfigError(["there is no place for data: HOME is not set"], hint="set LLMSPELL_DATA_HOME=DIR")
    return Path(home) / ("llmspell" if os.name == "nt" else ".local/share/llmspell")


def project_folder(environ: Mapping[str, str], project: Path) -> Path:
    """The folder of a project's data: its name, and a digest that tells it from others."""
    path = project.resolve()
    word = re.sub(r"[^A-Za-z0-9_-]+", "-", path.name)[:40].strip("-") or "project"
    return data_folder(environ) / "projects" / f"{word}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"
