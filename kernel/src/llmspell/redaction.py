"""The one filter that keeps secrets out of every sink: logs, events, errors, `config show`.

Three nets: the name of a field (`api_key`), the shape of a text (`sk-...`, `Bearer ...`), and the exact
values of environment variables whose names say that they are secret. It errs towards redacting too much.

Every pattern takes time linear in the text: each part of it is bounded, or runs to where no other may begin.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

REDACTED = "[redacted]"

_SHORTEST_VALUE = 8  # characters; a shorter "secret" (`1`, `true`) would blacken half of every log

_SHORT = 64  # characters

_SECRET_WORDS = frozenset(
    "apikey auth authorization bearer cookie credential credentials key keys passphrase passwd password "  # noqa: SIM905 words read better than quotes
    "passwords pat private pwd secret secrets token".split()
)
_SECRET_PARTS = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "accesskey",
    "privatekey",
    "authtoken",
)
# Names with "token" that count tokens, and names with "key" that open nothing.
_HARMLESS_WORDS = frozenset(
    "budget cached count counts input limit max min output per public reasoning total usage".split()  # noqa: SIM905
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@functools.lru_cache(maxsize=4096)
def secret_name(name: str) -> bool:
    """Whether a field or variable of this name holds a secret: `api_key`, `githubToken`, `PGPASSWORD`.

    Names that end in `_env` name a variable, and names that count tokens (`max_tokens`) are no secrets.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] == "env":
        return False
    if any(part in "".join(words) for part in _SECRET_PARTS):
        return True
    if "tokens" in words:
        return bool({"api", "access", "auth", "refresh", "bearer"} & set(words))
    return bool(_SECRET_WORDS.intersection(words)) and not _HARMLESS_WORDS.intersection(words)


@attrs.frozen
class Redactor:
    """Replaces secrets by `[redacted]`; `values` are exact texts to look for besides the known shapes."""

    values: frozenset[str] = attrs.field(default=frozenset(), repr=False)

    @classmethod
    def of_environment(cls, environ: Mapping[str, str]) -> Redactor:
        """One that also knows the values of variables with secret-like names, if they have 8 characters."""
        return cls(
            frozenset(
                value for name, value in environ.items() if secret_name(name) and len(value.strip()) >= _SHORTEST_VALUE
            )
        )

    def text(self, text: str) -> str:
        """`text` without exact values and known shapes."""
        if self.values:
            text = _exact(self.values).sub(REDACTED, text)
        return redact(text)

    def data(self, value: Any, name: str = "") -> Any:  # Any: JSON-like data of any type
        """JSON-like data without secrets: texts are filtered, and what a secret-like name holds goes.

        Only a boolean, null and the empty text under such a name stay: they tell whether a secret is set.
        """
        if name and secret_name(name) and value not in (None, "") and not isinstance(value, bool):
            return REDACTED
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self._key(key): self.data(item, str(key)) for key, item in value.items()}
        if type(value) in (list, tuple):
            return [self.data(item) for item in value]
        return value

    def _key(self, key: object) -> object:
        return self.text(key) if isinstance(key, str) else key


def redact(text: str) -> str:
    """`text` with every secret of a well-known shape redacted; a second pass changes nothing."""
    return _redact_short(text) if len(text) <= _SHORT else _redact_any(text)


def _redact_any(text: str) -> str:
    return _shapes().sub(_replace, text)


# Field names, kinds and paths come again and again.
_redact_short = functools.lru_cache(maxsize=4096)(_redact_any)


def _replace(found: re.Match[str]) -> str:
    kept = found[found.lastgroup] if found.lastgroup else ""
    return kept + REDACTED


@functools.lru_cache(maxsize=16)
def _exact(values: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(value) for value in sorted(values, key=len, reverse=True)))


