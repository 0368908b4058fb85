"""What a plugin gets to see of the configuration: its own tables, the environment and keys."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import attrs

from llmspell.config.keypath import KeyPath
from llmspell.config.layers import DEFAULT, LoadedConfig
from llmspell.errors import ConfigError
from llmspell.secrets import Secret, Secrets

_T = TypeVar("_T")

_KINDS = ("provider", "tool", "agent", "hook", "store")


@attrs.frozen
class Settings:
    """The configuration as plugins read it; `Settings()` is what they get when nothing is configured.

    Attributes:
        loaded: the configuration in force.
        environ: the environment variables.
        secrets: keys by the names of their variables, which files say (`api_key_env = "..."`); see `secret`.
    """

    loaded: LoadedConfig = attrs.field(factory=LoadedConfig)
    environ: Mapping[str, str] = attrs.field(factory=lambda: dict(os.environ), repr=False)
    secrets: Secrets = attrs.field(
        default=attrs.Factory(lambda self: Secrets(self.environ), takes_self=True), repr=False
    )

    def secret(self, name: str) -> Secret | None:
        """The key of this name, from the environment, the keyring or the key file; None when no place has it.

        It may ask a person, and take a second: `await settings.secrets.prepare(name)` first where others wait.

        Raises:
            ConfigError: a place that has it cannot be opened.
        """
        return self.secrets.get(name)

    def table(self, kind: str, name: str, cls: type[_T]) -> _T:
        """The table `[kind.name]` as an instance of the attrs class `cls`; all defaults when there is none.

        Its key `plugin` belongs to the kernel, and does not reach `cls`.

        Raises:
            ConfigError: the table does not fit; each problem is named with its file and line.
        """
        data = {key: value for key, value in self._tables(kind).get(name, {}).items() if key != "plugin"}
        fields = attrs.fields(cast("type[attrs.AttrsInstance]", cls))
        if not data and all(field.default is not attrs.NOTHING for field in fields):
            return cls()
        from llmspell.config.structure import structure

        return structure(data, cls, path=(kind, name), origin=self._where)

    def aliases(self, kind: str) -> dict[str, str]:
        """The plugin of every table of `kind` that says `plugin = "..."`, by the table's name.

        So `[provider.lab] plugin = "openai"` makes a second provider of one plugin.

        Raises:
            ConfigError: a table's `plugin` is not a string.
        """
        found = {name: table["plugin"] for name, table in self._tables(kind).items() if "plugin" in table}
        if wrong := {name: plugin for name, plugin in found.items() if not isinstance(plugin, str)}:
            from llmspell.config.structure import Problem, shown

            raise ConfigError(
                [
                    Problem(path, f"must be a string, found {shown(plugin)}").sentence(where=self._where(path))
                    for path, plugin in (((kind, name, "plugin"), plugin) for name, plugin in wrong.items())
                ]
            )
        return found

    def named(self, kind: str, plugin: str) -> list[str]:
        """The names of the tables of `kind` that say `plugin = "<plugin>"`, in the order of the file.

        Raises:
            ConfigError: a table's `plugin` is not a string.
        """
        return [name for name, of in self.aliases(kind).items() if of == plugin]

    def _tables(self, kind: str) -> Mapping[str, Mapping[str, Any]]:
        tables: Mapping[str, Mapping[str, Any]] = getattr(self.loaded.config, kind) if kind in _KINDS else {}
        return tables

    def _where(self, path: KeyPath) -> str:
        origin = self.loaded.origin(path)
        return "" if origin is DEFAULT else origin.where
