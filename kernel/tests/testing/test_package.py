"""The test kit's front door is complete and light."""

from __future__ import annotations

import subprocess
import sys

import pytest

import llmspell.testing


@pytest.mark.parametrize("name", llmspell.testing.__all__)
def test_every_public_name_loads(name: str) -> None:
    assert getattr(llmspell.testing, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"'llmspell\.testing' has no attribute 'Scripted'"):
        llmspell.testing.Scripted  # noqa: B018  # the look-up is what is tested


def test_a_scripted_model_needs_neither_aiohttp_nor_pytest() -> None:
    source = (
        "import sys; from llmspell.testing import ScriptedModel, Text, Calls; ScriptedModel(Text('a'));"
        "print({'aiohttp', 'pytest', 'cattrs', 'click'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
