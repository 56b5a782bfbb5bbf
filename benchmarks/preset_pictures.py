# SPDX-License-Identifier: Apache-2.0
"""What do emotions, styles and presets look like? Renders the small pictures that the panel shows.

Run it with a Python that has bpy and pillow, and the inference packages:
``python -m benchmarks.preset_pictures``. Emotions are the prototypes at intensity 1. Styles and presets
are the strongest moment between vowels of a performance of the demo's recording.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from PIL import Image

from benchmarks.look import REPOSITORY, render_cell, set_pose, staged_head
from benchmarks.look_emotions import apex
from core.curves import CHANNEL_NAMES
from core.direction import EMOTION_NAMES, Direction
from core.face.arkit import ARKIT_NAMES
from core.performance import perform
from core.styles import find_style, list_styles

RECORDING = REPOSITORY / "demo/speech.flac"
PRESETS = REPOSITORY / "blender_addon/preset_files"
FPS = 25.0
SIZE_PIXELS = 128
# 64 grey-brown shades cannot be told from all of them at this size, in a third of the bytes.
COLOURS = 64
# A style has no feeling of its own; this one moves every part of the face.
STYLE_EMOTION = {"happy": 0.6, "surprised": 0.4}
# The mouth shows the feeling when speech does not open it for a vowel.
MOST_SPOKEN_JAW = 0.1
# The face fills a small picture.
CLOSER = 1.3
Pose = dict[str, float]


def emotion_poses() -> Iterator[tuple[str, Pose]]:
    """File name and pose of each emotion."""
    for name in EMOTION_NAMES:
        values = apex(Direction(name, intensity=1.0)).tolist()
        yield f"emotion_{name}", dict(zip(ARKIT_NAMES, values, strict=True))


def style_poses() -> Iterator[tuple[str, Pose]]:
    """File name and pose of each style."""
    for style in list_styles():
        yield (
            f"style_{style.key}",
            strongest(Direction(STYLE_EMOTION, intensity=0.8, **style.direction)),
        )


def preset_poses() -> Iterator[tuple[str, Pose]]:
    """File name and pose of each preset."""
    for path in sorted(PRESETS.glob("*.json")):
        preset: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        manner = {**find_style(preset["style"]).direction, **preset.get("direction", {})}
        asked = Direction(preset["emotion"], intensity=preset["intensity"], **manner)
        yield f"preset_{path.stem}", strongest(asked)


def strongest(direction: Direction) -> Pose:
    """The face of a performance where most of it is away from rest, lids open and no vowel spoken."""
    performance = perform(RECORDING, direction, FPS, REPOSITORY / "models")
    values = dict(zip(CHANNEL_NAMES, performance.values.T, strict=True))
    moved = [name for name in ARKIT_NAMES if not name.startswith(("eyeBlink", "eyeLook", "jaw"))]
    amount = np.sum([values[name] for name in moved], axis=0)
    resting = np.median(values["eyeBlinkLeft"])
    spoken = performance.lips[:, CHANNEL_NAMES.index("jawOpen")]
    fits = (spoken < MOST_SPOKEN_JAW) & (values["eyeBlinkLeft"] < resting + 0.05)
    frame = int(np.argmax(np.where(fits, amount, -1.0)))
    return {name: float(column[frame]) for name, column in values.items()}


def show(head: bpy.types.Object, pose: Pose) -> None:
    """Pose the face, and turn the head as the worker asks: pitch is up, yaw left, in radians."""
    set_pose(head, {name: pose[name] for name in ARKIT_NAMES})
    pitch, yaw, roll = (pose.get(name, 0.0) for name in ("headPitch", "headYaw", "headRoll"))
    head.rotation_euler = (-pitch, roll, yaw)


def main() -> None:
    """Read the command line, render, save with few colours and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "blender_addon/pictures")
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--only", nargs="*", help="names of the pictures to make")
    options = parser.parse_args()
    scene, head = staged_head("cycles", SIZE_PIXELS, options.samples)
    scene.camera.data.lens *= CLOSER
    options.out.mkdir(exist_ok=True, parents=True)
    with tempfile.TemporaryDirectory() as folder:
        for poses in (emotion_poses(), style_poses(), preset_poses()):
            for name, pose in poses:
                if options.only and name not in options.only:
                    continue
                show(head, pose)
                cell = render_cell(scene, Path(folder) / f"{name}.png")[::-1]
                picture = Image.fromarray((cell * 255.0 + 0.5).astype(np.uint8))
                few = picture.quantize(COLOURS, dither=Image.Dither.FLOYDSTEINBERG)
                few.save(options.out / f"{name}.png", optimize=True)
                print(name, flush=True)
    made = list(options.out.glob("*.png"))
    print(f"{len(made)} pictures, {sum(path.stat().st_size for path in made)} bytes")


if __name__ == "__main__":
    main()
