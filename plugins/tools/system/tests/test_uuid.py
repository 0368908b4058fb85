"""The tool that makes UUIDs."""

from __future__ import annotations

import time
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

import pytest

from llmspell.errors import UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_system.uuid import uuid


class TestUuidContract(ToolContract):
    name = "uuid"
    good = ({}, {"version": 7, "count": 3}, {"version": 5, "namespace": "dns", "name": "example.com"})
    bad = (
        {"version": 1},
        {"count": 0},
        {"count": 1001},
        {"version": 5},
        {"version": 5, "namespace": "dns"},
        {"version": 5, "namespace": "here", "name": "x"},
        {"version": 5, "namespace": "dns", "name": "\ud800"},
        {"version": 5, "namespace": "dns", "name": "x", "count": 2},
        {"version": 4, "name": "x"},
        {"version": 7, "namespace": "dns"},
    )


@pytest.mark.parametrize("version", [4, 7])
def test_each_is_a_different_one_of_its_version(version: int) -> None:
    found = [UUID(each) for each in uuid(version=version, count=1000)]
    assert len(set(found)) == 1000
    assert {(each.version, each.variant) for each in found} == {(version, "specified in RFC 4122")}


def test_version_7_begins_with_the_time_and_keeps_its_order() -> None:
    before = time.time_ns() // 1_000_000
    found = uuid(version=7, count=1000)
    after = time.time_ns() // 1_000_000
    assert found == sorted(found)
    assert {before <= UUID(each).int >> 80 <= after for each in found} == {True}


def test_version_5_is_always_the_same_for_a_name() -> None:
    assert uuid(version=5, namespace="dns", name="www.example.com") == ["2ed6657d-e927-568b-95e1-2665a8aea6a2"]
    other = str(uuid5(NAMESPACE_DNS, "mine"))
    assert uuid(version=5, namespace=other, name="x") == [str(uuid5(UUID(other), "x"))]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ({"version": 5}, "version 5 needs namespace and name, and makes one", 'such as "dns" and "example.com"'),
        ({"version": 4, "name": "x"}, "version 4 does not take namespace or name", "version 5 does"),
        (
            {"version": 5, "namespace": "here", "name": "x"},
            "the namespace 'here' is not known",
            "write one of dns, url, oid, x500, or a UUID",
        ),
    ],
)
def test_wrong_arguments_are_refused_in_words(arguments: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        uuid(**arguments)
    assert caught.value.hint == hint


def test_it_is_not_tried_again_as_if_nothing_had_happened() -> None:
    assert not uuid.idempotent
