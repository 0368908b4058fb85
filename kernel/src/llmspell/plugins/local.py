"""Tools that no distribution offers: those that the configuration makes, and those in the project's own files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from llmspell.plugins.catalogue import Entry

if TYPE_CHECKING:
    from llmspell.config.settings import Settings
    from llmspell.tool import Tool


class LocalEntry(Entry):
    """One such tool, among the installed ones; in messages, a place stands where those have a distribution.

    Args:
        name: the tool's.
        place: the file that it comes from, for people.
        source: what is loaded to have it; entries of one source are loaded together.
        offer: loads it, and gives its tools by name.
        description: what is known of what it does; empty where that is nothing before it is loaded.
    """

    __slots__ = ("_offer", "_place", "description")

    def __init__(
        self, name: str, place: str, source: str, offer: Callable[[], Mapping[str, Tool]], description: str = ""
    ) -> None:
        self.kind = "tool"
        self.name = name
        self.module = source
        self.description = description
        self._place = place
        self._offer = offer

    @property
    def distribution(self) -> str:
        """The file that it comes from."""
        return self._place

    @property
    def version(self) -> str:
        """Empty: it has none."""
        return ""

    def offer(self) -> Mapping[str, Any]:
        """The tools of its source, by name.

        Raises:
            LlmspellError: they do not load, or may not.
        """
        return self._offer()


def local_tools(settings: Settings) -> tuple[LocalEntry, ...]:
    """The entries of all such tools, sorted; none of them is loaded."""
    loaded = settings.loaded
    found: list[LocalEntry] = []
    if loaded.tool_files:
        from llmspell.tools.folder import tools_of_files

        found += tools_of_files(loaded)
    if any("spell" in table for table in loaded.config.tool.values()):
        from llmspell.tools.spell_tool import configured_spells

        found += configured_spells(settings)
    if loaded.config.openapi:
        from llmspell.tools.openapi.configured import configured_operations

        found += configured_operations(settings)
    return tuple(sorted(found, key=lambda entry: (entry.name, entry.module)))
