"""All cases, by subject: each module here is a subject, and names its cases `CASES`.

`llmspell.testing.conformance.case` says how a case is written.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import attrs

from llmspell.testing.conformance.case import Case

SUBJECTS = tuple(sorted(module.name for module in iter_modules(__path__)))
"""What the cases are about: the names of the modules here."""


def _cases(subject: str) -> tuple[Case, ...]:
    module = import_module(f"{__name__}.{subject}")
    return tuple(attrs.evolve(case, subject=subject) for case in module.CASES)


CASES = tuple(case for subject in SUBJECTS for case in _cases(subject))
"""Every case, with its subject; their ids are unique."""
