# SPDX-License-Identifier: GPL-3.0-or-later
"""With what the worker is run: which Python, how many threads, which models."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MOST_AUTOMATIC_THREADS = 4


@dataclass(frozen=True)
class WorkerChoice:
    """What a worker is started with; another choice needs another worker.

    Attributes:
        models_folder: where models.json lies.
        interpreter: the Python to run; empty for Blender's own.
        threads: CPU threads of the nets, at least 1; for avatars 0 is all cores.
    """

    models_folder: Path
    interpreter: str = ""
    threads: int = 1


def automatic_threads(cores: int | None = None) -> int:
    """Half the cores, so that Blender keeps the others; at least 1, at most 4: more gain nothing."""
    return max(1, min(MOST_AUTOMATIC_THREADS, (cores or os.cpu_count() or 1) // 2))
