"""Makes a conversation shorter before a model is asked, as the agent's `compaction` says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llmspell.agents.compaction import SUMMARY, Compaction, as_transcript, tokens_of
from llmspell.context import Context
from llmspell.message import Message, ModelRequest
from llmspell.messages import Messages
from llmspell_agent_llm.conversation import Conversation


class Compacting:
    """The compaction of one run of an agent.

    Args:
        compaction: when and how.
        model: the agent's, `provider/model`.
        context: the agent's.
    """

    def __init__(self, compaction: Compaction, model: str, context: Context) -> None:
        self._compaction = compaction
        self._model = compaction.model or model
        self._context = context

    async def run(self, conversation: Conversation) -> None:
        """Make the conversation shorter if it is too long; the event `agent.compacted` tells so.

        Raises:
            LlmspellError: the model that summarises could not be asked.
        """
        messages = conversation.messages
        first = 1 if messages and messages[0].role == "system" else 0
        tokens = self._tokens(conversation)
        if not self._compaction.is_due(len(messages) - first, tokens):
            return
        dropped, kept = self._compaction.divide(messages[first:], tokens)
        if not dropped:
            return
        if self._compaction.summary:
            kept = (await self._summary(dropped, conversation), *kept)
        conversation.messages = Messages([*messages[:first], *kept])
        conversation.counted = conversation.counted_messages = 0
        self._context.event("agent.compacted", self._data(conversation, len(dropped), tokens))

    def _tokens(self, conversation: Conversation) -> int:
        """How long the conversation is: what the provider counted, and an estimate of what came since."""
        if self._compaction.tokens is None:
            return 0
        return conversation.counted + tokens_of(conversation.messages[conversation.counted_messages :])

    def _data(self, conversation: Conversation, dropped: int, tokens: int) -> dict[str, Any]:
        return {
            "name": self._context.operation.name,
            "dropped": dropped,
            "messages": len(conversation.messages),
            "tokens_before": tokens or None,
            "tokens": self._tokens(conversation) or None,
            "summary": self._compaction.summary,
        }

    async def _summary(self, dropped: Sequence[Message], conversation: Conversation) -> Message:
        asked = (Message("system", self._compaction.prompt), Message("user", as_transcript(dropped)))
        request = ModelRequest("", asked, timeout=self._context.run.model_timeout)
        completion = await self._context.complete(self._model, request)
        conversation.spend(completion)
        return Message("user", SUMMARY + completion.message.content)
