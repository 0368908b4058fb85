"""Installed plugins: a catalogue from package metadata, and modules that are imported when they are first used."""

from llmspell.config.settings import Settings
from llmspell.plugins.catalogue import KINDS, Entry, installed
from llmspell.plugins.registry import Plugins

__all__ = ["KINDS", "Entry", "Plugins", "Settings", "installed"]
