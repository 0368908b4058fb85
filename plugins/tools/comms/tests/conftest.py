"""A certificate of this machine, and what trusts it."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from llmspell.testing.certificates import self_signed


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate, with its key, of 127.0.0.1, signed by itself."""
    return self_signed(tmp_path_factory.mktemp("tls"), "mail.test")


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """What a server of this machine encrypts with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate is one of an authority that the system trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
