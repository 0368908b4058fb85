"""What secrets and the numbers of people look like, and a text without them.

Every pattern takes time linear in the text: each part of it is bounded, or begins where no other may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Literal, get_args

from llmspell.redaction import Redactor
from llmspell.secrets.shapes import REDACTED

Kind = Literal["secret", "email", "iban", "card", "ip", "phone"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which they are looked for: what is surest goes first."""

_EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_CARD = re.compile(r"(?<![\w.-])[2-9]\d{3}[ -]?\d{4,6}[ -]?\d{4,5}(?:[ -]?\d{1,4}){0,2}(?![\w-])")
_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[0-9a-fA-F]{0,4}:)[0-9a-fA-F:]{2,39}(?:\.\d{1,3}){0,3})(?![\w:]|\.\d)"
)
_LETTERS = {ord(letter): str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}
_DATE = re.compile(r"\d\d?([./-])\d\d?\1\d{2,4}")
_PHONE = re.compile(
    r"(?<![\w.+-])(?:"
    r"(?:\+|00)[1-9](?:[ ().\-/]{0,2}\d){6,14}"  # with the country
    r"|\(\d{2,5}\)[ -]?\d(?:[ \-/]?\d){4,9}"  # (030) 123456
    r"|0[1-9]\d{0,4}[ \-/]{1,2}\d(?:[ \-/]?\d){4,9}"  # 030 123456
    r"|\d{3}[ .-]\d{3}[ .-]\d{4}"  # 555-123-4567
    r")(?![\w-])"
)


def redacted(text: str, kinds: Sequence[Kind]) -> tuple[str, dict[str, int]]:
    """A text without what is of these kinds, and how many of each there were."""
    counts: dict[str, int] = {}
    for kind in kinds:
        if kind == "secret":
            before = text.count(REDACTED)
            text = Redactor().text(text)
            counts[kind] = text.count(REDACTED) - before
        else:
            text, counts[kind] = _PATTERNS[kind](text)
    return text, counts


def _replacing(kind: str, pattern: re.Pattern[str], part: Callable[[str], str]) -> Callable[[str], tuple[str, int]]:
    """What replaces the part of each match that is of a kind; the part is the match's beginning, empty for none."""

    def replace(text: str) -> tuple[str, int]:
        pieces: list[str] = []
        at = count = 0
        while found := pattern.search(text, at):
            real = part(found[0])
            if real:
                pieces += [text[at : found.start()], f"[{kind}]"]
                at = found.start() + len(real)
                count += 1
            else:  # another may begin in it, after a space
                end = found.start() + (found[0].find(" ") + 1 or len(found[0]))
                pieces.append(text[at:end])
                at = end
        return "".join([*pieces, text[at:]]), count

    return replace


def _card(text: str) -> str:
    """The longest beginning whose check digit is right: other digits may follow."""
    for each in _beginnings(text, 13):
        digits = [int(c) for c in each if c.isdigit()]
        if 13 <= len(digits) <= 19 and _luhn(digits):
            return each
    return ""


def _iban(text: str) -> str:
    return next((each for each in _beginnings(text, 15) if _mod97(each.replace(" ", ""))), "")


def _beginnings(text: str, least: int) -> list[str]:
    """A number, and its beginnings that end where a space or hyphen follows, while they have so many digits."""
    ends = [at for at in range(len(text) - 1, 0, -1) if text[at] in " -"]
    return [text, *(text[:at] for at in ends if sum(c not in " -" for c in text[:at]) >= least)]


def _luhn(digits: list[int]) -> bool:
    """Whether the last digit is that of ISO/IEC 7812."""
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _mod97(text: str) -> bool:
    """Whether the check digits are those of ISO 13616."""
    return int((text[4:] + text[:4]).translate(_LETTERS)) % 97 == 1


def _ip(text: str) -> str:
    try:
        ip_address(text)
    except ValueError:
        return ""
    return text if any(c.isalnum() for c in text) else ""  # `::` alone is punctuation


def _phone(text: str) -> str:
    return "" if _DATE.fullmatch(text) or not 7 <= sum(c.isdigit() for c in text) <= 17 else text


_PATTERNS = {
    "email": _replacing("email", _EMAIL, str),
    "iban": _replacing("iban", _IBAN, _iban),
    "card": _replacing("card", _CARD, _card),
    "ip": _replacing("ip", _IP, _ip),
    "phone": _replacing("phone", _PHONE, _phone),
}
