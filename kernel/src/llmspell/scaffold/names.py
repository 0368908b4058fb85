"""What a new plugin is called: one name, given once, and everything that is made of it."""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from collections.abc import Iterable, Mapping

import attrs

from llmspell.errors import LlmspellError, UsageError
from llmspell.plugins import Entry

_LONGEST = 40  # characters; names of distributions and modules are longer, and paths made of them longer still
_NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


@attrs.frozen
class Names:
    """The names of one new plugin.

    Attributes:
        kind: the kind of plugin that it is.
        name: its own name, in snake_case: that of its entry point.
    """

    kind: str
    name: str

    @property
    def distribution(self) -> str:
        """What `pip install` calls it."""
        return f"llmspell-{self.kind}-{self.name.replace('_', '-')}"

    @property
    def package(self) -> str:
        """What `import` calls it."""
        return f"llmspell_{self.kind}_{self.name}"

    def to_dict(self) -> dict[str, str]:
        """The names by what templates call them."""
        return {
            "name": self.name,
            "NAME": self.name.upper(),
            "distribution": self.distribution,
            "package": self.package,
        }


def names_of(kind: str, name: str) -> Names:
    """The names of a new plugin called `name`, in snake_case or kebab-case.

    Raises:
        UsageError: no distribution and no Python module can have it, or it hides a name of Python's own.
    """
    if name.startswith(("llmspell-", "llmspell_")):
        raise UsageError(f"{name!r} begins with llmspell, which is put before it anyway", hint="give the rest alone")
    made = checked(name).replace("-", "_")
    for taken, what in (
        (keyword.kwlist, "a keyword of Python"),
        (sys.stdlib_module_names, "a module of Python's standard library"),
        (dir(builtins), "a name that Python has built in"),
    ):
        if made in taken:
            raise UsageError(f"{made!r} is {what}, which the plugin's code would hide", hint=f"try {f'my_{made}'!r}")
    return Names(kind, made)


def checked(name: str) -> str:
    """The name, which has the form of one.

    Raises:
        UsageError: it is neither snake_case nor kebab-case, or too long.
    """
    if len(name) > _LONGEST:
        raise UsageError(f"the name {name[:_LONGEST]!r}... is longer than {_LONGEST} characters", hint="shorten it")
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name: small letters and digits, in words with - or _ between them, make one",
            hint=f"try {mended!r}" if (mended := _mended(name)) else "such as word-count",
        )
    return name


def _mended(name: str) -> str:
    """The name that may have been meant; empty when nothing is left of it."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)
    mended = "_".join(words).lower()
    return mended if name.isascii() and _NAME.fullmatch(mended) else ""


def check_free(offered: Mapping[str, Iterable[str]], installed: Iterable[Entry]) -> None:
    """Check that no installed distribution offers what a new one will.

    Args:
        offered: the names of the new one's entry points by their groups.
        installed: the catalogue, blocked entries included.

    Raises:
        LlmspellError: of kind `conflict`; it says who offers it.
    """
    for entry in installed:
        if entry.name in offered.get(f"llmspell.{entry.kind}s", ()):
            raise LlmspellError(
                f"the {entry.kind} {entry.name!r} is installed already, from {entry.distribution}",
                kind="conflict",
                component=f"{entry.kind}:{entry.name}",
                hint="choose another name; `llmspell plugins` lists those that are taken",
            )
