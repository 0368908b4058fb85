"""An llmspell agent from Python: `agent_runs.py MODE [URL] [VARIANT]`; see `benchmarks.timing`.

Variants: `async` (the tool is a coroutine function, as in every peer's program), `quick` (a plain function
that promises to be quick), `run` (as `async`, and every ask opens and closes a `Run` of its own, with its own
budget, state and event log; in the others all asks share one).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks import timing

from llmspell.agent import AgentInput, AgentSpec, BaseAgent
from llmspell.config import load
from llmspell.kernel import Kernel
from llmspell.run import Run
from llmspell.tool import Tool

UNLIMITED = [f"budget.{name}=1000000000" for name in ("model_calls", "tool_calls", "tokens", "wall_time")]


class _Weather(Tool):
    name = timing.TOOL
    description = timing.TOOL_DESCRIPTION
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


class AsyncWeather(_Weather):
    """The tool as a coroutine function."""

    async def run(self, arguments: dict[str, Any], context: object) -> str:
        """Always sunny."""
        return timing.TOOL_ANSWER


class QuickWeather(_Weather):
    """The tool as a plain function that may run on the event loop."""

    quick = True

    def run(self, arguments: dict[str, Any], context: object) -> str:
        """Always sunny."""
        return timing.TOOL_ANSWER


def make_kernel(url: str) -> Kernel:
    """A kernel without budget; its model `test/model` is the server at `url`, or if empty a function."""
    address = [
        f'provider.test.base_url="{url}"',
        'provider.test.plugin="openai"',
        'provider.test.api_key_env=""',
    ]
    kernel = Kernel(load(Path.cwd(), {}, [*UNLIMITED, *(address if url else ())]), environ={})
    if not url:
        from benchmarks.ours.models import forgetful

        from llmspell.testing import Loop

        kernel.models.add(forgetful("test", Loop(timing.TOOL_ARGUMENTS, timing.ANSWER)))
    return kernel


class Subject:
    """An agent, and the run that it belongs to; `own_runs` opens another for every ask."""

    kernel: Kernel | None = None
    shared: Run | None = None

    def __init__(self, url: str, tool: Tool, *, own_runs: bool) -> None:
        kernel = Subject.kernel = Subject.kernel or make_kernel(url)
        run = Subject.shared = Subject.shared or kernel.open_run()
        spec = AgentSpec("weather", model="test/model", system=timing.SYSTEM, tools=(tool,))
        self.agent: BaseAgent = run.make_agent("llm", spec)
        self.own_runs = own_runs


async def ask(subject: Subject) -> str:
    """One run of the agent."""
    kernel, run = Subject.kernel, Subject.shared
    assert kernel is not None
    assert run is not None
    if subject.own_runs:
        run = kernel.open_run()
    result = await run.run_agent(subject.agent, AgentInput(timing.PROMPT), run.root)
    if subject.own_runs:
        await run.close()
    return result.text


async def close(subject: Subject) -> None:
    """Close the kernel."""
    assert Subject.kernel is not None
    await Subject.kernel.close()


def main() -> None:
    """Run the variant that the third argument names."""
    variant = sys.argv[3] if len(sys.argv) > 3 else "async"
    tool = QuickWeather() if variant == "quick" else AsyncWeather()
    timing.main(lambda url: Subject(url, tool, own_runs=variant == "run"), ask, close)


if __name__ == "__main__":
    main()
