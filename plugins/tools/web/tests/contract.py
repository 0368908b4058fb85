"""The contract of every tool, for tools that ask a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from typing import Any

import pytest
from aiohttp import web

from llmspell.testing.contracts.tool import ToolContract

from .kit import Server, serving


class AskingContract(ToolContract):
    """As `ToolContract`, with a server that answers as `answer` says; `calls` are good arguments."""

    answer: staticmethod[[web.BaseRequest], Awaitable[web.StreamResponse]]
    also: Mapping[str, Sequence[str]] = {}

    def calls(self, server: Server) -> Sequence[Mapping[str, Any]]:
        return ({"url": server.url()},)

    @pytest.fixture(autouse=True)
    async def served(self) -> AsyncIterator[None]:
        async with serving(self.answer) as server:
            self.good = self.calls(server)
            self.allow = {"net": [server.place], **self.also}
            yield


NO_URLS: tuple[dict[str, Any], ...] = (
    {},
    {"url": ""},
    {"url": 5},
    {"url": "example.com"},
    {"url": "file:///etc/passwd"},
    {"url": "http://user:pass@example.com/"},
    {"url": "http://127.0.0.1:1/"},
)
"""What no tool that takes one URL can use; the last one is not granted."""
