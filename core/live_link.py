# SPDX-License-Identifier: Apache-2.0
"""Curves as CSV in the column order of Epic's Live Link Face app, and back.

One row a frame: ``Timecode`` (HH:MM:SS:FF.fff, FF counted in frames of the take),
``BlendshapeCount`` (61), the 52 ARKit channels, head yaw, pitch, roll and both eyes' yaw, pitch,
roll. Angles are radians in Mien's signs: up, to the character's left, toward its left shoulder.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from .curves import Floats, Seconds
from .errors import MienError
from .face.arkit import CHANNEL_NAMES
from .whole_file import whole_file

# Apple's order, except that the app writes right before left for the jaw's and mouth's sideways
# channels (header row of a recording made with the app).
LIVE_LINK_FACE_CHANNELS = (
    *(f"eye{part}Left" for part in ("Blink", "LookDown", "LookIn", "LookOut", "LookUp")),
    *("eyeSquintLeft", "eyeWideLeft"),
    *(f"eye{part}Right" for part in ("Blink", "LookDown", "LookIn", "LookOut", "LookUp")),
    *("eyeSquintRight", "eyeWideRight", "jawForward", "jawRight", "jawLeft", "jawOpen"),
    *("mouthClose", "mouthFunnel", "mouthPucker", "mouthRight", "mouthLeft"),
    *("mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight"),
    *("mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight"),
    *("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
    *("mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight"),
    *("mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft", "browDownRight", "browInnerUp"),
    *("browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight"),
    *("noseSneerLeft", "noseSneerRight", "tongueOut"),
)
_EYES = tuple(f"{side}Eye{axis}" for side in ("Left", "Right") for axis in ("Yaw", "Pitch", "Roll"))
_ANGLES = ("HeadYaw", "HeadPitch", "HeadRoll", *_EYES)
HEADER = (
    "Timecode",
    "BlendshapeCount",
    *(name[0].upper() + name[1:] for name in LIVE_LINK_FACE_CHANNELS),
    *_ANGLES,
)
# What Live Link Face records at unless it is told otherwise.
APP_FPS, MOST_FPS = 60.0, 1e4
_COLUMN_COUNT = len(LIVE_LINK_FACE_CHANNELS) + len(_ANGLES)


def save_live_link_csv(time_seconds: Seconds, values: Floats, fps: float, path: Path | str) -> None:
    """Write `values` (T, 57 as CHANNEL_NAMES) to `path`, whole or not at all.

    Nine significant digits: a float32 comes back exactly.

    Raises:
        MienError: ``not_writable``.
    """
    columns = [CHANNEL_NAMES.index(name) for name in LIVE_LINK_FACE_CHANNELS]
    angles = {name: CHANNEL_NAMES.index(name) for name in ("headYaw", "headPitch", "headRoll")}
    gaze = [CHANNEL_NAMES.index(name) for name in ("gazeYaw", "gazePitch")]
    rows = np.zeros((len(values), _COLUMN_COUNT), np.float32)
    rows[:, : len(columns)] = values[:, columns]
    rows[:, len(columns) : len(columns) + 3] = values[:, list(angles.values())]
    for first in (len(columns) + 3, len(columns) + 6):
        rows[:, first : first + 2] = values[:, gaze]
    text = io.StringIO(newline="")
    text.write(",".join(HEADER) + "\n")
    for time, row in zip(time_seconds.tolist(), rows.tolist(), strict=True):
        numbers = ",".join(format(number, ".9g") for number in row)
        text.write(f"{_timecode(time, fps)},{_COLUMN_COUNT},{numbers}\n")
    with whole_file(path, "The curves") as partial:
        partial.write_text(text.getvalue(), encoding="utf-8", newline="")


def load_live_link_csv(path: Path | str, fps: float | None = None) -> tuple[Seconds, Floats]:
    """Read a Live Link Face recording, or what `save_live_link_csv` wrote.

    Args:
        path: the CSV; columns are found by name, in any order and case.
        fps: frames per second that the timecode counts in; None for what it counts to before a new
            second begins, or the app's default of 60 where none begins.

    Returns:
        time_seconds (T,) from the first row's timecode, and values (T, 57); gaze is the mean of
        both eyes.

    Raises:
        MienError: ``csv_unreadable``.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
        header = [name.strip().lower() for name in rows[0]]
        body = rows[1:]
        timecode = np.array([_parts(row[header.index("timecode")]) for row in body])
        times = timecode[:, 0] + timecode[:, 1] / _checked_fps(timecode, fps)
        table = {
            name: np.array([float(row[column]) for row in body])
            for column, name in enumerate(header)
            if column >= 2
        }
        values = np.stack([_channel(table, name) for name in CHANNEL_NAMES], axis=1)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise MienError(
            "csv_unreadable",
            f"{path} is not a Live Link Face recording ({error}).",
            "Choose the CSV that the app or Mien wrote.",
        ) from error
    return times - times[:1].sum(), values.astype(np.float32)


def _channel(table: dict[str, Seconds], name: str) -> Seconds:
    if name.startswith("gaze"):
        axis = name.removeprefix("gaze").lower()
        return np.asarray((table[f"lefteye{axis}"] + table[f"righteye{axis}"]) / 2)
    return table[name.lower()]


def _timecode(time_seconds: float, fps: float) -> str:
    whole = int(time_seconds + 1e-9)
    frame = max(time_seconds - whole, 0.0) * fps
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}:{frame:06.3f}"


def _parts(timecode: str) -> tuple[float, float]:
    """Whole seconds, and the frames on top of them."""
    hours, minutes, seconds, frame = timecode.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds), float(frame)


def _checked_fps(timecode: Seconds, fps: float | None) -> float:
    """Frames a second of a timecode (T, 2); it counts to one less before a new second begins."""
    seconds, frames = timecode.T
    last = float(np.floor(frames.max()))
    if fps is None:
        return last + 1.0 if seconds[0] != seconds[-1] else APP_FPS
    if not last < fps <= MOST_FPS:
        raise ValueError(f"its timecode counts to frame {last:g}: not {fps:g} frames a second")
    return fps
