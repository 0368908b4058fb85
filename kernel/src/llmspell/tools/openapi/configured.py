"""The operations of the tables `[openapi.NAME]`, as entries among the installed tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from llmspell.errors import ConfigError, LlmspellError
from llmspell.plugins.local import LocalEntry
from llmspell.tools.openapi.document import LARGEST, Document
from llmspell.tools.openapi.endpoints import Endpoint, Selection, endpoints
from llmspell.tools.openapi.tool import Access, OperationTool, description

if TYPE_CHECKING:
    from llmspell.config.schema import OpenApi
    from llmspell.config.settings import Settings
    from llmspell.tool import Tool


def configured_operations(settings: Settings) -> Iterator[LocalEntry]:
    """An entry for each operation that is wanted.

    A table whose document cannot be read has one entry, of its own name: using that tells what is wrong.
    """
    for name, table in settings.loaded.config.openapi.items():
        origin = settings.loaded.origin(("openapi", name))
        where = f"{origin}: `openapi.{name}`"
        try:
            document = _document(settings, name, table)
            prefix = f"{name}_" if table.prefix is None else table.prefix
            found = endpoints(document, Selection(table.include, table.tags, prefix))
        except LlmspellError as error:
            yield LocalEntry(name, table.document, f"[openapi.{name}]", partial(_refuse, where, error))
            continue
        access = Access(table.base_url, table.variables, table.secret, table.timeout)
        for each in found:
            offer = partial(_offer, where, each, access)
            yield LocalEntry(each.name, table.document, f"{where} {each.where}", offer, _said(each))


def _said(endpoint: Endpoint) -> str:
    try:
        return description(endpoint)
    except LlmspellError:  # whoever uses it is told
        return ""


def _document(settings: Settings, name: str, table: OpenApi) -> Document:
    """The document of a table.

    Raises:
        LlmspellError: it cannot be read, or lies outside of the project that names it.
    """
    origin = settings.loaded.origin(("openapi", name, "document"))
    folder = origin.folder or settings.loaded.project
    path = folder / Path(table.document).expanduser()
    if origin.layer.startswith("project") and not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigError([f"{table.document!r} lies outside {str(folder)!r}, where a project's files must stay"])
    from llmspell.config.reader import read_bytes

    return Document.parse(read_bytes(path, table.document, LARGEST), table.document)


def _refuse(where: str, error: LlmspellError) -> Mapping[str, Tool]:
    raise ConfigError([f"{where}: {error.message}"], hint=error.hint) from error


def _offer(where: str, endpoint: Endpoint, access: Access) -> Mapping[str, Tool]:
    """The tool of one operation; what is wrong with it stops no other.

    Raises:
        ConfigError: the document or the table is wrong about it.
    """
    try:
        return {endpoint.name: OperationTool(endpoint, access)}
    except LlmspellError as error:
        return _refuse(where, error)
