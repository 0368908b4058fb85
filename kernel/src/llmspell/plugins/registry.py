"""Choosing a plugin by kind and name, and loading it once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any

from llmspell.errors import AmbiguousPlugin, BrokenPlugin, LlmspellError, UnknownPlugin
from llmspell.plugins import contracts
from llmspell.plugins.catalogue import Entry, installed
from llmspell.plugins.local import LocalEntry, local_tools

if TYPE_CHECKING:
    import pluggy

    from llmspell.config import LoadedConfig
    from llmspell.config.settings import Settings


class Plugins:
    """The plugins of one kernel.

    Args:
        settings: configuration, handed to each plugin's registration hook.
        entries: the catalogue; read from package metadata when None.
        block: distributions, modules or `kind:name` that count as not installed.
    """

    def __init__(
        self, settings: Settings, *, entries: Sequence[Entry] | None = None, block: Sequence[str] = ()
    ) -> None:
        self._settings = settings
        self._catalogue = tuple(entries) if entries is not None else None
        self._block = frozenset(block)
        self._components: dict[tuple[str, str], Any] = {}
        self._offers: dict[str, dict[str, Any]] = {}
        self._enabled: dict[str, object] = {}
        self._names: dict[str, frozenset[str]] = {}

    @classmethod
    def configured(cls, loaded: LoadedConfig, environ: Mapping[str, str]) -> Plugins:
        """The installed plugins; `LLMSPELL_BLOCK` names more to block, divided by commas or spaces."""
        from llmspell.config.settings import Settings

        block = environ.get("LLMSPELL_BLOCK", "").replace(",", " ").split()
        return cls(Settings(loaded, environ), block=(*loaded.config.plugins.block, *block))

    @property
    def settings(self) -> Settings:
        """The configuration that plugins are given."""
        return self._settings

    @property
    def catalogue(self) -> tuple[Entry, ...]:
        """Every installed entry, blocked ones included."""
        if self._catalogue is None:
            self._catalogue = installed()
        return self._catalogue

    @cached_property
    def local(self) -> tuple[LocalEntry, ...]:
        """The tools of the configuration and of the project's files, blocked ones included."""
        return local_tools(self._settings)

    def blocked(self, entry: Entry) -> bool:
        """Whether configuration or `LLMSPELL_BLOCK` switches the entry off."""
        if not self._block:
            return False
        return not self._block.isdisjoint((entry.distribution, entry.module, f"{entry.kind}:{entry.name}"))

    def entries(self, kind: str) -> Iterator[Entry]:
        """The entries of a kind that are not blocked."""
        everything = chain(self.catalogue, self.local) if kind == "tool" else self.catalogue
        return (entry for entry in everything if entry.kind == kind and not self.blocked(entry))

    def names(self, kind: str) -> list[str]:
        """The names of a kind, sorted; configured names (`[provider.lab] plugin = "openai"`) included."""
        return sorted(self._offered(kind) | self._settings.aliases(kind).keys())

    def has(self, kind: str, name: str) -> bool:
        """Whether there is a component of a kind and name, broken ones included."""
        return self._settings.aliases(kind).get(name, name) in self._offered(kind)

    def _offered(self, kind: str) -> frozenset[str]:
        """The names of all entries of a kind that are not blocked; they never change."""
        if kind not in self._names:
            self._names[kind] = frozenset(entry.name for entry in self.entries(kind))
        return self._names[kind]

    def find(self, kind: str, name: str) -> Entry:
        """The one entry of a kind and name.

        Raises:
            UnknownPlugin: none is installed.
            AmbiguousPlugin: two or more distributions offer it.
        """
        wanted = self._settings.aliases(kind).get(name, name)
        match [entry for entry in self.entries(kind) if entry.name == wanted]:
            case [entry]:
                return entry
            case []:
                raise UnknownPlugin(kind, wanted, [known for known in self.names(kind) if known != name])
            case several:
                raise AmbiguousPlugin(kind, name, [entry.distribution for entry in several])

    def get(self, kind: str, name: str) -> Any:  # Any: each kind has a contract of its own
        """The component of a kind and name; its module is imported on first use.

        Raises:
            UnknownPlugin, AmbiguousPlugin: as `find`.
            BrokenPlugin: it is installed but does not load.
            ConfigError: its configuration is wrong.
        """
        key = (kind, name)
        if key not in self._components:
            entry = self.find(kind, name)
            offered = self._offer(entry)
            if name not in offered:
                raise self._broken(entry, f"it offers {sorted(offered)!r} but not {name!r}")
            if misfit := contracts.misfit(kind, name, offered[name]):
                raise self._broken(entry, misfit)
            self._components[key] = offered[name]
        return self._components[key]

    def loaded(self, kind: str) -> list[Any]:
        """The components of a kind that have been used so far."""
        return [component for (of_kind, _), component in self._components.items() if of_kind == kind]

    def unload(self, kind: str) -> list[Any]:
        """The components of a kind that have been used so far; the next use of one makes it anew."""
        found = self.loaded(kind)
        self._components = {key: component for key, component in self._components.items() if key[0] != kind}
        self._offers = {key: offer for key, offer in self._offers.items() if not key.startswith(f"{kind} ")}
        return found

    def engines_for(self, extension: str) -> list[str]:
        """The names of the engines that claim a file extension (without the dot), by metadata alone."""
        modules = {entry.module for entry in self.entries("extension") if entry.name == extension}
        return [entry.name for entry in self.entries("engine") if entry.module in modules]

    def check(self) -> Iterator[tuple[Entry, LlmspellError | None]]:
        """Load everything that is not blocked, and tell what failed."""
        for entry in self.catalogue:
            if entry.kind == "extension" or self.blocked(entry):
                continue
            try:
                self.get(entry.kind, entry.name)
            except LlmspellError as error:
                yield entry, error
            else:
                yield entry, None

    def _offer(self, entry: Entry) -> dict[str, Any]:
        """All that the entry's module offers of the entry's kind."""
        key = f"{entry.kind} {entry.module}"
        if key not in self._offers:
            try:
                self._offers[key] = dict(self._ask(entry))
            except LlmspellError:
                raise
            except (Exception, SystemExit) as cause:  # a stranger's module: the sentence names the stranger
                raise self._broken(entry, f"{type(cause).__name__}: {cause}") from cause
        return self._offers[key]

    def _ask(self, entry: Entry) -> Any:
        if isinstance(entry, LocalEntry):
            return entry.offer()
        module = import_module(entry.module)
        manager = self.manager
        if not manager.is_registered(module):
            from llmspell.plugins.registration import register_module

            register_module(manager, module)
        caller = getattr(manager.hook, f"llmspell_{entry.kind}s")
        for implementation in caller.get_hookimpls():
            if implementation.plugin is module:
                arguments = dict.fromkeys(implementation.argnames, self._settings)
                return implementation.function(**arguments)
        if offered := contracts.standing_in(entry.kind, module):
            return offered
        raise self._broken(entry, f"it has no hook llmspell_{entry.kind}s")

    @property
    def manager(self) -> pluggy.PluginManager:
        """The manager of pluggy: it validates and orders every hook implementation."""
        if not hasattr(self, "_manager"):
            from llmspell.plugins.registration import make_manager

            self._manager = make_manager()
        return self._manager

    def enable_hooks(self, names: Sequence[str]) -> None:
        """Register the operation hooks of these names, and no others; they run in the order of their names.

        What an embedder registered with `manager` stays.

        Raises:
            UnknownPlugin, BrokenPlugin: a name is not installed, or its hooks do not fit `hookspecs`.
        """
        wanted = {name: self.get("hook", name) for name in sorted(set(names))}
        if wanted == self._enabled:
            return
        while self._enabled:
            self.manager.unregister(self._enabled.popitem()[1])
        # pluggy calls the last registered first, so registering backwards makes the order alphabetical.
        for name, component in reversed(wanted.items()):
            self._register_hooks(name, component)
            self._enabled[name] = component

    def _register_hooks(self, name: str, component: object) -> None:
        from pluggy import PluginValidationError

        from llmspell.plugins.registration import register_hooks

        try:
            register_hooks(self.manager, name, component)
        except (PluginValidationError, ValueError) as cause:
            raise self._broken(self.find("hook", name), str(cause)) from cause

    def _broken(self, entry: Entry, reason: str) -> BrokenPlugin:
        return BrokenPlugin(entry.kind, entry.name, entry.distribution, entry.module, reason)
