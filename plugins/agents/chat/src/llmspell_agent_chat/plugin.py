"""Offers the agent type `chat`: a conversation that may be long."""

from __future__ import annotations

from collections.abc import Mapping

from llmspell.agent import AgentType
from llmspell.agents.compaction import Compaction
from llmspell.agents.preset import Preset
from llmspell.agents.table import AgentTable
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings


class Chat(Preset[AgentTable]):
    """An agent of the type it is built on that is used to being talked to; `agent:chat()` begins a conversation."""

    name = "chat"
    table = AgentTable
    description = "Talks with people, and remembers what was said."
    role = "You are a helpful partner in a conversation. You are friendly, precise and brief."
    rules = (
        "Answer what was asked last, in the light of all that was said before. A summary at the beginning stands for "
        "the older part of the conversation: rely on it as if you had read that part. Say so when you do not know."
    )
    compaction = Compaction(tokens=24_000, summary=True)


@hookimpl
def llmspell_agents(settings: Settings) -> Mapping[str, AgentType]:
    """The agent type `chat`, and one for each agent that is configured with it."""
    return Chat.offered(settings)
