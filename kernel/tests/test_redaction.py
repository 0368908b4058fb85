import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.redaction import Redactor, redact, secret_name

# Written in two halves, so that scanners of this repository do not take them for leaked secrets.
A16, A24, A40 = "a1B2" * 4, "a1B2c3" * 4, "a1B2c" * 8
HEX32 = "0123456789abcdef" * 2
JWT = "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0In0" + "." + A24
PEM = "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIE" + A40 + "\n-----END " + "RSA PRIVATE KEY-----"

TOKENS = {
    "OpenAI": "sk-" + A24,
    "OpenAI project": "sk-" + "proj-" + A40 + "_x-1",
    "Anthropic": "sk-" + "ant-api03-" + A40,
    "OpenRouter": "sk-" + "or-v1-" + HEX32,
    "Langfuse": "sk-" + "lf-" + "12345678-1234-1234-1234-123456789abc",
    "Stripe live": "sk_" + "live_" + A24,
    "Stripe restricted": "rk_" + "test_" + A24,
    "webhook secret": "whsec_" + A24,
    "GitHub personal": "ghp_" + A40,
    "GitHub server": "ghs_" + A40,
    "GitHub fine-grained": "github_" + "pat_" + A40,
    "GitLab": "glpat-" + A24,
    "AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "AWS temporary key": "ASIA" + "IOSFODNN7EXAMPLE",
    "Google API key": "AIza" + A40[:35],
    "Google token": "ya29." + A40,
    "Google client secret": "GOCSPX-" + A24,
    "Slack bot": "xoxb-" + "123456789012-" + A24,
    "Slack app": "xapp-" + "1-A012-" + A24,
    "Slack webhook": "hooks.slack.com/services/T0" + A16 + "/B0/" + A24,
    "Hugging Face": "hf_" + A40,
    "Groq": "gsk_" + A40,
    "xAI": "xai-" + A40,
    "Perplexity": "pplx-" + A40,
    "Replicate": "r8_" + A40,
    "Tavily": "tvly-" + A24,
    "npm": "npm_" + A40,
    "PyPI": "pypi-" + A40,
    "SendGrid": "SG." + A24 + "." + A40,
    "Twilio": "SK" + HEX32,
    "Mailgun": "key-" + HEX32,
    "Telegram": "1234567890:AA" + A40,
    "DigitalOcean": "dop_" + "v1_" + HEX32 * 2,
    "Shopify": "shpat_" + HEX32,
    "Databricks": "dapi" + HEX32,
    "Linear": "lin_" + "api_" + A40,
    "Notion": "ntn_" + A40,
    "Vault": "hvs." + A40,
    "Doppler": "dp.pt." + A40,
    "age": "AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "JSON Web Token": JWT,
    "private key": PEM,
    "private key cut short": PEM[:60],
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("frame", ["{}", "the model said {} yesterday", '{{"text": "{}"}}', "x={}", "line\\n{}"])
def test_a_token_of_a_known_shape_is_redacted_wherever_it_stands(token: str, frame: str) -> None:
    text = redact(frame.format(token))
    assert "[redacted]" in text
    assert token not in text
    assert not any(part in text for part in (A16, HEX32, "IOSFODNN7EXAMPLE", "MIIE"))


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Authorization: Bearer abcdefgh", "Authorization: Bearer [redacted]"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: Basic [redacted]"),
        ("{'Authorization': 'Token abc12345'}", "{'Authorization': 'Token [redacted]'}"),
        ("curl -H 'X-API-Key: abcd1234' host", "curl -H 'X-API-Key: [redacted]' host"),
        ("Cookie: session=abc; theme=dark\nHost: x", "Cookie: [redacted]\nHost: x"),
        ("sent bearer abcdefgh.ijk", "sent bearer [redacted]"),
        ("https://bob:hunter2@example.com/x", "https://[redacted]@example.com/x"),
        ("postgres://app:p%40ss@db:5432/main", "postgres://[redacted]@db:5432/main"),
        ("GET /v1?api_key=abcd1234&page=2", "GET /v1?api_key=[redacted]&page=2"),
        (
            "https://x.test/cb?code=1&access_token=abcd#top",
            "https://x.test/cb?code=1&access_token=[redacted]#top",
        ),
        ("https://blob/x?sv=1&sig=abc%2Fdef", "https://blob/x?sv=1&sig=[redacted]"),
        ("password=hunter2 user=bob", "password=[redacted] user=bob"),
        ('{"password": "correct horse battery", "n": 1}', '{"password": "[redacted]", "n": 1}'),
        (r"{\"api_key\": \"abcd1234\"}", r"{\"api_key\": \"[redacted]\"}"),
        ("client_secret: 'abcd1234'", "client_secret: '[redacted]'"),
        ("AccountName=a;AccountKey=abcd1234==;", "AccountName=a;AccountKey=[redacted]"),
        ("aws_secret_access_key = abcd1234", "aws_secret_access_key = [redacted]"),
        ("OPENAI_API_KEY=abcd1234", "OPENAI_API_KEY=[redacted]"),
    ],
)
def test_what_says_where_a_secret_stood_is_kept(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "the task-1234567890abcdefghijkl is done",
        "risk-assessment-of-2026-in-three-parts",
        "total tokens: 12345, max_tokens=500",
        "the key to success is patience",
        "basic arithmetic_problems",
        "https://example.com:8080/a@b?page=2&sort=key",
        "git commit 0123456789abcdef0123456789abcdef01234567",
        "id 12345678-1234-1234-1234-123456789abc",
        "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----",
        "api_key_env = LAB",
        "hint: export OPENAI_API_KEY=...; or write it down",
    ],
)
def test_harmless_text_stays(text: str) -> None:
    assert redact(text) == text


