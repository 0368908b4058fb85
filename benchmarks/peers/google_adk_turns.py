"""A conversation with a google-adk agent, in a session in memory; no tracing. See `benchmarks.growth`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from benchmarks import growth, timing
from google.adk.agents import LlmAgent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.genai import types

_WHO = {"app_name": "benchmark", "user_id": "user"}
_USED = types.GenerateContentResponseUsageMetadata(prompt_token_count=10, candidates_token_count=5)


class Counts(BaseLlm):
    """Says how many messages it was sent, without a server."""

    async def generate_content_async(self, llm_request, stream=False):
        """Words."""
        part = types.Part(text=str(len(llm_request.contents)))
        yield LlmResponse(content=types.Content(role="model", parts=[part]), usage_metadata=_USED)


async def begin():
    """What takes a turn."""
    agent = LlmAgent(name="weather", model=Counts(model="in-process"), instruction=timing.SYSTEM)
    runner = InMemoryRunner(agent=agent, app_name=_WHO["app_name"])
    session = await runner.session_service.create_session(**_WHO)
    prompt = types.Content(role="user", parts=[types.Part(text=timing.PROMPT)])

    async def turn() -> int:
        answer = ""
        async for event in runner.run_async(user_id=_WHO["user_id"], session_id=session.id, new_message=prompt):
            if event.is_final_response() and event.content:
                answer = event.content.parts[0].text
        return int(answer)

    return turn


if __name__ == "__main__":
    growth.main(begin)
