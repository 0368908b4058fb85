"""The contract of tools, checked on an installed tool with its own examples, outside of any test suite.

It needs pytest and pytest-asyncio, which `llmspell[testing]` installs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import attrs

from llmspell.errors import UsageError

if TYPE_CHECKING:
    import pytest

Verdict = Literal["passed", "failed", "skipped"]

_TEST = """\
import os
import shutil

from llmspell.testing.contracts.tool import ToolContract


class Test(ToolContract):
    name = {name!r}
    allow = {allow!r}
    bad = ({{"no_such_argument": 1}},)
    environ = dict(os.environ)
    tables = {tables!r}

    def prepare(self, folder):
        if {files!r}:
            shutil.copytree({files!r}, folder, dirs_exist_ok=True)
"""
_CALLS = (
    "test_it_answers_good_arguments_with_data",
    "test_it_leaves_its_arguments_alone",
    "test_a_quick_tool_is_quick",
)
"""Those of the contract that call the tool with its examples, so that it needs what it is granted."""


@attrs.frozen
class Checked:
    """How one sentence of the contract came out; `reason` says why it does not hold, or was not tried."""

    sentence: str
    verdict: Verdict
    reason: str = ""


def check(
    name: str,
    *,
    allow: Mapping[str, Sequence[str]],
    lacking: Sequence[str] = (),
    files: str = "",
    tables: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Checked]:
    """Every sentence of the contract, in its order.

    Args:
        name: the tool's.
        allow: what it is granted, patterns by kind of permission.
        lacking: the kinds that it needs and is not granted; while there are any, it is not called.
        files: a folder whose files are copied to where it is called; empty for none.
        tables: the configuration of tools, by name.

    Raises:
        UsageError: pytest or pytest-asyncio is not installed.
    """
    try:
        import pytest
        import pytest_asyncio  # noqa: F401  # the contract has async tests
    except ImportError as cause:
        raise UsageError(
            f"checking a tool needs {cause.name}, which is not installed", hint='pip install "llmspell[testing]"'
        ) from None
    listener = _Listener(lacking)
    text = _TEST.format(name=name, allow=dict(allow), files=files, tables=dict(tables or {}))
    with TemporaryDirectory(prefix="llmspell-") as scratch:
        here = Path(scratch)
        (here / "pytest.ini").write_text(
            "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
        )
        test = here / "test_tool.py"
        test.write_text(text)
        words = [f"--rootdir={here}", f"--basetemp={here / 'folders'}", "--import-mode=importlib", "--noconftest"]
        silent = ["-p", "no:terminal", "-p", "no:cacheprovider", "-c", str(here / "pytest.ini")]
        pytest.main([*words, *silent, str(test)], plugins=[listener])
    return listener.checked


class _Listener:
    """Hears from pytest how each test came out."""

    def __init__(self, lacking: Sequence[str]) -> None:
        self.checked: list[Checked] = []
        self._lacking = lacking

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        import pytest

        for item in items:
            if self._lacking and item.name in _CALLS:
                item.add_marker(pytest.mark.skip(reason=f"it needs {', '.join(self._lacking)}"))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            sentence = report.location[2].rpartition(".test_")[2].replace("_", " ")
            self.checked.append(Checked(sentence, report.outcome, _reason(report)))


def _reason(report: pytest.TestReport) -> str:
    if report.passed:
        return ""
    if isinstance(report.longrepr, tuple):  # why it was skipped: file, line, reason
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longrepr).partition("\n")[0]
