"""What happens when two change one key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llmspell.errors import LlmspellError


class Overtaken(LlmspellError):
    """Somebody else has changed what was read: read it again, and try once more."""

    default_kind = "conflict"


def branches_differ(writers: Mapping[str, Sequence[str]]) -> LlmspellError:
    """Several branches wrote one key that has no reducer; `writers` has their names, by key."""
    key, names = next(iter(writers.items()))
    more = f", and so it is with {len(writers) - 1} more keys" if len(writers) > 1 else ""
    return LlmspellError(
        f"the state key {key!r} was written by {' and '.join(names)} at once, and nothing says how to merge them{more}",
        kind="conflict",
        component="state:run",
        hint=f'let each write a key of its own, or say how to merge: State.define("{key}", {{ reducer = "append" }})',
        details={"key": key, "writers": list(names), "keys": {each: list(of) for each, of in writers.items()}},
    )
