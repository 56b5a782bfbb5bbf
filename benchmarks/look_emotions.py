# SPDX-License-Identifier: Apache-2.0
"""How do the emotions look? Renders them by intensity, then blends, then strengths at their ends.

Run it with a Python that has bpy: ``python -m benchmarks.look_emotions --out docs/emotions.jpg``. The
faces are the prototypes at their apex, without speech and without a take's motion.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.look import (
    REPOSITORY,
    add_label,
    render_cell,
    save_sheet,
    set_pose,
    staged_head,
)
from core.direction import EMOTION_NAMES, Direction
from core.face.arkit import ARKIT_NAMES
from core.motion.feeling import bent
from core.motion.parts import part_strengths
from core.motion.prototypes import MOVED_EMOTIONS, prototype_table

INTENSITIES = (0.3, 0.7, 1.0)
BLENDS = (
    {"happy": 0.5, "surprised": 0.5},
    {"happy": 0.5, "sad": 0.5},
    {"sad": 0.5, "angry": 0.5},
    {"fearful": 0.5, "surprised": 0.5},
    {"angry": 0.5, "disgusted": 0.5},
)
# Of anger, which moves every part: its name in the picture, and what is asked.
ENDS = {
    "angry, brows 0": {"brow_strength": 0.0},
    "eyes 0": {"eye_strength": 0.0},
    "mouth 0": {"mouth_emotion_strength": 0.0, "jaw_emotion_strength": 0.0, "cheek_strength": 0.0},
    "all 2, at 1.5": {
        "intensity": 1.5,
        "brow_strength": 2.0,
        "eye_strength": 2.0,
        "cheek_strength": 2.0,
        "mouth_emotion_strength": 2.0,
        "jaw_emotion_strength": 2.0,
    },
}


def apex(direction: Direction) -> npt.NDArray[np.float64]:
    """The face at the height of a feeling, (52,) channel values."""
    table = prototype_table()
    felt = np.array([direction.weights[name] for name in MOVED_EMOTIONS]) * direction.intensity
    shown = felt @ np.stack([each.weights for each in table.emotions])
    return np.clip(bent(shown * part_strengths(direction)), 0.0, 1.0)


def faces() -> dict[str, Direction]:
    """Label of each picture, and what is asked: a row each intensity, then blends and ends."""
    asked = {
        f"{name} {intensity:g}": Direction(name, intensity=intensity)
        for intensity in INTENSITIES
        for name in EMOTION_NAMES
    }
    asked |= {" + ".join(blend): Direction(blend) for blend in BLENDS}
    asked |= {label: Direction("angry", **strengths) for label, strengths in ENDS.items()}
    return asked


def main() -> None:
    """Read the command line, render, save and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs/emotions.jpg")
    parser.add_argument("--size", type=int, default=176, help="pixels of one picture's side")
    parser.add_argument("--samples", type=int, default=12)
    parser.add_argument("--engine", choices=("cycles", "workbench"), default="cycles")
    options = parser.parse_args()

    scene, head = staged_head(options.engine, options.size, options.samples)
    # The head fills the picture: what is to be seen are faces.
    scene.camera.data.lens *= 1.2
    label = add_label(scene)
    label.location = (0.83 * label.location[0], 0.83 * label.location[1], label.location[2])
    label.scale = (0.0058, 0.0058, 0.0058)
    cells = []
    with tempfile.TemporaryDirectory() as folder:
        for text, direction in faces().items():
            set_pose(head, dict(zip(ARKIT_NAMES, apex(direction).tolist(), strict=True)))
            label.data.body = text
            cells.append(render_cell(scene, Path(folder) / f"{len(cells)}.png"))
            print(text, flush=True)
    options.out.parent.mkdir(exist_ok=True, parents=True)
    save_sheet(cells, options.out, len(EMOTION_NAMES))
    print(f"{options.out}: {len(cells)} pictures, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
