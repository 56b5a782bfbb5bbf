# SPDX-License-Identifier: Apache-2.0
"""Which tensors an avatar file holds: names, types, shapes, and what their numbers may be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..face.arkit import ARKIT_NAMES
from .model import HARMONICS, RESIDUAL_WIDTH
from .tensor_file import DTYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .tensor_file import Header

CHANNELS = len(ARKIT_NAMES)
SIZES = {
    "N": (1, 2_000_000),  # Gaussians
    "V": (3, 200_000),  # vertices
    "F": (1, 400_000),  # triangles
    "K": (0, 256),  # drives of the residual
    "D": (1, 256),  # inputs of the drives' network
    "H": (0, 1024),  # its hidden units
    "P": (1, 1000),  # looks
    "M": (0, 100_000),  # faces in the landmark database
}
"""Least and largest of each size."""
# Of barycentrics and unit quaternions in float32, after a few hundred operations on them.
_ROUNDING = 1e-3
# A Gaussian on a triangle without area has no frame to lie in.
_LEAST_AREA_SQUARE_METRES = 1e-14


@dataclass(frozen=True)
class Tensor:
    """One row of the contract.

    Attributes:
        dtype: as in `core.avatar.tensor_file.DTYPES`.
        shape: numbers, or keys of `SIZES`.
        lowest: no number is smaller.
        highest: none is larger.
    """

    dtype: str
    shape: tuple[int | str, ...]
    lowest: float
    highest: float


TENSORS: dict[str, Tensor] = {
    "mesh.vertices": Tensor("F32", ("V", 3), -10.0, 10.0),
    "mesh.triangles": Tensor("I32", ("F", 3), 0, SIZES["V"][1]),
    # float16 rounds by at most 8 micrometres up to 31 mm, 16 beyond (a jaw moves 34).
    "mesh.deltas": Tensor("F16", (CHANNELS, "V", 3), -1.0, 1.0),
    "mesh.head_weight": Tensor("F32", ("V",), 0.0, 1.0),
    "mesh.part": Tensor("U8", ("V",), 0, 255),
    "gaussians.triangle": Tensor("I32", ("N",), 0, SIZES["F"][1]),
    "gaussians.barycentric": Tensor("F32", ("N", 3), -_ROUNDING, 1.0 + _ROUNDING),
    "gaussians.offset": Tensor("F32", ("N", 3), -1.0, 1.0),
    "gaussians.rotation": Tensor("F32", ("N", 4), -1.0 - _ROUNDING, 1.0 + _ROUNDING),
    "gaussians.log_scale": Tensor("F32", ("N", 3), -40.0, 0.0),
    "gaussians.opacity_logit": Tensor("F32", ("N",), -100.0, 100.0),
    "gaussians.harmonics": Tensor("F32", ("N", HARMONICS, 3), -100.0, 100.0),
    "gaussians.residual": Tensor("F16", ("K", "N", RESIDUAL_WIDTH), -65504.0, 65504.0),
    "drive.centre": Tensor("F32", ("D",), -100.0, 100.0),
    "drive.spread": Tensor("F32", ("D",), 1e-8, 1e6),
    "drive.lowest": Tensor("F32", ("D",), -100.0, 100.0),
    "drive.highest": Tensor("F32", ("D",), -100.0, 100.0),
    "drive.hidden_weight": Tensor("F32", ("H", "D"), -1e4, 1e4),
    "drive.hidden_bias": Tensor("F32", ("H",), -1e4, 1e4),
    "drive.out_weight": Tensor("F32", ("K", "H"), -1e4, 1e4),
    "drive.out_bias": Tensor("F32", ("K",), -1e4, 1e4),
    "drive.looks": Tensor("F32", ("P", "K"), -1e4, 1e4),
    "landmarks": Tensor("F32", ("M", 68, 3), -1.0, 1.0),
    "film_values": Tensor("F32", ("M", CHANNELS), -_ROUNDING, 1.0 + _ROUNDING),
}
"""In the order in which their bytes are hashed."""


def gaussian_bytes(count: int, drives: int) -> int:
    """How many bytes of a file are its Gaussians', from their number and that of the residual's drives."""
    sizes = {"N": count, "K": drives}
    return sum(
        np.dtype(DTYPES[tensor.dtype]).itemsize
        * math.prod(sizes[axis] if isinstance(axis, str) else axis for axis in tensor.shape)
        for name, tensor in TENSORS.items()
        if name.startswith("gaussians.")
    )


def check_header(header: Header) -> dict[str, int]:
    """Compare names, types and shapes with the contract, before a tensor is read.

    Returns:
        The sizes by the keys of `SIZES`.

    Raises:
        ValueError: they differ, or a size is out of its limits.
    """
    missing, unknown = TENSORS.keys() - header.places.keys(), header.places.keys() - TENSORS.keys()
    if missing or unknown:
        raise ValueError(f"it lacks {sorted(missing)} and holds {sorted(unknown)} instead")
    sizes: dict[str, int] = {}
    for name, tensor in TENSORS.items():
        place = header.places[name]
        if place.dtype != tensor.dtype or len(place.shape) != len(tensor.shape):
            raise ValueError(f"{name} is {place.dtype} of shape {place.shape}")
        for size, asked in zip(place.shape, tensor.shape, strict=True):
            wanted = sizes.setdefault(asked, size) if isinstance(asked, str) else asked
            if size != wanted:
                raise ValueError(f"{name} has the shape {place.shape}, expected {tensor.shape}")
    for symbol, (least, most) in SIZES.items():
        if not least <= sizes[symbol] <= most:
            raise ValueError(f"its size {symbol} is {sizes[symbol]}; it may be {least} to {most}")
    return sizes


def check_numbers(tensors: Mapping[str, NDArray[Any]]) -> None:
    """Check what shapes cannot: ranges, indices, unit lengths; nothing that is not a number.

    Raises:
        ValueError: a tensor holds what it may not.
    """
    for name, tensor in TENSORS.items():
        array = tensors[name]
        # A number that is none makes the extremes none, and then no comparison holds.
        if array.size and not (tensor.lowest <= array.min() and array.max() <= tensor.highest):
            raise ValueError(
                f"{name} holds numbers from {array.min()} to {array.max()};"
                f" they may be {tensor.lowest:g} to {tensor.highest:g}"
            )
    vertices, triangles = tensors["mesh.vertices"], tensors["mesh.triangles"]
    used = tensors["gaussians.triangle"]
    if triangles.max() >= len(vertices) or used.max() >= len(triangles):
        raise ValueError("an index points outside the mesh")
    lengths = np.einsum("nq,nq->n", *2 * (tensors["gaussians.rotation"],))
    sums = tensors["gaussians.barycentric"].sum(axis=1)
    if max(np.abs(lengths - 1.0).max(), np.abs(sums - 1.0).max()) > 2.0 * _ROUNDING:
        raise ValueError("a rotation or a place on a triangle is none")
    if _areas(vertices, triangles)[used].min() < _LEAST_AREA_SQUARE_METRES:
        raise ValueError("a Gaussian rides on a triangle without area")
    if (tensors["drive.lowest"] > tensors["drive.highest"]).any():
        raise ValueError("a range of the drive ends before it begins")


def _areas(vertices: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.float64]:
    corners = vertices.astype(np.float64)[triangles]
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.asarray(0.5 * np.linalg.norm(crossed, axis=1))