_NAME = (
    r"(?:password|passwd|passphrase|pwd|secret|secret[_-]?access[_-]?key|api[_-]?key|access[_-]?key"
    r"|account[_-]?key|private[_-]?key|client[_-]?secret|(?:access|auth|refresh|session|bot|api)[_-]?token|token)"
    r"\\?[\"']?[ \t]{0,3}(?:=>|:=|[=:])[ \t]{0,3}"
)
# What a named group holds is kept: it tells where the secret stood.
_PLACES: Iterable[str] = (
    # a private key, whole or cut short
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[^-]++|-(?!----END))*+(?:-----END [A-Z0-9 ]{0,40}-----)?",
    # user:password@host in an address
    r"(?P<address>(?<![\w+.-])[a-z][\w+.-]{1,15}://)[^\s/:@]{0,200}:[^\s/@]{1,400}(?=@)",
    # query parameters
    r"(?P<query>[?&;](?:api[_-]?key|key|(?:access|refresh|id)_token|token|secret|client_secret|password|sig"
    r"|signature|x-amz-signature|x-amz-security-token|auth)=)[^\s&#\"']{4,}",
    # headers, and schemes without their header
    r"(?P<header>\b(?:(?:proxy-)?authorization|x-api-key|api-key|x-goog-api-key|x-auth-token"
    r"|ocp-apim-subscription-key|(?:set-)?cookie)[\"']?[ \t]{0,3}:[ \t]{0,3}[\"']?"
    r"(?:(?:bearer|basic|token|digest)[ \t]{1,3})?)[^\s\"',][^\"'\r\n,]{3,}",
    r"(?P<bearer>\bbearer[ \t]{1,3})[\w.~+/=-]{8,}",
    r"(?P<scheme>\b(?:basic|token|apikey)[ \t]{1,3})(?=[\w.~+/=-]{0,200}[\d=])[\w.~+/=-]{8,}",
    # assignments, in code, JSON, INI and connection strings; `KEY=...` in a hint is none
    rf"(?P<quoted>{_NAME}\\?[\"'])[^\"'\r\n\\]+",
    rf"(?P<assigned>{_NAME})(?!\.\.\.)[^\s\"'\\][^\s\"']{{3,}}",
)
_TOKENS: Iterable[str] = (
    r"sk-(?=[\w-]{0,60}\d)[\w-]{16,}",  # OpenAI, Anthropic, OpenRouter, DeepSeek, Langfuse
    r"(?:sk|rk|pk)_(?:live|test)_\w{10,}",  # Stripe
    r"whsec_\w{16,}",  # webhook secrets
    r"gh[pousr]_\w{20,}",  # GitHub
    r"github_pat_\w{20,}",
    r"glpat-[\w-]{16,}",  # GitLab
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])",  # AWS
    r"AIza[\w-]{30,}",  # Google
    r"ya29\.[\w-]{20,}",
    r"GOCSPX-[\w-]{20,}",
    r"xox[abeoprs]-[\w-]{10,}",  # Slack
    r"xapp-[\w-]{10,}",
    r"hooks\.slack\.com/services/[\w/]{20,}",
    r"hf_[A-Za-z0-9]{20,}",  # Hugging Face
    r"gsk_[A-Za-z0-9]{20,}",  # Groq
    r"xai-[\w-]{20,}",
    r"pplx-[\w-]{20,}",  # Perplexity
    r"r8_[A-Za-z0-9]{20,}",  # Replicate
    r"tvly-[\w-]{16,}",  # Tavily
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-[\w-]{30,}",
    r"SG\.[\w-]{16,}\.[\w-]{16,}",  # SendGrid
    r"SK[0-9a-f]{32}(?![0-9a-f])",  # Twilio
    r"key-[0-9a-f]{32}(?![0-9a-f])",  # Mailgun
    r"\d{8,10}:AA[\w-]{30,}",  # Telegram
    r"do[opr]_v1_[0-9a-f]{32,}",  # DigitalOcean
    r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{24,}",  # Shopify
    r"dapi[0-9a-f]{32}",  # Databricks
    r"lin_api_\w{20,}",  # Linear
    r"ntn_\w{20,}",  # Notion
    r"hv[sbr]\.[\w-]{20,}",  # Vault
    r"dp\.(?:pt|st|ct|sa)\.\w{20,}",  # Doppler
    r"AGE-SECRET-KEY-1[A-Z0-9]{30,}",  # age
    r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",  # JSON Web Token
)


@functools.cache
def _shapes() -> re.Pattern[str]:
    places, tokens = "|".join(_PLACES), "|".join(_TOKENS)
    # A token begins where no other word goes on: after the n of an escaped line end, or after a private key.
    start = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt])|(?<=-----))"
    return re.compile(rf"(?i:{places})|{start}(?:{tokens})++")
