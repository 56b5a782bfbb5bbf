# SPDX-License-Identifier: Apache-2.0
"""A minute of speech in Blender: performed, reduced to few keys, keyed; and what its keys cost.

    python -m benchmarks.keying [--seconds 60]

Runs in a Python that has bpy, on the Mien Head with its 52 channels and head motion, with the real
worker. The worker is warm (a short line was spoken before), the minute is new to it. Beside it, what
one key a frame and channel would be, and what `keyframe_insert` takes for that.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

os.environ.setdefault("BLENDER_USER_RESOURCES", tempfile.mkdtemp(prefix="mien-benchmark-user-"))

import bpy
import numpy as np
import soundfile as sf

REPOSITORY = Path(__file__).resolve().parents[1]
SPEECH = REPOSITORY / "demo/speech.flac"
TARGET_SECONDS = 6.0
TARGET_FEWER = 10.0


def enable_addon() -> tuple[ModuleType, ModuleType]:
    """Enable the add-on of this repository; returns its modules for takes and for applying them."""
    folder = Path(tempfile.mkdtemp(prefix="mien-benchmark-"))
    (folder / "mien").symlink_to(REPOSITORY / "blender_addon", target_is_directory=True)
    bpy.context.preferences.extensions.repos.new(
        name="bench", module="bench", custom_directory=str(folder), remote_url=""
    )
    bpy.ops.preferences.addon_enable(module="bl_ext.bench.mien")
    from bl_ext.bench.mien import apply, takes  # noqa: PLC0415  it exists from here on

    return apply, takes


def stage(folder: Path, seconds: float, fps: int) -> tuple[bpy.types.Scene, bpy.types.Object]:
    """The head, and a strip of a short line and one of so many seconds; returns scene and head."""
    scene = bpy.context.scene
    scene.render.fps = fps
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = scene
    samples, rate = sf.read(SPEECH, dtype="float32")
    count = int(seconds * rate)
    tiled = np.tile(samples, -(-count // len(samples)))[:count]
    sf.write(folder / "long.wav", tiled, rate)
    sf.write(folder / "short.wav", samples[: 3 * rate], rate)
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    strips.new_sound("Short", str(folder / "short.wav"), 1, 1)
    strips.new_sound("Long", str(folder / "long.wav"), 2, 200)
    bpy.ops.mesh.mien_head_add()
    head = bpy.context.object
    scene.mien.target = scene.mien.head_target = head
    scene.mien.emotion = "happy"
    return scene, head


def seconds_of(call: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def counted(takes: ModuleType, datablocks: list[bpy.types.ID]) -> tuple[int, int, int]:
    """Keys, curves with movement, and channels (numbers that move) of the takes on data-blocks."""
    keys, curves = 0, 0
    moving = set()
    for datablock in datablocks:
        for piece in takes.pieces_on(datablock):
            for curve in piece.curves:
                keys += len(curve.keyframe_points)
                if piece.layer != "BASE":
                    curves += 1
                    moving.add((datablock.name, curve.data_path, curve.array_index))
    return keys, curves, len(moving)


def action_keys(datablocks: list[bpy.types.ID]) -> int:
    """Keys in the active Actions of data-blocks."""
    found = 0
    for datablock in datablocks:
        animation = datablock.animation_data
        if hasattr(animation.action, "slots"):
            curves = animation.action.layers[0].strips[0].channelbag(animation.action_slot).fcurves
        else:
            curves = animation.action.fcurves
        found += sum(len(curve.keyframe_points) for curve in curves)
    return found


def insert_one_by_one(head: bpy.types.Object, frames: int) -> None:
    """The usual way: set a value, insert a key, for a tenth of the frames."""
    for block in head.data.shape_keys.key_blocks[1:]:
        for i in range(frames // 10):
            block.value = 0.001 * i
            block.keyframe_insert("value", frame=i + 1)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--fps", type=int, default=24)
    asked = parser.parse_args()
    seconds, fps = asked.seconds, asked.fps
    apply, takes = enable_addon()
    with tempfile.TemporaryDirectory() as folder:
        scene, head = stage(Path(folder), seconds, fps)
        key = head.data.shape_keys
        parts = {"keyed": 0.0}
        keyed = apply.key_take

        def timed(*arguments: object) -> object:
            started = time.perf_counter()
            report = keyed(*arguments)
            parts["keyed"] = time.perf_counter() - started
            return report

        apply.key_take = timed
        cold = seconds_of(lambda: bpy.ops.mien.generate(strip="Short"))
        bpy.ops.mien.clear()
        whole = seconds_of(lambda: bpy.ops.mien.generate(strip="Long"))
        keys, curves, channels = counted(takes, [key, head])
        first = parts["keyed"]
        again = seconds_of(lambda: bpy.ops.mien.generate(strip="Long", seed=5))
        scene.mien.key_by_sight = True
        bpy.ops.mien.generate(strip="Long")
        seen = counted(takes, [key, head])[0]
        scene.mien.strip_name = "Long"
        bpy.ops.mien.bake()
        baked = action_keys([key, head])
        scene.mien.key_by_sight = False
        for datablock in (key, head):
            datablock.animation_data_clear()
        bpy.ops.mien.generate(strip="Long")
        cleared = seconds_of(bpy.ops.mien.clear)
    frames = round(seconds * fps)
    every = frames * (52 + 3)
    slow = 10 * seconds_of(lambda: insert_one_by_one(head, frames))
    fewer = every / keys
    print(f"Blender {bpy.app.version_string}, Mien Head, {seconds:g} s at {fps} frames a second")
    print(f"| cold start to a take of 3 s        | {cold:8.2f} s |")
    print(f"| generate, reduce and key           | {whole:8.2f} s | target {TARGET_SECONDS:g} s |")
    print(f"| of it reduce and key               | {first:8.2f} s |")
    print(f"| again with another seed            | {again:8.2f} s |")
    print(f"| clear                              | {cleared:8.2f} s |")
    print(f"| keyframe_insert on every frame     | {slow:8.1f} s | ten times a tenth |")
    print(
        f"| keys, in {curves} curves of 4 layers  | {keys:8d}   | {keys / seconds:.0f} a second |"
    )
    print(f"| channels that move                 | {channels:8d}   | of 52 and 3 of the head |")
    print(f"| one key a frame and channel        | {every:8d}   | {fewer:.1f} times as many |")
    print(f"| keys by sight                      | {seen:8d}   | {every / seen:.1f} times fewer |")
    print(
        f"| the same baked to one Action       | {baked:8d}   | {every / baked:.1f} times fewer |"
    )
    return 0 if whole <= TARGET_SECONDS and fewer >= TARGET_FEWER else 1


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # bpy 4.5 hangs in Python's own exit while an add-on is registered.
    os._exit(code)
