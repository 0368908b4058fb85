"""The contract of a strategy: how a router gets one answer out of several models."""

from __future__ import annotations

from abc import ABC, abstractmethod

from llmspell.message import Completion
from llmspell.router.call import Call, OnDelta


class Strategy(ABC):
    """Belongs to one router, and may remember what it learns from request to request."""

    @abstractmethod
    async def answer(self, call: Call, on_delta: OnDelta | None) -> Completion:
        """The answer of the model that it chooses; `on_delta` hears of nothing but that answer.

        Raises:
            ProviderError: there is none.
            LlmspellError: a model may not be asked.
        """
