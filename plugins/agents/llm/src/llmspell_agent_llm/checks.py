"""What can be wrong with a specification: told when the agent is made, not when it is first asked."""

from __future__ import annotations

from collections import Counter
from math import inf

from llmspell.agent import AgentSpec
from llmspell.agents.approve import approval_rules
from llmspell.agents.delegation import tool_names
from llmspell.errors import LlmspellError, UsageError, did_you_mean
from llmspell.schema import Validator

CHOICES = ("auto", "none", "required")


def check(spec: AgentSpec) -> None:
    """Refuse a specification that cannot work.

    Raises:
        UsageError: a number is out of range, `tool_choice` or `approve` names no tool, `output_schema` is no JSON
            Schema, or `options` is given: this type has none.
        LlmspellError: kind `conflict`: two of its tools have one name.
    """
    _check_numbers(spec)
    if spec.options:
        found = min(spec.options)
        raise _wrong(spec, f"agents of type llm take no options, found {found!r}", kind="unknown_option")
    names = tool_names(spec)
    for name, count in Counter(names).items():
        if count > 1:
            raise LlmspellError(
                f"agent {spec.name!r} has two tools named {name!r}", kind="conflict", component=f"agent:{spec.name}"
            )
    _check_choice(spec, names)
    approval_rules(spec, names)
    if spec.output_schema is not None:
        Validator(spec.output_schema, f"agent:{spec.name}")


def _check_numbers(spec: AgentSpec) -> None:
    if spec.max_turns < 1:
        raise _wrong(spec, f"max_turns must be at least 1, not {spec.max_turns!r}")
    if spec.max_tokens is not None and spec.max_tokens < 1:
        raise _wrong(spec, f"max_tokens must be at least 1, not {spec.max_tokens!r}")
    if spec.timeout is not None and not spec.timeout > 0:  # not a number is neither
        raise _wrong(spec, f"timeout must be above 0, not {spec.timeout!r}")
    if spec.temperature is not None and not 0 <= spec.temperature < inf:
        raise _wrong(spec, f"temperature must be at least 0 and finite, not {spec.temperature!r}")


def _check_choice(spec: AgentSpec, names: list[str]) -> None:
    choice = spec.tool_choice
    if choice is None or choice in names or (choice in CHOICES and (names or choice != "required")):
        return
    if names:
        problem = f"tool_choice is {choice!r}, and the agent has the tools {', '.join(sorted(names))}"
        raise _wrong(spec, problem, hint=did_you_mean(choice, [*CHOICES, *names]))
    raise _wrong(
        spec, f"tool_choice is {choice!r}, and the agent has no tools", hint="give it tools, or no tool_choice"
    )


def _wrong(spec: AgentSpec, problem: str, *, kind: str = "invalid_arguments", hint: str = "") -> UsageError:
    return UsageError(f"agent {spec.name!r}: {problem}", kind=kind, component=f"agent:{spec.name}", hint=hint)
