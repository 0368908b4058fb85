"""OpenAPI documents as tools: one for each operation of a web API.

document     what a document says: read from JSON or YAML, bounded; and where its references lead
yaml         YAML as data, without what makes it dangerous
endpoints    its operations, their names, and which of them are wanted
schemas      its schemas as JSON Schema that stands by itself
parameters   what an operation takes in its path, query, headers and cookies
styles       how values are written there
bodies       what an operation takes as its body, and how that is encoded
servers      where requests go
security     which keys an operation wants, and where they are put
answers      what a response means
tool         an operation as a tool
configured   those of the tables `[openapi.NAME]`
scripted     those that a script wants
"""

from llmspell.tools.openapi.document import Document
from llmspell.tools.openapi.endpoints import Endpoint, Selection, endpoints
from llmspell.tools.openapi.tool import Access, OperationTool

__all__ = ["Access", "Document", "Endpoint", "OperationTool", "Selection", "endpoints"]
