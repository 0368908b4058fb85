"""Each check of the guard is needed: with it removed, a test turns red."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from ..mutation import mutated
from . import test_files, test_races, test_writing


@attrs.frozen
class Kit:
    """The fixtures that the tests need."""

    project: Path
    monkeypatch: pytest.MonkeyPatch


Test = Callable[[Kit], None]
OUTSIDE = "../outside/secret.txt"


def denied(kit: Kit, path: str) -> None:
    test_files.test_a_path_that_leads_out_is_denied(kit.project, path)


# The check: its module, its text, what stands there instead, and the test that turns red.
MUTANTS: dict[str, tuple[str, str, str, Test]] = {
    "a folder is opened through a link": (
        "walk",
        '_FOLDER = _ROOT | flags("NOFOLLOW")',
        "_FOLDER = _ROOT",
        lambda kit: test_races.test_a_folder_that_becomes_a_link_is_not_entered(kit.project, kit.monkeypatch),
    ),
    "a file is opened through a link": (
        "places",
        '_SAFE = flags("NOFOLLOW", ',
        "_SAFE = flags(",
        lambda kit: test_races.test_a_file_that_becomes_a_link_is_not_opened(kit.project, kit.monkeypatch),
    ),
    "links are followed by the system": (
        "walk",
        "mode = os.stat(part, dir_fd=self._open[-1], follow_symlinks=False).st_mode",
        "mode = os.stat(part, dir_fd=self._open[-1]).st_mode",
        lambda kit: test_files.test_a_link_to_a_folder_outside_is_denied(kit.project),
    ),
    "an absolute link leads anywhere": (
        "walk",
        "return self._start(target) if os.path.isabs(target) else _parts(target)",
        "return _parts(target)",
        lambda kit: test_files.test_an_absolute_link_may_lead_into_another_root(kit.project),
    ),
    "a place outside becomes one inside": (
        "walk",
        "        raise self._denied(path)\n",
        "        return self._roots[0], path\n",
        lambda kit: test_files.test_a_link_that_leads_out_is_denied(kit.project, "{outside}/secret.txt"),
    ),
    "a name that begins like the root is inside": (
        "walk",
        'path.startswith(os.path.join(spelled, ""))',
        "path.startswith(str(spelled))",
        lambda kit: test_files.test_a_folder_whose_name_only_begins_like_the_root_is_outside(kit.project),
    ),
    "going up ends at the root": (
        "walk",
        "            raise self._denied(above)\n",
        "            return ahead\n",
        lambda kit: denied(kit, OUTSIDE),
    ),
    "any depth will do": (
        "walk",
        "if len(self._open) > _DEPTH:",
        "if False:",
        lambda kit: test_files.test_a_path_that_is_too_deep_is_refused_and_leaves_nothing_open(kit.project),
    ),
    "a name may have a NUL": (
        "reading",
        'if "\\0" in name:',
        "if False:",
        lambda kit: test_files.test_what_cannot_be_a_file_name_is_refused(kit.project, "a\0b", "it has a NUL"),
    ),
    "a name may be no name": (
        "reading",
        "except UnicodeEncodeError as error:",
        "except ZeroDivisionError as error:",
        lambda kit: test_files.test_what_cannot_be_a_file_name_is_refused(kit.project, "\ud800", "surrogates"),
    ),
    "no root is the current folder": (
        "reading",
        "if not self.roots and self._guard is None:",
        "if False:",
        lambda kit: test_files.test_without_roots_nothing_can_be_read(kit.project),
    ),
    "a special file is opened": (
        "places",
        "if self.mode is not None and not stat.S_ISREG(self.mode):",
        "if False:",
        lambda kit: test_files.test_a_device_and_a_socket_are_refused(kit.project),
    ),
    "what was swapped in is read": (
        "places",
        "if not stat.S_ISREG(found.st_mode) or found.st_dev in pseudo_devices():",
        "if False:",
        lambda kit: test_races.test_a_file_that_becomes_a_fifo_is_not_waited_for(kit.project, kit.monkeypatch),
    ),
    "the system's own files are read": (
        "places",
        " or found.st_dev in pseudo_devices():",
        ":",
        lambda kit: test_files.test_proc_is_refused_even_below_a_root(kit.project),
    ),
    "a file of any size is read": (
        "reading",
        "    if not left:\n",
        "    if False:\n",
        lambda kit: test_files.test_a_file_above_the_limit_is_refused_and_one_at_the_limit_is_read(kit.project),
    ),
    "bytes are text": (
        "reading",
        "if nul >= 0:",
        "if False:",
        lambda kit: test_files.test_a_binary_file_is_not_text(kit.project),
    ),
    "an old file is new": (
        "writing",
        "place = _for_file(walk.to(missing=True))\n            if new and place.mode is not None:",
        "place = _for_file(walk.to(missing=True))\n            if False:",
        lambda kit: test_writing.test_a_new_file_must_be_new(kit.project),
    ),
    "what is written does not count": (
        "writing",
        '            self._quota.take("write_bytes", len(content))\n',
        "",
        lambda kit: test_writing.test_what_is_written_counts_whether_it_replaces_or_not(kit.project),
    ),
    "what is added does not count": (
        "opened",
        '            self._quota.take("write_bytes", len(content))\n',
        "",
        lambda kit: test_writing.test_what_is_written_counts_whether_it_replaces_or_not(kit.project),
    ),
    "any number of files is open": (
        "writing",
        'self._quota.take("open_files")',
        "pass",
        lambda kit: test_writing.test_only_so_many_files_are_open_at_once_and_a_closed_one_counts_no_more(kit.project),
    ),
    "a special file is replaced": (
        "writing",
        "if place.mode is not None and not stat.S_ISREG(place.mode):",
        "if False:",
        lambda kit: test_writing.test_special_files_are_refused(kit.project, "fifo"),
    ),
    "the system's own files are written": (
        "writing",
        "if os.fstat(place.folder).st_dev in pseudo_devices():",
        "if False:",
        lambda kit: test_writing.test_proc_is_refused_even_below_a_root(),
    ),
    "a root is removed": (
        "writing",
        "if not place.name:",
        "if False:",
        lambda kit: test_writing.test_a_root_is_not_removed(kit.project),
    ),
    "removing follows a link": (
        "writing",
        "place = walk.to(follow=False)",
        "place = walk.to()",
        lambda kit: test_writing.test_removing_a_link_leaves_what_it_leads_to(kit.project),
    ),
    "what may not be read gets a name that may": (
        "writing",
        "        self._may_read(old)\n",
        "",
        lambda kit: test_writing.test_what_may_not_be_read_may_not_be_renamed(kit.project),
    ),
    "what may be written may be read": (
        "writing",
        "                self._may_read(path)\n",
        "                pass\n",
        lambda kit: test_writing.test_what_may_not_be_read_may_not_be_opened_to_change(kit.project),
    ),
    "a folder takes its files elsewhere": (
        "writing",
        "if source.is_folder:",
        "if False:",
        lambda kit: test_writing.test_a_folder_keeps_its_name(kit.project),
    ),
    "a mode is forgotten": (
        "writing",
        "            if place.mode is not None:\n                os.fchmod",
        "            if False:\n                os.fchmod",
        lambda kit: test_writing.test_a_file_that_is_replaced_keeps_its_mode(kit.project),
    ),
    "a line of any length is read": (
        "opened",
        "if len(line) > most:",
        "if False:",
        lambda kit: test_writing.test_a_line_that_is_too_long_is_refused(kit.project),
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_without_a_check_a_test_turns_red(mutant: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, written, instead, test = MUTANTS[mutant]
    kit = Kit(project, monkeypatch)
    with mutated(f"llmspell.files.{module}", written, instead, "llmspell.files"):
        files = importlib.import_module("llmspell.files")
        for tests in (test_files, test_races, test_writing):
            monkeypatch.setattr(tests, "Files", files.Files)
        monkeypatch.setattr(test_writing, "Writing", importlib.import_module("llmspell.files.writing").Writing)
        with pytest.raises((Exception, pytest.fail.Exception)) as failed:
            test(kit)
    assert not isinstance(failed.value, SyntaxError | ImportError | NameError), "the mutant is no program"
