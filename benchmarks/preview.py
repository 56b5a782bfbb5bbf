# SPDX-License-Identifier: Apache-2.0
"""From a changed setting to the evaluated mesh in the live preview, without a window.

    python benchmarks/preview.py [--seconds 10 60] [--changes 20]

Runs in a Python that has bpy, with the real worker and Mien's own head (5,000 vertices, 52 shape keys).
Each change is made as an animator's slider would make it; the clock stops when the preview shows the
new take at the playhead and the mesh has been evaluated. The pump turns as the timer would, every 8 ms
while an answer is awaited, and half of the 30 ms between two looks of an idle preview are added, which
a change waits for on average. Prints a table.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import bpy
import numpy as np
import soundfile

REPOSITORY = Path(__file__).resolve().parents[1]
RECORDING = REPOSITORY / "demo" / "speech.flac"
TARGET_MS = 100.0
FPS = 24
PATIENCE_SECONDS = 60.0
# Settings and the value of change number n.
CHANGES: dict[str, Callable[[Any, int], None]] = {
    "intensity": lambda s, n: setattr(s, "intensity", 0.2 + 0.05 * n),
    "emotion weight": lambda s, n: setattr(s, "emotion_happy", 0.03 * (n + 1)),
    "brow strength": lambda s, n: setattr(s, "brow_strength", 0.1 * n),
    "lip strength": lambda s, n: setattr(s, "lip_strength", 0.1 * (n + 1)),
    "articulation": lambda s, n: setattr(s, "articulation", 0.1 * n),
    "seed": lambda s, n: setattr(s, "seed", n + 1),
}


def enable_addon() -> tuple[ModuleType, ModuleType]:
    """Enable the add-on of this repository and return its preview."""
    folder = Path(tempfile.mkdtemp(prefix="mien-benchmark-"))
    (folder / "mien").symlink_to(REPOSITORY / "blender_addon", target_is_directory=True)
    bpy.context.preferences.extensions.repos.new(
        name="bench", module="bench", custom_directory=str(folder), remote_url=""
    )
    bpy.ops.preferences.addon_enable(module="bl_ext.bench.mien")
    from bl_ext.bench.mien import preview, preview_handlers  # noqa: PLC0415  it exists from here on

    return preview, preview_handlers


def make_stage(seconds: int) -> tuple[Any, Any]:
    """A scene with a strip of the recording, repeated to some length, and Mien's head; returns both."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = scene
    samples, rate = soundfile.read(RECORDING, dtype="float32")
    path = Path(tempfile.mkdtemp(prefix="mien-benchmark-")) / f"{seconds}.wav"
    times = int(np.ceil(seconds * rate / len(samples)))
    soundfile.write(path, np.tile(samples, times)[: seconds * rate], rate)
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    editor.active_strip = strips.new_sound("Line", str(path), 1, 1)
    bpy.ops.mesh.mien_head_add()
    head = bpy.context.view_layer.objects.active
    scene.render.fps = FPS
    scene.mien.target = scene.mien.head_target = head
    scene.mien.emotion = "BLEND"
    scene.mien.emotion_happy, scene.mien.emotion_surprised = 0.5, 0.3
    return scene, head


def mesh_of(head: bpy.types.Object) -> np.ndarray:
    """Vertices of the evaluated head."""
    evaluated = head.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    points = np.empty(3 * len(evaluated.vertices), np.float32)
    evaluated.vertices.foreach_get("co", points)
    return points


def settle(preview: ModuleType) -> None:
    """Pump until the whole take is made."""
    end = time.monotonic() + PATIENCE_SECONDS
    while preview.told().share < 1.0:
        preview.pump()
        if time.monotonic() > end:
            raise TimeoutError(preview.told())
        time.sleep(0.005)


def change_seconds(
    modules: tuple[ModuleType, ModuleType], head: bpy.types.Object, change: Callable[[], None]
) -> float:
    """From a change to the evaluated mesh."""
    preview, handlers = modules
    mesh_of(head)
    before = preview.told().shown_changes
    started = time.perf_counter()
    change()
    while preview.told().shown_changes == before:
        preview.pump()
        if time.perf_counter() - started > PATIENCE_SECONDS:
            raise TimeoutError(preview.told())
        if preview.told().shown_changes == before:
            time.sleep(handlers.WAITING_SECONDS)
    mesh_of(head)
    return time.perf_counter() - started + handlers.IDLE_SECONDS / 2.0


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, nargs="+", default=[10, 60])
    parser.add_argument("--changes", type=int, default=20)
    options = parser.parse_args()
    modules = enable_addon()
    preview = modules[0]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(
        f"Blender {bpy.app.version_string}, {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}"
    )
    print("\n| strip | changed | median ms | worst ms | target |\n|---|---|---|---|---|")
    for seconds in options.seconds:
        scene, head = make_stage(seconds)
        preview.start(bpy.context, scene.mien)
        started = time.perf_counter()
        while not preview.told().share:
            preview.pump()
            time.sleep(0.005)
        first = time.perf_counter() - started
        settle(preview)
        filled = time.perf_counter() - started
        for name, change in CHANGES.items():
            times = []
            for number in range(options.changes):
                scene.frame_set(1 + round((0.1 + 0.8 * number / options.changes) * seconds * FPS))
                settle(preview)
                moved = change_seconds(modules, head, partial(change, scene.mien, number))
                times.append(1000.0 * moved)
            middle, worst = statistics.median(times), max(times)
            print(
                f"| {seconds} s | {name} | {middle:.0f} | {worst:.0f} | {TARGET_MS:.0f} |",
                flush=True,
            )
        print(
            f"| {seconds} s | Preview pressed, to the first frames / the whole take | "
            f"{1000 * first:.0f} | {1000 * filled:.0f} | |",
            flush=True,
        )
        preview.stop()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # What a module of Blender leaves running may keep the process from ending.
    os._exit(0)
