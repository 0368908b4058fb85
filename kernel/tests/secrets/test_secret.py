"""A secret hides itself from everything but `reveal`."""

from __future__ import annotations

import copy
import json
import logging
import traceback

import attrs
import pytest

from llmspell.errors import UsageError
from llmspell.export import plain
from llmspell.redaction import Redactor
from llmspell.secrets import Secret

from . import attacks

TEXT = "open sesame, said he"


@pytest.fixture
def secret() -> Secret:
    return Secret(TEXT, "A_KEY")


@attrs.frozen
class Holder:
    key: Secret


def test_only_reveal_gives_the_text(secret: Secret) -> None:
    assert secret.reveal() == TEXT
    assert (str(secret), repr(secret)) == ("[redacted]", "Secret('A_KEY', [redacted])")
    assert f"{secret:>12}|{secret!s}|{secret!r}" == "  [redacted]|[redacted]|Secret('A_KEY', [redacted])"


def test_what_holds_a_secret_does_not_show_it(secret: Secret) -> None:
    shown = f"{Holder(secret)} {attrs.asdict(Holder(secret))} {[secret]} {plain({'x': secret})} {plain(Holder(secret))}"
    assert "sesame" not in shown
    assert "sesame" not in json.dumps({"x": secret}, default=repr)


def test_json_refuses_it(secret: Secret) -> None:
    with pytest.raises(TypeError, match="Secret is not JSON serializable"):
        json.dumps({"x": secret})


def test_pickle_refuses_it() -> None:
    attacks.pickle_a_secret()


def test_a_copy_is_the_secret_itself(secret: Secret) -> None:
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_it_has_no_attributes_to_look_through(secret: Secret) -> None:
    with pytest.raises(TypeError, match="__dict__"):
        vars(secret)


def test_it_cannot_be_changed(secret: Secret) -> None:
    with pytest.raises(AttributeError, match="a Secret is frozen: 'name' cannot be set"):
        secret.name = "B"
    with pytest.raises(AttributeError, match="a Secret is frozen: '_text' cannot be deleted"):
        del secret._text
    assert secret.reveal() == TEXT


def test_two_are_equal_when_their_texts_are(secret: Secret) -> None:
    assert secret == Secret(TEXT, "B_KEY")
    assert secret != Secret(TEXT + "!", "A_KEY")
    assert secret != TEXT  # a text is no secret, and comparing with one takes a time that tells
    with pytest.raises(TypeError, match="unhashable"):
        hash(secret)


def test_an_empty_secret_is_none() -> None:
    with pytest.raises(UsageError, match=r"^the secret 'A_KEY' is empty$"):
        Secret("", "A_KEY")


def test_a_log_record_and_a_traceback_do_not_show_it(secret: Secret, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("some.library").warning("got %s and %r", secret, secret)
    try:
        raise ValueError(secret)
    except ValueError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "sesame" not in caplog.text + told
    assert "[redacted]" in told


def test_once_revealed_every_redactor_knows_it() -> None:
    text = Secret("a text of no known shape", "K").reveal()
    assert Redactor().text(f"x {text} y") == "x [redacted] y"
    attacks.print_a_revealed_secret()
