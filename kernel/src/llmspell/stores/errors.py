"""The errors of stores, so that callers can rely on their kinds and details whichever store it is."""

from __future__ import annotations

from llmspell.errors import LlmspellError


def changed_meanwhile(store: str, key: str, expected: int, found: int) -> LlmspellError:
    """A key's version is not what it must have been (kind `conflict`)."""
    return LlmspellError(
        f"the key {key!r} has version {found} now, not {expected}: somebody else has changed it",
        kind="conflict",
        component=f"store:{store}",
        retryable=True,
        hint="read it again, and try once more",
        details={"key": key, "version": found},
    )


def grown_meanwhile(store: str, stream: str, expected: int, found: int) -> LlmspellError:
    """A stream's last position is not what it must have been (kind `conflict`)."""
    return LlmspellError(
        f"the stream {stream!r} has {found} records now, not {expected}: somebody else has added to it",
        kind="conflict",
        component=f"store:{store}",
        retryable=True,
        hint="read what is new, and try once more",
        details={"stream": stream, "position": found},
    )


def not_what_it_was(store: str, digest: str) -> LlmspellError:
    """What is kept under a digest has another one (kind `internal`)."""
    return LlmspellError(
        f"the blob {digest} is damaged: what is kept has another digest",
        component=f"store:{store}",
        hint="restore the store from a backup, or delete the blob and keep it again",
        details={"digest": digest},
    )


def closed(store: str) -> LlmspellError:
    """A store is used after it was closed (kind `internal`)."""
    return LlmspellError(f"the store {store!r} is closed", component=f"store:{store}")
