"""Evaluates arithmetic, exactly, with a parser of its own over fractions: nothing else can be written.

    sum      = product (("+" | "-") product)*
    product  = unary (("*" | "/" | "//" | "%" | "of") unary)*
    unary    = ("-" | "+") unary | power
    power    = postfix ("**" unary)?
    postfix  = atom "%"*
    atom     = number | constant | function "(" sum ("," sum)* ")" | "(" sum ")"

`^` is `**`; the typographic signs for times, divided by and minus are read as what they mean.

Bounds: `MAX_LENGTH` characters, `MAX_NESTING` levels of parentheses and signs, and numbers below 10 to the
power of `MAX_DIGITS`. A fraction that would need more digits is rounded to a double. Within the bounds an
expression takes at most about a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple, NoReturn

from llmspell.errors import UsageError, near_names
from llmspell_tool_core.functions import (
    CONSTANTS,
    FUNCTIONS,
    MAX_BITS,
    MAX_DIGITS,
    Function,
    NotRealError,
    power,
)

MAX_LENGTH = 200
MAX_NESTING = 32

_SPELLINGS = str.maketrans(
    {
        "\N{MULTIPLICATION SIGN}": "*",
        "\N{MIDDLE DOT}": "*",
        "\N{DIVISION SIGN}": "/",
        "\N{MINUS SIGN}": "-",
        "^": "↑",
    }
)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z]\w*)|(?P<sign>\*\*|//|[-+*/%(),↑]))"
)


class Token(NamedTuple):
    """A word of an expression; `kind` is `number`, `name`, `sign` or `end`, `at` counts characters from 1."""

    kind: str
    text: str
    at: int


def evaluate(expression: str) -> Fraction:
    """The value of an arithmetic expression.

    Sums, products, whole powers and roots of squares are exact; other roots, powers and logarithms are as
    precise as a double.

    Raises:
        UsageError: it is not arithmetic, has no value, or is beyond the bounds. The message says where.
    """
    if len(expression) > MAX_LENGTH:
        raise UsageError(f"the expression has {len(expression)} characters, and at most {MAX_LENGTH} are read")
    return _Parser(expression).value()


def _tokens(expression: str) -> list[Token]:
    text = expression.translate(_SPELLINGS)
    tokens = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise UsageError(f"{expression!r}: {expression[at]!r} at character {at + 1} is not arithmetic")
        kind = match.lastgroup or ""
        tokens.append(Token(kind, match[kind].replace("↑", "**"), match.start(kind) + 1))
        at = match.end()
    return [*tokens, Token("end", "", len(text) + 1)]


class _Parser:
    """Reads and evaluates in one pass, one method for each line of the grammar."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = _tokens(expression)
        self._at = 0
        self._nesting = 0
        self._percent = False

    def value(self) -> Fraction:
        value = self._sum()
        if self._next.text == ",":
            self._fail("a comma separates a function's values: write numbers without commas")
        if self._next.kind != "end":
            self._fail(f"{self._next.text!r} does not belong here")
        return value

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> Token | None:
        token = self._next
        if token.text not in texts or token.kind == "end":
            return None
        self._at += 1
        return token

    def _sum(self) -> Fraction:
        value = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            value = self._bounded(value + right if sign.text == "+" else value - right, sign)
        return value

    def _product(self) -> Fraction:
        value = self._unary()
        while True:
            if self._next.text == "of" and not self._percent:
                self._fail("'of' goes after a percentage, as in 17% of 2390")
            sign = self._take("*", "/", "//", "%", "of")
            if sign is None:
                return value
            right = self._unary()
            value = self._bounded(self._compute(_PRODUCTS[sign.text], sign, value, right), sign)

    def _unary(self) -> Fraction:
        self._percent = False
        sign = self._take("-", "+")
        if sign is None:
            return self._power()
        with_sign = self._nested(self._unary)
        return -with_sign if sign.text == "-" else with_sign

    def _power(self) -> Fraction:
        base = self._postfix()
        sign = self._take("**")
        if sign is None:
            return base
        exponent = self._nested(self._unary)
        self._percent = False
        return self._bounded(self._compute(power, sign, base, exponent), sign)

    def _postfix(self) -> Fraction:
        value = self._atom()
        self._percent = False
        while self._next.text == "%" and self._is_percent():
            value = self._bounded(value / 100, self._next)
            self._at += 1
            self._percent = True
        return value

    def _is_percent(self) -> bool:
        """Whether a percent sign means per cent: it does unless a second operand follows."""
        after = self._tokens[self._at + 1]
        if after.text in ("+", "-"):
            self._fail(f"'%' before '{after.text}' may be per cent or remainder: write (10%) - 3 or 10 % (-3)")
        return not (after.kind == "number" or after.text == "(" or (after.kind == "name" and after.text != "of"))

    def _atom(self) -> Fraction:
        token = self._next
        self._at += 1
        if token.kind == "number":
            return self._number(token)
        if token.kind == "name":
            return self._named(token)
        if token.text == "(":
            value = self._nested(self._sum)
            self._close(token)
            return value
        self._at -= 1
        if token.kind == "end":
            raise self._error("the expression ends too early")
        raise self._error(f"{token.text!r} needs a value before it")

    def _number(self, token: Token) -> Fraction:
        if token.text.isdigit():  # three times as quick as Fraction's own reading
            return self._bounded(Fraction(int(token.text)), token)
        exponent = token.text.lower().partition("e")[2]
        if len(exponent) > 5 or abs(int(exponent or 0)) > MAX_DIGITS:
            self._too_large(token)
        return self._bounded(Fraction(token.text), token)

    def _named(self, token: Token) -> Fraction:
        if token.text in FUNCTIONS and self._take("("):
            return self._call(token, FUNCTIONS[token.text])
        if token.text in CONSTANTS:
            return CONSTANTS[token.text]
        self._at -= 1
        if token.text in FUNCTIONS:
            self._fail(f"{token.text} needs parentheses: {token.text}({FUNCTIONS[token.text].takes})")
        near = near_names(token.text, [*FUNCTIONS, *CONSTANTS])
        known = f"did you mean {near[0]!r}?" if near else f"known are {', '.join([*FUNCTIONS, *CONSTANTS])}"
        raise self._error(f"the name {token.text!r} is not known", hint=known)

    def _call(self, token: Token, function: Function) -> Fraction:
        arguments = [] if self._next.text == ")" else [self._nested(self._sum)]
        while arguments and self._take(","):
            arguments.append(self._nested(self._sum))
        self._close(token)
        if not function.least <= len(arguments) <= function.most:
            self._fail(f"it is {token.text}({function.takes}), found {len(arguments)} values", token)
        return self._bounded(self._compute(function.compute, token, *arguments), token)

    def _close(self, opened: Token) -> None:
        if self._take(")"):
            return
        self._fail(f"')' is missing for {opened.text!r} at character {opened.at}")

    def _nested(self, rule: Callable[[], Fraction]) -> Fraction:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            self._fail(f"it is nested more than {MAX_NESTING} levels deep")
        value = rule()
        self._nesting -= 1
        return value

    def _compute(self, rule: Callable[..., Fraction], sign: Token, *values: Fraction) -> Fraction:
        try:
            return rule(*values)
        except ZeroDivisionError:
            self._fail("division by zero", sign)
        except NotRealError as error:
            self._fail(str(error), sign)
        except OverflowError:
            self._too_large(sign)
        except FloatingPointError:
            self._too_small(sign)

    def _bounded(self, value: Fraction, token: Token) -> Fraction:
        if max(value.numerator.bit_length(), value.denominator.bit_length()) <= MAX_BITS:
            return value
        if abs(value) >= 10**MAX_DIGITS:
            self._too_large(token)
        if abs(value) * 10**MAX_DIGITS < 1:
            self._too_small(token)
        return Fraction(float(value))

    def _too_small(self, token: Token) -> NoReturn:
        self._fail(f"a number is closer to 0 than 1e-{MAX_DIGITS}", token)

    def _too_large(self, token: Token) -> NoReturn:
        self._fail(f"a number has more than {MAX_DIGITS} digits", token)

    def _fail(self, reason: str, token: Token | None = None) -> NoReturn:
        raise self._error(reason, token)

    def _error(self, reason: str, token: Token | None = None, hint: str = "") -> UsageError:
        at = (token or self._next).at
        return UsageError(f"{self._expression!r}: {reason} (character {at})", hint=hint)


_PRODUCTS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "*": lambda left, right: left * right,
    "of": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "//": lambda left, right: Fraction(left // right),
    "%": lambda left, right: left % right,
}
