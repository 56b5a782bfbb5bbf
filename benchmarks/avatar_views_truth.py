# SPDX-License-Identifier: Apache-2.0
"""Rendered truth as views: no background but an alpha, depth, and landmarks that are the mesh's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.avatar_pictures import GREY
from benchmarks.avatar_views import View
from core.avatar.model import Pose
from core.avatar.person import posed_vertices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.avatar_truth_read import Truth
    from core.avatar.camera import Camera
    from core.avatar.person import PersonMesh
    from core.face.model import FaceModel

    Floats = NDArray[np.float32]


def truth_views(truth: Truth, split: str, mesh: PersonMesh, face: FaceModel) -> list[View]:
    """The pictures of one split ("training", "held_out", "off_range"), to be laid over GREY."""
    views = []
    for row in truth.rows(split):
        pose, camera = Pose(truth.values[row], truth.head_to_root[row]), truth.cameras[row]
        alpha = truth.alpha[row]
        colour = np.rint(truth.rgb[row] * (alpha[..., None] / 255.0)).astype(np.uint8)
        views.append(
            View(
                f"{split} {row}",
                split,
                camera,
                pose,
                mesh_landmarks(mesh, face, pose, camera),
                np.dstack([colour, alpha]),
                GREY,
                alpha > 127,
                truth.depth[row],
            )
        )
    return views


def mesh_landmarks(mesh: PersonMesh, face: FaceModel, pose: Pose, camera: Camera) -> Floats:
    """Where the camera sees MediaPipe's 478 points of a posed mesh: (478, 2) pixels."""
    vertices = posed_vertices(mesh, pose.values, pose.head_to_root)
    corners = vertices[face.landmark478_vertices].astype(np.float64)
    points = np.einsum("ntc,nt->nc", corners, face.landmark478_weights)
    return camera.pixels_of(points).astype(np.float32)
