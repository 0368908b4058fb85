"""HTTP to one server: sessions, deadlines, and failures as our errors.

aiohttp is imported with the first request: listing providers or models from the configuration never needs it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from llmspell_provider_openai.endpoint import Endpoint
from llmspell_provider_openai.faults import Faults

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

CONNECTIONS = 512
_ERROR_BODY = 64 * 1024


class Client:
    """Requests to `endpoint`, over connections that are kept open between them."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._sessions: dict[asyncio.AbstractEventLoop, ClientSession] = {}

    @asynccontextmanager
    async def send(
        self, method: str, path: str, body: bytes | None, *, deadline: float, seconds: float, faults: Faults
    ) -> AsyncIterator[ClientResponse]:
        """The server's answer, once its head says success; reading it in the block fails with our errors too.

        Args:
            method: the HTTP method.
            path: what comes after the base address.
            body: JSON.
            deadline: the loop's time at which everything must be over, the reading included.
            seconds: the whole call's allowance, for the error.
            faults: what makes the errors.

        Raises:
            ProviderError: the server cannot be reached, refuses, breaks off, or is late.
        """
        import aiohttp

        left = deadline - asyncio.get_running_loop().time()
        if left <= 0:
            raise faults.late(seconds)
        timeout = aiohttp.ClientTimeout(total=left, sock_connect=self._endpoint.settings.connect_timeout)
        url = self._endpoint.base_url + path
        try:
            async with self._session().request(
                method, url, data=body, timeout=timeout, allow_redirects=False
            ) as response:
                if response.status >= 300:
                    raise faults.refused(response.status, response.headers, await _beginning(response))
                yield response
        except aiohttp.ClientConnectorCertificateError as error:
            raise faults.untrusted() from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise faults.unreachable(error) from error
        except TimeoutError as error:
            raise faults.late(seconds) from error
        except aiohttp.ClientResponseError as error:  # not chained: it holds the request with its headers
            raise faults.lost(error) from None
        except (aiohttp.ClientError, OSError) as error:
            raise faults.lost(error) from error

    async def close(self) -> None:
        """Close the connections; may be called again, and requests after it open new ones."""
        sessions, self._sessions = self._sessions, {}
        for loop, session in sessions.items():
            if loop.is_running() and loop is not asyncio.get_running_loop():
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(session.close(), loop))
            else:
                await session.close()

    def _session(self) -> ClientSession:
        import aiohttp

        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None:
            session = self._sessions[loop] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._endpoint.headers(),
                trust_env=self._endpoint.settings.trust_env,
            )
        return session


async def _beginning(response: ClientResponse) -> str:
    """As much of an error's body as an error needs."""
    found = b""
    async for piece in response.content.iter_any():
        found += piece
        if len(found) >= _ERROR_BODY:
            break
    return found[:_ERROR_BODY].decode("utf-8", "replace")
