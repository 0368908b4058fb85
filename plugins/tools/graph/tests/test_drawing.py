"""What charts look like: nothing outside of the picture, nothing over each other, whatever the data."""

from __future__ import annotations

import math
import re
from time import process_time
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell_tool_graph.data import SeriesData, data_of
from llmspell_tool_graph.histogram import counted
from llmspell_tool_graph.moments import seconds_of, ticks
from llmspell_tool_graph.numbers import short, written_as
from llmspell_tool_graph.picture import Words, described, draw
from llmspell_tool_graph.png import missing, png
from llmspell_tool_graph.text import shortened, width, wrapped
from llmspell_tool_graph.theme import THEMES
from llmspell_tool_graph.ticks import span, steps

SVG = "{http://www.w3.org/2000/svg}"


def picture(
    kind: Any,
    series: list[SeriesData],
    categories: list[str | float] | None = None,
    *,
    stacked: bool = False,
    size: tuple[int, int] = (800, 480),
) -> ElementTree.Element:
    data = data_of(kind, series, categories, stacked=stacked)
    if kind == "histogram":
        data = counted(data, None)
    words = Words("A title", "across", "upwards", described(data))
    svg = draw(data, words, THEMES["light"], size, with_legend=len(series) > 1).render()
    assert "nan" not in re.sub(r">[^<]*<|aria-label=\"[^\"]*\"", "", svg)
    return ElementTree.fromstring(svg)


