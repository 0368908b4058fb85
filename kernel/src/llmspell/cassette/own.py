"""Which tools are the run's own making: what they do goes through the gate itself, so that replay runs them again."""

from __future__ import annotations

from llmspell.tool import Tool


def is_own(tool: Tool) -> bool:
    """Whether a tool is a function of the spell, or stands for an agent, and does nothing outside by itself."""
    from llmspell.agents.delegation import AgentTool, TransferTool
    from llmspell.script.tool import ScriptTool

    return isinstance(tool, ScriptTool | AgentTool | TransferTool)
