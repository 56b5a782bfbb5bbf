# SPDX-License-Identifier: Apache-2.0
"""The canonical head as numbers: mesh, 52 face units, identity, landmarks.

Everything is in metres, +Z up, the face looking along -Y, +X the character's left, the origin at
the centre of the neck's cut. The file is made by `core.training.face_model.build`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import MienError
from ..model_files import model_path
from .arkit import ARKIT_NAMES
from .landmarks import LIP_GAP_PAIRS, AnyFloats

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class LandmarkPieces:
    """A linear map from channel values to landmark points, metres.

    neutral: (points, 3). per_channel: (52, points, 3).
    """

    neutral: Floats
    per_channel: Floats

    def at(self, values: AnyFloats) -> Floats:
        """Give the points for (frames, 52) channel values: (frames, points, 3), metres."""
        frames = np.asarray(values, dtype=np.float32)
        flat = frames @ self.per_channel.reshape(len(self.per_channel), -1)
        moved: Floats = flat.reshape(len(frames), *self.neutral.shape)
        moved += self.neutral
        return moved


@dataclass(frozen=True, eq=False)
class FaceModel:
    """The head: see the file's docstring for units and axes, and models/face_model.md for its source.

    vertices (V,3); quads (Q,4); uvs (Q,4,2); quad_material (Q,) into material_names;
    vertex_part (V,) into part_names; shape_deltas (52,V,3) in the order of ARKIT_NAMES;
    identity_deltas (I,V,3) with identity_names; landmark*_vertices (N,3) with landmark*_weights
    (N,3) place each landmark in a triangle of the mesh.
    """

    vertices: Floats
    quads: Ints
    uvs: Floats
    material_names: tuple[str, ...]
    quad_material: NDArray[np.uint8]
    part_names: tuple[str, ...]
    vertex_part: NDArray[np.uint8]
    shape_deltas: Floats
    identity_names: tuple[str, ...]
    identity_deltas: Floats
    landmark68_vertices: Ints
    landmark68_weights: Floats
    landmark478_vertices: Ints
    landmark478_weights: Floats

    @cached_property
    def pieces68(self) -> LandmarkPieces:
        """The linear map to the 68 iBUG points."""
        return self._pieces(self.landmark68_vertices, self.landmark68_weights)

    @cached_property
    def pieces478(self) -> LandmarkPieces:
        """The linear map to MediaPipe's 478 points."""
        return self._pieces(self.landmark478_vertices, self.landmark478_weights)

    def landmarks68(self, values: AnyFloats) -> Floats:
        """Place the 68 points: (frames, 52) channel values -> (frames, 68, 3) metres."""
        return self.pieces68.at(values)

    def landmarks478(self, values: AnyFloats) -> Floats:
        """Place the 478 points: (frames, 52) channel values -> (frames, 478, 3) metres."""
        return self.pieces478.at(values)

    @cached_property
    def lip_gap_neutral(self) -> Floats:
        """The three openings between the inner lips with all channels at 0: (3,) metres."""
        heights = self.pieces68.neutral[:, 2]
        neutral: Floats = np.array([heights[a] - heights[b] for a, b in LIP_GAP_PAIRS], np.float32)
        return neutral

    @cached_property
    def lip_gap_per_channel(self) -> Floats:
        """How much each channel at 1 opens the three lip pairs: (52, 3) metres."""
        heights = self.pieces68.per_channel[..., 2]
        opening: Floats = np.stack(
            [heights[:, a] - heights[:, b] for a, b in LIP_GAP_PAIRS], axis=1
        )
        return opening

    def lip_gaps(self, values: AnyFloats) -> Floats:
        """Measure the visible parting of the lips.

        Args:
            values: (frames, 52) channel values.

        Returns:
            (frames, 3) metres, upper inner lip minus lower at the character's right, middle, left;
            0 is closed, negative is pressed together.
        """
        gaps: Floats = np.asarray(values, np.float32) @ self.lip_gap_per_channel
        gaps += self.lip_gap_neutral
        return gaps

    def mesh(self, values: AnyFloats) -> Floats:
        """Give the vertices (V, 3) in metres for one set of (52,) channel values."""
        moved: Floats = self.vertices + np.tensordot(
            np.asarray(values, np.float32), self.shape_deltas, axes=1
        )
        return moved

    def identity_landmarks478(self) -> Floats:
        """How each identity direction at 1 moves the 478 points: (I, 478, 3) metres."""
        return _embed(self.identity_deltas, self.landmark478_vertices, self.landmark478_weights)

    def _pieces(self, vertices: Ints, weights: Floats) -> LandmarkPieces:
        return LandmarkPieces(
            neutral=_embed(self.vertices[None], vertices, weights)[0],
            per_channel=_embed(self.shape_deltas, vertices, weights),
        )


def load_face_model(models_folder: Path | str | None = None) -> FaceModel:
    """Read the head from `face_model.npz`.

    Args:
        models_folder: the folder that holds models.json (None: beside `core`); its sha256 of the
            file is checked.

    Raises:
        MienError: the file is missing, damaged, or made for other channel names.
    """
    path = model_path(models_folder, "face_model")
    with np.load(path, allow_pickle=False) as data:
        if tuple(data["shape_names"].tolist()) != ARKIT_NAMES:
            raise MienError(
                code="face_model_channels",
                message=f"{path.name} holds other channels than this version of Mien works with.",
                advice="Install Mien again, so that the models fit the program.",
            )
        return FaceModel(
            vertices=data["vertices"],
            quads=data["quads"],
            uvs=data["uvs"],
            material_names=tuple(data["material_names"].tolist()),
            quad_material=data["quad_material"],
            part_names=tuple(data["part_names"].tolist()),
            vertex_part=data["vertex_part"],
            shape_deltas=data["shape_deltas"],
            identity_names=tuple(data["identity_names"].tolist()),
            identity_deltas=data["identity_deltas"],
            landmark68_vertices=data["landmark68_vertices"],
            landmark68_weights=data["landmark68_weights"],
            landmark478_vertices=data["landmark478_vertices"],
            landmark478_weights=data["landmark478_weights"],
        )


def _embed(fields: Floats, vertices: Ints, weights: Floats) -> Floats:
    """Interpolate (K, V, 3) fields at N barycentric places: (K, N, 3)."""
    places: Floats = np.einsum("kntc,nt->knc", fields[:, vertices], weights).astype(np.float32)
    return places
