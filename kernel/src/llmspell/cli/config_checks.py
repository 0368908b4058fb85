"""What can be wrong with a configuration beyond its schema: in permissions, in templates, in the tables of plugins."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from llmspell.config import LoadedConfig, attempt
from llmspell.errors import ConfigError, LlmspellError, UnknownPlugin

if TYPE_CHECKING:
    from llmspell.plugins import Plugins


def checked(sets: Sequence[str] = (), instead: Mapping[Path, str] | None = None) -> LoadedConfig:
    """The configuration that would be in force, once everything about it was looked at.

    All that a project says is checked, whether it is trusted or not; but no plugin gets what is not.

    Args:
        sets: what was given to `--set`.
        instead: texts to take in place of what is in files.

    Raises:
        ConfigError: something is wrong; every problem is named once.
    """
    said, in_force = (
        attempt(Path.cwd(), os.environ, sets, instead=instead, trusted=trusted) for trusted in (True, False)
    )
    problems = [*said.problems, *in_force.problems, *_permissions(said.loaded), *_deeper(in_force.loaded)]
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    return in_force.loaded


def _permissions(loaded: LoadedConfig) -> Iterator[str]:
    from llmspell.permissions.configured import configured

    yield from _found_by(partial(configured, loaded))


def _deeper(loaded: LoadedConfig) -> Iterator[str]:
    """What templates and the plugins that the configuration names say; they are loaded for it."""
    from llmspell.plugins import Plugins
    from llmspell.templates import Templates

    yield from _found_by(partial(_kernel_of, loaded))
    plugins, templates = Plugins.configured(loaded, os.environ), Templates(loaded)
    where = loaded.origin(("hooks", "enabled"))
    for name in loaded.config.hooks.enabled:
        yield from _found_by(partial(plugins.get, "hook", name), f"{where}: `hooks.enabled`: ")
    for kind in ("agent", "hook", "provider", "tool"):
        for name in getattr(loaded.config, kind):
            yield from _found_by(partial(plugins.get, kind, name), known=True)
    for name in loaded.config.toolset:
        yield from _found_by(partial(_toolset, plugins, name))
    for name in templates.names():
        yield from _found_by(partial(templates.check, name), f"{loaded.origin(('prompts', name))}: ")


def _kernel_of(loaded: LoadedConfig) -> None:
    """What a kernel says to the tables of components and routers."""
    from llmspell.kernel import Kernel

    Kernel(loaded).models.check()


def _toolset(plugins: Plugins, name: str) -> None:
    """Make a toolset of what is installed; the tools of a spell are not there yet."""
    from weakref import WeakKeyDictionary

    from llmspell.toolbox import Toolbox

    Toolbox(plugins, WeakKeyDictionary()).toolsets.find(name)


def _found_by(check: Callable[[], object], where: str = "", *, known: bool = False) -> Iterator[str]:
    """The problems that a check raises; what is not installed is `known` where another check tells it."""
    try:
        check()
    except ConfigError as error:
        yield from error.problems
    except LlmspellError as error:
        if not (known and isinstance(error, UnknownPlugin)):
            yield f"{where}{error.message}" + (f"; {error.hint}" if error.hint else "")
