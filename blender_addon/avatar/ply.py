# SPDX-License-Identifier: GPL-3.0-or-later
"""The avatar as a standard 3D Gaussian splatting .ply, for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import jobs
from . import attaching, rendering, sampling, sitter, worker


def start(context: Any, path: Path, *, posed: bool) -> jobs.Job:
    """Ask the worker for the file.

    Args:
        context: Blender's.
        path: of the .ply.
        posed: as the rig stands at the current frame; else the person at rest.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """
    scene = context.scene
    holder = attaching.needed_holder(scene)
    attaching.papers_of(holder)
    values, head, notes = None, None, []
    if posed:
        sat = sitter.sitter(scene, holder)
        found = sat.columns(sat.now())
        values = sampling.values_of(found)[0].tolist()
        head = sitter.heads_of(found)[0].ravel().tolist()
        notes = rendering.guesses(sat.way)
    request = {
        "type": "avatar_ply",
        "avatar": str(attaching.carried_file(holder).resolve()),
        "out_path": str(path),
        "values": values,
        "head_to_root": head,
        "look": rendering.look(scene),
        "deadline_seconds": worker.SHORT_SECONDS,
    }

    def use(message: dict[str, Any]) -> str:
        return " ".join([f"Wrote {message['gaussians']} Gaussians to {message['path']}.", *notes])

    return worker.launch(request, use, jobs.temporary_folder())
