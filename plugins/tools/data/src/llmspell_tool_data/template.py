"""A template: JSON in which a text that starts with `$` is a path, and is replaced by what is there.

`{"who": "$.user.name", "all": "$.tags[*]", "price": "$$5"}`; `$$` is a dollar sign.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import Fuel
from llmspell_tool_data.json_path import parse

MAX_VALUES = 1_000

Fill = Callable[[Any], Any]
"""Gives the filled template of a value."""


class Templates:
    """Reads templates; what fills them pays for each value that it makes.

    Args:
        fuel: what may be spent in all.
    """

    def __init__(self, fuel: Fuel) -> None:
        self._fuel = fuel
        self._left = MAX_VALUES

    def read(self, template: Any) -> Fill:  # Any: JSON
        """What fills a template.

        Raises:
            UsageError: a path is wrong, or the templates of this reader have too many values.
        """
        self._left -= 1
        if self._left < 0:
            raise UsageError(f"the templates have more than {MAX_VALUES} values")
        fill = self._fill(template)

        def paying(value: Any) -> Any:
            self._fuel.spend(1)
            return fill(value)

        return paying

    def _fill(self, template: Any) -> Fill:
        match template:
            case str() if template.startswith("$$"):
                return lambda _: template[1:]
            case str() if template.startswith("$"):
                path = parse(template)
                return lambda value: path.of(value, self._fuel)
            case dict():
                fills = {key: self.read(each) for key, each in template.items()}
                return lambda value: {key: fill(value) for key, fill in fills.items()}
            case list():
                parts = [self.read(each) for each in template]
                return lambda value: [fill(value) for fill in parts]
            case _:
                return lambda _: template
