"""The tool for base64."""

from __future__ import annotations

import base64 as library
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_system import base64 as module

ALLOW = {"fs.read": ["**"], "fs.write": ["**"]}


class TestBase64Contract(ToolContract):
    name = "base64"
    allow = ALLOW
    good = (
        {"text": "hello"},
        {"path": "image", "url_safe": True},
        {"operation": "decode", "text": "aGVs\nbG8="},
        {"operation": "decode", "text": "iVBORw==", "save_to": "copy"},
    )
    bad = (
        {},
        {"text": "a", "path": "image"},
        {"operation": "decode", "text": "a"},
        {"operation": "decode", "text": "iVBORw=="},
        {"path": "missing"},
        {"text": "a", "save_to": "x"},
        {"text": "\ud800"},
        {"operation": "decode", "text": "aGk=", "save_to": "../x"},
        {"operation": "both", "text": "a"},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "image").write_bytes(b"\x89PNG\r\n\xff\xfe")


def call(**arguments: Any) -> Any:
    return module.base64(None, **arguments)  # a text needs no context


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.booleans())
def test_decoding_undoes_encoding(text: str, url_safe: bool) -> None:
    packed = call(text=text, url_safe=url_safe)
    assert packed["bytes"] == len(text.encode())
    assert call(operation="decode", text=packed["text"], url_safe=url_safe)["text"] == text


def test_the_url_safe_alphabet_has_no_character_that_a_url_escapes() -> None:
    assert call(text="ÿÿ>>?", url_safe=True)["text"] == "w7_Dvz4-Pw"
    assert call(text="ÿÿ>>?")["text"] == "w7/Dvz4+Pw=="


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ({"text": "aGk"}, "is not base64: Incorrect padding", "is its end missing"),
        ({"text": "aGk=="}, "is not base64", "is its end missing"),
        ({"text": "aG=k"}, "is not base64", ""),
        ({"text": "=aGk"}, "is not base64", ""),
        ({"text": "w7_D"}, "'_' at 2 is not of the alphabet", "set url_safe to true"),
        ({"text": "w7/D", "url_safe": True}, "'/' at 2 is not of the alphabet", "set url_safe to false"),
        ({"text": "data:text/plain;base64,aGk="}, "':' at 4 is not of the alphabet", "without a prefix"),
        ({"text": "aGk=é"}, "'é' at 4 is not of the alphabet", ""),
        ({"text": "aGk\0"}, r"'\\x00' at 3 is not of the alphabet", ""),
        ({"text": "/w=="}, "is not UTF-8 text: byte 0xff at offset 0", "give save_to"),
        ({"text": "A" * 5}, "is not base64", ""),
    ],
)
def test_decoding_is_strict(arguments: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        call(operation="decode", **arguments)
    assert hint in caught.value.hint


async def test_a_file_is_encoded_and_bytes_are_written_to_one(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow=ALLOW)
    content = bytes(range(256))
    (tmp_path / "image").write_bytes(content)
    packed = await bench.call("base64", {"path": "image"})
    assert packed == {"text": library.b64encode(content).decode(), "bytes": 256}
    found = await bench.call("base64", {"operation": "decode", "text": packed["text"], "save_to": "copy"})
    assert found == {"saved_to": "copy", "bytes": 256}
    assert (tmp_path / "copy").read_bytes() == content


async def test_a_file_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(module.MOST_BYTES + 1))
    message = rf"the file has {module.MOST_BYTES + 1} bytes, and at most {module.MOST_BYTES} are taken"
    with pytest.raises(UsageError, match=message):
        await Bench(tmp_path, allow=ALLOW).call("base64", {"path": "big"})


def test_a_text_beyond_the_bound_is_refused_either_way() -> None:
    with pytest.raises(UsageError, match=r"the text has 4194306 bytes, and at most 4194304 are taken"):
        call(text="é" * (module.MOST_BYTES // 2 + 1))
    with pytest.raises(UsageError, match=r"what is encoded has 4194306 bytes, and at most 4194304 are taken"):
        call(operation="decode", text="AAAA" * (module.MOST_BYTES // 3 + 1))


async def test_a_file_that_may_not_be_read_or_written_is_denied(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(b"x")
    bench = Bench(tmp_path, allow={"fs.read": ["other"], "fs.write": ["other"]})
    with pytest.raises(PermissionDenied, match=r"fs.read of '[^']+/image' is not allowed") as caught:
        await bench.call("base64", {"path": "image"})
    assert caught.value.hint.startswith("run again with --allow-fs-read=")
    with pytest.raises(PermissionDenied, match=r"fs.write of '[^']+/copy' is not allowed") as caught:
        await bench.call("base64", {"operation": "decode", "text": "aGk=", "save_to": "copy"})
    assert caught.value.hint.startswith("run again with --allow-fs-write=")
    assert not (tmp_path / "copy").exists()
