"""Imports, each in a fresh process: the kernel, the kernel with the Lua engine and the agent, the peers."""

from __future__ import annotations

from benchmarks.cases.programs import PEER_NAMES, ours, program
from benchmarks.harness.model import Benchmark, Case, Target

_KERNEL = "llmspell.kernel"
_ALL = "kernel, Lua engine and agent"
_ASYNCIO = "asyncio alone"
_OWN = "--own=llmspell,attr,attrs,cattr,cattrs,click,importlib_metadata,pluggy"
_PEERS = {
    "agno": ("agno.agent", "agno.models.openai"),
    "google-adk": ("google.adk.agents", "google.adk.runners"),
    "langgraph": ("langgraph.prebuilt", "langchain_openai"),
    "openai-agents": ("agents",),
    "pydantic-ai": ("pydantic_ai", "pydantic_ai.models.openai"),
}


def _peer(name: str) -> Case:
    return Case(name, name, program("floors/imports", *_PEERS[name]))


IMPORTS = Benchmark(
    "imports",
    (
        ours(_ASYNCIO, "floors/imports", "asyncio"),
        ours(_KERNEL, "floors/imports", _OWN, "llmspell.kernel"),
        ours(
            _ALL,
            "floors/imports",
            "llmspell.kernel",
            "llmspell_engine_lua.machine",
            "llmspell_agent_llm.agent",
        ),
        *map(_peer, PEER_NAMES),
    ),
    (
        Target("import llmspell.kernel", _KERNEL, "ms", "ms", at_most=60),
        Target("import llmspell.kernel / import of the fastest peer", _KERNEL, "ms", "x", over=PEER_NAMES),
        Target("plugins and SDKs that come with it", _KERNEL, "foreign", "", at_most=0),
        Target("memory after importing kernel, Lua engine and agent", _ALL, "mib", "MiB", at_most=40),
    ),
    repeat=2,
    warm_up=True,
)
