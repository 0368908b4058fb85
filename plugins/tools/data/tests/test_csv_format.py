"""Reading and writing CSV: separators, headers, types, and files that nobody should have to read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell_tool_data.formats import csv
from llmspell_tool_data.formats.csv import parse, read, write


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("one\ntwo\n", ","),
        ('a;b\n"1;2,3";4\n', ";"),
        ("a,b;c\n1,2;3\n", ","),
    ],
)
def test_the_separator_is_the_one_that_divides_lines_alike(text: str, separator: str) -> None:
    assert read(text).separator == separator


def test_a_separator_that_is_given_is_taken() -> None:
    assert read("a,b;c\n1,2;3\n", separator=";").columns == ("a,b", "c")


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-2", "+3"], "integer", [1, -2, 3]),
        (["1", "2.5", "1e3"], "number", [1, 2.5, 1000.0]),
        ([".5", "1."], "number", [0.5, 1.0]),
        (["true", "FALSE"], "boolean", [True, False]),
        (["01067", "10115"], "text", ["01067", "10115"]),
        (["12345678901234567890"], "text", ["12345678901234567890"]),
        (["1e999"], "text", ["1e999"]),
        (["1", "true"], "text", ["1", "true"]),
        (["1,5"], "text", ["1,5"]),
        (["١"], "text", ["١"]),
        (["nan", "inf"], "text", ["nan", "inf"]),
        (["1", ""], "integer", [1, None]),
        ([""], "empty", [None]),
        ([" 7 "], "integer", [7]),
        ([" x "], "text", [" x "]),
    ],
)
def test_a_column_has_the_type_that_all_its_cells_have(cells: list[str], kind: str, values: list[Any]) -> None:
    table = read("n;rest\n" + "".join(f"{cell};x\n" for cell in cells), separator=";")
    assert table.types[0] == kind
    assert [row[0] for row in table.rows] == values


def test_cells_stay_text_where_types_are_not_wanted() -> None:
    assert read("n\n1\n", typed=False).rows == [["1"]]


def test_columns_without_a_header_are_numbered() -> None:
    table = read("1,2\n", header=False)
    assert (table.columns, table.rows) == (("column_1", "column_2"), [[1, 2]])


def test_a_column_whose_name_is_empty_is_numbered() -> None:
    assert read(",b\n1,2\n").columns == ("column_1", "b")


def test_names_stand_instead_of_the_header() -> None:
    assert read("a,a\n1,2\n", names=["x", "y"]).rows == [[1, 2]]
    assert read("1,2\n", header=False, names=["x", "y"]).columns == ("x", "y")
    with pytest.raises(UsageError, match="names has 1 names, and the CSV has 2 columns"):
        read("a,b\n", names=["x"])


def test_a_line_that_is_too_short_ends_with_nulls() -> None:
    assert parse("a,b,c\n1\n") == [{"a": 1, "b": None, "c": None}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the CSV is empty"),
        ("\n\r\n\n", "the CSV is empty"),
        ("a,b\n1,2,3\n", "line 2 of the CSV has 3 cells, and the first line has 2"),
        ('a,b\n"1,2\n', "the CSV is wrong in line 2: unexpected end of data"),
        ('a,b\n"1"x,2\n', "the CSV is wrong in line 2: ',' expected after '\"'"),
        ('a,b\n"' + "x" * 200_000, r"the CSV is wrong in line 2: field larger than field limit"),
        ('"' * 3_000_000, r"the CSV is wrong in line 1: field larger than field limit"),
        ("a,b,a\n", "the columns 1 and 3 of the CSV are both called 'a'"),
        ("column_2,\n", "the columns 1 and 2 of the CSV are both called 'column_2'"),
        ("," * 2_001, "the CSV has 2002 columns, and at most 2000 are read"),
        ("," * 3_000_000, "the CSV has more than 2000000 cells and empty lines"),
        ("a,b\n" + "1,2\n" * 3 + "1,2,3,4\n", "line 5 of the CSV has 4 cells"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_hostile_csv_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse(text)


@pytest.mark.parametrize("text", ["\n" * 2_001, "a\n" * 2_001, "a,b\n" * 1_001], ids=["empty lines", "lines", "cells"])
def test_csv_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(csv, "MAX_CELLS", 2_000)
    with pytest.raises(UsageError, match="the CSV has more than 2000 cells and empty lines"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b\r\n"x\r\ny",2\r\n', [{"a": "x\r\ny", "b": 2}]),
        ('a\n"he said ""no"""\n', [{"a": 'he said "no"'}]),
        ("a,b\n1,2", [{"a": 1, "b": 2}]),
        ("a,b\r1,2\r", [{"a": 1, "b": 2}]),
        ("a,b\n\n1,2\n\n", [{"a": 1, "b": 2}]),
        ("a,b\n,\n", [{"a": None, "b": None}]),
        ("a,b\n=1+1,@x\n", [{"a": "=1+1", "b": "@x"}]),
        ("a\n\u202eevil\n", [{"a": "\u202eevil"}]),
        ("a", []),
        ("a\n" + "9" * 100_000 + "\n", [{"a": "9" * 100_000}]),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_odd_csv_is_read_as_it_says(text: str, rows: list[Any]) -> None:
    assert parse(text) == rows


def test_what_is_written_has_all_keys_as_columns() -> None:
    assert write([{"a": 1}, {"b": 'x"y', "a": None}, {"a": True}]) == 'a,b\r\n1,\r\n,"x""y"\r\ntrue,\r\n'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": 1}, "what becomes CSV must be an array of objects, not"),
        ([1], r"what becomes CSV must be an array of objects, and \$\[0\] is 1"),
        ([], "what becomes CSV must have objects with keys"),
        ([{"a": [1]}], r"a cell of CSV holds one value, and 'a' of \$\[0\] is \[1\]"),
        ([{f"k{n}": 1} for n in range(2_000)], "the CSV would have more than 2000000 cells"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_table_is_not_written(value: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        write(value)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(
    lambda name: name == name.strip()
)
CELLS = st.one_of(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.none())


@given(st.lists(NAMES, min_size=2, max_size=4, unique=True), st.data())
def test_what_is_written_is_read_again(names: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(names, CELLS)), min_size=1, max_size=5))
    found = read(write(rows), separator=",", typed=False).records()
    blank = [{name: cell if cell and cell.strip() else None for name, cell in row.items()} for row in rows]
    assert found == blank
