"""What a caller gives as series, checked and brought into one form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import attrs

from llmspell.errors import UsageError
from llmspell_tool_graph.moments import seconds_of

Kind = Literal["line", "bar", "area", "pie", "donut", "scatter", "histogram"]
MOST_POINTS = 10_000
MOST_SERIES = 50
_LARGEST, _LEAST = 1e100, 1e-100  # what is nearer to 0 is drawn as 0
_ROUND = ("pie", "donut")
_SINGLE = (*_ROUND, "histogram")
_PAIRED = ("line", "area", "scatter")


class SeriesData(TypedDict):
    """One series of a chart.

    Attributes:
        name: shown in the legend.
        values: numbers, one for each category; null for a gap.
        points: instead of values, pairs of x and y; x is a number or a date in ISO 8601. For line, area and scatter.
    """

    name: NotRequired[Annotated[str, {"maxLength": 500}]]
    values: NotRequired[list[float | None]]
    points: NotRequired[list[Annotated[list[Any], {"minItems": 2, "maxItems": 2}]]]


@attrs.frozen
class Series:
    """Values at places; the place of a category is its number, that of a date its seconds since 1970."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float | None, ...]

    @property
    def known(self) -> list[float]:
        """The values without the gaps."""
        return [y for y in self.ys if y is not None]


@attrs.frozen
class Data:
    """What is drawn.

    Attributes:
        kind: the kind of the chart.
        series: the values.
        x: what the horizontal axis shows.
        categories: the names of the places; empty unless `x` is `category`.
        stacked: whether values stand on each other.
        room: from the middle of one bar to that of the next.
    """

    kind: Kind
    series: tuple[Series, ...]
    x: Literal["category", "number", "time"]
    categories: tuple[str, ...] = ()
    stacked: bool = False
    room: float = 1.0

    @property
    def values(self) -> list[float]:
        """All values without the gaps."""
        return [y for series in self.series for y in series.known]


def data_of(
    kind: Kind, given: Sequence[SeriesData], categories: Sequence[str | float] | None, *, stacked: bool
) -> Data:
    """The data of a chart.

    Raises:
        UsageError: there is nothing to draw, too much, or what such a chart cannot show.
    """
    _check(kind, given, stacked)
    if any("points" in series for series in given):
        data = _paired(kind, given, categories, stacked)
    else:
        data = _categorised(kind, given, categories, stacked)
    if not data.values:
        raise UsageError(f"the {kind} chart has no value to draw", hint="give at least one number")
    if kind in _ROUND or (kind == "area" and stacked):
        least = min(data.values)
        if least < 0:
            what = "stacked area" if kind == "area" else kind
            raise UsageError(f"a {what} chart cannot show negative values, and {least:g} is one", hint="draw bars")
    return data


def _check(kind: Kind, given: Sequence[SeriesData], stacked: bool) -> None:
    if stacked and kind not in ("bar", "area"):
        raise UsageError(f"a {kind} chart cannot be stacked", hint="stack bars or areas")
    if kind in _SINGLE and len(given) != 1:
        raise UsageError(f"a {kind} chart shows one series, and there are {len(given)}", hint="draw one chart each")
    for number, series in enumerate(given, 1):
        if ("values" in series) == ("points" in series):
            raise UsageError(f"series {_name(series, number)!r} needs either `values` or `points`")
        if "points" in series and kind not in _PAIRED:
            raise UsageError(f"a {kind} chart takes `values`, not `points`", hint="give values and categories")
    total = sum(len(series.get("values") or series.get("points") or ()) for series in given)
    if total > MOST_POINTS:
        hint = "draw fewer, such as the mean of every hundred"
        raise UsageError(f"there are {total} points, and at most {MOST_POINTS} are drawn", hint=hint)


def _categorised(
    kind: Kind, given: Sequence[SeriesData], categories: Sequence[str | float] | None, stacked: bool
) -> Data:
    if kind == "histogram" and categories is not None:
        raise UsageError("a histogram makes its own classes, and takes no `categories`", hint="leave them out")
    longest = max(len(series.get("values", ())) for series in given)
    labels = list(range(1, longest + 1)) if categories is None else list(categories)
    places = _places(labels) if kind in _PAIRED else None
    if places is None and kind == "scatter":
        raise UsageError("a scatter chart needs numbers or dates as categories, or `points`", hint="give points")
    xs, x = places or (tuple(map(float, range(len(labels)))), "category")
    made = []
    for number, series in enumerate(given, 1):
        name, values = _name(series, number), series.get("values", ())
        if categories is not None and len(values) != len(labels):
            message = f"series {name!r} has {len(values)} values for {len(labels)} categories"
            raise UsageError(message, hint="use null for a gap")
        ys = [_number(value, name) for value in values]
        made.append(_series(name, list(zip(xs, ys, strict=False)), kind))
    return Data(kind, tuple(made), x, tuple(map(_label, labels)) if x == "category" else (), stacked)


def _paired(kind: Kind, given: Sequence[SeriesData], categories: Sequence[str | float] | None, stacked: bool) -> Data:
    if categories is not None or any("values" in series for series in given):
        raise UsageError("`points` say where they are, and do not go with `values` or `categories`", hint="choose one")
    places = _places([x for series in given for x, _ in series.get("points", ())])
    if places is None:
        raise UsageError("the first of each pair in `points` must be a number in all, or a date in all")
    flat, x = iter(places[0]), places[1]
    made = []
    for number, series in enumerate(given, 1):
        name = _name(series, number)
        made.append(_series(name, [(next(flat), _number(y, name)) for _, y in series.get("points", ())], kind))
    if stacked and len({series.xs for series in made}) > 1:
        raise UsageError("stacked series need values at the same places", hint="give values and categories")
    return Data(kind, tuple(made), x, (), stacked)


def _series(name: str, pairs: list[tuple[float, float | None]], kind: Kind) -> Series:
    if kind in ("line", "area"):  # drawn from left to right
        pairs = sorted(pairs, key=lambda pair: pair[0])
    return Series(name, tuple(x for x, _ in pairs), tuple(y for _, y in pairs))


def _places(labels: Sequence[Any]) -> tuple[tuple[float, ...], Literal["number", "time"]] | None:
    """Where they are on an axis of numbers or of dates; None where some are neither."""
    if all(isinstance(label, int | float) and not isinstance(label, bool) for label in labels):
        return tuple(_finite(label, "x") for label in labels), "number"
    moments = [seconds_of(label) if isinstance(label, str) else None for label in labels]
    known = [moment for moment in moments if moment is not None]
    return (tuple(known), "time") if len(known) == len(labels) else None


def _number(value: Any, series: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"series {series!r} has the value {repr(value)[:40]}, which is no number", hint="use null")
    return _finite(value, f"series {series!r}")


def _finite(value: float, where: str) -> float:
    if not abs(value) <= _LARGEST:  # so that not-a-number is refused too
        raise UsageError(f"{where} has the value {repr(value)[:40]}, which cannot be drawn", hint="use null for a gap")
    return float(value) if abs(value) >= _LEAST else 0.0


def _name(series: SeriesData, number: int) -> str:
    return series.get("name") or f"Series {number}"


def _label(label: str | float) -> str:
    return label if isinstance(label, str) else f"{label:g}"
