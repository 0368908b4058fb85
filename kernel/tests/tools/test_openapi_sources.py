"""Where OpenAPI documents come from: the configuration, and scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import AmbiguousPlugin, ConfigError, LlmspellError, UnknownPlugin
from llmspell.kernel import RunOptions

from .openapi_kit import Server, operation, parameter, serving
from .project import Project, value

YAML = """
openapi: 3.0.3
servers: [{url: 'https://pets.example'}]
paths:
  /pets/{id}:
    get: {operationId: getPet, tags: [pets], parameters: [{name: id, in: path, required: true, schema: {type: integer}}]}
    delete: {operationId: removePet, tags: [admin], parameters: [{name: id, in: path, required: true, schema: {}}]}
  /broken/{id}:
    get: {operationId: broken, tags: [pets]}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path.resolve())
    made.write("pets.yaml", YAML)
    return made


def configure(project: Project, *lines: str, document: str = "pets.yaml") -> None:
    project.write("llmspell.toml", "\n".join(["[openapi.pets]", f'document = "{document}"', *lines, ""]))
    project.trust()


def test_each_operation_of_a_configured_document_is_listed(project: Project) -> None:
    configure(project)
    assert project.offered() == dict.fromkeys(("pets_broken", "pets_get_pet", "pets_remove_pet"), "pets.yaml")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('prefix = ""', "broken get_pet remove_pet"),
        ('prefix = "p-"', "p-broken p-get_pet p-remove_pet"),
        ('tags = ["admin"]', "pets_remove_pet"),
        ('include = ["*Pet"]', "pets_get_pet pets_remove_pet"),
    ],
)
def test_the_table_says_which_and_how_they_are_called(project: Project, line: str, names: str) -> None:
    configure(project, line)
    assert list(project.offered()) == names.split()
    assert project.find(next(name for name in names.split() if "broken" not in name)).category == "api"


async def test_a_configured_operation_is_called_with_its_key(project: Project) -> None:
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    said = {
        "openapi": "3.1.0",
        "security": [{"key": []}],
        "components": {"securitySchemes": schemes},
        "paths": {"/pets/{id}": {"get": operation(parameter("id", "path"), operationId="getPet")}},
    }
    project.write("pets.json", json.dumps(said))
    project.environ["PET_KEY"] = "pet-key-0001"
    async with serving() as server:
        configure(project, f'base_url = "{server.url}"', 'secret = "PET_KEY"', document="pets.json")
        allow = {"net": ["127.0.0.1"], "secrets": ["PET_KEY"]}
        found = await project.call("pets_get_pet", allow=allow, id=3)
    assert found["target"] == "/pets/3"
    assert server.last["headers"]["x-key"] == "pet-key-0001"
    assert found["headers"]["x-key"] == "[redacted]"


def test_what_is_wrong_with_one_operation_stops_no_other(project: Project) -> None:
    configure(project)
    assert project.find("pets_get_pet").name == "pets_get_pet"
    place = r"^llmspell\.toml:1: `openapi\.pets`: pets\.yaml: GET /broken/\{id\} does not agree"
    with pytest.raises(ConfigError, match=place):
        project.find("pets_broken")


@pytest.mark.parametrize(
    ("document", "text", "message"),
    [
        ("lost.yaml", None, r"lost\.yaml: cannot be read: No such file or directory"),
        ("../x.yaml", None, r"'\.\./x\.yaml' lies outside '.*', where a project's files must stay$"),
        ("bad.json", "{", r"bad\.json is not JSON"),
        ("bad.yaml", "a: *b", r"bad\.yaml"),
        ("old.json", '{"swagger": "2.0"}', r"old\.json: swagger is '2\.0'$"),
    ],
)
async def test_a_document_that_cannot_be_used_is_one_entry_that_says_so(
    project: Project, document: str, text: str | None, message: str
) -> None:
    if text is not None:
        project.write(document, text)
    configure(project, document=document)
    assert list(project.offered()) == ["pets"]
    with pytest.raises(ConfigError, match=rf"^llmspell\.toml:1: `openapi\.pets`: .*{message}"):
        project.find("pets")
    assert await project.call("calculator", expression="1 + 1") is not None


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["timeout = 0.0"], r"`openapi\.pets\.timeout` .*at least 0\.001"),
        (["bas_url = 1"], r"`openapi\.pets\.bas_url` is not known; did you mean 'base_url'"),
        (['secret = ["x"]'], r"`openapi\.pets\.secret`"),
    ],
)
def test_a_wrong_table_is_told_with_its_place(project: Project, lines: list[str], message: str) -> None:
    configure(project, *lines)
    with pytest.raises(ConfigError, match=rf"^llmspell\.toml:\d: .*{message}"):
        project.load()


def test_a_table_needs_a_document(project: Project) -> None:
    configure(project, document="")
    with pytest.raises(ConfigError, match="give a document"):
        project.load()


def test_a_project_that_is_not_trusted_has_none(project: Project) -> None:
    project.write("llmspell.toml", '[openapi.pets]\ndocument = "pets.yaml"\n')
    assert project.offered() == {}
    assert [each.key for each in project.load().withheld] == ["openapi.pets"]
    project.trust()
    assert "pets_get_pet" in project.offered()
    project.write("pets.yaml", YAML.replace("pets.example", "evil.example"))
    assert project.offered() == {}, "the document says where keys are sent"


def test_a_name_that_is_taken_is_a_conflict(project: Project) -> None:
    project.write("pets.yaml", YAML.replace("removePet", "calculator"))
    configure(project, 'prefix = ""')
    with pytest.raises(AmbiguousPlugin, match=r"^tool 'calculator' is offered by .* and pets\.yaml$"):
        project.find("calculator")


