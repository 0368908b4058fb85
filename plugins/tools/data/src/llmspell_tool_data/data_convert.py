"""The tool `data_convert`: data from one of JSON, YAML, TOML and CSV to another."""

from __future__ import annotations

from typing import Any, Literal

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_data.bounds import MAX_TEXT, check_size
from llmspell_tool_data.formats import check_writable, csv, json, toml, yaml
from llmspell_tool_data.sources import ABSENT, text_of

Format = Literal["json", "yaml", "toml", "csv"]
_FORMATS: dict[Format, Any] = {"json": json, "yaml": yaml, "toml": toml, "csv": csv}  # modules with parse and write
_SUFFIXES: dict[str, Format] = {"json": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml", "csv": "csv"}


@tool(
    category="data",
    tags=("json", "yaml", "toml", "csv", "parse", "format"),
    idempotent=True,
    examples=(
        Example({"text": "port: 80\nhosts: [a, b]", "from": "yaml", "to": "json"}, "YAML as JSON"),
        Example({"data": {"port": 80}, "to": "toml"}, "a value as TOML"),
        Example({"text": "port = 80", "from": "toml", "to": "data"}, "what a TOML text holds"),
    ),
)
def data_convert(
    context: Context,
    *,
    to: Literal["json", "yaml", "toml", "csv", "data"],
    from_: Format | None = None,
    text: str | None = None,
    path: str | None = None,
    data: Any = ABSENT,
) -> Any:
    """Converts data between JSON, YAML, TOML and CSV, or reads it into a value.

    The answer is the text in the new format; with "data", the value itself. CSV is an array of objects, TOML an object.

    Args:
        context: what the call may use.
        to: the format of the answer; data answers a value instead of a text.
        from: the format of text or path; for a path, its suffix says it when this is absent.
        text: what to convert.
        path: a file in UTF-8 to convert, instead of text.
        data: a value to write, instead of text.
    """
    value = _read(context, from_, text, path) if data is ABSENT else _given(data, from_, text, path)
    if to == "data":
        return value
    check_writable(value)
    return _FORMATS[to].write(value)


def _given(data: Any, from_: str | None, text: str | None, path: str | None) -> Any:
    if text is not None or path is not None or from_ is not None:
        raise UsageError("data_convert takes data, or text or path; and from belongs to text or path")
    check_size(data, "the data")
    return data


def _read(context: Context, from_: Format | None, text: str | None, path: str | None) -> Any:
    source: Format | None = from_ or _SUFFIXES.get((path or "").rpartition(".")[2].lower())
    if source is None:
        raise UsageError("data_convert needs from, the format of what it reads", hint=f"one of {', '.join(_FORMATS)}")
    return _FORMATS[source].parse(text_of(context, text, path, most=csv.MAX_TEXT if source == "csv" else MAX_TEXT))
