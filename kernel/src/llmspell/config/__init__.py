"""Configuration: where it comes from, what it may say, and how it reaches plugins.

keypath     `budget.tokens`: where a value stands
schema      what may be said, with defaults, units and bounds
formats     TOML, YAML and JSON: texts to plain data and back; `document` is what they give
reader      one file, read with care
sources     which files there are, and what they include
variables   environment variables and `--set`
layers      default < system < user < project < environment < command line, with the origin of every value
loading     all of it together
structure   plain data to attrs classes, strictly; `strict` holds the types
settings    what a plugin sees
show        for people; `jsonschema` for editors
edit        a setting changed in a file's text; `write` puts it in place; `migrate` brings old files up to date
reload      for programs that run for long
"""

from llmspell.config.layers import DEFAULT, LoadedConfig, Origin
from llmspell.config.loading import Attempt, attempt, load
from llmspell.config.schema import Budget, Config, Limits
from llmspell.config.settings import Settings
from llmspell.config.sources import user_folder
from llmspell.config.structure import Misfit, Problem, fit, structure

__all__ = [
    "DEFAULT",
    "Attempt",
    "Budget",
    "Config",
    "Limits",
    "LoadedConfig",
    "Misfit",
    "Origin",
    "Problem",
    "Settings",
    "attempt",
    "fit",
    "load",
    "structure",
    "user_folder",
]
