"""The cryptography of the key file: Argon2id makes a key of the passphrase, AES-256-GCM seals with it.

Imported only when a stored key is needed; the library `cryptography` comes with the extra `keys`.
"""

from __future__ import annotations

import os
import unicodedata
from typing import Any

import attrs

from llmspell.errors import ConfigError

KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16


class NotSealed(Exception):
    """The key, the associated data or the sealed bytes are not those of the sealing."""


@attrs.frozen
class Cost:
    """What a guess at the passphrase costs: `memory` in KiB, `time` in passes, `lanes` in threads."""

    memory: int = 64 * 1024
    time: int = 3
    lanes: int = 4


# The least is what OWASP asks for; the most keeps a doctored header from taking all memory, or minutes.
_LEAST = Cost(memory=19 * 1024, time=2, lanes=1)
_MOST = Cost(memory=512 * 1024, time=10, lanes=16)


def check_cost(cost: Cost) -> None:
    """Check that a key file's cost is neither so low that guessing is cheap, nor absurd.

    Raises:
        ConfigError: it is; the sentence names the number.
    """
    for field in attrs.fields(Cost):
        found, least, most = (getattr(each, field.name) for each in (cost, _LEAST, _MOST))
        if not least <= found <= most:
            raise ConfigError(
                [f"the key file asks for Argon2id with {field.name} {found}, outside of {least} to {most}"],
                hint="somebody changed it: put a copy back, or delete it and set the keys again",
            )


def derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """The key that a passphrase stands for; takes a good part of a second and `cost.memory`.

    Composed and decomposed letters are the same passphrase.
    """
    _library()
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kdf = Argon2id(salt=salt, length=KEY_BYTES, iterations=cost.time, lanes=cost.lanes, memory_cost=cost.memory)
    return kdf.derive(unicodedata.normalize("NFC", passphrase).encode())


def new_key() -> bytes:
    """A random key."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plain: bytes, bound_to: bytes) -> tuple[bytes, bytes]:
    """A fresh nonce and the sealed bytes, which open only together with the same `bound_to`."""
    nonce = os.urandom(NONCE_BYTES)
    sealed: bytes = _library()(key).encrypt(nonce, plain, bound_to)
    return nonce, sealed


def unseal(key: bytes, nonce: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """The plain bytes.

    Raises:
        NotSealed: any of the four is not as it was.
    """
    aes = _library()
    from cryptography.exceptions import InvalidTag

    try:
        plain: bytes = aes(key).decrypt(nonce, sealed, bound_to)
    except InvalidTag:
        raise NotSealed from None
    return plain


def _library() -> Any:  # Any: a class of a library that may be missing
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf import argon2
    except ImportError as cause:
        raise ConfigError(
            ["the key file needs the package cryptography, 44 or newer"], hint='pip install "llmspell[keys]"'
        ) from cause
    assert argon2
    return AESGCM
