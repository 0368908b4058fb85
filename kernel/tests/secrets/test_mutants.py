"""Each check of the key store is needed: with it removed, the attack that it stops gets through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from llmspell import redaction
from llmspell.secrets import encodings, folder, secret, vault

from . import attacks

Attack = Callable[[Path, bytes], object]

# The check: its module, its text, what stands there instead, and the attack.
MUTANTS: dict[str, tuple[ModuleType, str, str, Attack]] = {
    "any cost of a guess is taken": (
        vault,
        "        check_cost(file.cost)\n",
        "",
        lambda keys, _: attacks.cheapen(keys, "memory", 512, "asks for Argon2id with memory 512, outside of"),
    ),
    "the seal over all records is not checked": (
        vault,
        "            unseal(key, file.seal.nonce, file.seal.sealed, file.bound_to_seal)\n",
        "            pass\n",
        attacks.put_back,
    ),
    "a record is not bound to its name": (
        vault,
        "bound_to_record(name, ",
        'bound_to_record("", ',
        lambda keys, _: attacks.swap_records(_fresh(keys)),
    ),
    "modes are not checked": (
        folder,
        "        if mode & 0o077:\n",
        "        if False:\n",
        lambda keys, _: attacks.open_to_others(keys, keys / "keys.json", 0o644),
    ),
    "nobody waits for the lock": (
        folder,
        "        while not _try_lock(descriptor):\n",
        "        while False:\n",
        lambda keys, _: attacks.write_while_another_writes(keys),
    ),
    "a secret can be pickled": (
        secret,
        "    def __reduce_ex__(",
        "    def _reduce(",
        lambda *_: attacks.pickle_a_secret(),
    ),
    "a secret shows itself": (
        secret,
        '        return f"Secret({self.name!r}, {REDACTED})"\n',
        '        return f"Secret({self._text!r})"\n',
        lambda *_: attacks.print_a_secret(),
    ),
    "what is revealed is not remembered": (
        secret,
        "        remember(self._text)\n",
        "",
        lambda *_: attacks.print_a_revealed_secret(),
    ),
    "no encodings are looked for": (
        encodings,
        "    return {secret} | ",
        "    return {secret} or ",
        lambda *_: attacks.print_a_revealed_secret(),
    ),
    "a stream holds nothing back": (
        redaction,
        "        cut = next(starts, len(text))\n",
        "        cut = len(text)\n",
        lambda *_: attacks.split_a_secret(),
    ),
}


def _fresh(keys: Path) -> Path:
    """Without the file: the mutant could not open one that was sealed without it."""
    (keys / "keys.json").unlink()
    return keys


@contextmanager
def mutated(module: ModuleType, check: str, instead: str) -> Iterator[None]:
    """The module without a check, for the block."""
    assert module.__file__ is not None
    source = Path(module.__file__).read_text()
    assert check in source, f"{module.__name__} has no {check!r} any more"
    kept = dict(vars(module))
    forget = redaction._needles.cache_clear
    try:
        forget()
        exec(compile(source.replace(check, instead), module.__file__, "exec"), vars(module))
        yield
    finally:
        vars(module).clear()
        vars(module).update(kept)
        forget()


@pytest.mark.parametrize("name", MUTANTS)
def test_an_attack_gets_through_when_the_check_against_it_is_gone(
    name: str, keys: Path, written: Mapping[str, bytes]
) -> None:
    module, check, instead, attack = MUTANTS[name]
    with mutated(module, check, instead), pytest.raises((AssertionError, pytest.fail.Exception)):
        attack(keys, written["old"])


@pytest.mark.parametrize("name", MUTANTS)
def test_the_same_attack_fails_when_nothing_is_gone(name: str, keys: Path, written: Mapping[str, bytes]) -> None:
    *_, attack = MUTANTS[name]
    attack(keys, written["old"])
