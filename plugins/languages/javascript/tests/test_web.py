"""The globals that JavaScript has elsewhere."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Run = Callable[..., Any]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# The fixture makes a machine for each example; they do not know of each other.
MANY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("url", "base", "href"),
    [
        ("https://Example.COM", None, "https://example.com/"),
        ("https://example.com:443/a/../b/./c?x=1#y", None, "https://example.com/b/c?x=1#y"),
        ("http://user:p%40ss@h:8080/", None, "http://user:p%40ss@h:8080/"),
        ("/a b?c d#e f", "https://h/x/y", "https://h/a%20b?c%20d#e%20f"),
        ("../z", "https://h/x/y/w", "https://h/x/z"),
        ("z", "https://h/x/y", "https://h/x/z"),
        ("?q=ü", "https://h/x?old#old", "https://h/x?q=%C3%BC"),
        ("#f", "https://h/x?old", "https://h/x?old#f"),
        ("//other/p", "https://h/x", "https://other/p"),
        ("", "https://h/x?q#f", "https://h/x?q"),
        ("https:\\\\h\\a", None, "https://h/a"),
        ("http://0x7f.1/", None, "http://127.0.0.1/"),
        ("http://2130706433/", None, "http://127.0.0.1/"),
        ("http://[0:0:0:0:0:0:0:1]/", None, "http://[::1]/"),
        ("http://[2001:DB8:0:0:1:0:0:0]/", None, "http://[2001:db8:0:0:1::]/"),
        ("http://[::ffff:1.2.3.4]/", None, "http://[::ffff:102:304]/"),
        ("http://[1:2:3:4:5:6:7:8]/", None, "http://[1:2:3:4:5:6:7:8]/"),
        ("http://[::]/", None, "http://[::]/"),
        ("mailto:a@b", None, "mailto:a@b"),
        ("data:text/plain,hi", None, "data:text/plain,hi"),
        ("file:///etc/x", None, "file:///etc/x"),
        ("foo://h/p?q", None, "foo://h/p?q"),
        ("  https://h/\n", None, "https://h/"),
    ],
)
def test_urls_are_parsed_as_the_standard_says(url: str, base: str | None, href: str, run: Run) -> None:
    assert run(f"return new URL({url!r}, {base!r} ?? undefined).href".replace("None", "undefined")).value == href


@pytest.mark.parametrize(
    "url", ["", "x", "/x", "http://", "https://h:99999/", "http://a b/", "http://[::1", "http://256.1.1.1.1/", "http://h:x/", "http://a%2fb/"]
)  # fmt: skip
def test_what_is_no_url_is_refused(url: str, run: Run) -> None:
    assert run(f"return URL.canParse({url!r})").value is False
    assert run(f"new URL({url!r})").error["message"] == f"TypeError: '{url}' is not a URL"


def test_the_parts_of_a_url(run: Run) -> None:
    driver = run(
        "const u = new URL('https://u:p@h:81/a/b?x=1&y=2#z');"
        "return [u.origin, u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash]"
    )
    assert driver.value == [
        "https://h:81", "https:", "u", "p", "h:81", "h", "81", "/a/b", "?x=1&y=2", "#z",
    ]  # fmt: skip


def test_the_parts_of_a_url_can_be_set(run: Run) -> None:
    driver = run(
        "const u = new URL('https://h/'); u.pathname = '/a b'; u.search = 'q=1'; u.hash = 'z'; u.port = '8080';"
        "u.hostname = 'other'; u.protocol = 'http'; u.searchParams.append('r', 'x y'); u.protocol = 'mailto';"
        "return [u.href, `${u}`, JSON.stringify(u)]"
    )
    href = "http://other:8080/a%20b?q=1&r=x+y#z"
    assert driver.value == [href, href, f'"{href}"']


def test_a_url_passes_as_its_text(run: Run) -> None:
    assert run("return await Host.echo({ u: new URL('https://h/a') })").value == {"u": "https://h/a"}


@MANY
@given(pairs=st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_search_params_write_and_read_what_forms_do(pairs: list[tuple[str, str]], run: Run) -> None:
    api = {"constants": {"PAIRS": [list(pair) for pair in pairs]}}
    text, read = run(
        "const p = new URLSearchParams(PAIRS); return [`${p}`, [...new URLSearchParams(`${p}`)]]", api=api
    ).value
    assert parse_qsl(text, keep_blank_values=True) == pairs
    assert read == [list(pair) for pair in pairs]
    assert (
        run("return [...new URLSearchParams(`?${TEXT}`)]", api={"constants": {"TEXT": urlencode(pairs)}}).value == read
    )


def test_search_params_are_changed_by_name(run: Run) -> None:
    driver = run(
        "const p = new URLSearchParams({ a: 1, b: 2 }); p.append('a', 3); p.set('a', 4); p.delete('b'); p.append('c', 5);"
        "return [`${p}`, p.get('a'), p.get('z'), p.getAll('c'), p.has('b'), p.size, [...p.keys()]]"
    )
    assert driver.value == ["a=4&c=5", "4", None, ["5"], False, 2, ["a", "c"]]


@MANY
@given(text=TEXT)
def test_text_is_encoded_and_decoded_as_utf_8(text: str, run: Run) -> None:
    driver = run(
        "const b = new TextEncoder().encode(TEXT); return [b, new TextDecoder('utf-8', { ignoreBOM: true }).decode(b)]",
        api={"constants": {"TEXT": text}},
    )
    assert driver.value == [text.encode(), text]


@MANY
@given(data=st.binary(max_size=12))
def test_bytes_that_are_no_utf_8_are_replaced_as_the_standard_says(data: bytes, run: Run) -> None:
    source = "return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await Host.later())"
    driver = run(source, api={"globals": {"Host": {"later": {}}}})
    assert driver.answer(1, data).value == data.decode(errors="replace")


def test_a_fatal_decoder_refuses_them(run: Run) -> None:
    driver = run("new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]))")
    assert driver.error["message"] == "TypeError: TextDecoder: the bytes are not UTF-8"


@MANY
@given(data=st.binary(max_size=20))
def test_base64_both_ways(data: bytes, run: Run) -> None:
    text = data.decode("latin-1")
    driver = run("return [btoa(TEXT), atob(btoa(TEXT))]", api={"constants": {"TEXT": text}})
    assert driver.value == [base64.b64encode(data).decode(), text]


@pytest.mark.parametrize("text", ["a", "a===", "ab=c", "é"])
def test_what_is_no_base64_is_refused(text: str, run: Run) -> None:
    assert run(f"atob({text!r})").error["message"] == "atob: the text is not Base64"


def test_uuids_are_random(run: Run) -> None:
    source = "const s = new Set(); for (let i = 0; i < 100; i++) s.add(crypto.randomUUID()); return [...s]"
    found = run(source).value + run(source).value
    assert len(set(found)) == 200
    assert {uuid.UUID(each).version for each in found} == {4}
    assert all(re.fullmatch(r"[0-9a-f-]{36}", each) for each in found)


def test_a_structured_clone_shares_nothing(run: Run) -> None:
    driver = run(
        "const a = { d: new Date(0), m: new Map([[1, { x: 1 }]]), s: new Set([1]), b: new Uint8Array([7]), n: null,"
        " e: new TypeError('t'), r: /x/g, big: 5n }; a.self = a; const c = structuredClone(a);"
        "return [c !== a, c.self === c, c.d !== a.d && +c.d === 0, c.m.get(1).x, c.m.get(1) !== a.m.get(1), c.s.has(1),"
        " c.b, c.b !== a.b, c.e instanceof TypeError && c.e.message, `${c.r}`, c.big === 5n]"
    )
    assert driver.value == [True, True, True, 1, True, True, b"\x07", True, "t", "/x/g", True]


@pytest.mark.parametrize("value", ["() => 1", "Symbol()", "{ f() {} }", "Agent", "Promise.resolve()"])
def test_what_cannot_be_cloned_is_refused(value: str, run: Run) -> None:
    assert run(f"structuredClone({value})").error["message"].endswith("cannot be cloned")


def test_an_abort_controller_tells_its_listeners_once(run: Run) -> None:
    driver = run(
        "const c = new AbortController(), { signal } = c; let n = 0; signal.addEventListener('abort', () => n++);"
        "signal.onabort = () => n++; c.abort(); c.abort('again');"
        "let thrown; try { signal.throwIfAborted() } catch (e) { thrown = e.name }"
        "return [signal.aborted, n, thrown, AbortSignal.abort('why').reason, AbortSignal.any([signal]).aborted]"
    )
    assert driver.value == [True, 2, "AbortError", "why", True]


@pytest.mark.parametrize("name", ["WebAssembly", "SharedArrayBuffer", "Atomics", "FinalizationRegistry", "fetch", "process", "require"])  # fmt: skip
def test_what_a_script_must_not_have_is_not_there(name: str, run: Run) -> None:
    assert run(f"return typeof {name}").value == "undefined"


def test_timers_run_in_order_and_can_be_cleared(run: Run) -> None:
    driver = run(
        "const seen = []; const a = setTimeout((x) => seen.push(x), 5, 'a'); const b = setTimeout(() => seen.push('b'), 9);"
        "clearTimeout(b); queueMicrotask(() => seen.push('micro')); await Host.later(); return seen"
    )
    assert driver.cancelled == [2]
    assert driver.waiting == {1: [0.005], 3: []}
    assert driver.answer(1).answer(3).value == ["micro", "a"]


def test_an_interval_goes_on_until_it_is_cleared(run: Run) -> None:
    driver = run(
        "let n = 0; const i = setInterval(() => { if (++n === 2) clearInterval(i) }, 1000); await Host.later(); return n"
    )
    driver.answer(1).answer(3)
    assert driver.waiting == {2: []}
    assert driver.answer(2).value == 2


@pytest.mark.parametrize("source", ["setTimeout(() => { throw new Error('late') }, 1)", "queueMicrotask(() => { throw new Error('late') })"])  # fmt: skip
def test_an_error_in_a_timer_fails_the_script(source: str, run: Run) -> None:
    driver = run(f"{source};\nawait Host.later()")
    if "setTimeout" in source:
        driver.answer(1)
    assert (driver.error["message"], driver.error["line"]) == ("late", 1)
