"""Ways to write text in other characters, each with its way back."""

from __future__ import annotations

import binascii
import html
import quopri
import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus, unquote_to_bytes

from llmspell.errors import UsageError
from llmspell_tool_text.html_tokens import decoded

_LONGEST_HOST = 253  # characters, as in the Domain Name System
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BROKEN_QUOTED = re.compile(r"=(?![0-9A-Fa-f]{2}|[ \t]*+(?:\r?\n|\Z))")
_FORMS = ("nfc", "nfd", "nfkc", "nfkd")


def encode(text: str, encoding: str, charset: str) -> str:
    """A text in an encoding.

    Raises:
        UsageError: a character is not in the charset, or the text is no host name.
    """
    if encoding in _OF_BYTES:
        return _OF_BYTES[encoding][0](_bytes(text, charset))
    if encoding in _FORMS:
        return unicodedata.normalize(encoding.upper(), text)  # type: ignore[arg-type]  # one of the four
    return _OF_TEXT[encoding][0](text)


def decode(text: str, encoding: str, charset: str) -> str:
    """The text that was encoded.

    Raises:
        UsageError: it is not in the encoding, what comes of it is not text, or there is no way back.
    """
    if encoding in _FORMS:
        raise UsageError(f"{encoding} has no way back: what was combined is not kept", hint="use direction encode")
    if encoding in _OF_TEXT:
        return _OF_TEXT[encoding][1](text)
    content = _OF_BYTES[encoding][1](text)
    try:
        return content.decode(charset)
    except UnicodeDecodeError as error:
        what = f"bytes {content[error.start : error.start + 4].hex(' ')} at offset {error.start}"
        raise UsageError(
            f"what the {encoding} holds is not {charset} text: {what}", hint="try another charset"
        ) from None


def _bytes(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset)
    except UnicodeEncodeError as error:
        found = text[error.start]
        raise UsageError(f"{charset} does not have the character {found!a} at {error.start}") from None


def _from_base64(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError as error:  # of the library, or for what is not ASCII
        raise UsageError(f"{text!r:.60} is not base64: {error}") from None


def _from_base64url(text: str) -> bytes:
    text = "".join(text.split())
    if "+" in text or "/" in text:
        raise UsageError(f"{text!r:.60} is not base64url, which has - and _ for + and /", hint="use base64")
    whole = text + "=" * (-len(text) % 4 if "=" not in text else 0)  # often written without its end
    return _from_base64(whole.replace("-", "+").replace("_", "/"))


def _from_hex(text: str) -> bytes:
    digits = "".join(text.split()).replace(":", "")
    try:
        return binascii.unhexlify(digits)
    except ValueError as error:
        raise UsageError(f"{text!r:.60} is not hexadecimal: {error}") from None


def _from_url(text: str) -> bytes:
    if broken := _BROKEN_ESCAPE.search(text):
        raise UsageError(f"the % at {broken.start()} is not followed by two hexadecimal digits", hint="write %25 for %")
    return unquote_to_bytes(text)


def _from_quoted(text: str) -> bytes:
    if broken := _BROKEN_QUOTED.search(text):
        raise UsageError(f"the = at {broken.start()} is not followed by two hexadecimal digits", hint="write =3D for =")
    try:
        return quopri.decodestring(text.encode("ascii"))
    except UnicodeEncodeError as error:
        raise UsageError(f"quoted-printable is ASCII, found {text[error.start]!a} at {error.start}") from None


def _rot13(text: str) -> str:
    import codecs

    return codecs.encode(text, "rot13")


def _host_labels(text: str) -> list[str]:
    if len(text) > _LONGEST_HOST:
        raise UsageError(f"a host name has at most {_LONGEST_HOST} characters, found {len(text)}")
    return text.split(".")


def _to_punycode(text: str) -> str:
    """Each label by itself; not the whole of IDNA, which also says which characters a name may have."""
    labels = (unicodedata.normalize("NFC", label.lower()) for label in _host_labels(text))
    try:
        return ".".join(
            label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in labels
        )
    except UnicodeError as error:
        raise UsageError(f"{text!r:.60} cannot be written in punycode: {error}") from None


def _from_punycode(text: str) -> str:
    try:
        return ".".join(
            label[4:].encode("ascii").decode("punycode") if label.lower().startswith("xn--") else label
            for label in _host_labels(text)
        )
    except (UnicodeError, OverflowError) as error:
        raise UsageError(f"{text!r:.60} is not punycode: {error}") from None


_OF_BYTES: dict[str, tuple[Callable[[bytes], str], Callable[[str], bytes]]] = {
    "base64": (lambda content: b64encode(content).decode(), _from_base64),
    "base64url": (lambda content: b64encode(content, b"-_").decode().rstrip("="), _from_base64url),
    "hex": (bytes.hex, _from_hex),
    "url": (lambda content: quote(content, safe=""), _from_url),
    "form": (quote_plus, lambda text: _from_url(text.replace("+", " "))),
    "quoted_printable": (lambda content: quopri.encodestring(content).decode("ascii"), _from_quoted),
}
_OF_TEXT: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "html": (html.escape, decoded),
    "rot13": (_rot13, _rot13),
    "punycode": (_to_punycode, _from_punycode),
}
