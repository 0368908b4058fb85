"""Each promise holds, and each check that holds it is needed: without it, one of the promises is broken."""

from __future__ import annotations

import pytest

from ..mutation import mutated
from . import core, core_user

CASES = {**core.CASES, **core_user.CASES}

MUTANTS: dict[str, tuple[str, str, str]] = {
    # name: module, what is written there, what is written instead
    "nothing is denied": ("permissions.policy", "if rule := _first(grants.deny.get(kind.key, ()), target):", "if rule := None:"),
    "bounds deny nothing": ("permissions.policy", "for grants in (self._rules, *self.bounds):", "for grants in (self._rules,):"),
    "everything is allowed": ("permissions.policy", "if allowing is None:", "if False:"),
    "any shape is a target": ("permissions.policy", "if _sound(kind, target) else None", ""),
    "bounds allow everything": ("permissions.policy", "if kind.key in bound.allow and not _first", "if False and not _first"),
    "an empty bound is none": ("permissions.policy", "if kind.key in bound.allow and not", "if bound.allow.get(kind.key) and not"),
    "a bound replaces the one before": ("permissions.policy", "(*self.bounds, *grants), {}, {}", "grants[-1:], {}, {}"),
    "a free kind stays free in a part": (
        "permissions.policy",
        "found._free = frozenset(kind for kind in self._free if found._unrestricted(_NAMED[kind].key))",
        "pass",
    ),
    "names are not checked": ("permissions.policy", "if kind in _NAMED and kind not in self._free:", "if False:"),
    "needs are not checked": ("permissions.policy", "if not self.grants_any(key):", "if False:"),
    "a denial only tells": ("permissions.policy", "raise denial(KINDS[kind]", "str(KINDS[kind]) or (lambda *_: _)(kind"),
    "paths may climb": ("permissions.patterns", 'if ".." in Path(text).parts:', "if False:"),
    "a folder is its letters": ("permissions.patterns", 'root.rstrip("/") + "/" for root', 'root.rstrip("/") for root'),
    "a star crosses folders": ("permissions.patterns", r'{r"\*": "[^/]*"', r'{r"\*": ".*"'),
    "an ending is enough": ("permissions.hosts", 'ending = "." + str(', 'ending = "" + str('),
    "ports do not count": ("permissions.hosts", "(port is None or asked == port or (deny and asked is None)) and", "True and"),
    "an unknown port is not denied": ("permissions.hosts", " or (deny and asked is None)", ""),
    "a mapped address is another": ("permissions.hosts", "return address.ipv4_mapped or address", "return address"),
    "numbers are names": ("permissions.hosts", "    if _is_numeric(name):", "    if False:"),
    "what is no host passes": ("permissions.hosts", "return _read(target) is not None", "return True"),
    "a command has no end": ("permissions.commands", "and not (open_end or deny)", "and False"),
    "a denied command ends": ("permissions.commands", "(open_end or deny)", "(open_end)"),
    "any folder's program": ("permissions.commands", "return deny and PurePath", "return PurePath"),
    "only the bare name is denied": ("permissions.commands", "return deny and PurePath", "return False and PurePath"),
    "words are not compared": ("permissions.commands", 'word in ("*", found)', "True"),
    "a part forgets what it is held to": ("run", "bounds = parent.bounds if permissions is None else (*parent.bounds, permissions)", "bounds = () if permissions is None else (permissions,)"),
    "a call is not held to less": ("run", "tool.needs, permissions=permissions", "tool.needs, permissions=None"),
    "an operation is the whole run": ("gate.operation", "self.run.policy.narrowed(*self.bounds)", "self.run.policy"),
    "files are checked by name only": ("files.walk", "self._guard.check(path)  # where it really is", "pass"),
    "denied places are told of": ("files.walk", "self._guard.check(os.path.join(*self._names_to, *part))", "pass"),
    "links are followed by their names": ("files.walk", 'return os.readlink(f"/proc/self/fd/{descriptor}")', "return os.path.realpath(root)"),
    "all names are told": ("files.walk", "if guard is None or guard.allows(os.path.join(folder, name))", ""),
    "a header anywhere counts": ("permissions.request", "            return  # a long", "            continue  # a long"),
    "an answer is for any text": ("permissions.answers", "parts = (self._source.text, request.kind.key,", "parts = (request.kind.key,"),
    "an answer is for any folder": ("permissions.answers", "_meaning(request, pattern), request.pattern)", "request.pattern)"),
    "once is for good": ("permissions.answers", 'if answer in ("always", "never"):', "if True:"),
    "an answer undoes a denial": ("permissions.answers", 'return "denied"', "pass"),
    "others may write answers": ("permissions.store", "if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):", "if False:"),
    "any project is trusted": ("permissions.trust", "if not withheld or Trust", "if True or Trust"),
    "trust is for any content": ("permissions.trust", "return digest in self._digests(", "return [] != self._digests("),
    "a project may grant": ("permissions.trust", '(("permissions", "*"), _widens)', '(("permissions", "*"), _drops_hooks)') ,
    "a project may grant to spells": ("permissions.trust", '    (("spell", "*", "permissions", "*"), _widens),\n', ""),
    "a project may define profiles": ("permissions.trust", '    (("profile", "*"), _always),\n', ""),
    "a project may choose a weaker profile": ("permissions.trust", '    (("run", "profile"), _weakens),\n', ""),
    "a project may drop hooks": ("permissions.trust", '    (("hooks", "enabled"), _drops_hooks),\n', ""),
    "a project may load from anywhere": ("permissions.trust", '    (("modules", "paths"), _leaves_project),\n', ""),
    "a project may redirect keys": ("permissions.trust", 'for kind in ("provider", "tool"', 'for kind in ("tool"'),
    "a project may name commands": ("permissions.trust", 'for kind in ("provider", "tool"', 'for kind in ("provider"'),
    "a command may hide in a table": ("permissions.trust", "return any(_reaches((*path, str(key)), inner, {}) for", "return any(False for"),
    "a layer undoes the one below": ("permissions.configured", "for table, origin in [*tables, (merged, self._loaded.origin)]:", "for table, origin in [(merged, self._loaded.origin)]:"),
}  # fmt: skip


@pytest.mark.parametrize("promise", CASES)
def test_a_promise_holds(promise: str) -> None:
    CASES[promise]()


@pytest.mark.parametrize("mutant", MUTANTS)
def test_without_a_check_a_promise_is_broken(mutant: str) -> None:
    module, written, instead = MUTANTS[mutant]
    with mutated(f"llmspell.{module}", written, instead, "llmspell"):
        assert any(_breaks(promise) for promise in CASES)


def test_there_are_enough_mutants_and_promises() -> None:
    assert len(MUTANTS) >= 25
    assert len(CASES) >= 25


def _breaks(promise: str) -> bool:
    try:
        CASES[promise]()
    except (SyntaxError, ImportError, NameError):
        raise  # the mutant is no program
    except Exception:  # it may break a promise in any other way
        return True
    return False
