"""The tool `text_redact`: a text without secrets and personal numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from llmspell.tools import Example, tool
from llmspell_tool_text.personal import KINDS, Kind, redacted


@tool(
    category="text",
    tags=("privacy", "secret", "mask", "anonymize", "email", "phone", "card"),
    idempotent=True,
    timeout=30.0,
    output_bytes=8 << 20,
    examples=(Example({"text": "write to ada@example.com"}, "write to [email]"),),
)
def text_redact(
    text: Annotated[str, {"maxLength": 500_000}],
    kinds: Annotated[Sequence[Kind], {"minItems": 1}] = KINDS,
) -> dict[str, Any]:
    """Takes secrets, e-mail addresses, IBANs, card numbers, IP addresses and phone numbers out of a text.

    Answers `text`, with `[redacted]` for secrets and `[email]`, `[iban]`, `[card]`, `[ip]`, `[phone]` for the others,
    and `counts` by kind. Secrets are known by their shape (`sk-...`, `password=...`, private keys). Cards and IBANs
    must have valid check digits. It finds shapes, not names of people, and is no promise of anonymity.

    Args:
        text: the text to clean.
        kinds: what to take out; everything by default.
    """
    cleaned, counts = redacted(text, [kind for kind in KINDS if kind in kinds])
    return {"text": cleaned, "counts": counts}
