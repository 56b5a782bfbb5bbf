# SPDX-License-Identifier: Apache-2.0
"""How do the lips look at contacts? Renders the mouth frame by frame around them into one picture.

Run it with a Python that has bpy: ``python -m benchmarks.look_lips SOUND... --out docs/lips_at_contacts.jpg``.
Without sounds it takes the demo's recording. Each row is one contact, its frame in the middle; a cell
says which phone is spoken, how far from the contact, and how wide the lips are parted.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import bpy
import mathutils
import numpy as np

from benchmarks.look import (
    REPOSITORY,
    add_label,
    render_cell,
    save_sheet,
    set_pose,
    stage,
    staged_head,
)
from core.curves import Performance, Span
from core.direction import EMOTION_NAMES, Direction
from core.face.arkit import ARKIT_NAMES
from core.face.model import FaceModel
from core.motion.phones import BILABIAL, CONTACTS, LABIODENTAL, ROUNDING
from core.performance import load_models, perform

SHOWN = (BILABIAL, LABIODENTAL, ROUNDING)
_MOUTH = (0.0, -0.115, 0.141)
_LENS_MILLIMETRES = 300.0


@dataclass(frozen=True)
class Row:
    """One contact of one performance, and the frame that shows it."""

    take: Performance
    contact: Span
    frame: int


def main() -> None:
    """Read the command line, perform, render and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sounds", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs/lips_at_contacts.jpg")
    parser.add_argument("--fps", type=float, default=24.0)
    parser.add_argument("--emotion", choices=EMOTION_NAMES, default="neutral")
    parser.add_argument("--rows", type=int, default=9, help="contacts of one sound at most")
    parser.add_argument("--only", choices=CONTACTS, nargs="*", default=SHOWN)
    parser.add_argument("--around", type=int, default=3, help="frames before and after")
    parser.add_argument("--turn", type=float, default=25.0, help="degrees from the front")
    parser.add_argument("--width", type=int, default=160, help="pixels of a cell")
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--engine", choices=("cycles", "workbench"), default="cycles")
    options = parser.parse_args()

    models = load_models()
    rows: list[Row] = []
    for sound in options.sounds or [REPOSITORY / "demo" / "speech.flac"]:
        take = perform(sound, Direction(options.emotion), options.fps, models=models)
        rows += telling_contacts(take, options.only, options.rows)
    scene, head = set_scene(options)
    label = add_label(scene)
    shrink_label(scene, label)
    cells = []
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            for offset in range(-options.around, options.around + 1):
                frame = int(np.clip(row.frame + offset, 0, row.take.frames - 1))
                values = row.take.values[frame, : len(ARKIT_NAMES)]
                set_pose(head, dict(zip(ARKIT_NAMES, values.tolist(), strict=True)))
                label.data.body = caption(row, frame, models.face)
                cells.append(render_cell(scene, Path(folder) / f"{len(cells)}.png"))
    options.out.parent.mkdir(exist_ok=True, parents=True)
    save_sheet(cells, options.out, 2 * options.around + 1)
    print(f"{options.out}: {len(rows)} contacts, {options.out.stat().st_size} bytes")


def telling_contacts(take: Performance, names: tuple[str, ...], most: int) -> list[Row]:
    """Contacts spread over the take, as many of each name as can be."""
    rows: list[Row] = []
    for name in names:
        own = [contact for contact in take.contacts if contact.label == name]
        share = max(most // len(names), 1)
        chosen = np.unique(np.linspace(0, len(own) - 1, min(share, len(own))).round().astype(int))
        for contact in (own[number] for number in chosen):
            middle = (contact.start_seconds + contact.end_seconds) / 2
            frame = int(np.abs(take.time_seconds - middle).argmin())
            rows.append(Row(take, contact, frame))
    return sorted(rows, key=lambda row: row.frame)


def caption(row: Row, frame: int, face: FaceModel) -> str:
    """Phone at the frame, milliseconds from the contact's frame, millimetres between the lips."""
    time = row.take.time_seconds
    phone = next(
        (p.label for p in row.take.phones if p.start_seconds <= time[frame] < p.end_seconds), "-"
    )
    gap = face.lip_gaps(row.take.values[frame : frame + 1, : len(ARKIT_NAMES)])[0, 1] * 1e3
    away = (time[frame] - time[row.frame]) * 1e3
    where = f"{row.contact.label} {time[frame]:.2f} s" if not round(away) else f"{away:+.0f} ms"
    return f"{phone}  {where}  {max(gap, 0.0):.1f} mm"


def set_scene(options: argparse.Namespace) -> tuple[bpy.types.Scene, bpy.types.Object]:
    """The head on its stage, the camera at its mouth."""
    scene, head = staged_head(options.engine, options.width, options.samples)
    scene.render.resolution_y = options.width * 3 // 4
    turn, camera = math.radians(options.turn), scene.camera
    aim = mathutils.Vector(_MOUTH)
    camera.location = aim + 0.56 * mathutils.Vector((-math.sin(turn), -math.cos(turn), 0.03))
    camera.rotation_euler = (aim - camera.location).to_track_quat("-Z", "Y").to_euler()
    camera.data.lens = _LENS_MILLIMETRES
    return scene, head


def shrink_label(scene: bpy.types.Scene, label: bpy.types.Object) -> None:
    """Fit the portrait camera's label into the mouth's picture."""
    share = stage.LENS_MILLIMETRES / _LENS_MILLIMETRES
    height = scene.render.resolution_y / scene.render.resolution_x
    x, y, z = label.location
    label.location = (share * x, share * height * y, z)
    label.scale = (share * 0.9 * label.scale[0],) * 3


if __name__ == "__main__":
    main()
