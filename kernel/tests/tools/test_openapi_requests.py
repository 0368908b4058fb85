"""Operations of a web API as tools: what they send for their arguments."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmspell.errors import LlmspellError, UsageError
from llmspell.tools.openapi.parameters import fill_path

from .openapi_kit import ask, document, operation, parameter, serving, tool

ARRAY, OBJECT = [3, "a,b"], {"r": 1, "g": "x y"}


@pytest.mark.parametrize(
    ("style", "explode", "value", "expected"),
    [
        ("simple", False, "a/b", "a%2Fb"),
        ("simple", False, ARRAY, "3,a%2Cb"),
        ("simple", True, ARRAY, "3,a%2Cb"),
        ("simple", False, OBJECT, "r,1,g,x%20y"),
        ("simple", True, OBJECT, "r=1,g=x%20y"),
        ("label", False, "a", ".a"),
        ("label", False, ARRAY, ".3,a%2Cb"),
        ("label", True, ARRAY, ".3.a%2Cb"),
        ("label", True, OBJECT, ".r=1.g=x%20y"),
        ("matrix", False, "a", ";id=a"),
        ("matrix", False, ARRAY, ";id=3,a%2Cb"),
        ("matrix", True, ARRAY, ";id=3;id=a%2Cb"),
        ("matrix", False, OBJECT, ";id=r,1,g,x%20y"),
        ("matrix", True, OBJECT, ";r=1;g=x%20y"),
    ],
)
async def test_a_path_has_its_values_in_each_style(
    style: str, explode: bool, value: Any, expected: str, tmp_path: Path
) -> None:
    said = operation(parameter("id", "path", style=style, explode=explode))
    async with serving() as server:
        await ask(server, tmp_path, document(said, path="/x/{id}/y"), {"id": value})
    assert server.last["target"] == f"/x/{expected}/y"


@pytest.mark.parametrize(
    ("style", "explode", "value", "expected"),
    [
        ("form", None, "a&b=c#d", "q=a%26b%3Dc%23d"),
        ("form", None, True, "q=true"),
        ("form", None, 3.0, "q=3"),
        ("form", None, ARRAY, "q=3&q=a%2Cb"),
        ("form", False, ARRAY, "q=3,a%2Cb"),
        ("form", None, OBJECT, "r=1&g=x%20y"),
        ("form", False, OBJECT, "q=r,1,g,x%20y"),
        ("spaceDelimited", False, ARRAY, "q=3%20a%2Cb"),
        ("pipeDelimited", False, ARRAY, "q=3%7Ca%2Cb"),
        ("deepObject", True, OBJECT, "q%5Br%5D=1&q%5Bg%5D=x%20y"),
        ("deepObject", True, {"a": [1, 2]}, "q%5Ba%5D=1&q%5Ba%5D=2"),
    ],
)
async def test_a_query_has_its_values_in_each_style(
    style: str, explode: bool | None, value: Any, expected: str, tmp_path: Path
) -> None:
    said = parameter("q", "query", style=style, **({} if explode is None else {"explode": explode}))
    async with serving() as server:
        await ask(server, tmp_path, document(operation(said)), {"q": value})
    assert server.last["target"] == f"/x?{expected}"


async def test_reserved_characters_stay_where_they_may_but_never_those_that_divide_a_query(tmp_path: Path) -> None:
    said = operation(parameter("q", "query", allowReserved=True))
    async with serving() as server:
        await ask(server, tmp_path, document(said), {"q": "a/b:c?d&admin=1#e+f"})
    assert server.last["target"] == "/x?q=a/b:c?d%26admin%3D1%23e%2Bf"


async def test_headers_and_cookies_have_their_values(tmp_path: Path) -> None:
    said = operation(
        parameter("X-Ids", "header"),
        parameter("X-Map", "header", explode=True),
        parameter("session", "cookie"),
        parameter("theme", "cookie"),
    )
    arguments = {"X-Ids": [1, 2], "X-Map": {"a": 1}, "session": "a; admin=1", "theme": "dark"}
    async with serving() as server:
        await ask(server, tmp_path, document(said), arguments)
    headers = server.last["headers"]
    assert (headers["x-ids"], headers["x-map"]) == ("1,2", "a=1")
    assert headers["cookie"] == "session=a%3B%20admin%3D1; theme=dark"


async def test_a_parameter_with_content_is_json(tmp_path: Path) -> None:
    said = parameter("filter", "query", content={"application/json": {"schema": {"type": "object"}}})
    async with serving() as server:
        await ask(server, tmp_path, document(operation(said)), {"filter": {"a": [1]}})
    assert unquote(server.last["target"]) == '/x?filter={"a":[1]}'


async def test_what_is_optional_and_not_given_is_not_sent(tmp_path: Path) -> None:
    said = operation(*(parameter(place, place) for place in ("query", "header", "cookie")))
    async with serving() as server:
        await ask(server, tmp_path, document(said), {})
    assert server.last["target"] == "/x"
    assert not {"header", "cookie"} & server.last["headers"].keys()


@pytest.mark.parametrize("value", ["..", ".", "../admin", "a/../b", "..\\admin", "a/.."])
async def test_a_value_cannot_lead_to_another_path(value: str, tmp_path: Path) -> None:
    async with serving() as server:
        with pytest.raises(UsageError, match=r"^id is '.*', which leads to another path$"):
            await ask(server, tmp_path, document(operation(parameter("id", "path")), path="/x/{id}"), {"id": value})
    assert server.asked == []


async def test_values_cannot_make_dots_together(tmp_path: Path) -> None:
    said = operation(parameter("a", "path", style="label", explode=True))
    async with serving() as server:
        with pytest.raises(UsageError, match=r"^a is '\.', which leads to another path$"):
            await ask(server, tmp_path, document(said, path="/x/{a}"), {"a": "."})
        with pytest.raises(UsageError, match=r"the path would be '/x/\.\.', which leads elsewhere"):
            await ask(server, tmp_path, document(said, path="/x/{a}"), {"a": ["", ""]})
    assert server.asked == []


@pytest.mark.parametrize("value", ["", [], {}, None])
async def test_a_path_needs_its_value(value: Any, tmp_path: Path) -> None:
    async with serving() as server:
        with pytest.raises(UsageError, match=r"^id is empty, and the path needs it$"):
            await ask(server, tmp_path, document(operation(parameter("id", "path")), path="/x/{id}"), {"id": value})
    assert server.asked == []


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(min_size=1, max_size=20))
def test_any_text_stays_one_segment_of_the_path(value: str) -> None:
    found = tool(document(operation(parameter("id", "path")), path="/x/{id}/y"))
    try:
        path = fill_path(found._endpoint, found._parameters, {"id": value})
    except UsageError:
        return
    assert path.isascii()
    assert not set("?#\\ ") & set(path)
    assert [path[:3], path.count("/"), path[-2:]] == ["/x/", 3, "/y"]


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0b", "a\x7fb"])
async def test_a_header_cannot_begin_another(value: str, tmp_path: Path) -> None:
    async with serving() as server:
        with pytest.raises(UsageError, match=r"^the header 'X-A' holds a line break or another hidden character$"):
            await ask(server, tmp_path, document(operation(parameter("X-A", "header"))), {"X-A": value})
    assert server.asked == []


@pytest.mark.parametrize("name", ["Host", "Content-Length", "Transfer-Encoding", "Proxy-Authorization"])
async def test_a_document_cannot_set_the_headers_of_the_connection(name: str, tmp_path: Path) -> None:
    async with serving() as server:
        with pytest.raises(UsageError, match=r"cannot be set: it is worked out for each connection$"):
            await ask(server, tmp_path, document(operation(parameter(name, "header"))), {name: "x"})
    assert server.asked == []


@pytest.mark.parametrize(
    ("kind", "value", "body", "sent"),
    [
        ("application/json", {"a": [1, "ü"]}, '{"a":[1,"ü"]}', "application/json"),
        ("application/merge-patch+json", {"a": None}, '{"a":null}', "application/merge-patch+json"),
        (
            "application/x-www-form-urlencoded",
            {"a": "x&y=1", "b": [1, 2]},
            "a=x%26y%3D1&b=1&b=2",
            "application/x-www-form-urlencoded",
        ),
        ("text/csv", "a,b", "a,b", "text/csv; charset=utf-8"),
        ("application/xml", "<a/>", "<a/>", "application/xml; charset=utf-8"),
        ("application/zip", base64.b64encode(b"PK").decode(), "PK", "application/zip"),
    ],
)
async def test_a_body_is_written_as_its_media_type_says(
    kind: str, value: Any, body: str, sent: str, tmp_path: Path
) -> None:
    said = operation(requestBody={"required": True, "content": {kind: {}}})
    async with serving() as server:
        await ask(server, tmp_path, document(said, method="post"), {"body": value})
    assert (server.last["body"].decode(), server.last["headers"]["content-type"]) == (body, sent)


async def test_a_form_in_parts_has_texts_data_and_files(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
    said = operation(requestBody={"content": {"multipart/form-data": {"schema": schema}}})
    value = {"file": base64.b64encode(b"\0\r\nbytes").decode(), "name": "a", 'q"\r\n': {"b": 1}}
    async with serving() as server:
        await ask(server, tmp_path, document(said, method="post"), {"body": value})
    boundary = server.last["headers"]["content-type"].partition("boundary=")[2].encode()
    parts = server.last["body"].split(b"--" + boundary)
    assert parts[1].endswith(b"\r\n\r\n\0\r\nbytes\r\n")
    assert b'filename="file"' in parts[1]
    assert parts[2] == b'\r\nContent-Disposition: form-data; name="name"\r\n\r\na\r\n'
    assert b'name="q%22%0D%0A"\r\nContent-Type: application/json\r\n\r\n{"b":1}' in parts[3]
    assert parts[4] == b"--\r\n"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize("schema", [True, {"type": "string"}, {"type": ["array", "null"]}])
async def test_a_form_is_an_object_whatever_the_document_says(kind: str, schema: Any, tmp_path: Path) -> None:
    said = document(operation(requestBody={"content": {kind: {"schema": schema}}}), method="post")
    async with serving() as server:
        for value in ("text", ["list"], 3):
            with pytest.raises(UsageError, match=r"\$\.body: expected object, found "):
                await ask(server, tmp_path, said, {"body": value})
        await ask(server, tmp_path, said, {"body": {"a": 1}})
    assert len(server.asked) == 1


async def test_bytes_that_are_no_base64_are_refused(tmp_path: Path) -> None:
    said = operation(requestBody={"content": {"image/png": {}}})
    async with serving() as server:
        with pytest.raises(UsageError, match=r"^body is not base64: "):
            await ask(server, tmp_path, document(said, method="post"), {"body": "not base64!"})


def test_json_is_chosen_among_several_media_types() -> None:
    content: dict[str, Any] = {
        "application/xml": {},
        "application/json": {"schema": {"type": "array"}},
        "text/plain": {},
    }
    found = tool(document(operation(requestBody={"content": content}), method="post"))
    assert found.parameters["properties"] == {"body": {"type": "array"}}


async def test_arguments_are_checked_before_anything_is_sent(tmp_path: Path) -> None:
    said = operation(parameter("n", "query", schema={"type": "integer", "maximum": 5}, required=True))
    async with serving() as server:
        with pytest.raises(
            UsageError,
            match=r"tool:call got wrong arguments: \$\.n: the value is greater than the maximum of 5, found 9",
        ):
            await ask(server, tmp_path, document(said), {"n": 9})
        with pytest.raises(UsageError, match="'n' is missing"):
            await ask(server, tmp_path, document(said), {})
    assert server.asked == []


async def test_json_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    said = operation(requestBody={"content": {"application/json": {}}})
    async with serving() as server:
        with pytest.raises(LlmspellError):
            await ask(server, tmp_path, document(said, method="post"), {"body": float("nan")})
    assert server.asked == []
