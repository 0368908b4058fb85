"""Each promise holds, and each check that holds it is needed: without it, the promise is broken."""

from __future__ import annotations

import asyncio
import importlib

import pytest

from ..mutation import mutated
from .promises import PROMISES

PACKAGE = "llmspell.http"
KIT = f"{__package__}.kit"

MUTANTS: list[tuple[str, str, str, str]] = [
    # the promise that breaks, the module, what is written there, what is written instead
    ("a name must be granted", "egress", "        await self._guard.permit(url.place)\n", ""),
    ("localhost must be granted by name", "egress", "if is_local_name(url.host):", "if False:"),
    ("localhost must be granted by name", "egress", "if not self._granted_name(url):", "if False:"),
    ("localhost must be granted by name", "egress", 'else host != "*"', "else True"),
    ("localhost must be granted by name", "addresses", 'return name == "localhost" or', "return"),
    ("a metadata name must be granted by name", "egress", "if is_metadata_name(url.host) and", "if False and"),
    ("a metadata name must be granted by name", "egress", "self._granted_name(url, exact=True)", "self._granted_name(url)"),
    ("a private address must be granted", "egress", "return (await self._permitted(url, url.address),)", "return (url.address,)"),
    ("a private address must be granted", "egress", "if reason := refused(address):", 'if reason := "":'),
    ("a private address must be granted", "egress", "if not self._granted_address(target, address):", "if False:"),
    ("a private address must be granted", "addresses", "if address.version == block.version and address in block:", "if False:"),
    ("a wide network grants no private address", "egress", "any(wholly_refused(network) for network in networks)", "bool(networks)"),
    ("a network grants no metadata address", "egress", "not is_metadata(address) and any", "any"),
    ("a network grants no metadata address", "addresses", "return not _METADATA.isdisjoint((address, *carried(address)))", "return False"),
    ("a carried metadata address is one", "addresses", "isdisjoint((address, *carried(address)))", "isdisjoint((address,))"),
    ("a metadata address of a public block is refused", "addresses", "    if address in _METADATA:\n", "    if False:\n"),
    ("every address must pass", "egress", "for address in addresses])", "for address in addresses[:1]])"),
    ("a denied address stays denied", "egress", "if self._guard.denies(target):", "if False:"),
    ("a denied address is denied in any form", "egress", "for meant in (address, *carried(address)):", "for meant in (address,):"),
    ("a denied loopback is no localhost", "egress", "            self._check_denied(place(address, url.port))\n", "            pass\n"),
    ("less is less", "egress", "            await self._guard.permit(target)  #", "            pass  #"),
    ("NAT64 hides nothing", "addresses", "if address in _NAT64 or isatap:", "if isatap:"),
    ("ISATAP hides nothing", "addresses", "if address in _NAT64 or isatap:", "if address in _NAT64:"),
    ("ISATAP hides nothing", "addresses", " & ~0x02000000", ""),
    ("6to4 hides nothing", "addresses", "if address.sixtofour:", "if None:"),
    ("a mapped address hides nothing", "addresses", "    if address.ipv4_mapped:\n", "    if None:\n"),
    ("unassigned addresses are refused", "addresses", 'return "a reserved address"', 'return ""'),
    ("a user name is no part of a URL", "url", 'if "@" in read["authority"]:', "if False:"),
    ("a backslash is no part of a URL", "url", 'isprintable() or "\\\\" in text:', "isprintable():"),
    ("a line break is no part of a URL", "url", "if not text.isprintable() or", "if"),
    ("only http is spoken", "url", "if scheme not in _PORTS:", "if False:"),
    ("an address has one form", "url", "or not is_host(url.place):", ":"),
    ("a host has one last dot", "url", 'if host.endswith(".") or', "if"),
    ("an address has plain digits", "url", '.rpartition(".")[2].isdigit():', '.rpartition(".")[2] is None:'),
    ("a URL is bounded", "url", "    if len(text) > LONGEST:", "    if False:"),
    ("parameters are bounded", "url", "    if len(url.target) > LONGEST:", "    if False:"),
    ("a port is one", "url", "if rest and not _PORT.fullmatch(rest):", "if False:"),
    ("a method is one", "request", "if method not in METHODS:", "if False:"),
    ("framing is ours", "request", "if name in _OURS or", "if"),
    ("a proxy is not spoken to", "request", ' or name.startswith("proxy-"):', ":"),
    ("a header is one line", "request", '.replace("\\t", " ").isprintable():', ".isspace:"),
    ("a header's name is a name", "request", "if not _NAME.fullmatch(name):", "if False:"),
    ("a header is there once", "request", "if name in found:", "if False:"),
    ("credentials stay with their origin", "request", "if url.origin != request.url.origin:", "if False:"),
    ("credentials stay with their origin", "request", "if name in _HARMLESS}", "}"),
    ("credentials stay with their origin", "url", "return self.scheme, self.host, self.port", "return self.scheme, self.host, 0"),
    ("https stays https", "request", 'if request.url.scheme == "https" and', "if False and"),
    ("redirects are at most five", "client", "not 0 <= max_redirects <= MAX_REDIRECTS", "False"),
    ("time is bounded", "client", "not 0 < timeout < math.inf", "False"),
    ("redirects are counted", "client", "if not left:", "if False:"),
    ("each request is checked", "client", "addresses = await self._egress.permit(request.url)", "addresses = self.__dict__.setdefault('a', None) or await self._egress.permit(request.url); self.a = addresses"),
    ("time is up", "client", "asyncio.timeout(timeout)", "asyncio.timeout(None)"),
    ("errors are no downloads", "client", "call.sink if 200 <= answer.status < 300 else None", "call.sink"),
    ("what comes out is bounded", "body", "if come_out > limit:", "if False:"),
    ("what comes out is bounded", "body", "piece = stream.decompress(data, _PIECE)", "piece = stream.decompress(data)[:999]"),
    ("what arrives is bounded", "body", "        if arrived > most:", "        if False:"),
    ("what is promised is bounded", "body", "(answer.content_length or 0) > most", "False"),
    ("an odd encoding is refused", "body", "        case several:\n            raise", "        case several:\n            return _Identity()\n            raise"),
    ("half a body is none", "body", "if not decoder.complete:", "if False:"),
    ("what was checked is connected to", "connections", "{place(address, url.port)}", "{url.place}"),
    ("each redirect is checked", "connections", "allow_redirects=False", "allow_redirects=True"),
    ("no proxy is used", "connections", "trust_env=False", "trust_env=True"),
    ("a bare connection is checked", "stream", "await egress.permit(wanted.to)", "(__import__('ipaddress').ip_address(wanted.to.host),)"),
    ("a bare connection goes to what was checked", "stream", "            str(address),\n", "            wanted.to.host,\n"),
    ("a line is bounded", "stream", "if end > most:", "if False:"),
    ("a conversation is bounded", "stream", "if self.received > self._wanted.max_bytes:", "if False:"),
    ("nothing in the clear passes for encrypted", "stream", "if self._arriving.data:", "if False:"),
    ("what is cut is cut", "body", "yield piece[: limit - come_out]", "yield piece"),
    ("what is cut is cut", "body", "        self.reached = True", "        pass"),
    ("events tell no secret", "record", "request.url.shown", "str(request.url)"),
    ("events tell no secret", "url", "and value and secret_name(unquote_plus(name))", "and False"),
    ("refused requests are told", "egress", 'self._tell("permission.denied"', 'str("permission.denied"'),
]  # fmt: skip


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_holds(promise: str) -> None:
    _keep(promise)


@pytest.mark.parametrize(
    ("promise", "module", "written", "instead"),
    MUTANTS,
    ids=[f"{each[0]}-{number}" for number, each in enumerate(MUTANTS)],
)
def test_without_a_check_its_promise_is_broken(promise: str, module: str, written: str, instead: str) -> None:
    with mutated(f"{PACKAGE}.{module}", written, instead, PACKAGE, KIT):
        assert _breaks(promise)


def test_every_promise_depends_on_a_check() -> None:
    assert {promise for promise, *_ in MUTANTS} == set(PROMISES)


def _keep(promise: str) -> None:
    kit = importlib.import_module(KIT)
    asyncio.run(PROMISES[promise](kit))


def _breaks(promise: str) -> bool:
    try:
        _keep(promise)
    except (SyntaxError, ImportError, NameError):
        raise  # the mutant is no program
    except Exception:  # it may break a promise in any other way
        return True
    return False
