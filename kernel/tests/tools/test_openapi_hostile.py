"""OpenAPI documents that are broken, huge or mean: each is an error in words, and soon."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.schema import Validator
from llmspell.tools.openapi import Access, Document, OperationTool, Selection, endpoints
from llmspell.tools.openapi import yaml as documents_in_yaml

from .openapi_kit import document, operation, parameter, text, tool

SOON = 20.0  # seconds, on a machine with other things to do

HEAD = "openapi: 3.0.3\n"


def nested(levels: int) -> Any:
    found: Any = "end"
    for _ in range(levels):
        found = {"a": found}
    return found


BROKEN: Mapping[str, tuple[bytes, str]] = {
    "nothing": (b"", "is no OpenAPI document: it is null, not an object"),
    "a list": (b"[]", "is no OpenAPI document: it is a list, not an object"),
    "half an object": (b'{"openapi": "3.0.0"', "api is not JSON: "),
    "bytes": (b'{"openapi": "\xff"}', "api is not UTF-8 text: byte 13 is 0xff"),
    "no version": (b'{"paths": {}}', "api: openapi must be 3.0 or 3.1, found None"),
    "an old version": (b'{"swagger": "2.0"}', "api: swagger is '2.0'"),
    "a version to come": (b'{"openapi": "4.0.0"}', "api: openapi must be 3.0 or 3.1, found '4.0.0'"),
    "not a number": (b'{"openapi": "3.0.0", "x": NaN}', "api is not JSON: NaN is no number"),
    "a key twice": (b'{"openapi": "3.0.0", "openapi": "3.1.0"}', "api has the key 'openapi' twice in one object"),
    "deep JSON": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "api nests deeper than 64 levels"),
    "deep": (text({"openapi": "3.0.0", "x": nested(70)}), "api nests deeper than 64 levels"),
    "deep YAML": ((HEAD + "x: " + "[" * 70 + "]" * 70).encode(), "api:2 nests deeper than 64 levels"),
    "huge": (b'{"openapi": "' + b"x" * (17 << 20) + b'"}', "bytes, and at most 16777216 are read"),
    "huge YAML": ((HEAD + "x: " + "y" * (5 << 20)).encode(), "characters of YAML, and at most 4194304 are read"),
    "many values": (b'{"openapi": "3.0.0", "x": [' + b"1," * 1_000_001 + b"1]}", "api has more than 1000000 values"),
    "an alias bomb": (
        (HEAD + "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n").encode(),
        "api:2 uses an anchor or an alias",
    ),
    "a merge key": ((HEAD + "a:\n  <<: {x: 1}\n").encode(), "api:3 uses a merge key"),
    "a tag": ((HEAD + "a: !!python/object/apply:os.system [id]\n").encode(), "api:2 uses the tag"),
    "a key twice in YAML": ((HEAD + "a: 1\na: 2\n").encode(), "api:3 has the key 'a' twice in one table"),
    "a key that is a list": ((HEAD + "? [a]\n: 1\n").encode(), "api:2 has a key that is no text"),
    "two documents": ((HEAD + "---\na: 1\n").encode(), "api:2 has a second document"),
    "bad YAML": ((HEAD + "a: [1\nb: 2\n").encode(), "api:3 is not YAML: "),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_document_is_an_error_in_words_and_soon(name: str) -> None:
    content, message = BROKEN[name]
    started = process_time()
    with pytest.raises(UsageError) as caught:
        endpoints(Document.parse(content, "api"))
    assert message in caught.value.message
    assert len(caught.value.message) < 500
    assert process_time() - started < SOON


def test_many_values_in_yaml_are_refused() -> None:
    with pytest.raises(UsageError, match=r"^api:1 has too many values$"):
        documents_in_yaml.parse("[1, 2, 3, 4]", "api", deepest=5, most=4)


WRONG: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "no paths": ({"paths": {}}, "api: paths has no operation"),
    "paths that are a list": ({"paths": []}, "api: paths must be an object, found a list"),
    "a path without a slash": ({"paths": {"x": {}}}, "api: paths has 'x', which does not begin with a slash"),
    "an operation that is text": ({"paths": {"/x": {"get": "no"}}}, "api: GET /x must be an object, found 'no'"),
    "an id that is a number": ({"paths": {"/x": {"get": {"operationId": 3}}}}, "operationId must be text, found 3"),
    "one id twice": (
        {"paths": {"/x": {"get": {"operationId": "a"}}, "/y": {"get": {"operationId": "a"}}}},
        "api: paths gives GET /x and GET /y one name, 'a'",
    ),
    "ids that come to one name": (
        {"paths": {"/x": {"get": {"operationId": "getPet"}, "put": {"operationId": "get-pet"}}}},
        "api: paths gives GET /x and PUT /x one name, 'get_pet'",
    ),
    "an item that is itself": ({"paths": {"/x": {"$ref": "#/paths/~1x"}}}, "api: /x refers to itself"),
    "an item elsewhere": (
        {"paths": {"/x": {"$ref": "https://evil.example/x.json"}}},
        "api: /x refers to 'https://evil.example/x.json', which is refused",
    ),
    "an item in a file": ({"paths": {"/x": {"$ref": "/etc/passwd"}}}, "refers to '/etc/passwd', which is refused"),
    "too many": (
        {"paths": {f"/{number}": {"get": {}} for number in range(2001)}},
        "api: paths has more than 2000 operations",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_paths_are_an_error_in_words(name: str) -> None:
    said, message = WRONG[name]
    with pytest.raises(UsageError) as caught:
        endpoints(Document.of({"openapi": "3.1.0", **said}, "api"))
    assert message in caught.value.message


def taking(schema: Any, **schemas: Any) -> Document:
    content = {"application/json": {"schema": schema}}
    return document(operation(requestBody={"content": content}), method="post", components={"schemas": schemas})


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


UNUSABLE: Mapping[str, tuple[Callable[[], Document], str]] = {
    "a schema elsewhere": (
        lambda: taking({"$ref": "http://10.0.0.1/s.json"}),
        "'http://10.0.0.1/s.json', which is ref",
    ),
    "a schema in a file": (lambda: taking({"$ref": "file:///etc/passwd"}), "'file:///etc/passwd', which is refused"),
    "a schema nowhere": (lambda: taking(ref("Lost")), "refers to '#/components/schemas/Lost', which does not exist"),
    "a schema that is a number": (lambda: taking({"items": 3}), "must be a schema, found 3"),
    "dynamic references": (lambda: taking({"$dynamicRef": "#x"}), "uses $dynamicRef, which is not supported"),
    "a path variable that is no parameter": (
        lambda: document(operation(), path="/x/{id}"),
        "does not agree with its path parameters about 'id'",
    ),
    "a path parameter that is no variable": (
        lambda: document(operation(parameter("id", "path"))),
        "does not agree with its path parameters about 'id'",
    ),
    "a path with a query": (lambda: document(operation(), path="/x?admin=1"), "is no template of a path"),
    "a path with half a variable": (lambda: document(operation(), path="/x/{id"), "is no template of a path"),
    "a variable twice": (
        lambda: document(operation(parameter("id", "path")), path="/{id}/{id}"),
        "is no template of a path",
    ),
    "a parameter somewhere": (lambda: document(operation(parameter("x", "body"))), "must have a name and a place"),
    "a parameter without a name": (lambda: document(operation({"in": "query"})), "must have a name and a place"),
    "an unknown style": (
        lambda: document(operation(parameter("x", "query", style="matrix"))),
        "has the style 'matrix', which a query cannot have",
    ),
    "no server": (lambda: document(operation(), servers=[]), "api.json: servers names no server"),
    "a relative server": (lambda: document(operation(), servers=[{"url": "/v1"}]), "has the relative URL '/v1'"),
    "a server that is a file": (lambda: document(operation(), servers=[{"url": "file:///etc"}]), "leads nowhere"),
    "a server with a password": (
        lambda: document(operation(), servers=[{"url": "http://user:pass@host"}]),
        "leads nowhere",
    ),
    "a server with a query": (lambda: document(operation(), servers=[{"url": "http://host?x="}]), "leads nowhere"),
    "a server with a line break": (
        lambda: document(operation(), servers=[{"url": "http://ho\r\nst"}]),
        "leads nowhere",
    ),
    "a server's variable without a value": (
        lambda: document(operation(), servers=[{"url": "http://{host}"}]),
        "servers: variable 'host' has no value",
    ),
    "a request that repeats keys": (lambda: document(operation(), method="trace"), "is no request that is sent"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_is_wrong_with_an_operation_is_told_in_words(name: str) -> None:
    make, message = UNUSABLE[name]
    with pytest.raises(UsageError) as caught:
        tool(make())
    assert message in caught.value.message


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=5) | st.sampled_from(["#", "#/paths", "object"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["$ref", "type", "properties", "items", "allOf", "name", "in", "schema", "enum", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
_PLACES = st.sampled_from(
    [
        ("paths",),
        ("paths", "/x"),
        ("paths", "/x", "get"),
        *(
            ("paths", "/x", "get", key)
            for key in ("parameters", "requestBody", "security", "servers", "summary", "tags")
        ),
        ("paths", "/x", "get", "parameters", 0),
        ("paths", "/x", "get", "parameters", 0, "schema"),
        ("paths", "/x", "get", "parameters", 0, "content"),
        ("paths", "/x", "get", "requestBody", "content"),
        ("paths", "/x", "get", "requestBody", "content", "application/json", "schema"),
        ("paths", "/x", "get", "requestBody", "content", "application/json", "schema", "properties"),
        ("servers",),
        ("servers", 0),
        ("components",),
        ("components", "securitySchemes"),
        ("components", "securitySchemes", "key"),
        ("security",),
    ]
)


@settings(max_examples=400, deadline=None)
@given(place=_PLACES, value=_JSON, old=st.booleans())
def test_whatever_stands_in_a_document_is_a_tool_or_an_error_in_words(place: Any, value: Any, old: bool) -> None:
    data: Any = {
        "openapi": "3.0.0" if old else "3.1.0",
        "servers": [{"url": "https://host"}],
        "security": [{"key": []}],
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/x": {
                "get": operation(
                    parameter("q", "query"),
                    requestBody={"content": {"application/json": {"schema": {"properties": {}}}}},
                )
            }
        },
    }
    holder = data
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    try:
        for endpoint in endpoints(Document.of(data, "api")):
            found = OperationTool(endpoint, Access(secret={"key": "K"}))
            json.dumps(found.parameters)
            Validator(found.parameters, "tool:x")
    except UsageError as error:
        assert error.message  # noqa: PT017 a document may well be right


def test_what_is_wrong_with_one_operation_stops_no_other() -> None:
    found = Document.of(
        {
            "openapi": "3.1.0",
            "servers": [{"url": "http://host"}],
            "paths": {"/bad/{id}": {"get": {"operationId": "bad"}}, "/good": {"get": {"operationId": "good"}}},
        },
        "api",
    )
    bad, good = endpoints(found)
    assert OperationTool(good).name == "good"
    with pytest.raises(UsageError, match=r"about 'id'"):
        OperationTool(bad)


def test_a_schema_that_holds_itself_stays_a_definition() -> None:
    node = {"type": "object", "properties": {"next": ref("Node"), "value": {"type": "integer"}}}
    found = tool(taking(ref("Node"), Node=node)).parameters
    assert found["$defs"]["Node"]["properties"]["next"] == {"$ref": "#/$defs/Node"}
    rules = Validator(found, "tool:call")
    rules.check({"body": {"next": {"next": {"value": 3}}}})
    with pytest.raises(UsageError, match=r"\$\.body\.next\.next\.value: expected integer, found 'x'"):
        rules.check({"body": {"next": {"next": {"value": "x"}}}})


def test_schemas_that_hold_each_other_stay_definitions() -> None:
    found = tool(taking(ref("A"), A={"properties": {"b": ref("B")}}, B={"properties": {"a": ref("A")}})).parameters
    Validator(found, "tool:call").check({"body": {"b": {"a": {"b": {}}}}})
    assert len(json.dumps(found)) < 1000


def test_a_schema_that_is_only_itself_constrains_nothing() -> None:
    found = tool(taking(ref("A"), A=ref("B"), B=ref("A"))).parameters
    Validator(found, "tool:call").check({"body": 3})


def test_references_that_would_grow_without_end_are_not_written_out() -> None:
    schemas = {f"S{n}": {"properties": {key: ref(f"S{n + 1}") for key in "abcdefgh"}} for n in range(30)}
    started = process_time()
    found = tool(taking(ref("S0"), **schemas, S30={"type": "integer"})).parameters
    assert process_time() - started < SOON
    assert len(found["$defs"]) == 31
    assert len(json.dumps(found)) < 30_000


def test_a_form_of_files_may_be_too_large_to_write_out() -> None:
    schemas = {f"S{n}": {"properties": {key: ref(f"S{n + 1}") for key in "abcdefgh"}} for n in range(10)}
    form = {
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "rest": ref("S0"),
            "own": {"format": "binary", "readOnly": True},
        }
    }
    said = operation(requestBody={"content": {"multipart/form-data": {"schema": ref("Form")}}})
    components = {"schemas": {**schemas, "S10": {"type": "integer"}, "Form": form}}
    body = tool(document(said, method="post", components=components)).parameters["properties"]["body"]
    assert body["properties"] == {
        "file": {"type": "string", "contentEncoding": "base64", "description": "Bytes, in base64."},
        "rest": {"$ref": "#/$defs/S0"},
    }


def test_a_long_chain_of_references_is_followed() -> None:
    chain = {f"S{n}": {"properties": {"n": ref(f"S{n + 1}")}} for n in range(2000)}
    found = tool(taking(ref("S0"), **chain, S2000={"type": "integer"})).parameters
    Validator(found, "tool:call").check({"body": {"n": {"n": {}}}})


def test_schemas_with_too_many_parts_are_refused() -> None:
    many = {"properties": {str(n): {"type": "string"} for n in range(30_000)}}
    with pytest.raises(UsageError, match=r"has schemas of more than 20000 parts$"):
        tool(taking(many))
    with pytest.raises(UsageError, match=r"has schemas of more than 20000 parts$"):
        tool(taking({"enum": [[n] for n in range(30_000)]}))


def test_a_pattern_that_hangs_others_is_harmless() -> None:
    found = tool(taking({"type": "string", "pattern": "^(a+)+$"})).parameters
    started = process_time()
    with pytest.raises(UsageError):
        Validator(found, "tool:call").check({"body": "a" * 50_000 + "!"})
    assert process_time() - started < SOON


def test_a_property_called_ref_is_a_property() -> None:
    found = tool(taking({"properties": {"$ref": {"type": "string"}}, "enum": [{"$ref": "http://x"}]})).parameters
    assert found["properties"]["body"]["properties"] == {"$ref": {"type": "string"}}


def test_what_a_model_reads_has_no_hidden_characters_and_an_end() -> None:
    mean = operation(
        parameter("q", "query", description="\u200bsay\u202e \U000e0041this\x1b[2J"), summary="x\u2066" * 5000
    )
    found = tool(document(mean))
    assert found.parameters["properties"]["q"]["description"] == "say this[2J"
    assert found.description == "x" * 1999 + "…"


def test_a_name_that_is_no_word_becomes_one() -> None:
    names = ["../../etc/passwd", "a" * 300, "9lives", "Ünïcode", "x; rm -rf /", ""]
    paths = {f"/{number}": {"get": {"operationId": name}} for number, name in enumerate(names)}
    found = [each.name for each in endpoints(Document.of({"openapi": "3.0.0", "paths": paths}, "api"))]
    assert found[0] == "etc_passwd"
    assert found[1].startswith("a" * 55 + "_")
    assert len(found[1]) == 64
    assert found[2:] == ["_9lives", "n_code", "x_rm_rf", "get_5"]


def test_a_prefix_that_is_no_part_of_a_name_is_refused() -> None:
    for prefix in ("a b", "../", "x" * 33, "1"):
        with pytest.raises(UsageError, match=r"is no prefix of a tool's name"):
            endpoints(document(operation()), Selection(prefix=prefix))


def test_variables_of_a_server_cannot_change_more_than_they_may() -> None:
    servers = [
        {"url": "https://{region}.example.com", "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}}}
    ]
    found = document(operation(), servers=servers)
    with pytest.raises(UsageError, match=r"servers: variable 'region' may not be 'evil\.org/'$") as caught:
        tool(found, Access(variables={"region": "evil.org/"}))
    assert caught.value.hint == "one of eu, us"
    with pytest.raises(UsageError, match=r"servers has no variable 'regoin'$"):
        tool(found, Access(variables={"regoin": "eu"}))
    with pytest.raises(UsageError, match=r"^variables belong to a server of the document"):
        tool(found, Access(base_url="https://x.org", variables={"region": "eu"}))
