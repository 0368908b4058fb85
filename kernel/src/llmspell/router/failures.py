"""What is raised when a router has no answer."""

from __future__ import annotations

from collections.abc import Sequence

from llmspell.errors import ProviderError


class Refused(ProviderError):
    """A request that a router did not make, to spare a model: it says nothing new about the model."""


Failure = tuple[str, ProviderError]
"""A model and why it did not answer."""


def all_failed(router: str, failures: Sequence[Failure]) -> ProviderError:
    """The error of a router none of whose models answered, which lists each; the only one stays as it is.

    It has the kind of the last, and may pass if any of them may; if none was even asked, that is a refusal too.
    """
    if len(failures) == 1:
        return failures[0][1]
    reasons = "; ".join(f"{model}: {error.message}" for model, error in failures)
    hints = dict.fromkeys(f"{model}: {error.hint}" for model, error in failures if error.hint)
    error_class = Refused if all(isinstance(error, Refused) for _, error in failures) else ProviderError
    return error_class(
        f"no model of {router} answered: {reasons}",
        kind=failures[-1][1].kind,
        component=f"llm:{router}",
        retryable=any(error.retryable for _, error in failures),
        hint="; ".join(hints) or "the events router.* tell what was tried",
        details={"failures": [{"model": model, "error": error.to_dict()} for model, error in failures]},
    )