def test_a_misspelled_operation_has_near_names(project: Project) -> None:
    configure(project)
    with pytest.raises(UnknownPlugin) as caught:
        project.find("pets_get_pets")
    assert caught.value.hint == "did you mean 'pets_get_pet'?"


LUA = """
local pets = Tool.from_openapi{ document = %s, base_url = "%s", include = { "*Pet" }, prefix = "my_" }
local names = {} for name in pairs(pets) do names[#names + 1] = name end table.sort(names)
return { names = names, output = pets.my_get_pet:run{ id = 3 }.output.target, named = Tool.run("my_get_pet", { id = 4 }).output.target }
"""
JS = """
const pets = await Tool.fromOpenapi({ document: %s, baseUrl: "%s", include: ["*Pet"], prefix: "my_" });
export default { names: Object.keys(pets).sort(), output: (await pets.my_get_pet.run({ id: 3 })).output.target,
  named: (await Tool.run("my_get_pet", { id: 4 })).output.target };
"""


@pytest.mark.parametrize(("file", "text"), [("main.lua", LUA), ("main.js", JS)])
async def test_a_spell_makes_tools_of_a_file(project: Project, file: str, text: str) -> None:
    async with serving() as server:
        project.write(file, text % ('"pets.yaml"', server.url))
        found = value(await project.cast(file, net=["127.0.0.1"]))
    assert found == {"names": ["my_get_pet", "my_remove_pet"], "output": "/pets/3", "named": "/pets/4"}


async def test_a_spell_makes_tools_of_data(project: Project) -> None:
    inline = '{"openapi":"3.1.0","paths":{"/pets/{petId}":{"get":{"operationId":"get_pet","parameters":[{"name":"petId","in":"path"}]},"delete":{"operationId":"remove_Pet","parameters":[{"name":"petId","in":"path"}]}}}}'
    text = JS.replace("id: ", "petId: ").replace('"*Pet"', '"*_?et"')
    async with serving() as server:
        project.write("main.js", text % (inline, server.url))
        found = value(await project.cast("main.js", net=["127.0.0.1"]))
    assert found == {"names": ["my_get_pet", "my_remove_pet"], "output": "/pets/3", "named": "/pets/4"}


async def error_of(project: Project, text: str, **allow: Any) -> LlmspellError:
    project.write("main.lua", text)
    ended = await project.cast("main.lua", **allow)
    assert isinstance(ended.error, LlmspellError)
    return ended.error


async def test_a_spell_cannot_reach_what_it_was_not_granted(project: Project) -> None:
    async with serving() as server:
        text = LUA % ('"pets.yaml"', server.url)
        assert (await error_of(project, text)).kind == "permission"
    assert server.asked == []
    found = await error_of(project, 'Tool.from_openapi{ document = "../../etc/passwd" }')
    assert found.kind == "permission"


async def test_a_spell_cannot_use_a_key_that_it_was_not_granted(project: Project) -> None:
    project.environ["PET_KEY"] = "pet-key-0001"

    def text(server: Server) -> str:
        data = 'openapi = "3.1.0", security = { { key = {} } }, paths = { ["/x"] = { get = { operationId = "x" } } }'
        scheme = 'components = { securitySchemes = { key = { type = "http", scheme = "bearer" } } }'
        made = f'{{ document = {{ {data}, {scheme} }}, base_url = "{server.url}", secret = "PET_KEY" }}'
        return f"return Tool.from_openapi{made}.x:run{{}}.output.headers"

    async with serving() as server:
        found = await error_of(project, text(server), net=["127.0.0.1"])
        assert (found.kind, server.asked) == ("permission", [])
        ended = await project.cast("main.lua", net=["127.0.0.1"], secrets=["PET_KEY"])
    assert server.last["headers"]["authorization"] == "Bearer pet-key-0001"
    assert "pet-key-0001" not in str(value(ended))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ('document = "lost.yaml"', "'lost.yaml'"),
        ("document = 3", "document"),
        ('document = "pets.yaml", timeout = 0', "timeout must be above 0"),
        ('document = "pets.yaml", inclde = {}', "inclde"),
        ('document = "pets.yaml"', "pets.yaml: GET /broken/{id} does not agree"),
        ('document = { openapi = "3.0.0" }', "the document: paths has no operation"),
    ],
)
async def test_wrong_options_are_an_error_in_words(project: Project, options: str, message: str) -> None:
    found = await error_of(project, f"Tool.from_openapi{{ {options} }}")
    assert message in found.message
    assert found.kind in ("invalid_arguments", "unknown_option", "not_found")


async def test_either_all_operations_become_tools_or_none(project: Project) -> None:
    text = (
        'Tool.define{ name = "remove_pet", run = function() end }\n'
        'local ok, e = pcall(Tool.from_openapi, { document = "pets.yaml", include = { "*Pet" } })\n'
        'return { e.kind, (pcall(Tool.get, "get_pet")) }'
    )
    project.write("main.lua", text)
    assert value(await project.cast("main.lua")) == ["conflict", False]


async def test_in_profile_high_a_document_is_data_or_granted(project: Project) -> None:
    project.write("main.lua", 'return Tool.from_openapi{ document = "pets.yaml", include = { "getPet" } } ~= nil')
    ended = await project.cast("main.lua", RunOptions(profile="high"))
    assert isinstance(ended.error, LlmspellError)
    assert ended.error.kind == "permission"
