"""The agent type `llm` keeps the contract of agent types."""

from __future__ import annotations

from llmspell.testing.contracts.agent import AgentContract


class TestLlm(AgentContract):
    """With the default steps."""

    type_name = "llm"
