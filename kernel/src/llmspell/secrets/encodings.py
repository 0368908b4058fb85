"""The forms in which an exact secret may turn up: as it is, URL-encoded, in JSON, in hexadecimal, in base64."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_SHORTEST = 8  # characters: a shorter piece of base64 may stand in any text


def encodings(secret: str) -> set[str]:
    """Every form of a secret to look for, itself included, however short; the others have 8 characters or more."""
    raw = secret.encode("utf-8", "surrogatepass")
    quoted = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    forms = {*quoted, *map(_lower_escapes, quoted), raw.hex(), raw.hex().upper(), *_base64(raw)}
    forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {secret} | {form for form in forms if len(form) >= _SHORTEST}


def _lower_escapes(text: str) -> str:
    """`%2F` as `%2f`, which means the same."""
    head, *rest = text.split("%")
    return head + "".join(f"%{part[:2].lower()}{part[2:]}" for part in rest)


def _base64(raw: bytes) -> Iterator[str]:
    """The characters of base64 that the secret alone decides, at each of the three offsets that it can have."""
    for offset in range(3):
        first, end = (0, 2, 3)[offset], (offset + len(raw)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(bytes(offset) + raw).decode()[first:end]
