import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config import Misfit, fit, structure
from llmspell.config.structure import sentences
from llmspell.errors import ConfigError
from llmspell.values import FunctionRef


@attrs.frozen
class Inner:
    size: int = 0
    api_key: str = ""


@attrs.frozen
class Everything:
    name: str
    count: int = 0
    ratio: float = 0.0
    on: bool = False
    level: Literal["low", "high", 3] = "low"
    words: tuple[str, ...] = ()
    maybe: str | None = None
    either: str | int | Inner = 0
    cap: float | None = None
    number: int | float = 0
    table: Mapping[str, int] = attrs.Factory(dict)
    free: Mapping[str, Any] = attrs.Factory(dict)
    inner: Inner = attrs.Factory(Inner)
    inners: tuple[Inner, ...] = ()
    by_name: Mapping[str, Inner] = attrs.Factory(dict)
    call: Callable[..., Any] | None = None
    ref: FunctionRef | None = None
    raw: bytes = b""
    bounded: int = attrs.field(default=1, validator=attrs.validators.ge(1))


def wrong(**data: object) -> list[str]:
    found = fit({"name": "x", **data}, Everything)
    assert isinstance(found, Misfit)
    return sentences(found)


def right(**data: object) -> Everything:
    found = fit({"name": "x", **data}, Everything)
    assert isinstance(found, Everything)
    return found


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"count": "5"}, "`count` must be an integer, found '5'"),
        ({"count": True}, "`count` must be an integer, found true"),
        ({"count": 5.0}, "`count` must be an integer, found 5.0"),
        ({"count": None}, "`count` must be an integer, found null"),
        ({"ratio": "1"}, "`ratio` must be a number, found '1'"),
        ({"ratio": False}, "`ratio` must be a number, found false"),
        (
            {"ratio": 10**400},
            "`ratio` must be a number that fits 64 bits, found 1000000000000...00000000000000",
        ),
        ({"on": 1}, "`on` must be true or false, found 1"),
        ({"name": 5}, "`name` must be a string, found 5"),
        ({"raw": "text"}, "`raw` must be bytes, found 'text'"),
        ({"level": "medium"}, "`level` must be one of 'low', 'high', 3, found 'medium'"),
        ({"level": 3.0}, "`level` must be one of 'low', 'high', 3, found 3.0"),
        ({"level": []}, "`level` must be one of 'low', 'high', 3, found []"),
        ({"words": "abc"}, "`words` must be a list, found 'abc'"),
        ({"words": {"a": 1}}, "`words` must be a list, found {'a': 1}"),
        ({"words": FunctionRef(1)}, "`words` must be a list, found FunctionRef(id=1)"),
        ({"words": ["a", 2]}, "`words[1]` must be a string, found 2"),
        ({"maybe": 5}, "`maybe` must be a string or null, found 5"),
        ({"either": 1.5}, "`either` must be a string, an integer or a table, found 1.5"),
        ({"either": {"size": "big"}}, "`either.size` must be an integer, found 'big'"),
        ({"cap": "1"}, "`cap` must be a number or null, found '1'"),
        ({"table": []}, "`table` must be a table, found []"),
        ({"table": {"a.b": "x"}}, "`table.\"a.b\"` must be an integer, found 'x'"),
        ({"inner": 5}, "`inner` must be a table, found 5"),
        ({"inner": {"size": "x"}}, "`inner.size` must be an integer, found 'x'"),
        ({"inners": [{}, {"size": "x"}]}, "`inners[1].size` must be an integer, found 'x'"),
        ({"by_name": {"a": {"size": "x"}}}, "`by_name.a.size` must be an integer, found 'x'"),
        ({"call": 5}, "`call` must be a function or null, found 5"),
        ({"ref": [1]}, "`ref` must be a FunctionRef or null, found [1]"),
        ({"bounded": 0}, "`bounded` must be >= 1: 0"),
        ({"cuont": 1}, "`cuont` is not known; did you mean 'count'?"),
        ({"inner": {"length": 1}}, "`inner.length` is not known; known: api_key, size"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_was_found(data: dict[str, object], sentence: str) -> None:
    assert wrong(**data) == [sentence]


def test_an_integer_with_thousands_of_digits_is_still_a_sentence() -> None:
    assert wrong(on=1 << 100_000) == ["`on` must be true or false, found a very large integer"]


def test_a_missing_field_is_named() -> None:
    found = fit({}, Everything)
    assert isinstance(found, Misfit)
    assert sentences(found) == ["`name` is missing"]


def test_data_that_is_no_table_at_all_is_named_as_the_value() -> None:
    found = fit([1], Everything)
    assert isinstance(found, Misfit)
    assert sentences(found) == ["the value must be a table, found [1]"]


def test_all_problems_come_at_once_fields_first_then_unknown_keys() -> None:
    assert wrong(wordz=1, count="5", nmae=2, inners=[{"size": "x", "sise": 1}, 3]) == [
        "`count` must be an integer, found '5'",
        "`inners[0].size` must be an integer, found 'x'",
        "`inners[0].sise` is not known; did you mean 'size'?",
        "`inners[1]` must be a table, found 3",
        "`nmae` is not known; did you mean 'name'?",
        "`wordz` is not known; did you mean 'words'?",
    ]


def test_of_very_many_problems_twenty_are_told_and_the_rest_counted() -> None:
    lines = wrong(words=list(range(100)))
    assert len(lines) == 21
    assert lines[-1] == "and 80 more problems"


def test_a_long_value_is_shown_short() -> None:
    [line] = wrong(count="x" * 10_000)
    assert len(line) < 120


def test_a_wrong_value_under_a_secret_name_is_not_shown() -> None:
    assert wrong(inner={"api_key": 12345}) == ["`inner.api_key` must be a string, found '[redacted]'"]


def test_a_secret_inside_a_wrong_value_is_not_shown() -> None:
    assert wrong(count={"api_key": "hunter22"}) == ["`count` must be an integer, found {'api_key': '[redacted]'}"]


def test_a_validator_may_not_quote_a_secret() -> None:
    @attrs.frozen
    class Keyed:
        api_key: str = attrs.field(default="", validator=attrs.validators.matches_re("sk-.*"))

    found = fit({"api_key": "hunter22"}, Keyed)
    assert isinstance(found, Misfit)
    assert sentences(found) == ["`api_key` is not valid"]


def test_a_class_that_refuses_its_values_together_is_a_problem_of_its_table() -> None:
    @attrs.frozen
    class Range:
        low: int = 0
        high: int = 0

        def __attrs_post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError("low is above high")

    @attrs.frozen
    class Holder:
        range: Range

    found = fit({"range": {"low": 2, "high": 1}}, Holder)
    assert isinstance(found, Misfit)
    assert sentences(found) == ["`range` is not valid: low is above high"]


def test_a_bug_in_a_class_is_not_blamed_on_the_data() -> None:
    @attrs.frozen
    class Buggy:
        size: int = 0

        def __attrs_post_init__(self) -> None:
            raise AttributeError("a bug")

    with pytest.raises(AttributeError, match="a bug"):
        fit({"size": 1}, Buggy)


def test_a_bug_in_a_validator_is_not_taken_for_a_missing_field() -> None:
    def look_up(_: object, field: object, value: int) -> None:
        raise KeyError("a bug")

    @attrs.frozen
    class Buggy:
        size: int = attrs.field(default=0, validator=look_up)

    with pytest.raises(KeyError, match="a bug"):
        fit({"size": 1}, Buggy)


def test_a_union_of_two_tables_is_refused_as_ambiguous() -> None:
    @attrs.frozen
    class Ambiguous:
        part: Inner | Everything

    with pytest.raises(TypeError, match="more than one of its members is a table"):
        fit({"part": {}}, Ambiguous)


def test_an_integer_is_taken_where_a_number_is_declared_and_becomes_one() -> None:
    assert isinstance(right(ratio=1).ratio, float)
    assert isinstance(right(cap=1).cap, float)


def test_an_integer_stays_one_where_both_are_declared() -> None:
    assert type(right(number=1).number) is int
    assert type(right(number=1.0).number) is float


def test_lists_become_tuples_and_tables_become_classes() -> None:
    value = right(words=["a"], inners=[{"size": 1}], by_name={"b": {"size": 2}}, either={"size": 3})
    assert (value.words, value.inners, value.by_name) == (("a",), (Inner(1),), {"b": Inner(2)})
    assert value.either == Inner(3)


def test_objects_of_other_classes_pass_as_they_are() -> None:
    assert right(ref=FunctionRef(7), call=len).ref == FunctionRef(7)


def test_a_class_that_holds_itself_can_be_structured() -> None:
    found = fit({"children": [{"children": [{}]}]}, Node)
    assert found == Node((Node((Node(),)),))


def test_an_error_says_where_the_value_was_set() -> None:
    with pytest.raises(ConfigError) as raised:
        structure({"name": 5}, Everything, path=("tool", "web"), origin=lambda path: f"f.toml:{len(path)}")
    assert raised.value.problems == ("f.toml:3: `tool.web.name` must be a string, found 5",)


def test_the_module_imports_cattrs_only_when_it_is_used() -> None:
    code = "import sys, llmspell.config.structure; assert 'cattrs' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@attrs.frozen
class Node:
    children: "tuple[Node, ...]" = ()


INNERS = st.builds(Inner, size=st.integers(), api_key=st.text())
EVERYTHING = st.builds(
    Everything,
    name=st.text(),
    count=st.integers(),
    ratio=st.floats(allow_nan=False),
    on=st.booleans(),
    level=st.sampled_from(["low", "high", 3]),
    words=st.lists(st.text()).map(tuple),
    maybe=st.none() | st.text(),
    either=st.text() | st.integers() | INNERS,
    cap=st.none() | st.floats(allow_nan=False),
    number=st.integers() | st.floats(allow_nan=False),
    table=st.dictionaries(st.text(), st.integers()),
    free=st.dictionaries(st.text(), st.none() | st.lists(st.integers())),
    inner=INNERS,
    inners=st.lists(INNERS).map(tuple),
    by_name=st.dictionaries(st.text(), INNERS),
    raw=st.binary(),
    bounded=st.integers(min_value=1),
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from([field.name for field in attrs.fields(Everything)])


@given(EVERYTHING)
def test_structuring_undoes_unstructuring(value: Everything) -> None:
    assert fit(attrs.asdict(value), Everything) == value


@given(st.dictionaries(FIELDS | st.text(), DATA))
def test_any_data_gives_a_value_or_problems_that_can_be_told(data: dict[str, object]) -> None:
    found = fit(data, Everything)
    if isinstance(found, Misfit):
        assert all(line.startswith("`") for line in sentences(found)[:20])


@given(FIELDS, st.none() | st.booleans() | st.integers() | st.text() | st.binary())
def test_a_plain_value_that_fits_is_never_changed(field: str, value: object) -> None:
    found = fit({"name": "x", field: value}, Everything)
    if isinstance(found, Everything):
        assert getattr(found, field) == value
