"""What secrets look like: the shapes of well-known tokens, and the places where text says that a secret follows.

Every pattern takes time linear in the text: each part of it is bounded, or runs to where no other may begin.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

REDACTED = "[redacted]"

_NAME = (
    r"(?:password|passwd|passphrase|pwd|secret|secret[_-]?access[_-]?key|api[_-]?key|access[_-]?key"
    r"|account[_-]?key|private[_-]?key|client[_-]?secret|(?:access|auth|refresh|session|bot|api)[_-]?token|token)"
    r"\\?[\"']?[ \t]{0,3}(?:=>|:=|[=:])[ \t]{0,3}"
)
# What a named group holds is kept: it tells where the secret stood.
PLACES: Iterable[str] = (
    # a private key, whole or cut short at either end
    r"-{1,5}BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
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
TOKENS: Iterable[str] = (
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

# A text that holds none of these literals holds no shape: looking for them is far quicker than the patterns are.
_TOKEN_MARKS = (
    "sk-", "k_live_", "k_test_", "whsec_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-",
    "AKIA", "ASIA", "ABIA", "ACCA", "AIza", "ya29.", "GOCSPX-", "xox", "xapp-", "hooks.slack.com", "hf_", "gsk_",
    "xai-", "pplx-", "r8_", "tvly-", "npm_", "pypi-", "SG.", "SK", "key-", ":AA", "doo_v1_", "dop_v1_", "dor_v1_",
    "shpat_", "shpca_", "shppa_", "shpss_", "dapi", "lin_api_", "ntn_", "hvs.", "hvb.", "hvr.", "dp.pt.", "dp.st.",
    "dp.ct.", "dp.sa.", "AGE-SECRET-KEY-1", "eyJ", "PRIVATE KEY",
)  # fmt: skip
_PLACE_MARKS = (
    "://", "private key", "key", "token", "secret", "passw", "passphrase", "pwd", "sig", "auth", "cookie",
    "bearer", "basic",
)  # fmt: skip
# A token begins where no other word goes on: after the n of an escaped line end, or after a private key.
_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt])|(?<=-----))"
_PRIVATE_KEY, *_ = PLACES


def without_tokens(text: str) -> str:
    """`text` without what is a secret by its own shape: `sk-...`, a private key."""
    return _tokens().sub(REDACTED, text) if any(mark in text for mark in _TOKEN_MARKS) else text


def without_shapes(text: str) -> str:
    """`text` without any shape: tokens, and what stands where a secret is announced (`password=...`)."""
    return _all().sub(_replace, text) if _may_hold(text) else text


def _may_hold(text: str) -> bool:
    if any(mark in text for mark in _TOKEN_MARKS):
        return True
    folded = text.casefold()
    return any(mark in folded for mark in _PLACE_MARKS)


def _replace(found: re.Match[str]) -> str:
    kept = found[found.lastgroup] if found.lastgroup else ""
    return kept + REDACTED


@functools.cache
def _all() -> re.Pattern[str]:
    return re.compile(rf"(?i:{'|'.join(PLACES)})|{_START}(?:{'|'.join(TOKENS)})++")


@functools.cache
def _tokens() -> re.Pattern[str]:
    return re.compile(rf"{_PRIVATE_KEY}|{_START}(?:{'|'.join(TOKENS)})++")
