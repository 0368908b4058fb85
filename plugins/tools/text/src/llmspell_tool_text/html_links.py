"""The addresses that links and images of a page may keep."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from llmspell_tool_text.markdown_inline import address

LONGEST = 2000
"""Characters; a longer address is left out, because it is written again for each block of its link."""

_SAFE = ("http:", "https:", "mailto:", "tel:", "ftp:")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:")

# Browsers take these away before they look for a scheme.
_CONTROL = "".join(map(chr, range(33)))
_REMOVED = re.compile(r"[\t\n\r]+")


def kept(url: str, base: str) -> str:
    """An address, whole if `base` is one, ready to be written in Markdown; empty where none may be kept."""
    url = _REMOVED.sub("", url.strip(_CONTROL))
    if not url:
        return ""
    if base and not url.startswith("#"):
        try:
            url = urljoin(base, url)
        except ValueError:  # no address at all, such as `http://[`
            return ""
    scheme = _SCHEME.match(url)
    if len(url) > LONGEST or (scheme and scheme[0].lower() not in _SAFE):
        return ""
    return address(url)
