"""Measure llmspell beside its peers: `python benchmarks/run.py --help`. README.md explains every row."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from benchmarks.harness.command import main

    main()
