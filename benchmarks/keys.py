# SPDX-License-Identifier: Apache-2.0
"""How few keys hold a performance: Mien's fit beside Blender's decimation, in the same run.

    python benchmarks/keys.py [--decimate] [--minute]

Runs in a Python that has bpy (the add-on's package lies beside it) and prints Markdown. Lines are
5 seconds of demo/speech.flac; --minute adds that sound repeated to 60 seconds at 24 and 60 frames a
second; --decimate adds Blender's `graph.decimate`, which takes seconds a line. Errors are in the
channels' units (0..1, radians): at whole frames against the samples, between frames against the
range of the two samples beside.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
import soundfile

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))
from blender_addon import keys  # noqa: E402  it lies in the repository
from blender_addon.keys import turns  # noqa: E402

SPEECH = REPOSITORY / "demo" / "speech.flac"
TOLERANCES = (0.005, 0.01, 0.02)
DEFAULT = 0.01
SUBFRAMES = 8


@dataclass(frozen=True)
class Take:
    """A performance's layers: name -> (T, C); `exact` rows for each lip channel."""

    title: str
    fps: int
    layers: dict[str, np.ndarray]
    names: list[str]
    exact: list[list[int]]

    @property
    def frames(self) -> int:
        """Rows of every layer."""
        return len(next(iter(self.layers.values())))

    @property
    def seconds(self) -> float:
        """Length of the take."""
        return self.frames / self.fps


def perform(title: str, audio: Path, fps: int, *options: str) -> Take:
    """The take that Mien's command line makes, split into the layers that are keyed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "take.npz"
        command = [sys.executable, "-m", "core.cli", "performance", str(audio), "--fps", str(fps)]
        subprocess.run([*command, *options, "-o", str(path)], cwd=REPOSITORY, check=True, stdout=2)
        with np.load(path) as stored:
            take = {name: stored[name] for name in stored.files}
    names = [str(name) for name in take["channel_names"]]
    gaze = [i for i, name in enumerate(names) if name.startswith(("eyeLook", "gaze"))]
    head = [i for i, name in enumerate(names) if name.startswith("head")]
    face = [i for i in range(len(names)) if i not in gaze + head]
    mix, lips = take["values"].astype(float), take["lips"].astype(float)
    layers = {
        "lips": lips[:, face],
        "expression": (mix - lips)[:, face],
        "gaze": mix[:, gaze],
        "head": mix[:, head],
        "all in one": mix,
    }
    exact = keys.contact_rows(
        take["contact_labels"],
        take["contact_times_seconds"],
        [names[i] for i in face],
        take["time_seconds"],
    )
    return Take(title, fps, layers, [names[i] for i in face], exact)


def fitted(columns: np.ndarray, tolerance: float | np.ndarray, exact: list | tuple = ()) -> list:
    """Mien's keys of a layer."""
    return keys.fit_many(columns, 0, tolerance=tolerance, exact=exact)


def decimated(columns: np.ndarray, tolerance: float) -> list[keys.Keys]:
    """Keys that `graph.decimate` leaves of a key on every frame."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    thing = bpy.data.objects.new("Curves", None)
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.view_layer.objects.active = thing
    thing.select_set(state=True)
    for column in range(columns.shape[1]):
        thing[f"c{column}"] = 0.0
        thing.keyframe_insert(f'["c{column}"]', frame=0)
    curves = action_curves(thing.animation_data.action)
    for curve, values in zip(curves, columns.T, strict=True):
        points = curve.keyframe_points
        points.add(len(values) - 1)
        where = np.column_stack([np.arange(len(values)), values]).astype(np.float32)
        points.foreach_set("co", where.ravel())
        points.foreach_set("interpolation", np.full(len(values), 2, np.intc))
        points.foreach_set("select_control_point", np.ones(len(values), bool))
        curve.select = True
        curve.update()
    area = bpy.context.window.screen.areas[0]
    area.type = "GRAPH_EDITOR"
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(area=area, region=region):
        bpy.ops.graph.decimate(mode="ERROR", remove_error_margin=tolerance)
    return [read(curve) for curve in curves]


def action_curves(action: bpy.types.Action) -> list[bpy.types.FCurve]:
    """All F-curves, in every Blender."""
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    return list(action.layers[0].strips[0].channelbags[0].fcurves)


def read(curve: bpy.types.FCurve) -> keys.Keys:
    """An F-curve's keys."""
    points = curve.keyframe_points
    found = {}
    for name in ("co", "handle_left", "handle_right"):
        stored = np.empty(2 * len(points), np.float32)
        points.foreach_get(name, stored)
        found[name] = stored.reshape(-1, 2).astype(float)
    where = found["co"]
    return keys.Keys(where[:, 0], where[:, 1], found["handle_left"], found["handle_right"])


