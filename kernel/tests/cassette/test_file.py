from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.cassette import Cassette, Exchange, file, read, write
from llmspell.errors import LlmspellError, UsageError

TOOL = Exchange("tool", "spy", "run/tool:spy", "0" * 64, {"a": 1}, "answer", answer={"b": [1, None]})
TAPE = Cassette("spell.lua", "scripted/m", "completed", "2026-01-02T03:04:05.000Z", (TOOL,))


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """A cassette in a file."""
    path = tmp_path / "tape.json"
    write(path, TAPE)
    return path


def forge(path: Path, change: Callable[[Any], object]) -> None:
    """Change a cassette so that its checksum fits."""
    data = json.loads(path.read_text())
    change(data)
    inner = {key: item for key, item in data.items() if key not in ("schema", "checksum")}
    path.write_text(json.dumps({**data, "checksum": file.checksum(inner)}))


def test_a_cassette_reads_as_it_was_written(tape: Path) -> None:
    assert read(tape) == TAPE


def test_an_older_recording_is_replaced(tape: Path) -> None:
    write(tape, attrs.evolve(TAPE, spell="other.lua"))
    assert read(tape).spell == "other.lua"
    assert [each.name for each in tape.parent.iterdir()] == ["tape.json"]


def test_a_file_that_is_not_there_is_named_with_what_is_near(tape: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*tap\.json': No such file") as caught:
        read(tape.with_name("tap.json"))
    assert (caught.value.kind, "tape.json" in caught.value.hint) == ("not_found", True)


def test_a_folder_is_no_cassette(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is a folder, not a cassette$"):
        read(tmp_path)


@pytest.mark.parametrize("text", ["[]", "{}", '{"schema": "llmspell.run/1"}', '{"schema": 1}', "null"])
def test_json_that_is_no_cassette_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(UsageError, match=r"other\.json' is no cassette$"):
        read(tmp_path / "other.json")


def test_a_newer_version_says_what_to_do(tape: Path) -> None:
    tape.write_text(tape.read_text().replace("cassette/1", "cassette/2"))
    with pytest.raises(UsageError, match=r"has version 2, and this llmspell reads version 1$") as caught:
        read(tape)
    assert caught.value.hint == "upgrade llmspell, or record it again with --record"


def test_a_cassette_that_was_changed_says_so(tape: Path) -> None:
    tape.write_text(tape.read_text().replace('"b"', '"c"'))
    with pytest.raises(UsageError, match=r"is damaged, or was changed since it was recorded$"):
        read(tape)


def test_a_file_that_was_cut_short_is_damaged(tape: Path) -> None:
    tape.write_text(tape.read_text()[:-20])
    with pytest.raises(UsageError, match=r"is damaged, or no cassette: "):
        read(tape)


def test_bytes_that_are_no_text_are_damaged(tape: Path) -> None:
    tape.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"it is not UTF-8$"):
        read(tape)


def test_nesting_without_end_is_damaged(tape: Path) -> None:
    tape.write_text('{"schema": "llmspell.cassette/1", "a": ' + "[" * 200_000)
    with pytest.raises(UsageError, match=r"is damaged"):
        read(tape)


def test_a_huge_file_is_not_even_read(tape: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "MOST_BYTES", 1 << 20)
    with tape.open("ab") as stream:
        stream.truncate(2 << 20)
    with pytest.raises(UsageError, match=r"is larger than 1 MiB, which no cassette is$"):
        read(tape)


def test_a_recording_that_nobody_could_read_is_not_written(tape: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tape.read_text()
    monkeypatch.setattr(file, "MOST_BYTES", 100)
    with pytest.raises(LlmspellError, match=r"and a cassette has at most 100$"):
        write(tape, TAPE)
    assert tape.read_text() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "shell"),
        ("outcome", "surprise"),
        ("path", 1),
        ("usage", {"input_tokens": "many"}),
        ("error", "no object"),
        ("own", None),
        ("extra", True),
        ("answer", {"$bytes": 1}),
    ],
)
def test_a_forged_exchange_is_damaged_though_its_checksum_fits(tape: Path, field: str, value: Any) -> None:
    forge(tape, lambda data: data["exchanges"][0].update({field: value}))
    with pytest.raises(UsageError, match=r"tape\.json' is damaged: "):
        read(tape)


@pytest.mark.parametrize("change", [{"kind": "llm", "answer": {}}, {"outcome": "error"}, {"usage": {"eggs": 1}}])
def test_an_exchange_that_could_not_be_served_is_damaged(tape: Path, change: dict[str, Any]) -> None:
    forge(tape, lambda data: data["exchanges"][0].update(change))
    with pytest.raises(UsageError, match=r"is damaged: an exchange is not as it should be"):
        read(tape)


def test_an_error_s_class_is_chosen_from_a_list_and_never_imported(tape: Path) -> None:
    error = {"class": "os.system", "kind": "internal", "message": "m", "component": "", "retryable": False}
    forge(tape, lambda data: data["exchanges"][0].update(outcome="error", error={**error, "hint": "", "details": {}}))
    assert read(tape).exchanges[0].error is not None


def test_nothing_but_a_cassette_is_recorded_over(tmp_path: Path, tape: Path) -> None:
    spell = tmp_path / "spell.lua"
    spell.write_text("return 1")
    with pytest.raises(UsageError, match=r"spell\.lua': it exists, and is no cassette$"):
        file.check_place(spell)
    with pytest.raises(UsageError, match=r"there is no folder"):
        file.check_place(tmp_path / "none" / "tape.json")
    with pytest.raises(UsageError, match=r"it is a folder$"):
        file.check_place(tmp_path)
    file.check_place(tape)
    file.check_place(tmp_path / "new.json")


@given(st.binary(max_size=400))
def test_no_file_makes_reading_fail_in_another_way(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.json"
    path.write_bytes(content)
    with pytest.raises(UsageError):
        read(path)
