"""The encrypted key file of one user: `keys.json` in the folder `keys` of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from llmspell.errors import ConfigError
from llmspell.secrets.format import KeyFile, Malformed, Sealed, bound_to_record, parse
from llmspell.secrets.sealing import SALT_BYTES, Cost, NotSealed, check_cost, derive, new_key, seal, unseal

if TYPE_CHECKING:
    from llmspell.secrets.folder import PrivateFolder
    from llmspell.secrets.passphrase import Passphrase

FILE = "keys.json"


@attrs.frozen
class Vault:
    """Secrets by name, sealed with a passphrase; safe for several processes that write at once.

    Attributes:
        folder: where the file is.
        passphrase: asked only when something is opened or written.
        cost: of a new file's passphrase; an existing file keeps its own.
    """

    folder: PrivateFolder
    passphrase: Passphrase
    cost: Cost = Cost()

    def names(self) -> list[str]:
        """The names in the file, sorted; needs no passphrase, so nobody vouches for them yet.

        Raises:
            ConfigError: the file is damaged, or open to others.
        """
        found = self._read()
        return sorted(found.records) if found else []

    def get(self, name: str) -> str | None:
        """The secret of this name; None when the file has none.

        Raises:
            ConfigError: the passphrase is wrong or missing, or the file is damaged, changed or open to others.
        """
        file = self._read()
        if file is None or name not in file.records:
            return None
        return self._open(file, self._key(file), name)

    def update(self, changes: Mapping[str, str | None]) -> None:
        """Set these secrets, and delete those that are None, in one step: all of it happens or nothing.

        Raises:
            ConfigError: as `get`, or the file cannot be written.
        """
        self.passphrase.get(new=not self.folder.exists(FILE))  # asked without the lock: people take their time
        with self.folder.lock():
            file = self._read()
            key = self._key(file) if file else new_key()
            file = file or self._empty(key)
            counter = file.seal.version + 1
            records = {name: record for name, record in file.records.items() if name not in changes}
            for name, text in changes.items():
                if text is not None:
                    sealed = seal(key, text.encode("utf-8", "surrogatepass"), bound_to_record(name, counter))
                    records[name] = Sealed(*sealed, counter)
            self._write(attrs.evolve(file, records=records, seal=Sealed(b"", b"", counter)), key)

    def _read(self) -> KeyFile | None:
        content = self.folder.read(FILE)
        if content is None:
            return None
        try:
            file = parse(content)
        except Malformed as cause:
            raise self._damaged(str(cause)) from cause
        check_cost(file.cost)
        return file

    def _key(self, file: KeyFile) -> bytes:
        """The file's random key, once the passphrase has opened it and the seal has been found whole."""
        passphrase = self.passphrase.get(new=False)
        try:
            key = unseal(derive(passphrase, file.salt, file.cost), file.key.nonce, file.key.sealed, file.bound_to_key)
        except NotSealed:
            self.passphrase.forget()
            raise ConfigError(
                [f"the passphrase does not open {self.folder.path / FILE}, or the file's header was changed"],
                hint=f"check {self.passphrase.source}; a forgotten passphrase cannot be recovered",
            ) from None
        try:
            unseal(key, file.seal.nonce, file.seal.sealed, file.bound_to_seal)
        except NotSealed:
            raise self._damaged("its records are not those that were written last") from None
        return key

    def _open(self, file: KeyFile, key: bytes, name: str) -> str:
        record = file.records[name]
        try:
            plain = unseal(key, record.nonce, record.sealed, bound_to_record(name, record.version))
        except NotSealed:
            raise self._damaged(f"the record {name} was changed, or stood under another name") from None
        return plain.decode("utf-8", "surrogatepass")

    def _empty(self, key: bytes) -> KeyFile:
        import os

        nothing = Sealed(b"", b"")
        file = KeyFile(self.cost, os.urandom(SALT_BYTES), nothing, {}, nothing)
        of_passphrase = derive(self.passphrase.get(new=True), file.salt, file.cost)
        return attrs.evolve(file, key=Sealed(*seal(of_passphrase, key, file.bound_to_key)))

    def _write(self, file: KeyFile, key: bytes) -> None:
        sealed = Sealed(*seal(key, b"", file.bound_to_seal), file.seal.version)
        self.folder.replace(FILE, attrs.evolve(file, seal=sealed).dump())

    def _damaged(self, reason: str) -> ConfigError:
        path = self.folder.path / FILE
        return ConfigError(
            [f"{path} is damaged, or somebody changed it: {reason}"],
            hint=f"put a copy back, or remove it (rm {path}) and set the keys again",
        )
