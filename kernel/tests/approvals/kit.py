"""Runs that ask, and people who answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmspell.approvals import Answer, Answerer, Approval
from llmspell.approvals.approval import Tell
from llmspell.kernel import RunOptions
from llmspell.permissions import Grants
from llmspell.run import Run

from ..permissions.kit import BASE
from ..run.kit import open_run


def asks(cost: float | None = None, **kinds: list[str]) -> Grants:
    """Rules that ask; `fs_read` stands for `fs.read`."""
    patterns = {key.replace("_", "."): texts for key, texts in kinds.items()}
    return Grants.of({}, origin="test", base=BASE, ask=patterns, cost=cost)


class Person:
    """Answers with one word after another, the last for ever; keeps what was asked."""

    def __init__(self, *verdicts: Any) -> None:
        self.asked: list[Approval] = []
        self._verdicts = list(verdicts)

    async def __call__(self, approval: Approval, tell: Tell) -> Answer | None:
        self.asked.append(approval)
        verdict = self._verdicts.pop(0) if len(self._verdicts) > 1 else self._verdicts[0]
        if isinstance(verdict, BaseException):
            raise verdict
        if isinstance(verdict, Callable):  # type: ignore[arg-type]  # it is a class to isinstance
            verdict = await verdict(approval)
        return None if verdict is None else Answer(verdict, "person")


def asking_run(*grants: Grants, answerers: tuple[Answerer, ...] = (), profile: str = "medium", **options: Any) -> Run:
    return open_run(options=RunOptions(profile=profile, permissions=grants, answerers=answerers), **options)
