# SPDX-License-Identifier: Apache-2.0
"""How do characters of other rig families speak? Films each on the whole road, and measures lips.

    python -m benchmarks.look_rigs --out docs/rigs.jpg

Runs in a Python that has bpy. Each character is made by script, directed happy and angry, and generated
by the button's own operator from the demo's recording. A row is one character: at rest, at contacts of
the lips and at open vowels. The table says how far the lips part.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from benchmarks.look import REPOSITORY, add_label, render_cell, save_sheet, stage
from benchmarks.look_rigs_faces import Character, characters
from benchmarks.rigs import empty_scene, enable_addon
from core.performance import load_models

EMOTIONS = ("neutral", "happy", "angry")
SOUND = REPOSITORY / "demo/speech.flac"
FIRST, FPS = 1, 24
# The pictures of a row: emotion and what is to be seen.
SHOWN = (
    ("rest", "neutral"),
    ("p b m", "happy"),
    ("vowel", "happy"),
    ("p b m", "angry"),
    ("vowel", "angry"),
)


@dataclass(frozen=True)
class Spoken:
    """One take measured: metres between the lips on every frame, and the frames of each p, b and m."""

    family: str
    openings: np.ndarray
    contacts: list[range]

    def closest(self, contact: range) -> int:
        """The frame of a contact on which the lips are nearest."""
        frames = [frame for frame in contact if frame - FIRST < len(self.openings)]
        return min(frames, key=lambda frame: self.openings[frame - FIRST])


def generate(character: Character, emotion: str) -> Spoken:
    """Speak the demo's recording with an emotion, by the operator; measure every frame."""
    scene = bpy.context.scene
    settings: Any = scene.mien
    settings.emotion, settings.intensity = emotion, 1.0
    scene.frame_set(FIRST)
    assert bpy.ops.mien.generate() == {"FINISHED"}
    print("   ", bpy.context.window_manager.mien.done, flush=True)
    from bl_ext.devrepo.mien import mapping, strips  # noqa: PLC0415

    strip = scene.sequence_editor.active_strip
    heard = strips.map_strip(scene, strip)
    openings = []
    for frame in range(heard.first_frame, heard.first_frame + heard.frames):
        scene.frame_set(frame)
        openings.append(character.opening())
    contacts = [
        range(math.floor(FIRST + start * FPS), math.ceil(FIRST + end * FPS) + 1)
        for name, start, end in json.loads(strip.mien.sounds.heard_contacts)
        if name == "bilabial"
    ]
    return Spoken(mapping.rig_of(character.face).family, np.array(openings), contacts)


def film(options: argparse.Namespace) -> tuple[list[np.ndarray], list[str]]:
    """Cells of the sheet, and the rows of the table."""
    cells, rows = [], []
    folder = Path(tempfile.mkdtemp(prefix="mien-look-"))
    jaws: dict[str, np.ndarray] = {}
    own: dict[str, np.ndarray] = {}
    for title, make in characters(load_models().face).items():
        if options.only and title not in options.only and title != "Mien Head":
            continue
        print(title, flush=True)
        scene = empty_scene()
        scene.render.fps, scene.frame_start = FPS, FIRST
        if hasattr(bpy.context.workspace, "sequencer_scene"):
            bpy.context.workspace.sequencer_scene = scene
        character = make()
        bpy.context.view_layer.update()
        rest = character.opening()
        _light(scene, character, options.size)
        label = add_label(scene)
        label.location.x, label.location.y = -0.0385, -0.0385
        label.scale = (0.0075,) * 3
        bpy.ops.mien.open_sound(filepath=str(SOUND), frame=FIRST)
        scene.mien.target = character.face
        for emotion in EMOTIONS:
            spoken = generate(character, emotion)
            if title == "Mien Head":
                jaws[emotion] = _jaw(scene, character, len(spoken.openings))
                own[emotion] = spoken.openings
            rows.append(_row(title, emotion, spoken, rest, (jaws[emotion], own[emotion])))
            print("   ", rows[-1], flush=True)
            for text, frame in _shown(title, emotion, spoken, jaws[emotion]):
                scene.frame_set(frame)
                label.data.body = text
                cells.append(render_cell(scene, folder / f"{len(cells)}.png"))
        if options.keep:
            bpy.ops.wm.save_as_mainfile(filepath=str(options.keep / f"{title}.blend"))
    return cells, rows


def _jaw(scene: Any, character: Character, count: int) -> np.ndarray:  # noqa: ANN401
    block = character.face.data.shape_keys.key_blocks["jawOpen"]
    jaw = []
    for frame in range(FIRST, FIRST + count):
        scene.frame_set(frame)
        jaw.append(block.value)
    return np.array(jaw)


def _row(
    title: str, emotion: str, spoken: Spoken, rest: float, like: tuple[np.ndarray, np.ndarray]
) -> str:
    openings = (spoken.openings - rest) * 1e3
    close = [openings[spoken.closest(contact) - FIRST] for contact in spoken.contacts]
    agree = [np.corrcoef(openings, other)[0, 1] for other in like]
    return (
        f"| {title} | {spoken.family} | {emotion} | {np.median(close):.1f} | {np.max(close):.1f} "
        f"| {np.percentile(openings, 95):.1f} | {agree[0]:.2f} | {agree[1]:.2f} |"
    )


def _light(scene: Any, character: Character, size: int) -> None:  # noqa: ANN401
    camera = stage.add_camera(scene, character.face)
    stage.use_workbench(scene)
    if character.face.name != "Head" and not character.face.name.startswith("Hero"):
        scene.display.shading.color_type = "OBJECT"
    scene.world = bpy.data.worlds.new("World")
    scene.world.color = (0.08, 0.09, 0.1)
    scene.render.resolution_x = scene.render.resolution_y = size
    distance = 0.56 * character.height / 0.24
    middle = character.middle
    camera.location = (middle[0] - 0.07, middle[1] - distance, middle[2] + 0.015)
    camera.rotation_euler = (np.pi / 2 - 0.02, 0.0, -0.12)


def _shown(title: str, emotion: str, spoken: Spoken, jaw: np.ndarray) -> Iterable[tuple[str, int]]:
    """Label and frame of each cell of one emotion; the Mien Head's jaw tells the vowel for all rigs."""
    middle = spoken.closest(spoken.contacts[len(spoken.contacts) // 2])
    wanted = {"rest": FIRST, "p b m": middle, "vowel": FIRST + int(jaw.argmax())}
    for what, felt in SHOWN:
        if felt == emotion:
            yield title if what == "rest" else f"{felt}, {what}", wanted[what]


def main() -> None:
    """Read the command line, film, save and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs/rigs.jpg")
    parser.add_argument("--size", type=int, default=140, help="pixels of one picture's side")
    parser.add_argument("--only", nargs="*", help="families to film beside the Mien Head")
    parser.add_argument("--keep", type=Path, help="folder to save the .blend files in")
    options = parser.parse_args()
    enable_addon()
    cells, rows = film(options)
    save_sheet(cells, options.out, len(SHOWN))
    print(
        "| character | recognised as | emotion | at p b m, mm | widest p b m | open, 95% | like the jaw | like the Mien Head |"
    )
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    print(f"{options.out}: {options.out.stat().st_size} bytes", flush=True)
    # Disabling ends the worker; Blender's module may hang in freeing its memory.
    bpy.ops.preferences.addon_disable(module="bl_ext.devrepo.mien")
    os._exit(0)


if __name__ == "__main__":
    main()
