"""What is asked, and what was answered."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs

from llmspell.permissions.kinds import Target

if TYPE_CHECKING:
    from llmspell.gate.operation import Operation

Verdict = Literal["once", "run", "no"]
"""`once`: for this operation; `run`: for this very question, as often as the run asks it; `no`: not at all."""

Tell = Callable[[str, Mapping[str, Any]], object]


@attrs.frozen
class Approval:
    """One question: may this happen?

    Attributes:
        id: names the question, for people; 12 hexadecimal digits.
        run: the run that asks.
        kind: the key of a permission, such as `net`, or `cost`.
        target: what would be reached, secrets redacted: a name, a path, `host:port`, a command, an amount.
        tool: who asks, such as `tool:email_send`.
        path: the operation's place in the run.
        rule: the pattern that wants to be asked, and where it stands.
        shown: the arguments as JSON, secrets redacted; empty when there are none.
        arguments: SHA-256 of the target and the arguments as they are.
        created: seconds since 1970.
    """

    id: str
    run: str
    kind: str
    target: str
    tool: str
    path: str
    rule: str
    shown: str
    arguments: str
    created: float

    @property
    def digest(self) -> str:
        """SHA-256 of all that an answer is about; an answer with another one answers something else."""
        return _hash([self.run, self.kind, self.target, self.tool, self.path, self.shown, self.arguments])

    @property
    def question(self) -> str:
        """SHA-256 of what is the same when a run asks the same again."""
        return _hash([self.run, self.kind, self.tool, self.arguments])


@attrs.frozen
class Answer:
    """What somebody said, and who: `terminal`, `hook:NAME`, `user:NAME`."""

    verdict: Verdict
    by: str


Answerer = Callable[[Approval, Tell], Awaitable[Answer | None]]
"""Answers a question, or gives None to leave it to the next; `tell` appends an event of the run.

It sees to its own patience: `TimeoutError` means that nobody answered in time.
"""


def approval_of(operation: Operation, kind: str, target: Target, rule: str, arguments: Any) -> Approval:
    """The question whether an operation may reach a target, with what it was asked as `arguments`."""
    from llmspell.export import plain

    redactor, given = operation.run.log.redactor, plain(arguments)
    shown = "" if arguments is None else redactor.text(_json(redactor.data(given)))
    return Approval(
        id=os.urandom(6).hex(),
        run=operation.run.id,
        kind=kind,
        target=redactor.text(_written(target)),
        tool=operation.component,
        path=operation.path,
        rule=rule,
        shown=shown,
        arguments=_hash([target, given]),
        created=time.time(),
    )


def _written(target: Target) -> str:
    from shlex import join

    return target if isinstance(target, str) else join(target)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)


def _hash(value: Any) -> str:
    # What JSON does not know counts as its repr: at worst two equal things differ, and are asked about twice.
    return hashlib.sha256(_json(value).encode("utf-8", "surrogatepass")).hexdigest()
