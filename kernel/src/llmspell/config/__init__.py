"""Configuration: where it comes from, what it may say, and how it reaches plugins.

keypath     `budget.tokens`: where a value stands
schema      what may be said, with defaults, units and bounds
reader      one file, read with care; `lines` finds the line of each key
layers      default < user < project < environment < command line, with the origin of every value
structure   plain data to attrs classes, strictly; `strict` holds the types
settings    what a plugin sees
show        for people
"""

from llmspell.config.layers import DEFAULT, LoadedConfig, Origin, load, user_folder
from llmspell.config.schema import Budget, Config, Limits
from llmspell.config.settings import Settings
from llmspell.config.structure import Misfit, Problem, fit, structure

__all__ = [
    "DEFAULT",
    "Budget",
    "Config",
    "Limits",
    "LoadedConfig",
    "Misfit",
    "Origin",
    "Problem",
    "Settings",
    "fit",
    "load",
    "structure",
    "user_folder",
]
