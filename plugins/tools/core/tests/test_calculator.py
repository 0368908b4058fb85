"""The calculator."""

from __future__ import annotations

import math
import operator
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from llmspell.config import load
from llmspell.config.settings import Settings
from llmspell.errors import ConfigError, UsageError
from llmspell.plugins import Plugins
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_core.arithmetic import MAX_LENGTH, evaluate
from llmspell_tool_core.calculator import Calculator


class TestCalculatorContract(ToolContract):
    name = "calculator"
    good = ({"expression": "2 * (3 + 4)"}, {"expression": "17% of 2390"})
    bad = ({}, {"expression": 3}, {"expression": ""}, {"expression": "2 +"}, {"expression": "open('a')"})


def value(expression: str) -> int | float:
    return Calculator().run({"expression": expression}, None)  # type: ignore[arg-type]  # it uses no context


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("42", 42),
        ("0.1 + 0.2", 0.3),
        ("1/3", 1 / 3),
        ("6 / 3", 2),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("10 - 4 - 3", 3),
        ("-2 ** 2", -4),
        ("2 ** 3 ** 2", 512),
        ("2 ** -1", 0.5),
        ("2^10", 1024),
        ("--3", 3),
        ("+3", 3),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        (".5 + 5.", 5.5),
        ("1e3", 1000),
        ("1.5E-1", 0.15),
        ("3 × 4 − 2 ÷ 1 · 1", 10),
        ("10**20 + 1", 10**20 + 1),
    ],
)
def test_arithmetic(expression: str, expected: float) -> None:
    assert value(expression) == expected
    assert isinstance(value(expression), type(expected))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("17% of 2390", 406.3),
        ("17%", 0.17),
        ("200 + 10%", 200.1),
        ("200 * (1 + 5%)", 210),
        ("50% of 10% of 200", 10),
        ("(10%) - 3", -2.9),
        ("10 % 3", 1),
        ("10 % (-3)", -2),
        ("10 % pi", math.fmod(10, math.pi)),
        ("2 ** 50%", math.sqrt(2)),
    ],
)
def test_a_percent_sign_is_per_cent_unless_an_operand_follows(expression: str, expected: float) -> None:
    assert value(expression) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sqrt(16)", 4),
        ("sqrt(1/4)", 0.5),
        ("sqrt(2)", math.sqrt(2)),
        ("8 ** (1/3)", 2),
        ("abs(-3)", 3),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.675, 2)", 2.68),
        ("round(1250, -2)", 1300),
        ("floor(-1.5)", -2),
        ("ceil(-1.5)", -1),
        ("min(3, 1, 2)", 1),
        ("max(3)", 3),
        ("log10(1000)", 3),
        ("log2(1/8)", -3),
        ("log(81, 3)", 4),
        ("log(2, 8)", pytest.approx(1 / 3)),
        ("ln(e)", 1),
        ("ln(10**150)", pytest.approx(150 * math.log(10))),
        ("exp(0)", 1),
        ("exp(1)", math.e),
        ("pi", math.pi),
    ],
)
def test_functions(expression: str, expected: Any) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", r"^'': the expression ends too early \(character 1\)$"),
        ("2 +", r"the expression ends too early \(character 4\)$"),
        ("2 * * 3", r"'\*' needs a value before it \(character 5\)$"),
        ("2 3", r"'3' does not belong here \(character 3\)$"),
        ("(1 + 2", r"'\)' is missing for '\(' at character 1 \(character 7\)$"),
        ("1 + 2)", r"'\)' does not belong here \(character 6\)$"),
        ("1,234", r"write numbers without commas \(character 2\)$"),
        ("1 $ 2", r"'\$' at character 3 is not arithmetic$"),
        ("1 / 0", r"division by zero \(character 3\)$"),
        ("1 % (0)", r"division by zero \(character 3\)$"),
        ("0 ** -1", r"division by zero \(character 3\)$"),
        ("5 of 3", r"'of' goes after a percentage, as in 17% of 2390 \(character 3\)$"),
        ("10 % -3", r"may be per cent or remainder: write \(10%\) - 3 or 10 % \(-3\) \(character 4\)$"),
        ("sqrt(-1)", r"a negative number has no square root among the real numbers \(character 1\)$"),
        ("(-8) ** (1/3)", r"no such power among the real numbers \(character 6\)$"),
        ("ln(0)", r"only a positive number has a logarithm \(character 1\)$"),
        ("log(2, 1)", r"no logarithm has the base 1 \(character 1\)$"),
        ("log(100)", r"it is log\(x, base\), found 1 values \(character 1\)$"),
        ("abs()", r"it is abs\(x\), found 0 values"),
        ("round(1, 0.5)", r"round needs a whole number of places, at most 100"),
        ("sqrt 4", r"sqrt needs parentheses: sqrt\(x\) \(character 1\)$"),
        ("a + b", r"the name 'a' is not known"),
        ("1 if 1 else 2", r"'if' does not belong here"),
    ],
)
def test_what_is_not_arithmetic_is_refused_with_its_place(expression: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        evaluate(expression)
    assert caught.value.kind == "invalid_arguments"


def test_an_unknown_name_is_told_what_is_near() -> None:
    with pytest.raises(UsageError, match="the name 'sqr' is not known") as caught:
        evaluate("sqr(4)")
    assert caught.value.hint == "did you mean 'sqrt'?"
    with pytest.raises(UsageError, match="the name 'zzz' is not known") as caught:
        evaluate("zzz")
    assert caught.value.hint.startswith("known are abs, ceil")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1" * (MAX_LENGTH + 1), "the expression has 201 characters, and at most 200 are read"),
        ("(" * 33 + "1" + ")" * 33, "nested more than 32 levels deep"),
        ("-" * 33 + "1", "nested more than 32 levels deep"),
        ("2 ** 10000000000", "a number has more than 200 digits"),
        ("2 ** 2 ** 2 ** 2 ** 2 ** 2", "a number has more than 200 digits"),
        ("10 ** 100 * 10 ** 101", "a number has more than 200 digits"),
        ("9e99999999999", "a number has more than 200 digits"),
        ("1e201", "a number has more than 200 digits"),
        ("exp(1000)", "a number has more than 200 digits"),
        ("1.5 ** 100000", "a number has more than 200 digits"),
        ("0.5 ** 2000", "a number is closer to 0 than 1e-200"),
        ("10 ** -150 * 10 ** -150", "a number is closer to 0 than 1e-200"),
    ],
)
def test_the_bounds_hold(expression: str, message: str) -> None:
    started = time.process_time()
    with pytest.raises(UsageError, match=message):
        evaluate(expression)
    assert time.process_time() - started < 1


