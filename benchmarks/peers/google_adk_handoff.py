"""A google-adk agent that transfers to a sub-agent; no tracing. See `benchmarks.handoff`.

As in `google_adk_agent`, a session is made in memory for each question, and deleted after it.
"""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from benchmarks import handoff, timing
from google.adk.agents import LlmAgent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.genai import types

_WHO = {"app_name": "benchmark", "user_id": "user"}
_USED = types.GenerateContentResponseUsageMetadata(prompt_token_count=10, candidates_token_count=5)


class Transfers(BaseLlm):
    """Transfers, without a server."""

    async def generate_content_async(self, llm_request, stream=False):
        """The call that transfers."""
        call = types.FunctionCall(name="transfer_to_agent", args={"agent_name": handoff.SECOND})
        yield LlmResponse(
            content=types.Content(role="model", parts=[types.Part(function_call=call)]), usage_metadata=_USED
        )


class Answers(BaseLlm):
    """Answers without a server."""

    async def generate_content_async(self, llm_request, stream=False):
        """Words."""
        yield LlmResponse(
            content=types.Content(role="model", parts=[types.Part(text=timing.ANSWER)]), usage_metadata=_USED
        )


async def make():
    """What runs the agents once."""
    second = LlmAgent(
        name=handoff.SECOND,
        description=handoff.SECOND_DESCRIPTION,
        model=Answers(model="second"),
        instruction=handoff.SECOND_SYSTEM,
    )
    first = LlmAgent(
        name=handoff.FIRST,
        model=Transfers(model="first"),
        instruction=handoff.FIRST_SYSTEM,
        sub_agents=[second],
    )
    runner = InMemoryRunner(agent=first, app_name=_WHO["app_name"])
    prompt = types.Content(role="user", parts=[types.Part(text=timing.PROMPT)])

    async def once() -> str:
        session = await runner.session_service.create_session(**_WHO)
        answer = ""
        async for event in runner.run_async(user_id=_WHO["user_id"], session_id=session.id, new_message=prompt):
            if event.is_final_response() and event.content:
                answer = event.content.parts[0].text
        await runner.session_service.delete_session(**_WHO, session_id=session.id)
        return answer

    return once


if __name__ == "__main__":
    handoff.main(make)
