"""The operations that a script wants as tools: `Tool.from_openapi`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmspell.errors import UsageError
from llmspell.tools.openapi.document import LARGEST, Document
from llmspell.tools.openapi.endpoints import Selection, endpoints
from llmspell.tools.openapi.tool import Access, OperationTool

if TYPE_CHECKING:
    from llmspell.files import Files
    from llmspell.script.tool import OpenApiOptions


def operations(options: OpenApiOptions, files: Files) -> list[OperationTool]:
    """The tools of a document, in its order.

    Args:
        options: the document, or where it is, and what is wanted of it.
        files: those that the script may read.

    Raises:
        UsageError: the document cannot be used as the options want.
        PermissionDenied: it may not be read.
    """
    if options.timeout <= 0:
        raise UsageError(f"Tool.from_openapi: timeout must be above 0, not {options.timeout!r}")
    if isinstance(options.document, Mapping):
        document = Document.of(options.document, "the document")
    else:
        files.max_bytes = LARGEST
        document = Document.parse(files.read_bytes(options.document), options.document)
    access = Access(options.base_url, options.variables, options.secret, options.timeout)
    found = endpoints(document, Selection(options.include, options.tags, options.prefix))
    return [OperationTool(each, access) for each in found]