def errors(curves: list[keys.Keys], columns: np.ndarray) -> tuple[float, float]:
    """Largest miss at whole frames, and largest excess between frames."""
    frames = np.arange(len(columns))
    between = np.arange(0, len(columns) - 1, 1 / SUBFRAMES)
    floor = between.astype(int)
    at_frames, excess = 0.0, 0.0
    for curve, values in zip(curves, columns.T, strict=True):
        at_frames = max(at_frames, np.abs(keys.evaluate(curve, frames) - values).max())
        low = np.minimum(values[floor], values[floor + 1])
        high = np.maximum(values[floor], values[floor + 1])
        drawn = keys.evaluate(curve, between)
        excess = max(excess, (drawn - high).max(), (low - drawn).max())
    return at_frames, excess


def line(
    title: str, curves: list[keys.Keys], columns: np.ndarray, take: Take, seconds: float
) -> str:
    """Counts and errors of fitted curves. A curve of one key rests."""
    moving = [curve for curve in curves if len(curve.frames) > 1]
    count = sum(len(curve.frames) for curve in moving)
    frames = len(np.unique(np.concatenate([curve.frames for curve in moving] or [np.zeros(0)])))
    at_frames, excess = errors(curves, columns)
    turning = turns.turns(columns.T, np.full(columns.shape[1], 2 * DEFAULT)).sum()
    length = take.seconds
    cells = (
        f"{count / length:.1f}",
        f"{len(moving)} of {len(curves)}",
        f"{count / length / max(len(moving), 1):.2f}",
        f"{frames / length:.1f}",
        f"{len(curves) * take.frames / max(count, 1):.1f}",
        f"{len(moving) * take.frames / max(count, 1):.1f}",
        f"{turning / length:.1f}",
        f"{at_frames:.4f}",
        f"{excess:.4f}",
        f"{seconds:.2f}",
    )
    return f"| {title} | " + " | ".join(cells) + " |"


HEADER = (
    "| layer | keys/s | moving curves | keys/s a moving curve | key columns/s | times fewer, all curves"
    " | times fewer, moving curves | turns over 0.02 a second | error at frames | between | seconds |\n"
    + "|---" * 11
    + "|"
)


def every_layer(take: Take, title: str, fit: Callable[[str, np.ndarray], list]) -> None:
    """Rows of the four layers, of their sum, and of the mix in one layer."""
    all_curves: list[keys.Keys] = []
    all_columns: list[np.ndarray] = []
    all_seconds = 0.0
    for name, columns in take.layers.items():
        started = time.process_time()
        curves = fit(name, columns)
        seconds = time.process_time() - started
        print(line(f"{name}, {title}", curves, columns, take, seconds))
        if name != "all in one":
            all_curves += curves
            all_columns.append(columns)
            all_seconds += seconds
        if name == "head":
            whole = np.concatenate(all_columns, axis=1)
            print(line(f"**four layers, {title}**", all_curves, whole, take, all_seconds))
    sys.stdout.flush()


def tables(take: Take, *, decimate: bool) -> None:
    """Everything about one take."""
    print(f"\n### {take.title}, {take.seconds:.1f} s at {take.fps} frames a second\n\n{HEADER}")
    fitted(take.layers["all in one"], DEFAULT)  # fills the tables that are made once
    for tolerance in TOLERANCES:
        every_layer(take, f"{tolerance:g}", lambda _, columns, t=tolerance: fitted(columns, t))
    exact = {"lips": take.exact}
    every_layer(
        take,
        f"{DEFAULT:g}, contacts exact",
        lambda name, columns: fitted(columns, DEFAULT, exact.get(name, ())),
    )
    wide = {
        name: keys.visible_tolerances(
            travels(take.names), DEFAULT, full_travel=travels(["jawOpen"])[0]
        )
        for name in ("lips", "expression")
    }
    every_layer(
        take,
        f"{DEFAULT:g} by travel",
        lambda name, columns: fitted(columns, wide.get(name, DEFAULT)),
    )
    if decimate:
        every_layer(
            take, f"{DEFAULT:g}, Blender's decimate", lambda _, columns: decimated(columns, DEFAULT)
        )


def travels(names: list[str]) -> np.ndarray:
    """How far each channel moves the head at 1.0, in metres."""
    with np.load(REPOSITORY / "models" / "face_model.npz") as model:
        lengths = np.linalg.norm(model["shape_deltas"], axis=2).max(axis=1)
        found = dict(zip(map(str, model["shape_names"]), lengths, strict=True))
    return np.array([found[name] for name in names])


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decimate", action="store_true")
    parser.add_argument("--minute", action="store_true")
    chosen = parser.parse_args()
    print(f"Blender {bpy.app.version_string}, numpy {np.__version__}")
    for emotion, fps in (("happy", 24), ("sad", 24), ("angry", 60)):
        options = ("--emotion", emotion, "--start", "0", "--duration", "5")
        take = perform(f"A line, {emotion}", SPEECH, fps, *options)
        tables(take, decimate=chosen.decimate)
    if chosen.minute:
        with tempfile.TemporaryDirectory() as folder:
            sound, rate = soundfile.read(SPEECH)
            long = Path(folder) / "minute.flac"
            soundfile.write(long, np.resize(sound, 60 * rate), rate)
            for fps in (24, 60):
                tables(perform("A minute, happy", long, fps, "--emotion", "happy"), decimate=False)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # bpy 4.5 hangs in Python's own exit while anything holds on to it.
    os._exit(code)
