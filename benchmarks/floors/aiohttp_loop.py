"""The floor of the agent programs: the same loop by hand, over aiohttp, with no framework."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from benchmarks import timing

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": timing.TOOL,
            "description": timing.TOOL_DESCRIPTION,
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]


async def get_weather(city: str) -> str:
    """The tool."""
    return timing.TOOL_ANSWER


class Loop:
    """An agent; its connections open with the first request."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/chat/completions"
        self._session: aiohttp.ClientSession | None = None

    async def _post(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        body = {"model": "test", "messages": messages, "tools": TOOLS}
        async with self._session.post(self._url, json=body) as response:
            message: dict[str, Any] = (await response.json())["choices"][0]["message"]
            return message

    async def ask(self) -> str:
        """One run."""
        messages: list[dict[str, Any]] = [
            {"role": "system", "content": timing.SYSTEM},
            {"role": "user", "content": timing.PROMPT},
        ]
        while True:
            message = await self._post(messages)
            if not message.get("tool_calls"):
                return str(message["content"])
            messages.append(message)
            for call in message["tool_calls"]:
                answer = await get_weather(**json.loads(call["function"]["arguments"]))
                messages.append({"role": "tool", "tool_call_id": call["id"], "content": answer})

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


if __name__ == "__main__":
    timing.main(Loop, Loop.ask, Loop.close)
