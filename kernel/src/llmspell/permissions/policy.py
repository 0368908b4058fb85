"""What a run may do: a profile's grants and those laid over them, and the answer for each thing that is asked.

Denied anywhere is denied; else asked about anywhere is asked about; else allowed anywhere is allowed; and what nobody
named is denied. Everything below an operation
with permissions of its own is held to those as well, so that nothing gets more than what started it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import attrs

from llmspell.errors import PermissionDenied
from llmspell.permissions.grants import Grants, Rule, Step, merge
from llmspell.permissions.kinds import KINDS, Kind, Target, find_kind, spelled
from llmspell.permissions.profiles import Profile

if TYPE_CHECKING:
    from llmspell.gate.operation import Operation

Reason = Literal["allowed", "denied", "not granted", "outside", "ask"]
Tell = Callable[[str, Mapping[str, Any]], object]

_REMEMBERED = 4096
_REMEMBERED_PARTS = 256
_ADD = "add it to those, if it may be allowed"
_NAMED = {"tool": KINDS["tools"], "llm": KINDS["models"]}


@attrs.frozen
class Decision:
    """The answer to one question.

    Attributes:
        allowed: whether it may be.
        reason: `allowed`; `denied`: a pattern denies it; `not granted`: none allows it; `outside`: the run has it, but
            the agent or tool that asks is held to less; `ask`: not before it is approved.
        pattern: the pattern that decided; empty when none did.
        origin: where that pattern was written.
        flag: what to add to the command line; empty when no flag would help.
    """

    allowed: bool
    reason: Reason
    pattern: str = ""
    origin: str = ""
    flag: str = ""


class Policy:
    """What a run, or a part of it, may do.

    Args:
        profile: the security level.
        layers: what is granted and denied on top, such as the configuration, the command line and the user's answers.
        base: the folder where the profile's relative paths begin, absolute.
        bounds: what the part of the run is held to, the outermost first.
    """

    def __init__(
        self,
        profile: Profile,
        layers: Iterable[Grants] = (),
        *,
        base: Path = Path("/"),
        bounds: tuple[Grants, ...] = (),
    ) -> None:
        self.profile = profile
        self.layers = (profile.grants(base), *layers)
        self.bounds = bounds
        self._rules = merge(self.layers)
        self._decisions: dict[tuple[str, str], Decision] = {}
        self._within: dict[tuple[Grants, ...], Policy] = {}
        self._free = frozenset(kind for kind, named in _NAMED.items() if self._unrestricted(named.key))
        self.asks = self._asks()

    @property
    def grants(self) -> Grants:
        """All layers as one, without the bounds."""
        return self._rules

    @property
    def cost_step(self) -> Step | None:
        """How much may be spent before it is asked about; None means that it is not."""
        return self._rules.cost

    def narrowed(self, *grants: Grants) -> Policy:
        """This policy, held to `grants` as well: of each kind that they name, only what they allow is left."""
        if not grants:
            return self
        found = self._within.get(grants)
        if found is None:
            if len(self._within) >= _REMEMBERED_PARTS:
                self._within.clear()
            found = self._within[grants] = copy(self)
            found.bounds, found._decisions, found._within = (*self.bounds, *grants), {}, {}
            found._free = frozenset(kind for kind in self._free if found._unrestricted(_NAMED[kind].key))
            found.asks = found._asks()
        return found

    def decide(self, kind: str, target: Target) -> Decision:
        """Whether a target may be reached, and why.

        Args:
            kind: the key of a kind, such as `fs.read`.
            target: an absolute path without links, `host:port`, a name, or the words of a command.

        Raises:
            UsageError: there is no such kind.
        """
        if not isinstance(target, str):
            return self._decide(find_kind(kind), target)  # a command may be long, hold a secret, and never come again
        found = self._decisions.get((kind, target))
        if found is None:
            if len(self._decisions) >= _REMEMBERED:
                self._decisions.clear()
            found = self._decisions[kind, target] = self._decide(find_kind(kind), target)
        return found

    def _decide(self, kind: Kind, target: Target) -> Decision:
        for grants in (self._rules, *self.bounds):
            if rule := _first(grants.deny.get(kind.key, ()), target):
                return Decision(False, "denied", rule.pattern.text, rule.origin)
        named = (*self._rules.ask.get(kind.key, ()), *self._rules.allow.get(kind.key, ()))
        allowing = _first(named, target) if _sound(kind, target) else None
        if allowing is None:
            return Decision(False, "not granted", flag=spelled(kind, target))
        for bound in self.bounds:
            if kind.key in bound.allow and not _first((*bound.allow[kind.key], *bound.ask.get(kind.key, ())), target):
                return Decision(False, "outside", origin=bound.origin)
        asking = [rule for each in (self._rules, *self.bounds) for rule in each.ask.get(kind.key, ())]
        if rule := _first(asking, target):
            return Decision(False, "ask", rule.pattern.text, rule.origin)
        return Decision(True, "allowed", allowing.pattern.text, allowing.origin)

    def denies(self, kind: str, target: Target) -> bool:
        """Whether a pattern denies the target, whatever allows it; for what a name turned out to lead to."""
        return self.decide(kind, target).reason == "denied"

    def grants_any(self, kind: str) -> bool:
        """Whether there is anything of a kind that may be reached."""
        key = find_kind(kind).key
        bounds = (bound for bound in self.bounds if key in bound.allow)
        return all(rules.allow.get(key) or rules.ask.get(key) for rules in (self._rules, *bounds))

    def roots(self, kind: str) -> tuple[Path, ...]:
        """The folders (or files) below which something of a kind of paths may be reached; none inside another."""
        allow = (self._rules, *(bound for bound in self.bounds if kind in bound.allow))
        patterns = [rule.pattern for rule in (*allow[-1].allow.get(kind, ()), *allow[-1].ask.get(kind, ()))]
        found = {Path(root) for pattern in patterns for root in (pattern.root, pattern.spelled)}
        return tuple(sorted(root for root in found if found.isdisjoint(root.parents)))

    def check(self, kind: str, target: Target, operation: Operation, tell: Tell | None = None) -> None:
        """Let an operation reach a target.

        A denial is an event, and so is what is allowed: a command each time, all else once per run.

        What a rule wants to be asked about waits for the answer where this is a thread; see `Asking.check`.

        Args:
            kind: the key of a kind.
            target: as for `decide`.
            operation: who asks.
            tell: appends an event of the operation; needed where the caller is not on the event loop.

        Raises:
            PermissionDenied: it may not.
        """
        decision = self.decide(kind, target)
        if decision.reason == "ask":
            operation.run.asking.check(kind, target, decision, operation)
            return
        granted = operation.run.granted
        if decision.allowed and (kind, target) in granted:
            return
        tell = tell or (lambda event, data: operation.run.log.append(event, operation.path, data))
        data = {"permission": kind, "target": _safe(target), "pattern": decision.pattern, "origin": decision.origin}
        if decision.allowed:
            if isinstance(target, str):
                granted.add((kind, target))
            tell("permission.granted", data)
            return
        tell("permission.denied", {**data, "reason": decision.reason, "flag": decision.flag})
        raise denial(KINDS[kind], target, decision, self.profile, operation)

    def check_operation(self, operation: Operation) -> None:
        """Let an operation begin: its own name, and the kinds of permission that it needs.

        A name to be asked about passes: it is asked about when hooks have settled the arguments; see `Asking.begin`.

        Raises:
            PermissionDenied: it may not.
        """
        kind = operation.kind
        if kind in _NAMED and kind not in self._free:
            self._check_name(_NAMED[kind].key, operation)
        for key in operation.needs:
            if not self.grants_any(key):
                self._refuse(key, operation)

    def _check_name(self, key: str, operation: Operation) -> None:
        if self.decide(key, operation.name).reason != "ask":
            self.check(key, operation.name, operation)

    def _asks(self) -> bool:
        """Whether there is any rule that asks."""
        return self._rules.cost is not None or any(grants.ask for grants in (self._rules, *self.bounds))

    def _refuse(self, key: str, operation: Operation) -> None:
        """Raise, because an operation needs a kind (`key` is the first) of which there is nothing."""
        lacking = [KINDS[each] for each in operation.needs if not self.grants_any(each)]
        bound = next((each for each in self.bounds if any(each.allow.get(kind.key) == () for kind in lacking)), None)
        flags = [] if bound else [spelled(kind) for kind in lacking]
        origin = bound.origin if bound else ""
        reason: Reason = "outside" if bound else "not granted"
        data = {"permission": key, "target": "", "pattern": "", "origin": origin, "reason": reason}
        operation.run.log.append("permission.denied", operation.path, {**data, "flag": " ".join(flags)})
        why = f"among the permissions of {origin}" if bound else f"allowed in profile {self.profile.name!r}"
        raise PermissionDenied(
            f"{operation.kind} {operation.name!r} uses {', '.join(kind.key for kind in lacking)}, which is not {why}",
            component=operation.component,
            hint=f"run again with {' '.join(flags)}" if flags else _ADD,
            details={"flags": flags},
        )

    def _unrestricted(self, key: str) -> bool:
        """Whether every target of a kind is allowed, so that nothing needs comparing."""
        rules = self._rules
        if any(grants.deny.get(key) or grants.ask.get(key) for grants in (rules, *self.bounds)):
            return False
        if any(key in bound.allow for bound in self.bounds):
            return False
        return any(rule.pattern.everything for rule in rules.allow.get(key, ()))


def denial(kind: Kind, target: Target, decision: Decision, profile: Profile, operation: Operation) -> PermissionDenied:
    """The error for a denied target: who, what, why, and what to type next."""
    own = _NAMED.get(operation.kind) is kind and target == operation.name
    noun = {"tools": "tool", "models": "model"}.get(kind.key)
    what = f"{noun} {operation.name!r}" if own else f"{kind.key} of {_shown(target)!r}"
    sentence, hint = {
        "denied": (f"is denied by {decision.pattern!r} ({decision.origin})", "take that away, if it may be allowed"),
        "outside": (f"is not among the permissions of {decision.origin}", _ADD),
        "not granted": (f"is not allowed in profile {profile.name!r}", f"run again with {decision.flag}"),
    }[decision.reason]
    return PermissionDenied(
        f"{what} {sentence}",
        component=operation.component,
        hint=hint,
        details={"permission": kind.key, "target": _safe(target), "flag": decision.flag},
    )


def _first(rules: Sequence[Rule], target: Target) -> Rule | None:
    return next((rule for rule in rules if rule.pattern.matches(target)), None)


def _sound(kind: Kind, target: Target) -> bool:
    """Whether the target is of the shape that patterns can judge; what is not is never allowed."""
    match kind.shape:
        case "path":
            return (
                isinstance(target, str) and os.path.isabs(target) and ".." not in target.replace(os.sep, "/").split("/")
            )
        case "command":
            return not isinstance(target, str) and bool(target) and all("\0" not in word for word in target)
        case "host":
            from llmspell.permissions.hosts import is_host

            return is_host(target)
    return isinstance(target, str) and target != ""


def _safe(target: Target) -> Target:
    """The target as events and errors may have it: the words of a command without secrets."""
    if isinstance(target, str):
        return target
    from llmspell.redaction import redact_words

    return redact_words(target)


def _shown(target: Target) -> str:
    return target if isinstance(target, str) else " ".join(_safe(target))
