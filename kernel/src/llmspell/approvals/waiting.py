"""Asks by a file, and waits for `llmspell approvals approve ID` in another terminal."""

from __future__ import annotations

import asyncio

from llmspell.approvals.approval import Answer, Approval, Tell
from llmspell.approvals.shown import what
from llmspell.approvals.store import Requests
from llmspell.errors import ConfigError

_PAUSE = 0.1  # seconds between looks at the folder


class Waiting:
    """Waits for answers from other processes.

    Args:
        requests: where the questions stand.
        timeout: seconds that one question waits.
    """

    def __init__(self, requests: Requests, timeout: float) -> None:
        self._requests = requests
        self._timeout = timeout

    async def __call__(self, approval: Approval, tell: Tell) -> Answer:
        """The answer.

        Raises:
            TimeoutError: there was none in time.
            ConfigError: the folder cannot be used.
        """
        with self._requests.asked(approval):
            tell("approval.waiting", {"id": approval.id, "what": what(approval), "timeout": self._timeout})
            async with asyncio.timeout(self._timeout):
                while True:
                    try:
                        answer = self._requests.answered(approval)
                    except ConfigError as error:
                        tell("approval.ignored", {"id": approval.id, "reason": error.message})
                    else:
                        if answer is not None:
                            return answer
                    await asyncio.sleep(_PAUSE)
