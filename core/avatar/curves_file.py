# SPDX-License-Identifier: Apache-2.0
"""Channels over time from whatever holds them: a performance, a Live Link Face recording, a plain table."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..curves import load_performance
from ..errors import MienError
from ..face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from ..live_link import load_live_link_csv
from ..motion.gaze import look_channels
from .npz_arrays import DAMAGED

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GAZE = [CHANNEL_NAMES.index(name) for name in ("gazePitch", "gazeYaw")]
_LOOKS = [column for column, name in enumerate(ARKIT_NAMES) if name.startswith("eyeLook")]
_MOST_BYTES = 2 << 30


@dataclass(frozen=True, eq=False)
class Curves:
    """Channels over time.

    Attributes:
        time_seconds: (T,) float64, ascending.
        values: (T, 57) float32, core.face.arkit.CHANNEL_NAMES, radians for the last five.

    Raises:
        ValueError: shapes disagree, nothing is there, or a number is not finite.
    """

    time_seconds: NDArray[np.float64]
    values: NDArray[np.float32]

    def __post_init__(self) -> None:
        rows = len(self.time_seconds)
        if not rows or self.values.shape != (rows, len(CHANNEL_NAMES)):
            raise ValueError(f"its values have the shape {self.values.shape}")
        if not (np.isfinite(self.time_seconds).all() and np.isfinite(self.values).all()):
            raise ValueError("it holds numbers that are not finite")
        if (np.diff(self.time_seconds) <= 0.0).any():
            raise ValueError("its times do not ascend")

    def at(self, time_seconds: NDArray[np.float64]) -> NDArray[np.float32]:
        """Values at other times (N,), in straight lines between the rows and held outside: (N, 57)."""
        columns = [np.interp(time_seconds, self.time_seconds, column) for column in self.values.T]
        return np.stack(columns, axis=-1).astype(np.float32)


def load_curves(path: Path | str, fps: float | None = None) -> Curves:
    """Read channels over time. Gaze turns the eyes, where the file leaves that to the eyes' channels.

    Args:
        path: .npz of a performance; .npz with ``values`` (T, 57) and ``fps``; or .csv of Live Link Face.
        fps: frames a second that a recording's timecode counts in, or of a table that does not say; None
            where the file tells.

    Raises:
        MienError: ``curves_unreadable``; ``fps_known``, where the file needs no `fps`; or what the file's own reader raises.
    """
    where = Path(path)
    if where.suffix.lower() == ".csv":
        time, values = load_live_link_csv(where, fps)
    elif _is_performance(where):
        if fps is not None:
            raise _known_fps(where)
        performance = load_performance(where)
        time, values = performance.time_seconds, performance.values
    else:
        time, values = _table(where, fps)
    try:
        curves = Curves(time, values.astype(np.float32))
    except ValueError as error:
        raise _unreadable(where, error) from error
    return replace(curves, values=with_looks(curves.values))


def with_looks(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give (T, 57) the eyeLook channels of its gaze, unless some eyeLook channel moves already."""
    if values[:, _LOOKS].any():
        return values
    looking = values.copy()
    for name, curve in look_channels(values[:, _GAZE].astype(np.float64)).items():
        looking[:, ARKIT_NAMES.index(name)] = curve
    return looking


def _is_performance(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "meta_json.npy" in archive.namelist()
    except OSError as error:
        raise _unreadable(path, error.strerror or error) from error
    except DAMAGED as error:
        raise _unreadable(path, "it is no .npz file, or is cut off") from error


def _table(path: Path, fps: float | None) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise ValueError("it is too large")
        with np.load(path, allow_pickle=False) as file:
            values = file["values"].astype(np.float32)
            own = float(file["fps"]) if "fps" in file.files else None
    except DAMAGED as error:
        raise _unreadable(path, error) from error
    if own is not None and fps is not None:
        raise _known_fps(path)
    rate = fps if own is None else own
    if rate is None or not 0.0 < rate <= 1e4:
        raise _unreadable(path, f"it has {rate or 'no number of'} frames a second")
    if values.ndim != 2:
        raise _unreadable(path, f"its values have the shape {values.shape}")
    return np.arange(len(values)) / rate, values


def _known_fps(path: Path) -> MienError:
    return MienError(
        "fps_known",
        f"{path} says itself how many frames a second it has.",
        "Leave out --take-fps; --fps says how many are rendered.",
    )


def _unreadable(path: Path, why: object) -> MienError:
    return MienError(
        "curves_unreadable",
        f"{path} holds no curves ({why}).",
        "Give the .npz of a performance, a .csv of Live Link Face, or an .npz with values (frames, 57)"
        " and fps.",
    )
