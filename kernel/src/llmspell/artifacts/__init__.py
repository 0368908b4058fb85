"""Artifacts: what spells make and keep, by name, each version of it.

parts       what is known of an artifact, and what its name and type may be
index       which versions there are and what refers to which bytes, in one namespace of the store
bytes       the bytes themselves: kept once, whoever refers to them, and removed when nobody does
artifacts   put, get, list and delete them

A version's bytes are in the store by their digest, so that the same content is kept once. A process may be killed at
any time: then there is the new version or there is none, and bytes that nobody refers to are removed later.
"""

from llmspell.artifacts.artifacts import Artifacts
from llmspell.artifacts.parts import ArtifactInfo, Origin

__all__ = ["ArtifactInfo", "Artifacts", "Origin"]