def test_a_fraction_of_too_many_digits_is_rounded_to_a_double() -> None:
    assert value("1000 * 1.05 ** 360") == pytest.approx(1000 * 1.05**360, rel=1e-12)
    assert value("e ** 20") == pytest.approx(math.e**20, rel=1e-12)


@pytest.mark.parametrize("name", ["calculator", "datetime", "json_query"])
def test_a_configuration_is_refused_because_there_is_nothing_to_configure(name: str, tmp_path: Path) -> None:
    settings = Settings(load(tmp_path, {}, [f"tool.{name}.digits=3"]))
    with pytest.raises(ConfigError, match=rf"tool\.{name}\.digits. is not known"):
        Plugins(settings).get("tool", name)


Tree = Any  # a number, or an operator with one or two trees

numbers = st.integers(0, 1000).map(Fraction) | st.decimals(0, 100, places=2).map(Fraction)
trees: st.SearchStrategy[Tree] = st.recursive(
    numbers,
    lambda inner: (
        st.tuples(st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner, inner) | st.tuples(st.just("neg"), inner)
    ),
    max_leaves=8,
)


def written(tree: Tree) -> str:
    if isinstance(tree, Fraction):
        return str(float(tree)) if tree.denominator > 1 else str(tree)
    if tree[0] == "neg":
        return f"-({written(tree[1])})"
    return f"({written(tree[1])}) {tree[0]} ({written(tree[2])})"


OPERATORS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": lambda left, right: Fraction(left // right),
    "%": operator.mod,
}


def computed(tree: Tree) -> Fraction:
    if isinstance(tree, Fraction):
        return tree
    if tree[0] == "neg":
        return -computed(tree[1])
    return OPERATORS[tree[0]](computed(tree[1]), computed(tree[2]))


@given(trees)
def test_it_agrees_with_fractions(tree: Tree) -> None:
    expression = written(tree)
    assume(len(expression) <= MAX_LENGTH)
    try:
        expected = computed(tree)
    except ZeroDivisionError:
        with pytest.raises(UsageError, match="division by zero"):
            evaluate(expression)
    else:
        assert evaluate(expression) == expected


steps = st.tuples(st.integers(1, 99), st.sampled_from(["+", "-", "*", "/", "//", "**"]))


@given(st.lists(steps, min_size=1, max_size=6))
def test_precedence_agrees_with_python(terms: list[tuple[int, str]]) -> None:
    plain = " ".join(f"{number} {sign}" for number, sign in terms) + " 2"
    exact = " ".join(f"Fraction({number}) {sign}" for number, sign in terms) + " Fraction(2)"
    assume(plain.count("**") < 2)
    assert evaluate(plain) == pytest.approx(Fraction(eval(exact, {"Fraction": Fraction})), rel=1e-12)


@given(st.text(alphabet="0123456789.+-*/%()^, eofpisqrtlnmax", max_size=40))
def test_any_text_has_a_value_or_is_refused_in_words(text: str) -> None:
    try:
        evaluate(text)
    except UsageError as error:
        reason = error.message
        assert reason.startswith(repr(text)), reason  # either outcome is right
