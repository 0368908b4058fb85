"""The key file: what changes it is found out, and what is wrong with it is said."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmspell.errors import ConfigError
from llmspell.secrets.folder import PrivateFolder
from llmspell.secrets.format import Malformed, parse
from llmspell.secrets.passphrase import FILE_VARIABLE, Passphrase
from llmspell.secrets.sealing import Cost
from llmspell.secrets.vault import FILE, Vault

from . import attacks
from .attacks import DAMAGED, WRONG, edit, flip, opened, refused
from .conftest import open_vault


def test_what_is_kept_is_found_again(keys: Path) -> None:
    vault = open_vault(keys)
    assert vault.names() == ["A_KEY", "B_KEY", "C_KEY"]
    assert [vault.get(name) for name in ("A_KEY", "B_KEY", "C_KEY", "D_KEY")] == [
        "value of A, the second",
        "value of B",
        "value of C",
        None,
    ]


def test_the_file_shows_no_value(keys: Path) -> None:
    assert b"value of" not in (keys / FILE).read_bytes()


def test_a_key_that_is_deleted_is_gone(keys: Path) -> None:
    open_vault(keys).update({"A_KEY": None})
    assert open_vault(keys).get("A_KEY") is None
    assert open_vault(keys).get("B_KEY") == "value of B"


def test_a_new_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    open_vault(tmp_path / "deep" / "keys").update({"A_KEY": "x"})
    assert (tmp_path / "deep" / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "deep" / "keys" / FILE).stat().st_mode & 0o777 == 0o600


def test_a_new_file_costs_what_the_docs_say(tmp_path: Path) -> None:
    assert Vault(PrivateFolder(tmp_path), Passphrase({})).cost == Cost(memory=64 * 1024, time=3, lanes=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1))
def test_any_text_comes_back_as_it_was(keys: Path, text: str) -> None:
    open_vault(keys).update({"ANY": text})
    assert open_vault(keys).get("ANY") == text


REGIONS: dict[str, tuple[list[str], str]] = {
    "kdf salt": (["kdf", "salt"], WRONG),
    "wrapped key": (["key", "sealed"], WRONG),
    "wrapped key's nonce": (["key", "nonce"], WRONG),
    "record": (["records", "A_KEY", "sealed"], DAMAGED + "the record A_KEY was changed"),
    "record's nonce": (["records", "A_KEY", "nonce"], DAMAGED + "the record A_KEY was changed"),
    "record's version": (["records", "A_KEY", "version"], DAMAGED + "its records are not those"),
    "seal": (["seal", "sealed"], DAMAGED + "its records are not those"),
    "seal's nonce": (["seal", "nonce"], DAMAGED + "its records are not those"),
    "counter": (["seal", "counter"], DAMAGED + "its records are not those"),
    "format": (["format"], DAMAGED + "its format is"),
}


@pytest.mark.parametrize("region", REGIONS)
def test_a_flipped_bit_is_found(keys: Path, region: str) -> None:
    path, why = REGIONS[region]
    before = (keys / FILE).read_bytes()
    for bit in (0, 37, -1):
        (keys / FILE).write_bytes(before)
        edit(keys, lambda data, bit=bit: _flip_at(data, path, bit))  # type: ignore[misc]  # mypy takes no default here
        refused(keys, "A_KEY", why)


def _flip_at(data: Any, path: list[str], bit: int) -> None:
    *above, last = path
    for key in above:
        data = data[key]
    old = data[last]
    if isinstance(old, int):
        data[last] = old ^ (1 << bit % 8)
    else:
        data[last] = flip(old, bit) if last != "format" else old[:-1] + chr(ord(old[-1]) ^ 1 << bit % 3)


@pytest.mark.parametrize("share", [0, 0.01, 0.25, 0.5, 0.75, 0.99])
def test_a_file_that_was_cut_short_is_damaged(keys: Path, share: float) -> None:
    content = (keys / FILE).read_bytes()
    (keys / FILE).write_bytes(content[: int(len(content) * share)])
    refused(keys, "A_KEY", DAMAGED + "it is not JSON")


def test_two_records_that_change_places_are_found(keys: Path) -> None:
    attacks.swap_records(keys)


def test_a_record_that_goes_back_to_an_older_one_is_found(keys: Path, written: Mapping[str, bytes]) -> None:
    attacks.put_back(keys, written["old"])


def test_a_record_that_is_taken_out_is_found(keys: Path) -> None:
    edit(keys, lambda data: data["records"].pop("B_KEY"))
    refused(keys, "A_KEY", DAMAGED + "its records are not those that were written last")


def test_a_record_under_a_new_name_is_found(keys: Path) -> None:
    edit(keys, lambda data: data["records"].update(Z_KEY=data["records"]["A_KEY"]))
    refused(keys, "Z_KEY", DAMAGED + "its records are not those that were written last")


@pytest.mark.parametrize(
    ("part", "value", "why"),
    [
        pytest.param("memory", 512, "with memory 512, outside of 19456 to 524288$", id="too little memory"),
        pytest.param("time", 1, "with time 1, outside of 2 to 10$", id="too few passes"),
        pytest.param("memory", 2**40, "with memory 1099511627776, outside of", id="absurdly much memory"),
        pytest.param("name", "pbkdf2", DAMAGED + "its kdf is 'pbkdf2', not 'argon2id'", id="another function"),
    ],
)
def test_a_header_that_makes_guessing_cheap_or_opening_endless_is_refused(
    keys: Path, part: str, value: object, why: str
) -> None:
    attacks.cheapen(keys, part, value, why)


def test_a_wrong_passphrase_opens_nothing_and_writes_nothing(keys: Path) -> None:
    before = (keys / FILE).read_bytes()
    with pytest.raises(ConfigError, match=WRONG) as caught:
        open_vault(keys, "wrong").get("A_KEY")
    assert caught.value.hint.startswith("check LLMSPELL_KEYS_PASSPHRASE;")
    with pytest.raises(ConfigError, match=WRONG):
        open_vault(keys, "wrong").update({"A_KEY": "x"})
    assert (keys / FILE).read_bytes() == before


def test_an_empty_passphrase_is_refused(keys: Path) -> None:
    with pytest.raises(ConfigError, match=r"^the passphrase of the key file is empty \(LLMSPELL_KEYS_PASSPHRASE\)$"):
        open_vault(keys, "").get("A_KEY")


def test_composed_and_decomposed_letters_are_one_passphrase(tmp_path: Path) -> None:
    open_vault(tmp_path / "k", "caf\u00e9 \N{SNOWMAN} geheim").update({"A_KEY": "x"})
    assert open_vault(tmp_path / "k", "cafe\u0301 \N{SNOWMAN} geheim").get("A_KEY") == "x"


def test_a_passphrase_file_may_end_its_line(keys: Path, tmp_path: Path) -> None:
    (tmp_path / "word").write_text("correct horse battery\n")
    environ = {FILE_VARIABLE: str(tmp_path / "word")}
    assert Vault(PrivateFolder(keys), Passphrase(environ)).get("B_KEY") == "value of B"


@pytest.mark.parametrize(("part", "mode"), [(FILE, 0o640), ("", 0o755)], ids=["file", "folder"])
def test_what_others_may_read_is_refused(keys: Path, part: str, mode: int) -> None:
    attacks.open_to_others(keys, keys / part, mode)


def test_the_hint_for_a_wrong_mode_is_the_command(keys: Path) -> None:
    (keys / FILE).chmod(0o604)
    with pytest.raises(ConfigError) as caught:
        opened(keys).names()
    assert caught.value.hint == f"chmod 0600 {keys / FILE}"


def test_a_link_in_the_files_place_is_refused(keys: Path, tmp_path: Path) -> None:
    (keys / FILE).rename(tmp_path / "elsewhere")
    (keys / FILE).symlink_to(tmp_path / "elsewhere")
    refused(keys, "A_KEY", r"keys\.json cannot be used: ")


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_refused(keys: Path, make: Callable[[Path], None]) -> None:
    (keys / FILE).unlink()
    make(keys / FILE)
    refused(keys, "A_KEY", r"keys\.json is not what llmspell made there$")


def test_a_second_writer_waits_and_then_says_so(keys: Path) -> None:
    attacks.write_while_another_writes(keys)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[]", "the file must have exactly format, kdf, key, records, seal"),
        ('{"format": 1, "format": 2}', "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("{'a': 1}", "it is not JSON"),
        ('"\u00e9"', "it is not JSON"),
    ],
    ids=["list", "name twice", "deep", "python", "not ASCII"],
)
def test_what_is_no_key_file_is_told(text: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        parse(text.encode())


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (["kdf", "memory"], True, "kdf.memory must be a whole number"),
        (["kdf", "memory"], -1, "kdf.memory must be a whole number"),
        (["kdf", "salt"], "AAAA", "kdf.salt must be base64 of 16 bytes"),
        (["key", "nonce"], "!", "key.nonce must be base64"),
        (["key", "sealed"], 5, "key.sealed must be base64"),
        (["records"], [], "records must be names"),
        (["records", "a b"], {}, "records must be names"),
        (["seal", "more"], 1, "seal must have exactly counter, nonce, sealed"),
    ],
)
def test_a_part_of_the_wrong_kind_is_told(
    written: Mapping[str, bytes], path: list[str], value: object, why: str
) -> None:
    data = json.loads(written["new"])
    part = data
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    with pytest.raises(Malformed, match=why):
        parse(json.dumps(data).encode())
