# SPDX-License-Identifier: Apache-2.0
"""Reads a set that `benchmarks.avatar_truth` rendered; numpy alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.avatar.camera import Camera
from core.errors import MienError

SCENE_FILE, ARRAYS_FILE, PACKED_FILE = "truth.json", "truth.npz", "frames.npz"


@dataclass(frozen=True, eq=False)
class Truth:
    """Pictures of a head whose every number is known.

    A picture over a background is `rgb * alpha + background * (1 - alpha)` with sRGB-coded colours,
    alpha / 255: what a video editor does. Faces are `core.avatar.person.posed_vertices` of
    `person_mesh(load_face_model())`.

    Attributes:
        rgb: (T, S, S, 3) uint8, sRGB-coded, not multiplied by alpha; 0 where alpha is 0.
        alpha: (T, S, S) uint8, coverage, linear.
        depth: (T, S, S) float32 metres along the camera's axis on the ray through the pixel's
            centre; 0 where it meets nothing or less than half the pixel is covered.
        values: (T, 52) float32 ARKit channels.
        head_to_root: (T, 4, 4) float64 rigid.
        cameras: T cameras; the root stands still.
        split: (T,) "training", "held_out" (other speech, same range of cameras) or "off_range"
            (other speech, cameras 20 degrees outside that range).
    """

    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    depth: NDArray[np.float32]
    values: NDArray[np.float32]
    head_to_root: NDArray[np.float64]
    cameras: tuple[Camera, ...]
    split: tuple[str, ...]

    def rows(self, split: str) -> NDArray[np.int64]:
        """Numbers of the frames of one split."""
        return np.flatnonzero(np.array(self.split) == split)

    def over(self, row: int, background: tuple[float, float, float]) -> NDArray[np.float32]:
        """(S, S, 3) float32 0..1: a frame over an sRGB-coded background colour."""
        alpha = self.alpha[row, ..., None].astype(np.float32) / 255.0
        colour = self.rgb[row].astype(np.float32) / 255.0
        return np.asarray(colour * alpha + np.float32(background) * (1.0 - alpha), np.float32)


def read_truth(folder: Path) -> Truth:
    """Read a whole set.

    Raises:
        MienError: the folder holds no set, or not all of its frames are there yet.
    """
    try:
        scene = json.loads((folder / SCENE_FILE).read_text(encoding="utf-8"))
        with np.load(folder / ARRAYS_FILE, allow_pickle=False) as arrays:
            values, head_to_root = arrays["values"], arrays["head_to_root"]
            lenses, places = arrays["lens"], arrays["root_to_camera"]
        rgba, depth = _pictures(folder, len(values))
    except (OSError, ValueError, KeyError) as error:
        raise MienError(
            code="truth_unreadable",
            message=f"{folder} holds no whole set of rendered truth ({error}).",
            advice="Render it, or let the rendering end: python -m benchmarks.avatar_truth FOLDER.",
        ) from error
    size = scene["size_pixels"]
    cameras = tuple(
        Camera(size, size, *lens.tolist(), place)
        for lens, place in zip(lenses, places, strict=True)
    )
    split = tuple(scene["split"])
    return Truth(rgba[..., :3], rgba[..., 3], depth, values, head_to_root, cameras, split)


def _pictures(folder: Path, count: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Colours and depths, of one packed file or of a file a frame."""
    packed = folder / PACKED_FILE
    if packed.exists():
        with np.load(packed, allow_pickle=False) as arrays:
            return arrays["rgba"], arrays["depth"].astype(np.float32)
    rgba, depth = [], []
    for number in range(count):
        with np.load(frame_file(folder, number), allow_pickle=False) as arrays:
            rgba.append(arrays["rgba"])
            depth.append(arrays["depth"])
    return np.stack(rgba), np.stack(depth)


def frame_file(folder: Path, number: int) -> Path:
    """Where a frame lies."""
    return folder / "frames" / f"{number:05d}.npz"
