# SPDX-License-Identifier: Apache-2.0
"""Renders the avatar's ground truth: the default head with known face, camera, alpha and depth.

Run in the Blender environment, and again after a break; frames that are there stay:
    python -m benchmarks.avatar_truth OUT --size 256
The same arguments give the same set. `benchmarks.avatar_truth_read` reads it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.avatar_truth_plan import (
    LENS_MILLIMETRES,
    SENSOR_MILLIMETRES,
    Plan,
    camera_of,
    make_plan,
)
from benchmarks.avatar_truth_read import (
    ARRAYS_FILE,
    PACKED_FILE,
    SCENE_FILE,
    frame_file,
    read_truth,
)
from core.avatar.person import person_mesh
from core.errors import MienError
from core.face.model import load_face_model
from core.whole_file import whole_file

_VERSION = 1


def main() -> int:
    """Render what is missing; returns the exit code."""
    options = _options()
    try:
        plan = _kept_plan(options)
        _render_missing(options, plan)
        if options.pack:
            _pack(options.out)
    except MienError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder of the set")
    parser.add_argument("--size", type=int, default=256, help="pixels of a side")
    parser.add_argument("--frames", type=int, default=200, help="frames to learn from")
    parser.add_argument("--held-out", type=int, default=30, help="frames of other speech")
    parser.add_argument("--off-range", type=int, default=20, help="the same, cameras outside")
    parser.add_argument("--samples", type=int, default=32, help="rays a pixel")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--pack", action="store_true", help="join all frames to one small file")
    return parser.parse_args()


def _kept_plan(options: argparse.Namespace) -> Plan:
    """The plan in the folder, where it is for the same arguments; or a new one, written there."""
    scene_path, arrays_path = options.out / SCENE_FILE, options.out / ARRAYS_FILE
    arguments = {
        name: getattr(options, name)
        for name in ("size", "frames", "held_out", "off_range", "samples", "seed")
    } | {"version": _VERSION}
    if scene_path.exists():
        scene = json.loads(scene_path.read_text(encoding="utf-8"))
        if scene["arguments"] != arguments:
            raise MienError(
                code="truth_other_arguments",
                message=f"{options.out} holds a set that was rendered with {scene['arguments']}.",
                advice="Give the same arguments to go on with it, or choose another folder.",
            )
        with np.load(arrays_path, allow_pickle=False) as arrays:
            names = ("values", "head_to_root", "camera_to_root")
            return Plan(*(arrays[name] for name in names), tuple(scene["split"]))
    plan = make_plan(options.frames, options.held_out, options.off_range, options.seed)
    (options.out / "frames").mkdir(parents=True, exist_ok=True)
    cameras = [camera_of(place, options.size) for place in plan.camera_to_root]
    with whole_file(arrays_path, "The set's numbers") as path, path.open("wb") as stream:
        np.savez_compressed(
            stream,
            values=plan.values,
            head_to_root=plan.head_to_root,
            camera_to_root=plan.camera_to_root,
            root_to_camera=np.stack([camera.root_to_camera for camera in cameras]),
            lens=np.array([[c.focal_x, c.focal_y, c.centre_x, c.centre_y] for c in cameras]),
        )
    scene = {
        "arguments": arguments,
        "size_pixels": options.size,
        "lens_millimetres": LENS_MILLIMETRES,
        "split": plan.split,
    }
    with whole_file(scene_path, "The set's description") as path:
        path.write_text(json.dumps(scene, indent=1), encoding="utf-8")
    return plan


def _render_missing(options: argparse.Namespace, plan: Plan) -> None:
    missing = [
        number for number in range(len(plan.split)) if not frame_file(options.out, number).exists()
    ]
    if not missing:
        return
    # Blender must not read or write the settings of whoever renders; it asks for their place on import.
    os.environ.setdefault("BLENDER_USER_RESOURCES", tempfile.mkdtemp(prefix="mien-truth-user-"))
    from benchmarks import avatar_truth_scene as scene  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="mien-truth-") as scratch:
        mesh = person_mesh(load_face_model())
        stage = scene.open_stage(
            mesh, Path(scratch), samples=options.samples, threads=options.threads
        )
        stage.scene.camera.data.lens = LENS_MILLIMETRES
        stage.scene.camera.data.sensor_width = SENSOR_MILLIMETRES
        for done, number in enumerate(missing):
            started = time.monotonic()
            scene.set_camera(stage, plan.camera_to_root[number], (options.size, options.size))
            shot = scene.render_shot(stage, plan.values[number], plan.head_to_root[number])
            _write_frame(frame_file(options.out, number), shot.rgba, shot.depth)
            seconds = time.monotonic() - started
            print(f"frame {number}: {seconds:.1f} s, {len(missing) - done - 1} left", flush=True)


def _write_frame(path: Path, rgba: NDArray[np.float32], depth: NDArray[np.float32]) -> None:
    """Code a shot as `Truth` describes it and write it whole."""
    coded = coded_rgba(rgba)
    covered = np.where(coded[..., 3] >= 128, depth, 0.0).astype(np.float32)
    with whole_file(path, "The frame") as partial, partial.open("wb") as stream:
        np.savez_compressed(stream, rgba=coded, depth=covered)


def coded_rgba(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """From linear colour multiplied by alpha to sRGB-coded colour apart from alpha, 8 bits each.

    The multiplication is undone in linear light, where the renderer did it.
    """
    alpha = np.clip(linear[..., 3:], 0.0, 1.0)
    colour = np.clip(linear[..., :3] / np.maximum(alpha, 1e-6), 0.0, 1.0)
    curved = np.where(colour <= 0.0031308, 12.92 * colour, 1.055 * colour ** (1 / 2.4) - 0.055)
    straight = np.where(alpha > 0.0, curved, 0.0)
    return np.asarray(np.rint(np.concatenate([straight, alpha], axis=2) * 255.0), np.uint8)


def _pack(folder: Path) -> None:
    """Join the frames to one file; depth to half precision, a third of a millimetre at a metre."""
    truth = read_truth(folder)
    rgba = np.concatenate([truth.rgb, truth.alpha[..., None]], axis=3)
    with whole_file(folder / PACKED_FILE, "The frames") as path, path.open("wb") as stream:
        np.savez_compressed(stream, rgba=rgba, depth=truth.depth.astype(np.float16))


if __name__ == "__main__":
    status = main()
    # Blender's module crashes or hangs in Python's clean-up.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
