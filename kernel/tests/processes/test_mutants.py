"""Each check of the guard is needed: with it removed, a test turns red."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs
import pytest

import llmspell

from . import test_endings, test_environment, test_injection, test_programs, test_words
from .ground import Ground


@attrs.frozen
class Kit:
    """The fixtures that the tests need."""

    ground: Callable[..., Ground]
    tmp_path: Path
    monkeypatch: pytest.MonkeyPatch


Test = Callable[[Kit], Awaitable[None]]

# The check: its module, its text, what stands there instead, and the test that turns red.
MUTANTS: dict[str, tuple[str, str, str, Test]] = {
    "nobody is asked": (
        "processes",
        "        guard.check(command)\n",
        "",
        lambda kit: test_injection.test_a_pattern_stops(kit.ground, "git log **", ["touch", "canary"]),
    ),
    "a link frees a denied program": (
        "processes",
        "if guard.denies((program.path, *command[1:])):",
        "if False:",
        lambda kit: test_injection.test_a_link_does_not_free_a_denied_program(kit.ground),
    ),
    "any folder will do": (
        "processes",
        "            guard.check(folder.path)\n",
        "            pass\n",
        lambda kit: test_programs.test_a_program_does_not_work_where_nothing_may_be_read(
            kit.ground, kit.tmp_path, "link"
        ),
    ),
    "folders elsewhere are told of": (
        "processes",
        "guard.check(os.path.realpath(place))",
        "pass",
        lambda kit: test_programs.test_a_program_does_not_work_where_nothing_may_be_read(
            kit.ground, kit.tmp_path, "link/nothing-there"
        ),
    ),
    "events tell every word": (
        "processes",
        "redact_words(start.words)",
        "start.words",
        lambda kit: test_endings.test_what_was_started_and_how_it_finished_are_events(kit.ground),
    ),
    "a text is a command": (
        "words",
        "if not isinstance(argv, list | tuple):",
        "if False:",
        lambda kit: test_words.test_what_is_no_list_of_words_is_refused(kit.ground, *test_words.WRONG["text"]),
    ),
    "words are anything": (
        "words",
        "if type(word) is not str:",
        "if False:",
        lambda kit: test_words.test_what_is_no_list_of_words_is_refused(kit.ground, *test_words.WRONG["subclass"]),
    ),
    "words have NUL characters": (
        "words",
        'if "\\0" in word:',
        "if False:",
        lambda kit: test_words.test_what_is_no_list_of_words_is_refused(kit.ground, *test_words.WRONG["nul"]),
    ),
    "checked words may change": (
        "words",
        "return tuple(argv)",
        "return argv",
        lambda kit: test_words.test_words_that_change_after_they_were_checked_change_nothing(kit.ground),
    ),
    "relative paths are programs": (
        "programs",
        "if not os.path.isabs(name):",
        "if False:",
        lambda kit: test_programs.test_a_relative_path_is_refused(kit.ground, "sub/tool"),
    ),
    "paths have many spellings": (
        "programs",
        "if os.path.normpath(name) != name or",
        "if",
        lambda kit: test_programs.test_a_path_has_one_spelling(kit.ground, "/usr/./bin/touch"),
    ),
    "paths begin with two slashes": (
        "programs",
        ' or name.startswith("//")',
        "",
        lambda kit: test_programs.test_a_path_has_one_spelling(kit.ground, "//usr/bin/touch"),
    ),
    "programs are looked for in shared folders": (
        "programs",
        "not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and",
        "",
        lambda kit: test_programs.test_a_folder_where_others_may_write_is_left_out(kit.ground, kit.tmp_path, 0o775),
    ),
    "programs are looked for in relative folders": (
        "programs",
        "not os.path.isabs(folder) or",
        "",
        lambda kit: test_programs.test_a_folder_for_programs_is_absolute(kit.ground, "."),
    ),
    "everybody may change the program": (
        "programs",
        "if mode & stat.S_IWOTH:",
        "if False:",
        lambda kit: test_programs.test_a_program_that_everybody_may_change_is_refused(kit.ground, kit.tmp_path, "file"),
    ),
    "everybody may replace the program": (
        "programs",
        "if _replaceable(os.stat(folder).st_mode):",
        "if False:",
        lambda kit: test_programs.test_a_program_that_everybody_may_change_is_refused(
            kit.ground, kit.tmp_path, "above"
        ),
    ),
    "variables are free": (
        "environment",
        "        guard.check(name)\n",
        "",
        lambda kit: test_environment.test_a_variable_that_is_not_granted_is_refused(kit.ground),
    ),
    "variables decide what is loaded": (
        "environment",
        "if _CODE.fullmatch(name):",
        "if False:",
        lambda kit: test_environment.test_a_variable_that_decides_which_code_is_loaded_is_never_passed_on(
            kit.ground, "LD_PRELOAD"
        ),
    ),
    "variables with secret names": (
        "environment",
        "if secret_name(name) or",
        "if",
        lambda kit: test_environment.test_a_secret_is_never_passed_on(kit.ground, test_environment.SECRET["by-name"]),
    ),
    "variables with secrets": (
        "environment",
        " or Redactor().text(value) != value:",
        ":",
        lambda kit: test_environment.test_a_secret_is_never_passed_on(kit.ground, test_environment.SECRET["by-value"]),
    ),
    "a session is shared": (
        "start",
        "start_new_session=True",
        "start_new_session=False",
        lambda kit: test_environment.test_it_has_no_terminal_and_a_session_of_its_own(kit.ground),
    ),
    "the input can be written to": (
        "start",
        'open(f"/proc/self/fd/{descriptor}", "rb")',
        'open(f"/proc/self/fd/{descriptor}", "r+b")',
        lambda kit: test_endings.test_a_program_cannot_write_to_its_input(kit.ground),
    ),
    "the rest of the group lives on": (
        "running",
        "self._kill(signal.SIGKILL)  # also",
        "# also",
        lambda kit: test_endings.test_what_a_program_leaves_behind_is_ended_when_it_ends_by_itself(kit.ground),
    ),
    "nobody is asked to end": (
        "running",
        "self._kill(signal.SIGTERM)",
        "self._kill(signal.SIGKILL)",
        lambda kit: test_endings.test_a_program_may_clean_up_before_it_ends(kit.ground),
    ),
    "output has no cap": (
        "running",
        "self.truncated |= len(chunk) > self._left",
        "pass",
        lambda kit: test_endings.test_a_program_that_ends_at_the_cap_is_whole(kit.ground, 1001, True),
    ),
    "descriptors are inherited": (
        "launcher",
        "os.set_inheritable(descriptor, False)",
        "pass",
        lambda kit: test_environment.test_no_descriptor_is_inherited(kit.ground),
    ),
    "signals stay as they were": (
        "launcher",
        "        _reset_signals()\n",
        "",
        lambda kit: test_environment.test_no_signal_is_ignored_or_blocked(kit.ground),
    ),
    "programs gain rights": (
        "launcher",
        "_prctl(_PR_SET_NO_NEW_PRIVS, 1)",
        "pass",
        lambda kit: test_environment.test_no_program_gains_rights(kit.ground),
    ),
    "limits are not set": (
        "launcher",
        "    resource.setrlimit(which, (amount, amount))\n",
        "",
        lambda kit: test_environment.test_a_limit_of_the_system_holds(
            kit.ground, *test_environment.LIMITS["file_size"]
        ),
    ),
    "a swapped binary starts": (
        "launcher",
        "os.execve(program, words",
        "os.execve(path, words",
        lambda kit: test_programs.test_a_binary_that_is_swapped_after_the_check_is_not_the_one_that_starts(
            kit.ground, kit.monkeypatch
        ),
    ),
    "a swapped script starts": (
        "launcher",
        "raise OSError(errno.ESTALE, os.strerror(errno.ESTALE)) from None",
        "pass",
        lambda kit: test_programs.test_a_script_that_is_swapped_after_the_check_is_not_started(
            kit.ground, kit.monkeypatch
        ),
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_without_a_check_a_test_turns_red(
    mutant: str, ground: Callable[..., Ground], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, written, instead, test = MUTANTS[mutant]
    monkeypatch.setattr(test_endings, "LOOKS", 20)
    with mutated(tmp_path / "mutant", module, written, instead), survivors_of(tmp_path / "project"):
        assert await is_red(test(Kit(ground, tmp_path, monkeypatch)))


async def is_red(test: Awaitable[None]) -> bool:
    """Whether a test fails, in whichever way."""
    try:
        await test
    except (SyntaxError, ImportError, NameError):
        raise  # the mutant is no program
    except (Exception, pytest.fail.Exception):
        return True
    return False


@contextmanager
def mutated(folder: Path, module: str, written: str, instead: str) -> Iterator[None]:
    """A copy of the package in the place of the package, with one change."""
    source = Path(llmspell.__path__[0], "process")
    text = (source / f"{module}.py").read_text()
    assert text.count(written) == 1
    shutil.copytree(source, folder / "process", ignore=shutil.ignore_patterns("__pycache__"))
    changed = text.replace(written, instead)
    compile(changed, module, "exec")
    (folder / "process" / f"{module}.py").write_text(changed)
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith("llmspell.process")}
    del llmspell.process  # the import system sets it
    llmspell.__path__.insert(0, str(folder))
    try:
        yield
        assert sys.modules["llmspell.process"].__file__ == str(folder / "process" / "__init__.py")
    finally:
        llmspell.__path__.remove(str(folder))
        for name in [name for name in sys.modules if name.startswith("llmspell.process")]:
            del sys.modules[name]
        sys.modules.update(kept)
        llmspell.process = kept["llmspell.process"]


@contextmanager
def survivors_of(project: Path) -> Iterator[None]:
    """Ends what a mutant left running."""
    try:
        yield
    finally:
        if (project / "pids").exists():
            for pid in (project / "pids").read_text().split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
