"""Artifacts: versions by name, their content, and how much there may be."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmspell.artifacts import Artifacts, Origin
from llmspell.artifacts.parts import check_name, check_type
from llmspell.config.schema import Artifacts as Room
from llmspell.errors import BudgetExceeded, LlmspellError, UsageError
from llmspell.store import Store


async def test_a_version_is_found_with_all_that_was_said_about_it(artifacts: Artifacts) -> None:
    origin = Origin("run-1", "session-1", "ann")
    put = await artifacts.put("reports/july", "text ä", type="text/markdown", metadata={"n": [1]}, origin=origin)
    info, content = await artifacts.get("reports/july")
    assert info == put
    assert (info.version, info.type, info.size, info.text) == (1, "text/markdown", 7, True)
    assert (info.metadata, info.origin) == ({"n": [1]}, origin)
    assert content == "text ä".encode()
    assert info.digest == hashlib.sha256(content).hexdigest()


@given(st.lists(st.binary(max_size=20) | st.text(max_size=20), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_content_is_got_as_it_was_put(artifacts: Artifacts, contents: list[bytes | str]) -> None:
    for content in contents:
        put = await artifacts.put("any", content)
        info, got = await artifacts.get("any", put.version)
        assert (got.decode() if info.text else got) == content
    await artifacts.delete("any")


async def test_text_that_is_no_unicode_is_refused(artifacts: Artifacts) -> None:
    with pytest.raises(UsageError, match=r"^the artifact 'a': the text has half a character at 1$"):
        await artifacts.put("a", "x\ud800")


@pytest.mark.parametrize("name", ["", " a", "a ", "a\nb", "a\0", "x" * 201])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be the name of an artifact$"):
        check_name(name)


@pytest.mark.parametrize("good", ["text/plain", "image/svg+xml", "text/plain; charset=utf-8", "application/vnd.a.b"])
def test_a_media_type_is_taken(good: str) -> None:
    check_type(good)


@pytest.mark.parametrize("bad", ["text", "text/", "/plain", "text/plain\n", "a b/c", "text/plain;"])
def test_what_is_no_media_type_is_refused(bad: str) -> None:
    with pytest.raises(UsageError, match=r"is not a media type$"):
        check_type(bad)


async def test_metadata_has_a_limit(artifacts: Artifacts) -> None:
    with pytest.raises(UsageError, match=r"and at most 16384 are allowed$"):
        await artifacts.put("a", "x", metadata={"x": "y" * 20_000})


async def test_names_that_begin_alike_are_kept_apart(artifacts: Artifacts) -> None:
    for name in ("a", "a/b", "ab", "a/b/c"):
        await artifacts.put(name, name)
    assert [(await artifacts.get(name))[1] for name in ("a", "a/b", "ab", "a/b/c")] == [b"a", b"a/b", b"ab", b"a/b/c"]
    assert len(await artifacts.versions("a/b")) == 1
    assert [info.name for info in await artifacts.list("a/")] == ["a/b", "a/b/c"]


async def test_the_same_content_is_kept_once_and_for_as_long_as_anybody_refers_to_it(
    artifacts: Artifacts, store: Store
) -> None:
    digest = (await artifacts.put("a", "same")).digest
    await artifacts.put("b", "same")
    assert await artifacts.size() == 4
    await artifacts.delete("a")
    assert await store.get_blob(digest) == b"same"
    await artifacts.delete("b")
    assert await store.get_blob(digest) is None
    assert await artifacts.size() == 0


async def test_a_deleted_version_is_not_there_and_its_number_is_not_given_again(artifacts: Artifacts) -> None:
    for text in ("one", "two"):
        await artifacts.put("a", text)
    assert await artifacts.delete("a", 2) == 1
    assert (await artifacts.get("a"))[1] == b"one"
    with pytest.raises(LlmspellError, match=r"^the artifact 'a' has no version 2$") as caught:
        await artifacts.get("a", 2)
    assert caught.value.hint == "versions: 1"
    assert (await artifacts.put("a", "three")).version == 3
    assert await artifacts.delete("a") == 2
    assert await artifacts.list() == []
    assert (await artifacts.put("a", "four")).version == 4


async def test_what_is_too_large_is_refused(artifacts: Artifacts) -> None:
    with pytest.raises(BudgetExceeded, match=r"^the budget artifact_bytes of 1000 bytes is used up$") as caught:
        await artifacts.put("a", bytes(1001))
    assert "artifacts.largest" in caught.value.hint


async def test_all_together_have_a_limit_and_nothing_is_left_of_what_did_not_fit(
    artifacts: Artifacts, store: Store
) -> None:
    for number in range(3):
        await artifacts.put(f"a{number}", bytes([number]) * 1000)
    with pytest.raises(BudgetExceeded, match=r"^the budget artifact_bytes of 3000 bytes is used up$") as caught:
        await artifacts.put("more", b"x")
    assert "artifacts.total" in caught.value.hint
    assert await store.get_blob(hashlib.sha256(b"x").hexdigest()) is None
    await artifacts.put("again", bytes([1]) * 1000)
    await artifacts.delete("a0")
    await artifacts.put("more", b"x")


async def test_what_is_put_is_charged_to_the_run(store: Store) -> None:
    charged: list[int] = []
    await Artifacts(store, Room(), charged.append).put("a", "12345")
    assert charged == [5]


async def test_puts_at_once_each_get_a_version(artifacts: Artifacts) -> None:
    put = await asyncio.gather(*(artifacts.put("a", f"text {number % 4}") for number in range(12)))
    assert sorted(info.version for info in put) == list(range(1, 13))
    for info in put:
        assert (await artifacts.get("a", info.version))[0] == info


async def test_puts_and_deletes_of_the_same_content_at_once_never_lose_it(artifacts: Artifacts) -> None:
    """Whoever has put something finds it, whatever others remove meanwhile."""

    async def come_and_go(name: str) -> None:
        for _ in range(10):
            info = await artifacts.put(name, "the same for all")
            assert (await artifacts.get(name, info.version))[1] == b"the same for all"
            await artifacts.delete(name, info.version)

    await asyncio.gather(*(come_and_go(f"n{number}") for number in range(5)))
    assert await artifacts.size() == 0
    assert await artifacts.collect() == 0


async def test_an_artifact_that_is_not_there_names_what_may_be_meant(artifacts: Artifacts) -> None:
    await artifacts.put("reports/july", "x")
    for wrong in (artifacts.get("reports/juli"), artifacts.versions("reports/juli"), artifacts.delete("reports/juli")):
        with pytest.raises(LlmspellError, match=r"^there is no artifact 'reports/juli'$") as caught:
            await wrong
        assert (caught.value.kind, caught.value.hint) == ("not_found", "did you mean 'reports/july'?")


async def test_content_that_is_gone_is_an_error(artifacts: Artifacts, store: Store) -> None:
    info = await artifacts.put("a", "x")
    await store.delete_blob(info.digest)
    with pytest.raises(LlmspellError, match=r"^the artifact 'a' is damaged: its content is gone$"):
        await artifacts.get("a")
