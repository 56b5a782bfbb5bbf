# SPDX-License-Identifier: Apache-2.0
"""The expression decoder's network, loaded once: it draws the motion of a take."""

from __future__ import annotations

from pathlib import Path


class ExpressionDecoder:
    """Draws takes.

    Args:
        models_folder: folder with models.json; None for the default one.
        threads: CPU threads of one run.
    """

    def __init__(self, models_folder: Path | str | None = None, threads: int = 1) -> None:
        self.models_folder = models_folder
        self.threads = threads
