"""The table `[store.sqlite]`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import attrs

from llmspell.stores import project_folder


@attrs.frozen
class SqliteSettings:
    """Where the file is, and how careful writing is.

    Attributes:
        path: the file, relative to the project; empty for one in the user's data folder, apart for each project.
        durable: whether what is written must have reached the disk before it counts. Without it writing is quicker, and
            the last of it may be lost when the machine stops; what a process wrote that was killed is kept either way.
        patience: seconds to wait while another process writes.
    """

    path: str = ""
    durable: bool = True
    patience: float = attrs.field(default=30.0, validator=attrs.validators.gt(0))

    def file(self, name: str, environ: Mapping[str, str], project: Path) -> Callable[[], Path]:
        """What gives the path of the store of this name; it is worked out, and may fail, when the store is used."""
        if self.path:
            return partial(Path, project, Path(self.path).expanduser())
        return lambda: project_folder(environ, project) / f"{name}.db"
