import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config.keypath import dotted, split

PLAIN_KEYS = st.text(st.characters(exclude_characters='"\\', exclude_categories=["C"]))


def test_plain_keys_are_joined_by_dots_and_indexes_stand_in_brackets() -> None:
    assert dotted(("tool", "web", "rules", 0, "host")) == "tool.web.rules[0].host"


def test_a_key_that_is_no_plain_word_is_quoted() -> None:
    assert dotted(("tool", "my.tool", "")) == 'tool."my.tool".""'


@given(st.lists(PLAIN_KEYS, min_size=1).map(tuple))
def test_splitting_undoes_joining(path: tuple[str, ...]) -> None:
    assert split(dotted(path)) == path


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a b", 'a."b', "a.[0]"])
def test_what_is_not_a_dotted_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a dotted key"):
        split(text)
