# SPDX-License-Identifier: Apache-2.0
"""A camera as JSON data: in an avatar's papers, in the worker's requests and in files of their own."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from .camera import Camera
from .shot import LARGEST_SIDE_PIXELS

if TYPE_CHECKING:
    from collections.abc import Mapping

_LENS = ("focal_x", "focal_y", "centre_x", "centre_y")


def camera_to_json(camera: Camera) -> dict[str, Any]:
    """The fields of a camera; its matrix as 16 numbers, row by row."""
    numbers = {field.name: getattr(camera, field.name) for field in fields(camera)}
    return {**numbers, "root_to_camera": camera.root_to_camera.reshape(-1).tolist()}


def camera_from_json(data: Mapping[str, Any]) -> Camera:
    """Read what `camera_to_json` gave.

    Raises:
        ValueError: a number is missing, none or out of range, or the matrix is not rigid.
    """
    try:
        width, height = (int(data[side]) for side in ("width", "height"))
        lens = {name: float(data[name]) for name in _LENS}
        matrix = np.array(data["root_to_camera"], np.float64).reshape(4, 4)
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"its camera is incomplete ({error})") from error
    if not (np.isfinite(list(lens.values())).all() and np.isfinite(matrix).all()):
        raise ValueError("its camera holds numbers that are not finite")
    if max(width, height) > LARGEST_SIDE_PIXELS:
        raise ValueError(f"its camera's picture is {width} x {height} pixels")
    return Camera(width=width, height=height, root_to_camera=matrix, **lens)
