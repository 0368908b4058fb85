"""Models that choose among other models: `router/NAME`, from `[router.NAME]` in the configuration.

routers     the provider `router`: finds the router, and knows what its models can do together
checks      what can be wrong with the tables, all of it at once
call        one request to a router: where it stands, what it tells, what its models have used
member      a model of a router: asked through the gate, at its pace, behind its circuit breaker
pace        turns within requests and tokens per minute
breaker     when a failing model is left alone
turns       one model after another: fallback, round_robin, weighted
race        several at once, the first answer wins: fastest, hedged
consensus   all are asked and vote; votes has the votes
flight      the models that are being asked at one time
failures    the one error of several models

A router is part of the kernel and no plugin, because it asks other models through the gate of the run: a provider sees
neither. It is no operation of its own, so nothing is counted twice: budget, hooks and events see each model that is
asked, at a path below the router's (`run/agent:a/router:steady/llm`).
"""

from llmspell.router.routers import Routers

__all__ = ["Routers"]
