import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config.formats.toml import parse
from llmspell.config.formats.toml_text import TooDeep, key_lines
from llmspell.config.reader import LARGEST, read
from llmspell.errors import ConfigError

MALFORMED = {
    "no value": (b"[run]\nmodel =\n", "f.toml:2: is not TOML: invalid value; text needs quotes"),
    "text without quotes": (b"model = openai/x\n", "f.toml:1: is not TOML: invalid value; text needs quotes"),
    "no equals sign": (b"\n\nmodel\n", "f.toml:3: is not TOML: expected '=' after a key in a key/value pair"),
    "no key": (b"= 5", "f.toml:1: is not TOML: invalid statement"),
    "string that never ends": (b'a = 1\nmodel = "x\n', "f.toml:2: is not TOML: illegal character '\\n'"),
    "long string that never ends": (b'a = """x\ny\n', "f.toml:3: is not TOML: unterminated string"),
    "table header that never ends": (
        b"[run\n",
        "f.toml:1: is not TOML: expected ']' at the end of a table declaration",
    ),
    "array that never ends": (b"a = [1,\n2\n", "f.toml:3: is not TOML: unclosed array"),
    "unknown escape": (b'a = "\\q"', "f.toml:1: is not TOML: unescaped '\\' in a string"),
    "control character": (b'a = "\x01"', "f.toml:1: is not TOML: illegal character '\\x01'"),
    "key set twice": (b"[run]\na = 1\na = 2\n", "f.toml:3: is not TOML: a key is set twice"),
    "table declared twice": (b"[run]\n[x]\n[run]\n", "f.toml:3: is not TOML: a table is declared twice"),
    "table over a value": (b"run = 1\n[run]\n", "f.toml:2: is not TOML: a key is set twice"),
    "key added to an inline table": (
        b"run = {a = 1}\n[run]\nb = 1",
        "f.toml:2: is not TOML: a table is declared twice",
    ),
    "impossible date": (b"a = 2026-02-30", "f.toml:1: is not TOML: invalid date or datetime"),
    "integer of thousands of digits": (
        b"a = " + b"9" * 5000,
        "f.toml: is not TOML: an integer has more than 4300 digits",
    ),
    "deep brackets": (b"x = 1\na = " + b"[" * 100_000, "f.toml:2: nests deeper than 32 levels"),
    "deep inline tables": (b"a = " + b"{a=" * 50_000, "f.toml:1: nests deeper than 32 levels"),
    "deep dotted key": (b"a." * 50_000 + b"a = 1", "f.toml:1: nests deeper than 32 levels"),
    "deep table header": (b"[" + b"a." * 50_000 + b"a]", "f.toml:1: nests deeper than 32 levels"),
    "deep across table and key": (
        b"[" + b".".join([b"a"] * 20) + b"]\n" + b".".join([b"b"] * 20) + b" = 1",
        "f.toml:2: nests deeper than 32 levels",
    ),
    "not UTF-8": (b"a = 1\nb = '\xff'", "f.toml:2: is not UTF-8, found the byte b'\\xff'"),
    "UTF-16": ("a = 1".encode("utf-16"), "f.toml:1: is not UTF-8, found the byte b'\\xff'"),
    "byte order mark": (
        b"\xef\xbb\xbfa = 1",
        "f.toml:1: starts with a byte order mark; save it as plain UTF-8",
    ),
    "null bytes": (b"\0" * 100, "f.toml:1: is not TOML: invalid statement"),
    "binary": (b"\x7fELF\x02\x01", "f.toml:1: is not TOML: invalid statement"),
    "JSON": (b'{"run": {"model": "x"}}', "f.toml:1: is not TOML: invalid statement"),
    "YAML": (b"run:\n  model: x\n", "f.toml:1: is not TOML: expected '=' after a key in a key/value pair"),
    "too large": (b"#" * (LARGEST + 1), "f.toml: is larger than 256 KiB"),
}


@pytest.mark.parametrize(("content", "problem"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_file_is_one_sentence_with_its_line(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "f.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as raised:
        read(path, "f.toml")
    assert raised.value.problems == (problem,)


def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file or directory"):
        read(tmp_path / "none.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a regular file"):
        read(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="pipe: is not a regular file"):
        read(tmp_path / "pipe")


@pytest.mark.parametrize(
    "content",
    [
        b'a="' + b"\\" * LARGEST,
        b'a="""' + b'\\"""' * (LARGEST // 4),
        b"=" * LARGEST,
        b"[a]\n" * (LARGEST // 4),
    ],
    ids=["backslashes", "escaped quotes", "equals signs", "headers"],
)
def test_hostile_files_of_the_largest_size_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.toml"
    path.write_bytes(content[:LARGEST])
    with pytest.raises(ConfigError):
        read(path)


def test_every_key_and_table_has_its_line() -> None:
    text = """\
# a comment with = and [brackets]
top = 1
[run]   # why
model = "a # no comment"
long = \"\"\"
not = a key
\"\"\"
list = [ # one
  1, "]",
]
inline = {a = 1, b = [2]}
"quoted.key" = 'x'
dotted . key = 2
[[tool.web.rules]]
host = "a"
[[tool.web.rules]]
host = "b"
[tool.web.rules.extra]
x = 1
"""
    lines = key_lines(text)
    expected = {
        ("top",): 2,
        ("run",): 3,
        ("run", "model"): 4,
        ("run", "long"): 5,
        ("run", "list"): 8,
        ("run", "inline"): 11,
        ("run", "quoted.key"): 12,
        ("run", "dotted"): 13,
        ("run", "dotted", "key"): 13,
        ("tool",): 14,
        ("tool", "web"): 14,
        ("tool", "web", "rules"): 14,
        ("tool", "web", "rules", 0): 14,
        ("tool", "web", "rules", 0, "host"): 15,
        ("tool", "web", "rules", 1): 16,
        ("tool", "web", "rules", 1, "host"): 17,
        ("tool", "web", "rules", 1, "extra"): 18,
        ("tool", "web", "rules", 1, "extra", "x"): 19,
    }
    assert lines == expected


def test_windows_line_ends_do_not_shift_lines() -> None:
    assert key_lines("a = 1\r\n[b]\r\nc = 2\r\n") == {("a",): 1, ("b",): 2, ("b", "c"): 3}


@given(st.text(st.sampled_from("ab.=[]{}\"'\\#\n ,1")))
def test_the_scanner_takes_any_text(text: str) -> None:
    try:
        lines = key_lines(text)
    except TooDeep:
        return
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


def problems_of(text: str) -> tuple[str, ...]:
    try:
        document = parse(text, "f.toml")
    except ConfigError as error:
        return error.problems
    assert {(key,) for key in document.data} <= set(document.lines)
    return ()


@given(st.text(st.sampled_from("ab.=[]{}\"'\\#\n ,1")))
def test_any_text_is_a_document_with_lines_or_a_config_error(text: str) -> None:
    assert all(problem.startswith("f.toml:") for problem in problems_of(text))
