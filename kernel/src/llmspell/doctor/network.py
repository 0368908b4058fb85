"""Variables that lead traffic elsewhere, or change whom it trusts; by name, since a value may hold a password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from llmspell.doctor.check import Check
from llmspell.doctor.system import System

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def examine(system: System) -> Iterator[Check]:
    """One check for all proxies, and one for each place of certificates that does not exist."""
    environ = system.environ
    named = [name for name in environ if name.upper() in _PROXIES and environ[name]]
    named += [name for name in _TRUST if environ.get(name)]
    yield Check("network", "ok", f"these variables are set: {', '.join(sorted(named))}" if named else "no proxy is set")
    for name in _TRUST:
        if environ.get(name) and not Path(environ[name]).exists():
            yield Check("network", "error", f"{name} names {environ[name]!r}, which does not exist", f"unset {name}")
