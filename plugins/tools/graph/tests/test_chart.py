"""Charts, as callers ask for them."""

from __future__ import annotations

import base64
import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract

SVG = "{http://www.w3.org/2000/svg}"
BARS: dict[str, Any] = {"kind": "bar", "categories": ["a", "b"], "series": [{"name": "x", "values": [1, 2]}]}
KINDS = ["line", "bar", "area", "pie", "donut", "histogram"]


class TestChart(ToolContract):
    name = "chart"
    bad = (
        {},
        {"kind": "radar", "series": [{"values": [1]}]},
        {"kind": "bar", "series": []},
        {"kind": "bar", "series": [{"values": []}]},
        {"kind": "bar", "series": [{"values": ["many"]}]},
        {"kind": "bar", "series": [{"name": "x"}]},
        {"kind": "pie", "series": [{"values": [-1]}]},
        {"kind": "line", "series": [{"points": [["x", 1]]}]},
        {**BARS, "width": 10},
    )


async def drawn(folder: Path, **arguments: Any) -> ElementTree.Element:
    """The SVG as a tree; that it can be read is part of what is tested."""
    found = await Bench(folder).call("chart", arguments)
    return ElementTree.fromstring(found["svg"])


def texts(tree: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in tree.iter(f"{SVG}text")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_kind_is_a_picture_with_a_name_and_a_description(tmp_path: Path, kind: str, theme: str) -> None:
    tree = await drawn(tmp_path, kind=kind, series=[{"name": "Sold", "values": [3, 1, 2]}], title="Shop", theme=theme)
    assert tree.get("role") == "img"
    assert tree.findtext(f"{SVG}title") == "Shop"
    description = tree.findtext(f"{SVG}desc") or ""
    assert "of Sold: 3 values from 1 to 3" in description
    assert tree.get("aria-label") == f"Shop. {description}"
    assert tree.get("viewBox") == "0 0 800 480"
    assert "Shop" in texts(tree)
    assert {element.tag for element in tree.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "rect", "text", "line", "path", "circle", "g")
    }


async def test_bars_are_as_high_as_their_values(tmp_path: Path) -> None:
    tree = await drawn(tmp_path, **BARS)
    paths = [element.get("d", "").replace("Q", "V").split("V") for element in tree.iter(f"{SVG}path")]
    heights = [float(path[0].split()[1]) - float(path[2].split()[1]) for path in paths]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.05)


async def test_stacked_bars_stand_on_each_other(tmp_path: Path) -> None:
    series = [{"values": [1, -1]}, {"values": [2, -2]}]
    tree = await drawn(tmp_path, kind="bar", stacked=True, series=series)
    tops = [
        element.get("d", "").removeprefix("M").replace("V", " ").replace("H", " ").split()
        for element in tree.iter(f"{SVG}path")
    ]
    (one, minus_one, two, minus_two) = [(path[1], path[2]) for path in tops]
    assert two[0] == one[1]
    assert minus_two[0] == minus_one[1]
    assert one[0] == minus_one[0]
    assert {"−3", "3"} & set(texts(tree)) or {"−4", "4"} <= set(texts(tree))


async def test_a_gap_breaks_a_line(tmp_path: Path) -> None:
    tree = await drawn(tmp_path, kind="line", series=[{"values": [1, 2, None, 4, 5]}])
    assert len(list(tree.iter(f"{SVG}path"))) == 2
    assert len(list(tree.iter(f"{SVG}circle"))) == 4


async def test_a_line_goes_from_left_to_right(tmp_path: Path) -> None:
    tree = await drawn(tmp_path, kind="line", series=[{"points": [[3, 1], [1, 2], [2, 3]]}])
    [path] = tree.iter(f"{SVG}path")
    places = [float(place.split()[0]) for place in path.get("d", "")[1:].split("L")]
    assert places == sorted(places)


async def test_dates_have_an_axis_of_their_own(tmp_path: Path) -> None:
    points = [["2025-06-15", 1], ["2026-01-15", 2], ["2026-06-15", 3]]
    found = texts(await drawn(tmp_path, kind="line", series=[{"points": points}]))
    assert {"Jul 2025", "Aug", "Jan 2026", "Jun"} <= set(found)


