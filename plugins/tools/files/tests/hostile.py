"""What hostile input may do: be refused in words, or be harmless, and that soon."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

from llmspell.errors import UsageError

SECONDS = 40


@contextmanager
def soon() -> Iterator[None]:
    """Whatever happens, it happens soon."""
    started = process_time()
    yield
    assert process_time() - started < SECONDS


@contextmanager
def harmless(words: str) -> Iterator[None]:
    """Either nothing is wrong, or the input is, in an error that has these words."""
    try:
        yield
    except UsageError as error:
        if words not in error.message:
            raise AssertionError(error.message) from error
