"""Installed plugins: the catalogue is package metadata, and a module is imported when one of its names is first used."""

from llmspell.config.settings import Settings
from llmspell.plugins.catalogue import KINDS, Entry, installed
from llmspell.plugins.registry import Plugins

__all__ = ["KINDS", "Entry", "Plugins", "Settings", "installed"]