async def test_years_have_no_comma(tmp_path: Path) -> None:
    found = texts(
        await drawn(tmp_path, kind="line", categories=[2024, 2025, 2026], series=[{"values": [1500, 2500, 4000]}])
    )
    assert {"2024", "2025", "2026", "4,000"} <= set(found)
    assert "2024.5" not in found


async def test_the_shares_of_a_pie_are_told(tmp_path: Path) -> None:
    tree = await drawn(tmp_path, kind="pie", categories=["a", "b", "c"], series=[{"values": [1, 3, 0]}])
    assert {"25%", "75%", "1  ·  25%", "3  ·  75%", "0  ·  0%"} <= set(texts(tree))
    assert len(list(tree.iter(f"{SVG}path"))) == 2


async def test_a_histogram_counts(tmp_path: Path) -> None:
    values = [0, 1, 1, 2, 2, 2, 3, 10]
    found = texts(await drawn(tmp_path, kind="histogram", series=[{"values": values}], classes=5))
    assert [text for text in found if text in ("3", "4", "0", "1")][-5:] == ["3", "4", "0", "0", "1"]


@pytest.mark.parametrize(
    ("legend", "count", "shown"), [("auto", 1, False), ("auto", 2, True), ("always", 1, True), ("never", 2, False)]
)
async def test_the_legend_is_shown_where_it_is_wanted(tmp_path: Path, legend: str, count: int, shown: bool) -> None:
    series = [{"name": f"Name {n}", "values": [1, 2]} for n in range(count)]
    assert ("Name 0" in texts(await drawn(tmp_path, kind="line", series=series, legend=legend))) == shown


async def test_text_is_never_markup(tmp_path: Path) -> None:
    evil = '</text><script>alert(1)</script>"\x00\x07'
    arguments = {
        **BARS,
        "title": evil,
        "x_label": evil,
        "y_label": evil,
        "categories": [evil, "b"],
        "description": evil,
    }
    svg = (
        await Bench(tmp_path).call(
            "chart", {**arguments, "series": [{"name": evil, "values": [1, 2]}], "legend": "always"}
        )
    )["svg"]
    assert "<script" not in svg
    assert ElementTree.fromstring(svg).findtext(f"{SVG}desc") == evil.replace("\x00", "\ufffd").replace(
        "\x07", "\ufffd"
    )


async def test_the_same_data_give_the_same_picture(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert await bench.call("chart", BARS) == await bench.call("chart", BARS)
    png = {**BARS, "format": "png"}
    assert await bench.call("chart", png) == await bench.call("chart", png)


async def test_png_has_the_size_that_is_told(tmp_path: Path) -> None:
    found = await Bench(tmp_path).call("chart", {**BARS, "format": "png", "width": 300, "height": 200, "scale": 1.5})
    content = base64.b64decode(found["base64"])
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">LL", content[16:24]) == (found["width"], found["height"]) == (450, 300)
    assert found["media_type"] == "image/png"


