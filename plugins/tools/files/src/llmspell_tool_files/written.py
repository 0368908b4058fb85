"""Writing into a folder that may have to be made first, and telling what was done when something fails halfway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from llmspell.errors import LlmspellError, UsageError
from llmspell.files.writing import Writing
from llmspell_tool_files.folders import make_folders, parent


def with_parents(writing: Writing, path: str, parents: bool, write: Callable[[], object]) -> None:
    """Write; where the folder is missing and `parents` says so, make it and write again.

    Raises:
        LlmspellError: as `write` does, and as `make_folders` does.
    """
    try:
        write()
    except UsageError as error:
        if error.kind != "not_found":
            raise
        if not parents:
            error.hint = error.hint or "pass parents=true to make its folder"
            raise
        make_folders(writing, parent(path))
        write()


@contextmanager
def telling(done: list[str], participle: str) -> Iterator[None]:
    """Let an error of one of many steps say what the steps before it have done.

    Args:
        done: the paths that are done; the caller adds to it.
        participle: what was done to them: `copied`.
    """
    try:
        yield
    except LlmspellError as error:
        if done:
            error.message = f"{error.message}; {len(done)} of the paths before it were {participle} already"
            error.details = {**error.details, participle: done[:1000]}
        raise