SECRET_NAMES = """
    api_key apiKey APIKey OPENAI_API_KEY key token githubToken access_tokens secret clientSecret
    password PGPASSWORD db-passwd passphrase credentials Authorization cookie private_key
    AWS_SECRET_ACCESS_KEY GITHUB_PAT max_api_key
"""
HARMLESS_NAMES = """
    tokens max_tokens input_tokens token_budget total_tokens maxTokens api_key_env keyboard monkey
    public_key model path 123 _ author PATH tokenizer key_count
"""


@pytest.mark.parametrize("name", SECRET_NAMES.split())
def test_these_names_hold_secrets(name: str) -> None:
    assert secret_name(name)


@pytest.mark.parametrize("name", HARMLESS_NAMES.split())
def test_these_names_hold_none(name: str) -> None:
    assert not secret_name(name)


def test_values_of_secret_variables_are_redacted_wherever_they_stand() -> None:
    redactor = Redactor.of_environment({"LAB_TOKEN": "open sesame", "LAB_URL": "http://lab.test", "MY_KEY": "short"})
    assert redactor.text("it is open sesame at http://lab.test, short") == "it is [redacted] at http://lab.test, short"


def test_of_two_secrets_where_one_begins_the_other_the_longer_goes_whole() -> None:
    redactor = Redactor(frozenset({"abcdefgh", "abcdefghijkl"}))
    assert redactor.text("abcdefghijkl") == "[redacted]"


def test_a_secret_with_special_characters_is_taken_literally() -> None:
    assert Redactor(frozenset({"a.c(d+[e]"})).text("a.c(d+[e] abc") == "[redacted] abc"


def test_data_loses_what_secret_names_hold_at_any_depth() -> None:
    data = {
        "a": [{"api_key": "x1", "n": 1}],
        "password": {"old": "y"},
        "token": 5,
        "key": None,
        "secret": True,
    }
    assert Redactor().data(data) == {
        "a": [{"api_key": "[redacted]", "n": 1}],
        "password": "[redacted]",
        "token": "[redacted]",
        "key": None,
        "secret": True,
    }


def test_data_loses_secrets_that_stand_in_texts_and_in_keys() -> None:
    token = TOKENS["GitHub personal"]
    assert Redactor().data({token: ["x " + token]}) == {"[redacted]": ["x [redacted]"]}


def test_the_repr_of_a_redactor_shows_no_secret() -> None:
    assert "abcdefgh" not in repr(Redactor(frozenset({"abcdefgh"})))


@given(st.text(st.sampled_from("ab1 =:\"'\\.-[]/@&?\n")) | st.text())
def test_a_second_pass_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(st.lists(st.sampled_from([*TOKENS.values(), "password=", "Bearer ", "https://", ":", "@", " ", '"', "a", "\n"])))
def test_a_second_pass_over_mixed_secrets_changes_nothing(parts: list[str]) -> None:
    once = redact("".join(parts))
    assert redact(once) == once


@given(st.text(st.characters(categories=["L", "Zs"]), max_size=200))
def test_letters_and_spaces_alone_change_only_after_the_word_bearer(text: str) -> None:
    assert redact(text) == text or "bearer" in text.lower()


@pytest.mark.parametrize(
    "unit",
    [
        "sk-",
        "eyJaaaaaaaa-",
        "eyJaaaaaaaa.",
        "SG.",
        "a://",
        "a://b:",
        "bearer ",
        "-----BEGIN PRIVATE KEY-----",
        "-",
        "a",
    ],
)
def test_no_text_takes_more_than_linear_time(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    begin = time.perf_counter()
    redact(text)
    assert time.perf_counter() - begin < 5  # about 0.2 s when linear, minutes when not


def test_the_folders_of_the_shell_are_no_passwords() -> None:
    redactor = Redactor.of_environment(
        {"PWD": "/home/ada/spells", "OLDPWD": "/home/ada/other", "MY_PWD": "correct horse"}
    )
    assert redactor.text("in /home/ada/spells and /home/ada/other") == "in /home/ada/spells and /home/ada/other"
    assert redactor.text("correct horse") == "[redacted]"
