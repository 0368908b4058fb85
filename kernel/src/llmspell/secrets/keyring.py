"""The operating system's keyring, through the package `keyring` (extra `keyring`).

A keyring cannot be asked for its names, so a file beside the key file lists those that llmspell put into it: it
tells, without waking the keyring, whether it is worth asking.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from llmspell.errors import ConfigError

if TYPE_CHECKING:
    from llmspell.secrets.folder import PrivateFolder

INDEX = "keyring.json"
SERVICE = "llmspell"

_Answer = TypeVar("_Answer")


class Unavailable(Exception):
    """The keyring is absent or locked; the text says which, and what to do."""


@attrs.frozen
class Keyring:
    """The secrets that llmspell keeps in the keyring; `folder` has the list of their names."""

    folder: PrivateFolder

    def names(self) -> list[str]:
        """The names, sorted.

        Raises:
            ConfigError: the list is damaged, or open to others.
        """
        content = self.folder.read(INDEX)
        if content is None:
            return []
        try:
            names = json.loads(content)
        except (ValueError, RecursionError):
            names = None
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            path = self.folder.path / INDEX
            raise ConfigError([f"{path} is damaged: it must be a list of names"], hint=f"rm {path}, and set keys again")
        return sorted(names)

    def get(self, name: str) -> str | None:
        """The secret of this name; None when the keyring has none.

        Raises:
            Unavailable: the keyring is absent or locked.
        """
        text: str | None = _calling(lambda keyring: keyring.get_password(SERVICE, name))
        return text

    def set(self, name: str, text: str) -> None:
        """Keep a secret.

        Raises:
            Unavailable: the keyring is absent or locked.
        """
        with self.folder.lock():
            _calling(lambda keyring: keyring.set_password(SERVICE, name, text))
            self._list({*self.names(), name})

    def delete(self, name: str) -> None:
        """Forget a secret.

        Raises:
            Unavailable: the keyring is absent or locked.
        """
        with self.folder.lock():
            if _calling(lambda keyring: keyring.get_password(SERVICE, name)) is not None:
                _calling(lambda keyring: keyring.delete_password(SERVICE, name))
            self._list({*self.names()} - {name})

    def _list(self, names: Iterable[str]) -> None:
        self.folder.replace(INDEX, json.dumps(sorted(names)).encode())


def usable() -> bool:
    """Whether the package is installed and found a keyring; a locked one counts."""
    try:
        backend = _package().get_keyring()
    except Unavailable:
        return False
    return bool(backend.priority > 0)


def _calling(use: Callable[[Any], _Answer]) -> _Answer:  # Any: a module that may be missing
    keyring = _package()
    from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError

    try:
        return use(keyring)
    except NoKeyringError:
        raise Unavailable("this system has no keyring that the package keyring can use") from None
    except (InitError, KeyringLocked) as cause:
        raise Unavailable(f"the keyring is locked: unlock it ({type(cause).__name__})") from cause
    except KeyringError as cause:
        raise Unavailable(f"the keyring failed: {type(cause).__name__}") from cause


def _package() -> Any:
    try:
        import keyring
    except ImportError as cause:
        raise Unavailable('the package keyring is not installed: pip install "llmspell[keyring]"') from cause
    return keyring
