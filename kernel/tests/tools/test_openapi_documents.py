"""Three documents like those in the world, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import UsageError
from llmspell.schema import Validator
from llmspell.testing.bench import Bench
from llmspell.tool import Tool
from llmspell.tools.openapi import Access, Document, OperationTool, Selection, endpoints

from .openapi_kit import Server, document, operation, parameter, serving, tool

PETSTORE = """
openapi: 3.0.3
info: {title: Pets, version: 1.0.0}
servers:
  - url: https://{region}.pets.example/v1
    variables: {region: {default: eu, enum: [eu, us]}}
security: [{api_key: []}]
paths:
  /pets:
    get:
      operationId: listPets
      summary: List all pets
      tags: [pets]
      parameters:
        - {name: limit, in: query, description: How many at most, schema: {type: integer, format: int32, maximum: 100}}
        - name: status
          in: query
          schema: {type: array, items: {type: string, enum: [available, sold]}, default: [available]}
      responses:
        200: {description: Pets, content: {application/json: {schema: {$ref: '#/components/schemas/Pets'}}}}
    post:
      operationId: createPet
      description: Adds a pet.
      tags: [pets, admin]
      requestBody: {$ref: '#/components/requestBodies/Pet'}
      responses: {201: {description: Made on 2026-11-22}}
  /pets/{petId}:
    parameters: [{$ref: '#/components/parameters/petId'}]
    get:
      operationId: showPetById
      tags: [pets]
      security: []
      responses: {200: {description: no}}
    delete:
      summary: Remove a pet
      tags: [admin]
      responses: {204: {description: gone}}
components:
  securitySchemes:
    api_key: {type: apiKey, in: header, name: X-Api-Key}
  parameters:
    petId: {name: petId, in: path, required: true, description: Which pet, schema: {type: integer, minimum: 1}}
  requestBodies:
    Pet: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, minLength: 1, example: Rex}
        tag: {type: string, nullable: true}
        weight: {type: number, minimum: 0, exclusiveMinimum: true}
        owner: {nullable: true, allOf: [{$ref: '#/components/schemas/Owner'}]}
    Owner: {type: object, properties: {name: {type: string}}, xml: {name: owner}, x-internal: true}
    Pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}