async def test_text_is_drawn_in_png_without_any_font_of_the_system(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with_title = await bench.call("chart", {**BARS, "format": "png", "title": "Größe Ω жизнь −1 €"})
    without = await bench.call("chart", {**BARS, "format": "png", "title": " "})
    assert len(with_title["base64"]) > len(without["base64"]) + 1000
    assert "missing_characters" not in with_title


async def test_characters_that_no_font_has_are_told(tmp_path: Path) -> None:
    found = await Bench(tmp_path).call("chart", {**BARS, "format": "png", "title": "a\U000e0fff\U0010fffd"})
    assert "\U0010fffd" in found["missing_characters"]


@pytest.mark.parametrize(
    ("path", "form", "start"),
    [
        ("a.svg", None, b"<svg"),
        ("a.png", None, b"\x89PNG"),
        ("a", None, b"<svg"),
        ("a.png", "svg", b"<svg"),
        ("b", "png", b"\x89PNG"),
    ],
)
async def test_a_picture_is_written_where_it_is_wanted(
    tmp_path: Path, path: str, form: str | None, start: bytes
) -> None:
    more = {"format": form} if form else {}
    found = await Bench(tmp_path, allow={"fs.write": ["**"]}).call("chart", {**BARS, "path": path, **more})
    content = (tmp_path / path).read_bytes()
    assert content.startswith(start)
    assert (found["path"], found["bytes"]) == (path, len(content))
    assert not found.keys() & {"svg", "base64"}


async def test_writing_needs_its_permission_and_drawing_needs_none(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert (await bench.call("chart", BARS))["svg"]
    with pytest.raises(PermissionDenied, match=r"fs\.write of '.*/a\.svg' is not allowed in profile 'high'") as caught:
        await bench.call("chart", {**BARS, "path": "a.svg"})
    assert "--allow-fs-write" in caught.value.hint
    assert not (tmp_path / "a.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "bar", "series": [{"values": [None]}]}, "the bar chart has no value to draw"),
        (
            {"kind": "bar", "series": [{"values": [1], "points": [[1, 2]]}]},
            "series 'Series 1' needs either `values` or `points`",
        ),
        ({"kind": "bar", "series": [{"points": [[1, 2]]}]}, "a bar chart takes `values`, not `points`"),
        (
            {"kind": "bar", "categories": ["a"], "series": [{"name": "x", "values": [1, 2]}]},
            "series 'x' has 2 values for 1 categories",
        ),
        (
            {"kind": "pie", "series": [{"values": [1]}, {"values": [1]}]},
            "a pie chart shows one series, and there are 2",
        ),
        (
            {"kind": "donut", "series": [{"values": [1, -2]}]},
            "a donut chart cannot show negative values, and -2 is one",
        ),
        (
            {"kind": "area", "stacked": True, "series": [{"values": [1, -2]}]},
            "a stacked area chart cannot show negative values",
        ),
        ({"kind": "line", "stacked": True, "series": [{"values": [1]}]}, "a line chart cannot be stacked"),
        (
            {"kind": "area", "stacked": True, "series": [{"points": [[1, 2]]}, {"points": [[2, 2]]}]},
            "stacked series need values at the same places",
        ),
        (
            {"kind": "line", "series": [{"points": [[1, 2], ["2026-01-01", 2]]}]},
            "must be a number in all, or a date in all",
        ),
        (
            {"kind": "line", "series": [{"points": [[1, "two"]]}]},
            "series 'Series 1' has the value 'two', which is no number",
        ),
        ({"kind": "line", "series": [{"points": [[1, True]]}]}, "has the value True, which is no number"),
        ({"kind": "line", "categories": ["a"], "series": [{"points": [[1, 2]]}]}, "`points` say where they are"),
        (
            {"kind": "scatter", "categories": ["a"], "series": [{"values": [1]}]},
            "a scatter chart needs numbers or dates",
        ),
        ({"kind": "histogram", "categories": ["a"], "series": [{"values": [1]}]}, "a histogram makes its own classes"),
        ({"kind": "bar", "classes": 3, "series": [{"values": [1]}]}, "a bar chart has no `classes`"),
        (
            {"kind": "bar", "series": [{"values": [1e101]}]},
            r"series 'Series 1' has the value 1e\+101, which cannot be drawn",
        ),
        (
            {"kind": "line", "series": [{"values": [1] * 6000}, {"values": [1] * 4001}]},
            "there are 10001 points, and at most 10000 are drawn",
        ),
        (
            {**BARS, "format": "png", "width": 4000, "height": 4000, "scale": 2},
            "4000 x 4000 pixels at scale 2 are more than 32000000",
        ),
        (
            {
                **BARS,
                "width": 200,
                "height": 150,
                "title": "word " * 50,
                "legend": "always",
                "x_label": "x",
                "y_label": "y",
            },
            "200 x 150 pixels are too few for this chart",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_what_cannot_be_drawn_is_refused_in_words(
    tmp_path: Path, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        await Bench(tmp_path).call("chart", arguments)
    assert caught.value.hint or "needs either" in caught.value.message or "must be" in caught.value.message
