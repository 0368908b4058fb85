"""llmspell inside a Python program: ask an agent once, print its answer, close.

`embedded.py cold URL`, where URL is the model server's address up to `/v1`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from benchmarks import timing

from llmspell import Kernel
from llmspell.agent import AgentInput, AgentSpec
from llmspell.config import load
from llmspell.tool import Tool


class Weather(Tool):
    """The tool."""

    name = timing.TOOL
    description = timing.TOOL_DESCRIPTION
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

    async def run(self, arguments: dict[str, Any], context: object) -> str:
        """Always sunny."""
        return timing.TOOL_ANSWER


async def main(url: str) -> None:
    """Ask the server at `url`."""
    config = load(Path.cwd(), {}, [f'provider.openai.base_url="{url}"'])
    async with Kernel(config, environ={"OPENAI_API_KEY": "x"}) as kernel:
        run = kernel.open_run()
        spec = AgentSpec("weather", model="openai/test", system=timing.SYSTEM, tools=(Weather(),))
        agent = run.make_agent("llm", spec)
        result = await run.run_agent(agent, AgentInput(timing.PROMPT), run.root)
        print(result.text, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[2]))
