"""A google-adk agent, over its OpenAI model; no tracing. In the process, a `BaseLlm` of our own.

Its runner always works in a session: one is made in memory for each ask, and deleted after it.
"""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

import json
import os
from functools import cache

from benchmarks import timing
from google.adk.agents import LlmAgent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.genai import types

_WHO = {"app_name": "benchmark", "user_id": "user"}
_USED = types.GenerateContentResponseUsageMetadata(prompt_token_count=10, candidates_token_count=5)


async def get_weather(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


class InProcess(BaseLlm):
    """Answers without a server."""

    async def generate_content_async(self, llm_request, stream=False):
        """A tool call first, words once it was answered."""
        if any(part.function_response for part in llm_request.contents[-1].parts):
            part = types.Part(text=timing.ANSWER)
        else:
            arguments = json.loads(timing.TOOL_ARGUMENTS)
            part = types.Part(function_call=types.FunctionCall(name=timing.TOOL, args=arguments))
        yield LlmResponse(content=types.Content(role="model", parts=[part]), usage_metadata=_USED)


@cache
def model(url: str) -> BaseLlm:
    if not url:
        return InProcess(model="in-process")
    os.environ.update(OPENAI_BASE_URL=url, OPENAI_API_KEY="x")
    from google.adk.integrations.openai import OpenAILlm

    return OpenAILlm(model="test")


def make_agent(url: str) -> InMemoryRunner:
    agent = LlmAgent(name="weather", model=model(url), instruction=timing.SYSTEM, tools=[get_weather])
    return InMemoryRunner(agent=agent, app_name=_WHO["app_name"])


async def ask(runner: InMemoryRunner) -> str:
    session = await runner.session_service.create_session(**_WHO)
    prompt = types.Content(role="user", parts=[types.Part(text=timing.PROMPT)])
    answer = ""
    async for event in runner.run_async(user_id=_WHO["user_id"], session_id=session.id, new_message=prompt):
        if event.is_final_response() and event.content:
            answer = event.content.parts[0].text
    await runner.session_service.delete_session(**_WHO, session_id=session.id)
    return answer


if __name__ == "__main__":
    timing.main(make_agent, ask)