def boxes(tree: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each text that stands upright."""
    found = []
    for element in tree.iter(f"{SVG}text"):
        if element.get("transform") is None:
            size = float(element.get("font-size", "0"))
            wide = width(element.text or "", size, bold=element.get("font-weight") == "600")
            share = {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", ""), 0.0)
            x, y = float(element.get("x", "0")) - wide * share, float(element.get("y", "0"))
            found.append((x, y - size * 0.72, x + wide, y + size * 0.1))
    return found


def assert_tidy(tree: ElementTree.Element, size: tuple[int, int] = (800, 480)) -> None:
    found = boxes(tree)
    for left, top, right, bottom in found:
        assert left >= 0
        assert top >= 0
        assert right <= size[0] + 1
        assert bottom <= size[1]
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one, other)


LONG = ["Department of Internal Affairs", "Ministry of Agriculture", "Research", "Office of the Prime Minister"]
CASES: dict[str, tuple[Any, ...]] = {
    "long names": ("bar", [{"values": [1.0, 2, 3, 4] * 4}], LONG * 4),
    "many names": ("bar", [{"values": [float(n) for n in range(200)]}], [f"name {n}" for n in range(200)]),
    "many on a line": ("line", [{"values": [float(n) for n in range(300)]}], [f"name {n}" for n in range(300)]),
    "many series": (
        "line",
        [{"name": f"A series of the name {n}", "values": [1.0, n]} for n in range(50)],
    ),
    "one value": ("bar", [{"values": [5.0]}]),
    "one point": ("scatter", [{"points": [[3, 4]]}]),
    "one moment": ("line", [{"points": [["2026-01-01", 4]]}]),
    "all nought": ("bar", [{"values": [0.0, 0, 0]}]),
    "all nought on a line": ("line", [{"values": [0.0, 0, 0]}]),
    "no share": ("pie", [{"values": [0.0, 0]}]),
    "the whole": ("donut", [{"values": [7.0]}]),
    "many slices": (
        "pie",
        [{"values": [float(n) for n in range(1, 60)]}],
        [f"A slice with a long name {n}" for n in range(1, 60)],
    ),
    "negative": ("bar", [{"values": [-5.0, -8, -3]}]),
    "both signs": ("bar", [{"values": [-5.0, 8, -3]}, {"values": [4.0, -2, 9]}]),
    "huge": ("bar", [{"values": [1e99, 2e98]}]),
    "tiny": ("line", [{"values": [1e-90, 2e-90]}]),
    "far apart": ("line", [{"points": [[-1e90, -1e-90], [1e90, 1e90]]}]),
    "close together": ("line", [{"values": [1e15, 1e15 + 1]}]),
    "constant": ("line", [{"values": [-7.0, -7]}]),
    "minutes": ("line", [{"points": [["2026-01-01T10:00", 1], ["2026-01-01T10:09", 2]]}]),
    "a millennium": ("area", [{"points": [["1026-01-01", 1], ["2026-01-01", 2]]}]),
    "all of time": ("scatter", [{"points": [["0001-01-01", 1], ["9999-12-31", 2]]}]),
    "the first day": ("line", [{"points": [["0001-01-01", 1]]}]),
    "the last day": ("line", [{"points": [["9999-12-31T23:59", 1]]}]),
    "constant histogram": ("histogram", [{"values": [4.0] * 9}]),
    "skewed histogram": ("histogram", [{"values": [0.0] * 99 + [1e6]}]),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", [(800, 480), (420, 300)], ids=str)
def test_no_label_lies_on_another_or_outside(name: str, size: tuple[int, int]) -> None:
    assert_tidy(picture(*CASES[name], size=size), size)


@pytest.mark.parametrize("kind", ["line", "area", "scatter", "histogram"])
def test_ten_thousand_points_are_drawn_in_time(kind: str) -> None:
    started = process_time()
    values: list[float | None] = [math.sin(n / 300) for n in range(10_000)]
    tree = picture(kind, [{"values": values}])
    assert len(ElementTree.tostring(tree)) < 2_000_000
    assert process_time() - started < 20


_NUMBER = st.floats(-1e100, 1e100, allow_nan=False)
_DRAWN = _NUMBER.map(lambda value: value if abs(value) >= 1e-100 else 0.0)  # as the data are read


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["line", "bar", "area", "scatter", "histogram"]), st.lists(_NUMBER, min_size=1, max_size=8))
def test_whatever_the_numbers_everything_lies_in_the_picture(kind: str, values: list[float]) -> None:
    tree = picture(kind, [{"values": list(values)}])
    places = [float(element.get(name, "0")) for element in tree.iter() for name in ("cx", "cy", "x1", "y1", "x", "y")]
    places += [
        float(found)
        for element in tree.iter(f"{SVG}path")
        for found in re.findall(r"-?\d+(?:\.\d+)?", element.get("d", ""))
    ]
    assert all(-1 <= place <= 801 for place in places)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_numbers_that_cannot_be_drawn_are_refused(value: Any) -> None:
    with pytest.raises(UsageError, match="which cannot be drawn"):
        picture("line", [{"values": [1, value]}])
    with pytest.raises(UsageError, match="x has the value"):
        picture("line", [{"points": [[value, 1]]}])


@settings(max_examples=300, deadline=None)
@given(_DRAWN, _DRAWN, st.integers(1, 12), st.booleans())
def test_steps_enclose_the_span_and_are_few(one: float, other: float, most: int, nought: bool) -> None:
    low, high = span([one, other], nought=nought)
    values, step = steps(low, high, most)
    slack = step * 1e-6
    assert values[0] <= low + slack
    assert values[-1] >= high - slack
    assert 2 <= len(values) <= most + 3


@pytest.mark.parametrize(
    ("values", "step", "written"),
    [
        ([0, 0.5, 1], 0.5, ["0", "0.5", "1.0"]),
        ([-2000, 0, 2000], 2000, ["−2,000", "0", "2,000"]),
        ([0, 250_000], 250_000, ["0", "250k"]),
        ([0, 2.5e6, 5e6], 2.5e6, ["0", "2.5M", "5.0M"]),
        ([0, 2e9], 2e9, ["0", "2B"]),
        ([0, 5e17], 5e17, ["0", "5×10¹⁷"]),
        ([0, 2e-7], 2e-7, ["0", "2×10⁻⁷"]),
    ],
)
def test_an_axis_writes_all_its_numbers_alike(values: list[float], step: float, written: list[str]) -> None:
    write = written_as(values, step)
    assert [write(value) for value in values] == written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (3, "3"),
        (12.5, "12.5"),
        (-0.25, "−0.25"),
        (1234.5, "1,234"),
        (123456, "123k"),
        (1.5e9, "1.5B"),
        (1e20, "1×10²⁰"),
        (-0.0, "0"),
    ],
)
def test_a_single_number_is_short(value: float, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        ("2026-01-01T10:00", "2026-01-01T10:00:20", ["1 Jan, 10:00", "10:00:05", "10:00:10", "10:00:15", "10:00:20"]),
        ("2026-01-31T18:00", "2026-02-01T06:00", ["31 Jan, 18:00", "21:00", "1 Feb, 00:00", "03:00", "06:00"]),
        ("2025-12-30", "2026-01-02", ["30 Dec 2025", "31 Dec", "1 Jan 2026", "2 Jan"]),
        ("2025-11", "2026-02", ["Nov 2025", "Dec", "Jan 2026", "Feb"]),
        ("2020-06-01", "2030-06-01", ["2022", "2024", "2026", "2028", "2030"]),
        ("0001-01-01", "9999-12-31", ["2000", "4000", "6000", "8000"]),
    ],
)
def test_dates_on_an_axis_are_round(low: str, high: str, labels: list[str]) -> None:
    first, last = seconds_of(low), seconds_of(high)
    assert first is not None
    assert last is not None
    assert [label for _, label in ticks(first, last, 5)] == labels


@pytest.mark.parametrize(
    "text", ["", "soon", "2026", "2026-13-01", "2026-02-30", "10:00", "2026-01-01T25:00", "20260101"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert seconds_of(text) is None


def test_offsets_count() -> None:
    assert seconds_of("1970-01-01T01:00+01:00") == seconds_of("1970-01-01") == seconds_of("1970-01-01T00:00Z") == 0


def test_text_is_shortened_and_wrapped_to_its_room() -> None:
    assert shortened("short", 12, 100) == "short"
    assert shortened("A rather long label", 12, 60).endswith("…")
    assert width(shortened("A rather long label", 12, 60), 12) <= 60
    assert wrapped("one two three", 12, 50, 2) == ["one two", "three"]
    assert wrapped("one two three four five", 12, 50, 2) == ["one two", "three f…"]
    assert wrapped("", 12, 50, 2) == []
    assert width("漢字", 10) == 20


def test_a_histogram_counts_each_value_once() -> None:
    values: list[float | None] = [0, 0.1, 0.5, 0.9, 1.0]
    for classes in (None, 1, 2, 7):
        found = counted(data_of("histogram", [{"values": values}], None, stacked=False), classes)
        assert sum(found.values) == 5
        assert classes is None or len(found.values) == classes


def test_png_looks_the_same_without_fonts_of_the_system() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><text x="2" y="14" font-size="12">{}</text></svg>'
    assert png(svg.format("abc"), 1) != png(svg.format(""), 1)
    assert missing(svg.format("abc Ωж")) == ""
    assert missing(svg.format("\U0010fffd")) == "\U0010fffd"


def test_colours_can_be_told_apart() -> None:
    for theme in THEMES.values():
        assert len(set(theme.series)) == 8
        drawn = {(theme.colour(n), theme.dash(n)) for n in range(32)}
        assert len(drawn) == 32
