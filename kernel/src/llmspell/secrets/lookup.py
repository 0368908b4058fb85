"""A secret by its name: from the environment, then the operating system's keyring, then the encrypted file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

from llmspell.errors import ConfigError, UsageError
from llmspell.secrets.secret import Secret

if TYPE_CHECKING:
    from llmspell.secrets.folder import PrivateFolder
    from llmspell.secrets.keyring import Keyring
    from llmspell.secrets.vault import Vault

Where = Literal["environment", "keyring", "file"]
Store = Literal["keyring", "file"]
_HOMES = frozenset({"LLMSPELL_CONFIG_HOME", "XDG_CONFIG_HOME", "HOME", "USERPROFILE"})


class Secrets:
    """Finds secrets, each once; the first place that has one counts.

    Args:
        environ: the environment variables; a secret is called what its variable is called.
        folder: where the stores are; None means `keys` in the folder of the user's configuration, and no stores at all
            where the environment names no such folder and no home: one made up by an embedder has nobody's keys.

    Attributes:
        notices: why the keyring was passed over, by the secret's name.
    """

    def __init__(self, environ: Mapping[str, str], folder: Path | None = None) -> None:
        self._environ = environ
        self._path = folder
        self._found: dict[str, Secret] = {}
        self._stored: dict[Store, list[str]] | None = None
        self._vault: Vault | None = None
        self._lock = Lock()
        self.notices: dict[str, str] = {}

    def __repr__(self) -> str:
        return "Secrets(...)"

    def has(self, name: str) -> bool:
        """Whether some place has a secret of this name; opens none, so it is quick and asks nobody.

        Raises:
            ConfigError: a store is damaged, or open to others.
        """
        return bool(self.places(name))

    def places(self, name: str) -> list[Where]:
        """The places that have a secret of this name; the first counts.

        Raises:
            ConfigError: a store is damaged, or open to others.
        """
        found: list[Where] = ["environment"] if self._environ.get(name, "").strip() else []
        return found + [store for store, names in self.stored().items() if name in names]

    def get(self, name: str) -> Secret | None:
        """The secret; None when no place has it. It may ask for the passphrase, and take a second: see `prepare`.

        A keyring that is absent or locked is passed over, with a warning in the log and in `notices`.

        Raises:
            ConfigError: a store is damaged, or open to others, or its passphrase is wrong or missing.
        """
        text = self._environ.get(name, "").strip()
        if text:
            return Secret(text, name)
        if name not in self._found:
            with self._lock:  # two threads must not ask for the passphrase twice
                if name not in self._found and (text := self._look_up(name)):
                    self._found[name] = Secret(text, name)
        return self._found.get(name)

    async def prepare(self, *names: str) -> None:
        """Find these now, in a thread where that may take long, so that `get` answers at once.

        Raises:
            ConfigError: as `get`.
        """
        from llmspell.threads import in_thread

        for name in names:
            if not self._environ.get(name) and name not in self._found and self.has(name):
                await in_thread(self.get, name)

    def stored(self) -> dict[Store, list[str]]:
        """The names in each store, sorted.

        Raises:
            ConfigError: a store is damaged, or open to others.
        """
        if self._stored is None:
            self._stored = {
                "keyring": self.keyring.names() if self._exists("keyring.json") else [],
                "file": self.vault.names() if self._exists("keys.json") else [],
            }
        return self._stored

    def keep(self, values: Mapping[str, str], store: Store) -> None:
        """Store secrets.

        Raises:
            UsageError: a name cannot be that of a variable, or a value is empty.
            ConfigError: the store cannot be used.
        """
        for name, text in values.items():
            _check(name, text)
        self._forget(*values)
        if store == "file":
            self.vault.update(values)
            return
        from llmspell.secrets.keyring import Unavailable

        for name, text in values.items():
            try:
                self.keyring.set(name, text)
            except Unavailable as cause:
                raise ConfigError([f"{name} was not stored: {cause}"], hint="add --store file") from cause

    def delete(self, name: str) -> list[Store]:
        """Delete a secret from every store that has it, and tell which those were.

        Raises:
            ConfigError: a store cannot be used.
        """
        stores = [store for store, names in self.stored().items() if name in names]
        self._forget(name)
        if "keyring" in stores:
            from llmspell.secrets.keyring import Unavailable

            try:
                self.keyring.delete(name)
            except Unavailable as cause:
                raise ConfigError([f"{name} was not deleted: {cause}"]) from cause
        if "file" in stores:
            self.vault.update({name: None})
        return stores

    @property
    def folder(self) -> PrivateFolder:
        """The folder of the stores.

        Raises:
            ConfigError: the environment names none.
        """
        from llmspell.secrets.folder import PrivateFolder

        if (path := self._folder()) is None:
            raise ConfigError(["there is no place for keys: HOME is not set"], hint="set LLMSPELL_CONFIG_HOME=DIR")
        return PrivateFolder(path)

    @property
    def keyring(self) -> Keyring:
        """What llmspell keeps in the operating system's keyring."""
        from llmspell.secrets.keyring import Keyring

        return Keyring(self.folder)

    @property
    def vault(self) -> Vault:
        """The encrypted file."""
        if self._vault is None:
            from llmspell.secrets.passphrase import Passphrase
            from llmspell.secrets.vault import Vault

            self._vault = Vault(self.folder, Passphrase(self._environ))
        return self._vault

    def _look_up(self, name: str) -> str:
        stored = self.stored()
        text = self._from_keyring(name) if name in stored["keyring"] else ""
        return text or ((self.vault.get(name) or "") if name in stored["file"] else "")

    def _from_keyring(self, name: str) -> str:
        from llmspell.secrets.keyring import Unavailable

        try:
            text = self.keyring.get(name)
        except Unavailable as absent:
            self._note(name, f"{name} was put into the keyring, but {absent}")
            return ""
        if not text:
            self._note(name, f"{name} was put into the keyring, which does not have it any more")
        return text or ""

    def _note(self, name: str, notice: str) -> None:
        if self.notices.get(name) != notice:
            import logging

            self.notices[name] = notice
            logging.getLogger("llmspell.secrets").warning("note: %s", notice)

    def _forget(self, *names: str) -> None:
        self._stored = None
        for name in names:
            self._found.pop(name, None)

    def _exists(self, file: str) -> bool:
        folder = self._folder()
        return folder is not None and os.path.lexists(folder / file)

    def _folder(self) -> Path | None:
        if self._path is None and not _HOMES.isdisjoint(self._environ):
            from llmspell.config.sources import user_folder

            self._path = user_folder(self._environ) / "keys"
        return self._path


def _check(name: str, text: str) -> None:
    from llmspell.secrets.format import NAME

    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be a secret's name", hint="write letters, digits and _, as in OPENAI_API_KEY"
        )
    if not text.strip():
        raise UsageError(f"the value of {name} is empty; nothing was stored")
