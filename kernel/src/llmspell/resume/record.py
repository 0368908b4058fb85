"""What is kept of a paused run, as JSON and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.approvals.approval import Answer, Approval
from llmspell.cassette.exchange import Exchange
from llmspell.cassette.file import checksum, exchange_of
from llmspell.errors import UsageError

if TYPE_CHECKING:
    from llmspell.permissions import Policy

NAME = "llmspell.paused"
VERSION = 1


@attrs.frozen
class Kept:
    """What a store did: the call, what it gave as JSON, or the error that it raised."""

    call: tuple[str, ...]
    gave: Any = None
    error: dict[str, Any] | None = None


@attrs.frozen
class PausedRun:
    """A run that waits for an answer; all data is JSON without secrets.

    Attributes:
        run: its id.
        spell: the file as it was typed, or `(exec)`.
        code: the code where there is no file.
        source: SHA-256 of the code.
        folder: the current folder of the process that began it.
        options: those of `llmspell run`.
        model: its default model; empty when nobody asked for it.
        user: whom it is for.
        rules: what it may do, see `rules_of`.
        paused: seconds since 1970.
        questions: what nobody has answered.
        answers: what was answered to others, by `Approval.digest`: tools of the spell's own are asked about again.
        granted: the questions that were answered for the whole run, by `Approval.question`.
        exchanges: what models and tools answered.
        kept: what the store did, in order.
    """

    run: str
    spell: str
    code: str
    source: str
    folder: str
    options: Mapping[str, Any]
    model: str
    user: str
    rules: str
    paused: float
    questions: tuple[Approval, ...]
    answers: Mapping[str, Answer]
    granted: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    kept: tuple[Kept, ...]


def digest_of(code: str) -> str:
    """SHA-256 of a spell's code."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def rules_of(policy: Policy) -> str:
    """SHA-256 of what a policy allows, denies and asks about, wherever it was written."""
    grants = policy.grants
    tables = {
        word: {key: sorted({(rule.pattern.text, rule.pattern.root) for rule in rules}) for key, rules in table.items()}
        for word, table in (("allow", grants.allow), ("deny", grants.deny), ("ask", grants.ask))
    }
    return digest_of(json.dumps([tables, grants.cost and grants.cost.amount], sort_keys=True))


def text_of(paused: PausedRun) -> str:
    """The file's content."""
    data = attrs.asdict(paused)
    return json.dumps({"schema": f"{NAME}/{VERSION}", "checksum": checksum(data), **data}) + "\n"


def read(text: str, where: str) -> PausedRun:
    """What `text_of` made `text` of; `where` names it.

    Raises:
        UsageError: it is something else, of a newer version, or was changed.
    """
    try:
        data = json.loads(text)
        schema, found = data.pop("schema"), data.pop("checksum")
        if schema != f"{NAME}/{VERSION}":
            raise UsageError(f"{where} is of {schema!r}, and this llmspell reads {NAME}/{VERSION}")
        if found != checksum(data):
            raise UsageError(f"{where} is damaged, or was changed since the run was paused")
        return PausedRun(
            **{
                **data,
                "questions": tuple(Approval(**each) for each in data["questions"]),
                "answers": {digest: Answer(**each) for digest, each in data["answers"].items()},
                "granted": tuple(data["granted"]),
                "exchanges": tuple(map(exchange_of, data["exchanges"])),
                "kept": tuple(Kept(tuple(each["call"]), each["gave"], each["error"]) for each in data["kept"]),
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as cause:
        raise UsageError(f"{where} is no paused run, or damaged: {cause}") from cause
