# SPDX-License-Identifier: Apache-2.0
"""From a changed setting to the evaluated mesh in the live preview, without a window.

    python benchmarks/preview.py [--seconds 10 60] [--changes 20]

Runs in a Python that has bpy, with the real worker and Mien's own head (13,100 vertices, 52 shape keys).
Its subdivision is off: in a window the graphics card does that. Each change is made as an animator's slider would make it; the clock stops when the preview shows the
new take at the playhead and the mesh has been evaluated. The pump turns as the timer would, every 8 ms
while an answer is awaited, and half of the 30 ms between two looks of an idle preview are added, which
a change waits for on average. On a machine that others use, look at the processor's time: Blender's and
the worker's, which work one after the other. Prints a table.
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
# A slider is dragged for a while; then the playhead goes elsewhere.
CHANGES_A_PLACE = 5
Modules = tuple[ModuleType, ModuleType, ModuleType]
# Settings and the value of change number n.
CHANGES: dict[str, Callable[[Any, int], None]] = {
    "intensity": lambda s, n: setattr(s, "intensity", 0.2 + 0.05 * n),
    "emotion weight": lambda s, n: setattr(s, "emotion_happy", 0.03 * (n + 1)),
    "brow strength": lambda s, n: setattr(s, "brow_strength", 0.1 * n),
    "lip strength": lambda s, n: setattr(s, "lip_strength", 0.1 * (n + 1)),
    "articulation": lambda s, n: setattr(s, "articulation", 0.1 * n),
    "seed": lambda s, n: setattr(s, "seed", n + 1),
}


def enable_addon() -> Modules:
    """Enable the add-on of this repository and return its preview, what calls it, and its jobs."""
    folder = Path(tempfile.mkdtemp(prefix="mien-benchmark-"))
    (folder / "mien").symlink_to(REPOSITORY / "blender_addon", target_is_directory=True)
    bpy.context.preferences.extensions.repos.new(
        name="bench", module="bench", custom_directory=str(folder), remote_url=""
    )
    bpy.ops.preferences.addon_enable(module="bl_ext.bench.mien")
    from bl_ext.bench.mien import jobs, preview, preview_handlers  # noqa: PLC0415  from here on

    return preview, preview_handlers, jobs


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
    for modifier in head.modifiers:
        modifier.show_viewport = False
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


class Clock:
    """Time on the wall, and that of the processor in Blender and in the worker."""

    def __init__(self, worker_id: int | None) -> None:
        self._worker = worker_id
        self._wall, self._processor = time.perf_counter(), self._processor_now()

    def seconds(self) -> tuple[float, float]:
        """Both since the start."""
        return time.perf_counter() - self._wall, self._processor_now() - self._processor

    def _processor_now(self) -> float:
        own = time.process_time()
        stat = Path(f"/proc/{self._worker}/stat")
        if not stat.exists():
            return own
        ticks = stat.read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
        return own + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def change_seconds(
    modules: Modules, head: bpy.types.Object, change: Callable[[], None]
) -> tuple[float, float]:
    """From a change to the evaluated mesh: seconds on the wall and of the processor."""
    preview, handlers, jobs = modules
    mesh_of(head)
    before = preview.told().shown_changes
    clock = Clock(jobs.engine().process_id)
    change()
    while preview.told().shown_changes == before:
        preview.pump()
        if clock.seconds()[0] > PATIENCE_SECONDS:
            raise TimeoutError(preview.told())
        if preview.told().shown_changes == before:
            time.sleep(handlers.WAITING_SECONDS)
    mesh_of(head)
    wall, processor = clock.seconds()
    return wall + handlers.IDLE_SECONDS / 2.0, processor


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
    print(
        "\n| strip | changed | median ms | worst ms | processor ms | target |\n|---|---|---|---|---|---|"
    )
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
            times, worked = [], []
            for number in range(options.changes):
                place = number // CHANGES_A_PLACE * CHANGES_A_PLACE / options.changes
                scene.frame_set(1 + round((0.1 + 0.8 * place) * seconds * FPS))
                settle(preview)
                wall, processor = change_seconds(modules, head, partial(change, scene.mien, number))
                times.append(1000.0 * wall)
                worked.append(1000.0 * processor)
            middle, worst = statistics.median(times), max(times)
            print(
                f"| {seconds} s | {name} | {middle:.0f} | {worst:.0f} "
                f"| {statistics.mean(worked):.0f} | {TARGET_MS:.0f} |",
                flush=True,
            )
        print(
            f"| {seconds} s | Preview pressed, to the first frames / the whole take | "
            f"{1000 * first:.0f} | {1000 * filled:.0f} | | |",
            flush=True,
        )
        preview.stop()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # What a module of Blender leaves running may keep the process from ending.
    os._exit(0)
