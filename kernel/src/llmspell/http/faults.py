"""What can go wrong between us and a server, as our errors.

No sentence holds the text of the library's exception: those name classes and internals, and may quote headers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from llmspell.errors import LlmspellError
from llmspell.http.url import Url


@contextmanager
def explained(url: Url) -> Iterator[None]:
    """Turn what the client library raises into an error about the URL.

    Raises:
        LlmspellError: the server cannot be reached or trusted, breaks off, or speaks no HTTP; of kind `network`.
    """
    import aiohttp

    try:
        yield
    except (aiohttp.ClientConnectorSSLError, aiohttp.ClientConnectorCertificateError) as error:
        raise _untrusted(url, error) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise _failed(url, f"{url.place!r} cannot be reached: {_reason(error)}", passing=True) from None
    except aiohttp.ClientPayloadError:
        raise _failed(url, "the answer broke off", passing=True) from None
    except aiohttp.ServerDisconnectedError:
        raise _failed(url, "the server closed the connection before it answered", passing=True) from None
    except aiohttp.ClientResponseError:
        raise _failed(url, "what the server answers is no HTTP, or its head is too large") from None
    except (aiohttp.ClientError, OSError) as error:
        raise _failed(url, f"the connection was lost: {_reason(error)}", passing=True) from None


def _failed(url: Url, reason: str, hint: str = "", *, passing: bool = False) -> LlmspellError:
    return LlmspellError(f"{url.shown}: {reason}", kind="network", retryable=passing, hint=hint)


def _untrusted(url: Url, error: Exception) -> LlmspellError:
    from ssl import SSLCertVerificationError

    cause = getattr(error, "certificate_error", None) or error.__cause__
    if not isinstance(cause, SSLCertVerificationError):
        return _failed(url, f"{url.place!r} does not speak https as it should", "look whether the port is right")
    reason = cause.verify_message.rstrip(".")
    hint = "if it is your own authority's, name its file in SSL_CERT_FILE" if "self" in reason else ""
    return _failed(url, f"the certificate of {url.host!r} is not trusted: {reason}", hint)


def _reason(error: Exception) -> str:
    """The operating system's word for what happened, or ours."""
    import aiohttp

    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return "no connection in time"
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number).lower() if number and number > 0 else "it was closed"
