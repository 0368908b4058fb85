"""Blobs by their digests, in SQL."""

from __future__ import annotations

import hashlib
import sqlite3

from llmspell.stores import not_what_it_was


def digest_of(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def put(connection: sqlite3.Connection, digest: str, content: bytes) -> None:
    """Keep bytes, unless they are kept already."""
    connection.execute("INSERT INTO blobs VALUES (?, ?) ON CONFLICT DO NOTHING", (digest, content))


def get(connection: sqlite3.Connection, store: str, digest: str) -> bytes | None:
    """The bytes of a digest; None when they are not kept."""
    found: tuple[bytes] | None = connection.execute("SELECT content FROM blobs WHERE digest = ?", (digest,)).fetchone()
    if found is None:
        return None
    if digest_of(found[0]) != digest:
        raise not_what_it_was(store, digest)
    return found[0]


def delete(connection: sqlite3.Connection, digest: str) -> bool:
    """Remove bytes; whether they were kept."""
    return connection.execute("DELETE FROM blobs WHERE digest = ?", (digest,)).rowcount > 0
