"""Files that are wrong, hostile or just odd: the same sixteen ways in every format, each an error within a second."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from llmspell.config.loading import attempt
from llmspell.config.reader import LARGEST

Content = str | bytes
Cases = Mapping[str, tuple[Content, str]]

_NOT_TAKEN = "in YAML, anchors and aliases are not taken; write the value where it is needed"
_NESTED = "nests deeper than 32 levels"

TOML: Cases = {
    "depth": ("x = " + "[" * 100_000, f":1: {_NESTED}"),
    "alias bomb": ("a = &a 1\nb = *a\n", ":1: is not TOML: invalid value; text needs quotes"),
    "tag": ("a = !!python/name:os.system x\n", ":1: is not TOML: invalid value; text needs quotes"),
    "key twice": ("[run]\nmodel = 'a'\nmodel = 'b'\n", ":3: is not TOML: a key is set twice"),
    "byte order mark": (b"\xef\xbb\xbf[run]\n", ":1: starts with a byte order mark; save it as plain UTF-8"),
    "not UTF-8": (b"[run]\nmodel = '\xff'\n", ":2: is not UTF-8, found the byte b'\\xff'"),
    "unknown key": ("[run]\nmodl = 'a/b'\n", ":2: `run.modl` is not known; did you mean 'model'?"),
    "wrong type": ("[budget]\ntokens = '5'\n", ":2: `budget.tokens` must be an integer, found '5'"),
    "variables stay words": (
        "[budget]\ntokens = '${TOKENS}'\n",
        ":2: `budget.tokens` must be an integer, found '${TOKENS}'",
    ),
    "includes itself": (
        "include = ['llmspell.toml']\n",
        ":1: `include`: llmspell.toml includes llmspell.toml: a circle",
    ),
    "too large": ("#" * (LARGEST + 1), ": is larger than 256 KiB"),
    "cut off": ("[run]\nmodel = 'a", ':2: is not TOML: expected "\'"'),
    "not finite": ("[budget]\ncost = nan\n", ":2: `budget.cost` must be at least 0 and finite, found nan"),
    "huge integer": ("[budget]\ntokens = " + "9" * 5000, ": is not TOML: an integer has more than 4300 digits"),
    "null bytes": (b"\0" * 50, ":1: is not TOML: invalid statement"),
    "no table": ("5", ":1: is not TOML: expected '=' after a key in a key/value pair"),
}
YAML: Cases = {
    "depth": ("x: " + "[" * 100_000, f":1: {_NESTED}"),
    "alias bomb": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        f":1: {_NOT_TAKEN}",
    ),
    "tag": (
        "run: !!python/object/apply:os.system [x]\n",
        ":1: in YAML, the tag 'tag:yaml.org,2002:python/object/apply:os.system' is not taken; write plain values",
    ),
    "key twice": ("run:\n  model: a\n  model: b\n", ":3: is not YAML: the key 'model' is set twice"),
    "byte order mark": (b"\xef\xbb\xbfrun: {}\n", ":1: starts with a byte order mark; save it as plain UTF-8"),
    "not UTF-8": (b"run:\n  model: '\xff'\n", ":2: is not UTF-8, found the byte b'\\xff'"),
    "unknown key": ("run:\n  modl: a/b\n", ":2: `run.modl` is not known; did you mean 'model'?"),
    "wrong type": ("budget:\n  tokens: '5'\n", ":2: `budget.tokens` must be an integer, found '5'"),
    "variables stay words": (
        "budget:\n  tokens: ${TOKENS}\n",
        ":2: `budget.tokens` must be an integer, found '${TOKENS}'",
    ),
    "includes itself": ("include: [llmspell.yaml]\n", ":1: `include`: llmspell.yaml includes llmspell.yaml: a circle"),
    "too large": ("#" * (LARGEST + 1), ": is larger than 256 KiB"),
    "cut off": ("run:\n  model: 'a", ":2: is not YAML: found unexpected end of stream"),
    "not finite": ("budget:\n  cost: .nan\n", ":2: `budget.cost` must be at least 0 and finite, found nan"),
    "huge integer": ("budget:\n  tokens: " + "9" * 5000, ":2: in YAML, an integer has more than 4300 digits"),
    "null bytes": (b"\0" * 50, ":1: is not YAML: control characters are not allowed"),
    "no table": ("5", ":1: must be a table at its top"),
}
JSON: Cases = {
    "depth": ('{"x": ' + "[" * 100_000, f":1: {_NESTED}"),
    "alias bomb": ('{"a": &a 1,\n"b": *a}', ":1: is not JSON: invalid value '&'"),
    "tag": ('{"a": !!str 1}', ":1: is not JSON: invalid value '!'"),
    "key twice": ('{"run": {\n"model": "a",\n"model": "b"}}', ":3: is not JSON: the key 'model' is set twice"),
    "byte order mark": (b"\xef\xbb\xbf{}", ":1: starts with a byte order mark; save it as plain UTF-8"),
    "not UTF-8": (b'{"run":\n{"model": "\xff"}}', ":2: is not UTF-8, found the byte b'\\xff'"),
    "unknown key": ('{"run": {\n"modl": "a/b"}}', ":2: `run.modl` is not known; did you mean 'model'?"),
    "wrong type": ('{"budget": {\n"tokens": "5"}}', ":2: `budget.tokens` must be an integer, found '5'"),
    "variables stay words": (
        '{"budget": {\n"tokens": "${TOKENS}"}}',
        ":2: `budget.tokens` must be an integer, found '${TOKENS}'",
    ),
    "includes itself": (
        '{"include": ["llmspell.json"]}',
        ":1: `include`: llmspell.json includes llmspell.json: a circle",
    ),
    "too large": (" " * (LARGEST + 1), ": is larger than 256 KiB"),
    "cut off": ('{"run":\n{"model": "a', ":2: is not JSON: unterminated string starting"),
    "not finite": ('{"budget": {\n"cost": NaN}}', ":2: is not JSON: invalid value 'NaN'"),
    "huge integer": (
        '{"budget": {\n"tokens": ' + "9" * 5000 + "}}",
        ":2: is not JSON: an integer has more than 4300 digits",
    ),
    "null bytes": (b"\0" * 50, ":1: is not JSON: invalid value '\\x00'"),
    "no table": ("5", ":1: must be a table at its top, with braces around it"),
}
FORMATS = {"toml": TOML, "yaml": YAML, "json": JSON}
CASES = [
    pytest.param(suffix, content, problem, id=f"{suffix}-{name.replace(' ', '_')}")
    for suffix, cases in FORMATS.items()
    for name, (content, problem) in cases.items()
]


def problems_of(folder: Path, suffix: str, content: Content) -> tuple[str, ...]:
    """What loading says of a project with one file, which may take a second of computing."""
    (folder / f"llmspell.{suffix}").write_bytes(content.encode() if isinstance(content, str) else content)
    begin = time.process_time()
    found = attempt(folder, {"HOME": str(folder / "home"), "TOKENS": "5"}).problems
    assert time.process_time() - begin < 1
    return found


def test_every_format_is_tried_in_the_same_sixteen_ways() -> None:
    assert {suffix: list(cases) for suffix, cases in FORMATS.items()} == {suffix: list(TOML) for suffix in FORMATS}
    assert len(CASES) == 48


@pytest.mark.parametrize(("suffix", "content", "problem"), CASES)
def test_a_wrong_file_is_one_sentence_with_its_line(
    tmp_path: Path, suffix: str, content: Content, problem: str
) -> None:
    assert problems_of(tmp_path, suffix, content) == (f"llmspell.{suffix}{problem}",)


ODD: Mapping[str, tuple[str, Content, str]] = {
    "yaml-two_documents": ("yaml", "run: {}\n---\nrun: {}\n", ":2: in YAML, a file is one document"),
    "yaml-merge_key": ("yaml", "run:\n  <<: {model: a}\n", ":2: in YAML, merge keys are not taken"),
    "yaml-table_as_key": ("yaml", "? {a: 1}\n: 2\n", ":1: in YAML, a key must be text"),
    "yaml-list_as_key": ("yaml", "? [a]\n: 2\n", ":1: in YAML, a key must be text"),
    "yaml-no_key": ("yaml", ": 2\n", ":1: is not YAML: did not find expected key"),
    "yaml-null_as_key": ("yaml", "run:\n  ~: 2\n", ":2: in YAML, a key must be text"),
    "yaml-alias_of_nothing": ("yaml", "a: *b\n", f":1: {_NOT_TAKEN}"),
    "yaml-anchor_alone": ("yaml", "a: &b 1\n", f":1: {_NOT_TAKEN}"),
    "yaml-tab_indent": ("yaml", "run:\n\tmodel: a\n", ":2: is not YAML: found character that cannot start any token"),
    "yaml-list_at_top": ("yaml", "- run\n", ":1: must be a table at its top"),
    "yaml-block_depth": ("yaml", "".join(f"{' ' * n}a:\n" for n in range(500)), f":33: {_NESTED}"),
    "yaml-no_means_no_boolean": ("yaml", "budget:\n  unpriced: no\n", ":2: `budget.unpriced` must be one of 'refuse', 'allow', found 'no'"),
    "json-comment": ("json", '{ // why\n"run": {}}', ":1: is not JSON: expected a key in double quotes"),
    "json-comma_at_the_end": ("json", '{"run": {},\n}', ":2: is not JSON: expected a key in double quotes"),
    "json-words_after_the_end": ("json", "{}\n{}", ":2: is not JSON: found '{' after its end"),
    "json-half_a_surrogate": ("json", '{"run":\n{"model": "\\ud800"}}', ":2: is not JSON: a string holds half of a surrogate pair"),
    "json-number_too_large": ("json", '{"budget": {"cost": 1e999}}', ":1: is not JSON: the number 1e999 is too large"),
    "json-deep_tables": ("json", '{"a":' * 50_000, f":1: {_NESTED}"),
    "json-empty": ("json", "", ":1: is not JSON: it ends too early"),
    "toml-deep_keys": ("toml", "a." * 50_000 + "a = 1", f":1: {_NESTED}"),
}  # fmt: skip


@pytest.mark.parametrize(("suffix", "content", "problem"), ODD.values(), ids=ODD)
def test_what_a_format_has_of_its_own_is_refused(tmp_path: Path, suffix: str, content: Content, problem: str) -> None:
    assert problems_of(tmp_path, suffix, content) == (f"llmspell.{suffix}{problem}",)