"""

MODERN: dict[str, Any] = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://tasks.example/api/"}],
    "paths": {
        "/tasks": {
            "post": {
                "operationId": "tasks/create-one",
                "summary": "Create a task.",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Task"}}}},
            }
        }
    },
    "components": {
        "schemas": {
            "Task": {
                "type": "object",
                "properties": {
                    "title": {"type": ["string", "null"]},
                    "kind": {"const": "task"},
                    "due": {"$ref": "#/components/schemas/Due", "description": "When it must be done."},
                    "parts": {"type": "array", "prefixItems": [{"type": "integer"}], "items": False},
                    "children": {"type": "array", "items": {"$ref": "#/components/schemas/Task"}},
                    "effort": {"type": "number", "exclusiveMinimum": 0},
                },
                "patternProperties": {"^x_": {"type": "string"}},
                "if": {"required": ["due"]},
                "then": {"required": ["title"]},
                "unevaluatedProperties": False,
            },
            "Due": {"type": "string", "format": "date", "examples": ["2026-11-22"]},
        }
    },
}

STYLES = document(
    operation(
        parameter("list", "path", style="matrix", explode=True),
        parameter("one", "path", style="label"),
        parameter("ids", "query", style="pipeDelimited", explode=False),
        parameter("where", "query", style="deepObject"),
        parameter("sort[by]", "query", style="form", explode=False),
        parameter("X-Trace", "header"),
        parameter("id", "query"),
        parameter("id", "header"),
        parameter("Accept", "header"),
        parameter("sid", "cookie"),
        parameter("body", "query"),
        operationId="searchThings",
        requestBody={"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}},
    ),
    path="/things/{list}/{one}",
    method="post",
)


def pets() -> Document:
    return Document.parse(PETSTORE.encode(), "pets.yaml")


def made(found: Document, access: Access = Access(), **selection: Any) -> dict[str, Tool]:  # noqa: B008 frozen
    return {each.name: OperationTool(each, access) for each in endpoints(found, Selection(**selection))}


def test_each_operation_of_the_pet_store_is_a_tool() -> None:
    tools = made(pets(), prefix="pets_")
    assert list(tools) == ["pets_list_pets", "pets_create_pet", "pets_show_pet_by_id", "pets_delete_pets_pet_id"]
    assert [each.description for each in tools.values()] == [
        "List all pets",
        "Adds a pet.",
        "GET /pets/{petId}",
        "Remove a pet",
    ]
    assert tools["pets_create_pet"].tags == ("pets", "admin")


def test_the_pet_store_takes_what_its_document_says() -> None:
    tools = made(pets())
    assert tools["list_pets"].parameters == {
        "type": "object",
        "properties": {
            "limit": {"type": "integer", "format": "int32", "maximum": 100, "description": "How many at most"},
            "status": {
                "type": "array",
                "items": {"type": "string", "enum": ["available", "sold"]},
                "default": ["available"],
            },
        },
        "required": [],
        "additionalProperties": False,
    }
    assert tools["show_pet_by_id"].parameters["required"] == ["petId"]
    body = tools["create_pet"].parameters["properties"]["body"]
    assert body["required"] == ["name"], "the server gives the id"
    assert body["properties"] == {
        "name": {"type": "string", "minLength": 1},
        "tag": {"type": ["string", "null"]},
        "weight": {"type": "number", "exclusiveMinimum": 0},
        "owner": {
            "anyOf": [
                {"allOf": [{"type": "object", "properties": {"name": {"type": "string"}}}]},
                {"type": "null"},
            ]
        },
    }


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        ({"tags": ["admin"]}, ["create_pet", "delete_pets_pet_id"]),
        ({"include": ["*Pet", "delete_*"]}, ["create_pet", "delete_pets_pet_id"]),
        ({"include": ["list_pets"]}, ["list_pets"]),
        ({"tags": ["pets"], "include": ["create*"]}, ["create_pet"]),
    ],
)
def test_operations_are_chosen_by_tag_and_by_name(selection: dict[str, Any], names: list[str]) -> None:
    assert list(made(pets(), **selection)) == names


@pytest.mark.parametrize(
    ("selection", "message", "hint"),
    [
        ({"tags": ["pet"]}, "pets.yaml: paths has no operation with the tag 'pet'", "did you mean 'pets'?"),
        ({"include": ["listPet"]}, "pets.yaml: paths has no operation that fits 'listPet'", "did you mean 'listPets'?"),
        ({"tags": ["admin"], "include": ["listPets"]}, "pets.yaml: paths has no operation that is wanted", ""),
    ],
)
def test_a_choice_of_nothing_is_an_error(selection: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        endpoints(pets(), Selection(**selection))
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_server_has_its_variables() -> None:
    [found] = made(pets(), Access(variables={"region": "us"}), include=["listPets"]).values()
    assert isinstance(found, OperationTool)
    assert found._url == "https://us.pets.example/v1"


@pytest.mark.parametrize(
    ("where", "expected"),
    [("operation", "https://own.example/a"), ("path", "https://path.example"), ("", "https://all.example")],
)
def test_the_nearest_server_is_taken(where: str, expected: str) -> None:
    own = {"servers": [{"url": "https://own.example/a/"}]} if where == "operation" else {}
    item = {"servers": [{"url": "https://path.example"}]} if where else {}
    paths = {"/x": {"get": operation(**own), **item}}
    found = document({}, paths=paths, servers=[{"url": "https://all.example/"}, {"url": "https://second.example"}])
    assert tool(found)._url == expected
    assert tool(found, Access("http://127.0.0.1:1/base/"))._url == "http://127.0.0.1:1/base"


async def test_the_pet_store_is_called(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow={"net": ["127.0.0.1"], "secrets": ["PET_KEY"]}, environ={"PET_KEY": "pet-key-0001"})
    async with serving() as server:
        tools = made(pets(), Access(f"{server.url}/v1", secret="PET_KEY"))
        await bench.call(tools["list_pets"], {"limit": 5, "status": ["sold", "available"]})
        await bench.call(tools["create_pet"], {"body": {"name": "Rex", "tag": None}})
        await bench.call(tools["show_pet_by_id"], {"petId": 3})
        await bench.call(tools["delete_pets_pet_id"], {"petId": 3})
        with pytest.raises(UsageError, match=r"\$\.body\.weight: "):
            await bench.call(tools["create_pet"], {"body": {"name": "Rex", "weight": 0}})
    assert [(each["method"], each["target"], each["body"]) for each in server.asked] == [
        ("GET", "/v1/pets?limit=5&status=sold&status=available", b""),
        ("POST", "/v1/pets", b'{"name":"Rex","tag":null}'),
        ("GET", "/v1/pets/3", b""),
        ("DELETE", "/v1/pets/3", b""),
    ]
    assert ["x-api-key" in each["headers"] for each in server.asked] == [True, True, False, True]


def test_a_document_of_today_keeps_its_json_schema() -> None:
    [found] = made(Document.of(MODERN, "tasks.json")).values()
    assert found.name == "tasks_create_one"
    body = found.parameters["properties"]["body"]
    assert body["properties"]["due"] == {
        "type": "string",
        "format": "date",
        "examples": ["2026-11-22"],
        "description": "When it must be done.",
    }
    assert body["properties"]["children"]["items"] == {"$ref": "#/$defs/Task"}
    rules = Validator(found.parameters, "tool:x")
    rules.check({"body": {"title": None, "kind": "task", "parts": [1], "x_a": "b", "children": [{"effort": 0.5}]}})
    for wrong in ({"kind": "x"}, {"parts": [1, 2]}, {"due": "2026-11-22"}, {"effort": 0}, {"y": 1}, {"x_a": 1}):
        with pytest.raises(UsageError):
            rules.check({"body": wrong})
        with pytest.raises(UsageError):
            rules.check({"body": {"children": [wrong]}})


async def test_every_style_is_sent_at_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow={"net": ["127.0.0.1"]})
    arguments = {
        "list": [1, 2],
        "one": "a.b",
        "ids": ["x", "y|z"],
        "where": {"color": "red", "size": [1, 2]},
        "sort_by": ["name", "age"],
        "X-Trace": "t 1",
        "id": "in query",
        "header_id": "in header",
        "sid": "s",
        "query_body": 1,
        "body": {"a": [1, 2], "b": {"c": True}},
    }

    async def sent(server: Server) -> dict[str, Any]:
        await bench.call(tool(STYLES, Access(server.url)), arguments)
        return server.last

    async with serving() as server:
        last = await sent(server)
    assert last["target"] == (
        "/things/;list=1;list=2/.a.b?ids=x%7Cy%7Cz&where%5Bcolor%5D=red&where%5Bsize%5D=1&where%5Bsize%5D=2"
        "&sort%5Bby%5D=name,age&id=in%20query&body=1"
    )
    assert (last["headers"]["x-trace"], last["headers"]["id"], last["headers"]["cookie"]) == (
        "t 1",
        "in header",
        "sid=s",
    )
    assert last["body"] == b"a=1&a=2&c=true"
    assert last["headers"]["accept"] == "application/json, */*;q=0.5"
