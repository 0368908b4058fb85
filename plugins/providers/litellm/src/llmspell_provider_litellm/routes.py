"""The services that litellm reaches by a model's prefix, and where each finds its key.

A route is in `ROUTES`, and so a provider of its own, when one key (or the cloud's own credentials) is all
that it needs and its answers can be streamed. Every other prefix works as `litellm/<prefix>/<model>`.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

CATCH_ALL = "litellm"


@attrs.frozen
class Route:
    """One service.

    Attributes:
        prefix: what stands before the model's name when litellm is asked.
        keys: variables that may hold the key; the first one that is set counts.
        ambient: variables that show that the cloud's own library will find credentials.
        parameters: further parameters of litellm, and the variables that they come from, most specific first.
        needs: the parameters without which no request can be made.
    """

    prefix: str
    keys: tuple[str, ...] = ()
    ambient: tuple[str, ...] = ()
    parameters: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    needs: tuple[str, ...] = ()


_AZURE = {"api_base": ("AZURE_API_BASE",), "api_version": ("AZURE_API_VERSION",)}
_BEDROCK = {
    "aws_access_key_id": ("AWS_ACCESS_KEY_ID",),
    "aws_secret_access_key": ("AWS_SECRET_ACCESS_KEY",),
    "aws_session_token": ("AWS_SESSION_TOKEN",),
    "aws_profile_name": ("AWS_PROFILE",),
    "aws_region_name": ("AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION"),
}
_VERTEX = {
    "vertex_credentials": ("VERTEXAI_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"),
    "vertex_project": ("VERTEXAI_PROJECT", "GOOGLE_CLOUD_PROJECT"),
    "vertex_location": ("VERTEXAI_LOCATION", "VERTEX_LOCATION"),
}

ROUTES: Mapping[str, Route] = {
    "anthropic": Route("anthropic", ("ANTHROPIC_API_KEY",)),
    "azure": Route("azure", ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY"), parameters=_AZURE, needs=("api_base",)),
    "bedrock": Route(
        "bedrock",
        ("AWS_BEARER_TOKEN_BEDROCK",),
        ambient=(
            "AWS_ACCESS_KEY_ID",
            "AWS_PROFILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ),
        parameters=_BEDROCK,
    ),
    "cerebras": Route("cerebras", ("CEREBRAS_API_KEY",)),
    "cohere": Route("cohere_chat", ("COHERE_API_KEY", "CO_API_KEY")),
    "dashscope": Route("dashscope", ("DASHSCOPE_API_KEY",)),
    "deepinfra": Route("deepinfra", ("DEEPINFRA_API_KEY",)),
    "deepseek": Route("deepseek", ("DEEPSEEK_API_KEY",)),
    "fireworks_ai": Route("fireworks_ai", ("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY")),
    "gemini": Route("gemini", ("GEMINI_API_KEY", "GOOGLE_API_KEY")),
    "groq": Route("groq", ("GROQ_API_KEY",)),
    "huggingface": Route("huggingface", ("HF_TOKEN", "HUGGINGFACE_API_KEY")),
    "mistral": Route("mistral", ("MISTRAL_API_KEY",)),
    "moonshot": Route("moonshot", ("MOONSHOT_API_KEY",)),
    "nvidia_nim": Route("nvidia_nim", ("NVIDIA_NIM_API_KEY",)),
    "openrouter": Route("openrouter", ("OPENROUTER_API_KEY",)),
    "perplexity": Route("perplexity", ("PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY")),
    "sambanova": Route("sambanova", ("SAMBANOVA_API_KEY",)),
    "together_ai": Route("together_ai", ("TOGETHER_API_KEY", "TOGETHERAI_API_KEY")),
    "vertex_ai": Route(
        "vertex_ai",
        ambient=("VERTEXAI_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"),
        parameters=_VERTEX,
    ),
    "xai": Route("xai", ("XAI_API_KEY",)),
    "zai": Route("zai", ("ZAI_API_KEY",)),
}
"""The providers of this plugin besides the catch-all, by name."""

# Reached as `litellm/openai/<model>` only: the provider's name belongs to another plugin.
_BEHIND_CATCH_ALL = {"openai": Route("openai", ("OPENAI_API_KEY",))}
_BY_PREFIX = {route.prefix: route for route in ROUTES.values()} | _BEHIND_CATCH_ALL | {"cohere": ROUTES["cohere"]}


def route_of(model: str) -> Route | None:
    """The route of a model's full name as litellm knows it; None for a prefix that only litellm knows."""
    prefix, slash, _ = model.partition("/")
    return _BY_PREFIX.get(prefix) if slash else None
