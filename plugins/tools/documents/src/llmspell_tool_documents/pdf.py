"""PDF files, read by pypdf within bounds."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import LlmspellError, UsageError
from llmspell_tool_documents.deadline import Deadline

if TYPE_CHECKING:
    from pypdf import PdfReader

_MOST_PAGES = 20_000
# What streams may expand to, in bytes, and how much of what is in them is looked at; pypdf's own limits are wider, and
# stay as they are for the rest.
_LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": 32_000_000,
    "run_length_maximum_output_length": 32_000_000,
    "array_based_stream_maximum_output_length": 32_000_000,
    "stream_parsing_work_maximum_count": 1_000_000,
    "page_tree_maximum_entries": _MOST_PAGES,
    "jbig2dec_binary": None,  # no program is started
}
_FIELDS = {"title": "/Title", "author": "/Author", "subject": "/Subject", "created": "/CreationDate"}
_LONGEST_FIELD = 1_000


@attrs.frozen
class Pdf:
    """An open PDF file; use it inside of `reading` only."""

    name: str
    reader: PdfReader

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return len(self.reader.pages)

    def text(self, page: int) -> str:
        """The text of a page, counted from 1, in the order in which it is drawn."""
        return _whole(self.reader.pages[page - 1].extract_text()).strip()

    def properties(self) -> dict[str, str]:
        """What the file says of itself: `title`, `author`, `subject` and `created`, as far as it does."""
        found: Any = self.reader.metadata or {}
        texts = {name: found.get(key) for name, key in _FIELDS.items()}
        kept = {name: _whole(str(text))[:_LONGEST_FIELD] for name, text in texts.items() if text}
        created = getattr(found, "creation_date", None)
        return {**kept, "created": created.isoformat()} if created else kept


@contextmanager
def reading(content: bytes, name: str, deadline: Deadline) -> Iterator[Pdf]:
    """The PDF file, inside of the `with`.

    Raises:
        UsageError: it is none, it needs a password, it is damaged, or takes too much (kind `timeout` for time).
    """
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import FileNotDecryptedError, LimitReachedError

    if b"%PDF-" not in content[:1024]:
        raise UsageError(f"{name!r} is no PDF file: it begins with {content[:8]!r}")
    _quiet()
    try:
        with deadline.enforced(), apply_configuration(**_LIMITS):
            yield Pdf(name, PdfReader(io.BytesIO(content)))  # it tries the empty password by itself
    except LlmspellError:
        raise
    except FileNotDecryptedError as error:
        message = f"{name!r} is encrypted, and opens with a password only"
        raise UsageError(message, hint="save it without a password") from error
    except LimitReachedError as error:
        raise UsageError(f"{name!r} takes more than is given to one file: {_reason(error)}") from error
    except MemoryError as error:
        raise UsageError(f"{name!r} takes more memory than there is") from error
    except Exception as error:  # pypdf lets any error of Python through where a file is damaged
        raise UsageError(f"{name!r} is a damaged PDF file: {_reason(error)}") from error


def _quiet() -> None:
    """Keep what pypdf says of damaged files off the standard error; what matters becomes an error."""
    logger = logging.getLogger("pypdf")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.CRITICAL)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _whole(text: str) -> str:
    """The text without halves of characters, which damaged fonts give, and no JSON has."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")
