"""Files that a run may read and write, and only those inside given folders.

walk      the way to a file, one component at a time, so that nothing that is swapped meanwhile leads elsewhere
places    what a walk found, what could not be done there, and why
reading   reading, listing and looking
writing   writing, copying, making, removing and renaming
opened    a file that stays open, read and written piece by piece

Not covered: a hard link inside a root is a file inside that root, wherever its other names are.
"""

from llmspell.files.reading import Files

__all__ = ["Files"]
