"""What a request spells out: quoted strings, files, numbers and arithmetic."""

from __future__ import annotations

import re

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?%?"
_QUOTED = re.compile(r'"([^"\n]+)"|“([^”\n]+)”|`([^`\n]+)`|(?<!\w)\'([^\'\n]+)\'(?!\w)')
_FILE = re.compile(r"(?:\.{0,2}/)?[\w.-]+(?:/[\w.-]+)*")
_EXTENSION = re.compile(r"(?:\w\w[\w.-]*|(?:[\w.-]*/)+[\w.-]+)\.[A-Za-z]\w{0,7}|[\w.-]+\.[A-Za-z]\w{1,7}")
_URL = re.compile(r"https?://[^\s\"'<>]+")
_OPERAND = rf"\({{0,9}}-?{_NUMBER}\){{0,9}}"
_SIGN = r"(?:\*\*|//|[-+*/^×÷]|(?<=% )of)"  # noqa: RUF001  # as people write it
_ARITHMETIC = re.compile(rf"(?<![\w.,(]){_OPERAND}(?: ?{_SIGN} ?{_OPERAND})+(?!\w)")
_AROUND = "\"'`“”,;:!?()[]"
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?/\d\d?/\d{2,4}")
_RANGE = re.compile(r"[\d,.]+[-/][\d,.]+")

_BETWEEN = r"(?<=[\d)%]) {} (?=[\d(])"
_WORDS = [
    (re.compile(r"(?<=\d) ?per ?cent\b"), "%"),
    (re.compile(_BETWEEN.format("(?:times|multiplied by)")), " * "),
    (re.compile(_BETWEEN.format("(?:divided by|over)")), " / "),
    (re.compile(_BETWEEN.format("plus")), " + "),
    (re.compile(_BETWEEN.format("minus")), " - "),
]
# Sentences that are arithmetic; {n} is the last number that a tool answered.
_IT = r"(?:[a-z]\w* ){1,5}"
_SENTENCES = [
    (re.compile(rf"\bdivide ({_NUMBER}) by ({_NUMBER})"), "{0} / {1}"),
    (re.compile(rf"\bmultiply ({_NUMBER}) by ({_NUMBER})"), "{0} * {1}"),
    (re.compile(rf"\badd ({_NUMBER}) (?:to|and) ({_NUMBER})"), "{0} + {1}"),
    (re.compile(rf"\bsubtract ({_NUMBER}) from ({_NUMBER})"), "{1} - {0}"),
    (re.compile(rf"\bdivide {_IT}by ({_NUMBER})"), "{n} / {0}"),
    (re.compile(rf"\bmultiply {_IT}by ({_NUMBER})"), "{n} * {0}"),
    (re.compile(rf"\badd ({_NUMBER}) to [a-z]"), "{n} + {0}"),
    (re.compile(rf"\bsubtract ({_NUMBER}) from [a-z]"), "{n} - {0}"),
    (re.compile(rf"\b({_NUMBER}) of (?:it|that|this|the \w+)\b"), "{0} of {n}"),
    (re.compile(rf"\bat ({_NUMBER}) [a-z]+ (?:a|an|per|each|every) [a-z]+"), "{n} / {0}"),
]


def quoted(text: str) -> list[str]:
    """The strings in double, single, curly or back quotes, in order."""
    return ["".join(groups) for groups in _QUOTED.findall(text)]


def files(text: str) -> list[str]:
    """What looks like a file: it has an extension, or begins with `/`, `./` or `../`."""
    words = quoted(text) + [word.strip(_AROUND).rstrip(".") for word in text.split()]
    return list(dict.fromkeys(filter(_is_file, words)))


def _is_file(word: str) -> bool:
    if "://" in word or _FILE.fullmatch(word) is None:
        return False
    return word.startswith(("/", "./", "../")) or _EXTENSION.fullmatch(word) is not None


def says(text: str, word: str) -> bool:
    """Whether `word` stands in the text, as a word of its own."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def numbers(text: str) -> list[float]:
    """The plain numbers outside quotes, files and web addresses, in order."""
    plain = _QUOTED.sub(" ", _URL.sub(" ", text))
    text = " ".join(word for word in plain.split() if not _is_file(word.strip(_AROUND).rstrip(".")))
    found = re.findall(r"(?<![\w.,-])-?\d+(?:,\d{3})*(?:\.\d+)?(?![\w-]|\.\d)", text)
    return [as_number(number) for number in found]


def as_number(text: str) -> float:
    """A written number: whole where it is written so; commas between thousands are allowed."""
    plain = text.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def arithmetic(text: str, last: float | None, *, asked_for: bool) -> str | None:
    """The one calculation that `text` spells out; None where there is none, or more than one.

    Args:
        text: the request.
        last: what `it`, `the count` or `the result` stands for: the last number that a tool answered.
        asked_for: whether a calculation is asked for by name; then `10/4` is one, and else it may be a range.
    """
    plain = " ".join(text.split())
    for pattern, sign in _WORDS:
        plain = pattern.sub(sign, plain)
    found = [_balanced(match.group()) for match in _ARITHMETIC.finditer(plain)]
    found = [one for one in found if not _DATE.fullmatch(one) and (asked_for or not _RANGE.fullmatch(one))]
    if found:
        return found[0] if len(set(found)) == 1 else None
    for pattern, form in _SENTENCES:
        match = pattern.search(plain.lower())
        if match and ("{n}" not in form or last is not None):
            values = [value.replace(",", "") for value in match.groups()]
            return form.format(*values, n=last)
    return None


def _balanced(expression: str) -> str:
    expression = expression.replace(",", "").strip()
    while expression.count("(") > expression.count(")"):
        expression = expression.replace("(", "", 1)
    while expression.count(")") > expression.count("("):
        expression = expression[: expression.rindex(")")] + expression[expression.rindex(")") + 1 :]
    return expression
