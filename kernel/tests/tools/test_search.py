"""Finding tools by words: what comes first, and what is found at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.tools import search
from llmspell.tools.search import Index, Record

RECORDS = (
    Record("file_read", "Reads a text file.", "files", ("text",)),
    Record("file_read_lines", "Reads some lines of a file.", "files"),
    Record("file_write", "Writes a text file, whole or not at all.", "files", ("text", "save")),
    Record("archive_extract", "Extracts an archive into a folder.", "files", ("zip", "tar")),
    Record("csv_query", "Filters, sorts and groups rows of CSV.", "data", ("table", "spreadsheet")),
    Record("http_request", "Sends a request to a server.", "web", ("api", "rest")),
    Record("email_send", "Sends an email over SMTP.", "comms", ("mail",)),
    Record("hash", "The hash of a text or a file.", "system", ("checksum", "sha256")),
)
INDEX = Index(RECORDS)


def names(query: str, limit: int = 10) -> list[str]:
    return [record.name for record in INDEX.search(query, limit)]


@pytest.mark.parametrize("query", ["file_read", "FILE_READ", "file read", "fileRead", " file-read "])
def test_a_tools_own_name_comes_first_and_longer_names_next(query: str) -> None:
    assert names(query)[:2] == ["file_read", "file_read_lines"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("spreadsheet", "csv_query"),
        ("send mail", "email_send"),
        ("sends a request", "http_request"),
        ("comms", "email_send"),
        ("checksum of a file", "hash"),
        ("save text", "file_write"),
        ("zips", "archive_extract"),
        ("query", "csv_query"),
        ("queries", "csv_query"),
    ],
)
def test_words_are_found_in_names_descriptions_tags_and_categories(query: str, first: str) -> None:
    assert names(query)[0] == first


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    files = [Record(f"file_{n}", "Does something.") for n in range(20)]
    index = Index([*files, Record("cage", "For a zebra.")])
    assert [each.name for each in index.search("file zebra", 2)] == ["cage", "file_0"]


@pytest.mark.parametrize(("query", "first"), [("arch", "archive_extract"), ("spread", "csv_query")])
def test_the_beginning_of_a_word_is_enough(query: str, first: str) -> None:
    assert names(query)[0] == first


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("fiel_raed", "file_read"),
        ("archve_extrct", "archive_extract"),
        ("emial", "email_send"),
        ("htpp_request", "http_request"),
        ("csvquery", "csv_query"),
    ],
)
def test_a_name_is_found_in_spite_of_typos(query: str, first: str) -> None:
    assert names(query)[0] == first


@pytest.mark.parametrize("query", ["", "   ", "?!", "zebra", "the of and", "qx", "retrospection"])
def test_what_nothing_has_anything_of_finds_nothing(query: str) -> None:
    assert names(query) == []


def test_no_more_are_given_than_were_asked_for() -> None:
    assert len(names("file", 2)) == 2
    assert names("file", 0) == []
    assert Index(()).search("file") == []


def test_what_is_beyond_a_reasonable_query_is_not_read() -> None:
    assert names(f"{'?' * 200}checksum") == []
    assert names(f"{' '.join(f'q{n}' for n in range(search._WORDS))} checksum") == []


def test_equals_are_in_the_order_of_their_names() -> None:
    index = Index(Record(f"tool_{letter}", "Does it.") for letter in "cab")
    assert [each.name for each in index.search("does")] == ["tool_a", "tool_b", "tool_c"]


def test_words_of_any_script_are_words() -> None:
    index = Index((Record("wetter", "Das Wetter für Köln."), Record("tenki", "東京の天気")))
    assert [each.name for each in index.search("KÖLN")] == ["wetter"]
    assert [each.name for each in index.search("東京の天気")] == ["tenki"]


def test_a_word_that_very_many_tools_have_finds_those_that_it_counts_most_in() -> None:
    many = [
        Record(f"tool_{n}", "Works on a file of the user, and much else besides.") for n in range(search._BEST + 500)
    ]
    index = Index([*many, Record("zz_file", "A file.")])
    assert index.search("file")[0].name == "zz_file"
    assert len(index.search("file", 5000)) == search._BEST


@given(st.text(max_size=400), st.integers(min_value=1, max_value=20))
def test_any_query_is_answered_with_tools_of_the_index_each_once(query: str, limit: int) -> None:
    found = INDEX.search(query, limit)
    assert len(found) == len(set(found)) <= limit
    assert set(found) <= set(RECORDS)


@given(st.sampled_from(RECORDS))
def test_every_tool_comes_first_for_its_own_name(record: Record) -> None:
    assert INDEX.search(record.name)[0] == record
