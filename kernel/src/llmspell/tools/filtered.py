"""Some of the tools of a set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llmspell.tool import Tool
from llmspell.tools.toolset import Toolset, check_patterns, fits, missing


class Filtered:
    """The tools of another set that are accepted.

    Args:
        inner: the other set.
        accept: patterns of names, or a function of a tool; for the latter, every tool is loaded.
        exclude: patterns of names that are left out, whatever accepts them.

    Raises:
        UsageError: no tool fits one of the patterns.
    """

    def __init__(
        self, inner: Toolset, accept: Sequence[str] | Callable[[Tool], bool] = ("*",), *, exclude: Sequence[str] = ()
    ) -> None:
        self.inner = inner
        self._accept = accept
        self._exclude = exclude
        check_patterns((*(() if callable(accept) else accept), *exclude), inner.names())

    def names(self) -> list[str]:
        """The names of those that are accepted, sorted."""
        return [name for name in self.inner.names() if self._accepts(name)]

    def find(self, name: str) -> Tool:
        """The tool of this name, as the other set has it.

        Raises:
            UsageError: kind `unknown_tool`: there is none, or it is not accepted.
        """
        if name not in self.inner.names() or not self._accepts(name):
            raise missing(name, self.names())
        return self.inner.find(name)

    def _accepts(self, name: str) -> bool:
        if fits(name, self._exclude):
            return False
        return self._accept(self.inner.find(name)) if callable(self._accept) else fits(name, self._accept)
