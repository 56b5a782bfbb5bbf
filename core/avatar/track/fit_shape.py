# SPDX-License-Identifier: Apache-2.0
"""The person's face at rest: identity directions, what they leave, and its spread over the mesh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from .fit_points import MILLIMETRES, OUTLINE_SHARE, POINTS, point_group
from .fit_values import pixel_slopes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from .fit_points import PointCosts
    from .fit_pose import Poses

    Doubles = NDArray[np.float64]

# Costs against a point's mean square distance in mm^2: of an identity direction's square, of a
# point's own way off what the directions give, and of the same along the line of sight, which one
# camera hardly sees.
IDENTITY_PRICE, OFFSET_PRICE = 1.5, 0.02
# Roughness of the spread offsets against their misfit at the landmarks.
ROUGHNESS = 0.05
# What draws offsets to 0 far from all landmarks.
FAR_SHARE = 1e-6
# Brows and lashes follow so many vertices of the skin beneath; TOUCHING metres weigh as much as none.
NEAREST, TOUCHING = 8, 1e-3
# Landmarks that hard parts follow: corners and edges of the lids, and of the lips.
SHIFTED_WHOLE = {
    "eyeRight": [33, 133, 159, 145],
    "eyeLeft": [263, 362, 386, 374],
    **{part: [61, 291, 13, 14] for part in ("teethUpper", "teethLower", "tongue")},
}
IRIS_OF = {"eyeRight": 468, "eyeLeft": 473}
# Points of the upper and the lower lip that lie on each other when the mouth is shut.
LIP_PAIRS = (
    *((13, 14), (82, 87), (312, 317), (81, 178), (311, 402)),
    *((80, 88), (310, 318), (191, 95), (415, 324)),
)
# Shut lips are seen up to this far apart; what is more is a mouth that stands open, metres.
LARGEST_SHUT_GAP = 2.5e-3


def fit_shape(
    landmarks: Doubles, face: FaceModel, costs: PointCosts, poses: Poses
) -> tuple[Doubles, Doubles]:
    """The face at rest from pictures that show it.

    Args:
        landmarks: (T, 478, 2) pixels of pictures at rest.
        face: the canonical head.
        costs: see PointCosts.
        poses: (T) of the head.

    Returns:
        (I,) identity and (478, 3) points at rest, metres.
    """
    neutral = face.pieces478.neutral.astype(np.float64)
    directions = face.identity_landmarks478().astype(np.float64)
    seen = poses.seen(neutral)
    scale = poses.millimetres_per_pixel()[:, None, None]
    slopes = pixel_slopes(seen, poses) * scale[..., None] / MILLIMETRES
    off = (landmarks - poses.pixels(seen)) * scale
    curvature = np.einsum("tnia,tnib->nab", slopes, slopes, optimize=True) / len(landmarks)
    pull = np.einsum("tnia,tni->na", slopes, off, optimize=True) / len(landmarks)
    weights = costs.shape_weights
    basis = directions * MILLIMETRES
    bent = np.einsum("nab,knb->kna", curvature * weights[:, None, None], basis)
    gram = np.einsum("kna,lna->kl", bent, basis) + IDENTITY_PRICE * np.eye(len(basis))
    identity = np.linalg.solve(gram, np.einsum("kna,na->k", basis, pull * weights[:, None]))
    left = pull - np.einsum("nab,nb->na", curvature, np.tensordot(identity, basis, axes=1))
    own = np.linalg.solve(curvature + OFFSET_PRICE * np.eye(3), left[..., None])[..., 0]
    rest = neutral + np.tensordot(identity, directions, axes=1) + own / MILLIMETRES
    return identity, _in_place(rest, neutral, costs.pose_weights)


def _in_place(rest: Doubles, neutral: Doubles, weights: Doubles) -> Doubles:
    """The points turned, shifted and scaled back onto the canonical head's, which no picture tells."""
    share = (weights / weights.sum())[:, None]
    middle, goal_middle = (rest * share).sum(axis=0), (neutral * share).sum(axis=0)
    moved, goal = rest - middle, neutral - goal_middle
    u, size, vt = np.linalg.svd((moved * share).T @ goal)
    scale = size.sum() / (np.square(moved) * share).sum()
    return np.asarray(scale * moved @ (u @ vt) + goal_middle)


def mesh_offsets(face: FaceModel, identity: Doubles, rest: Doubles) -> Doubles:
    """Offsets (V, 3), metres, that bring the mesh with an identity to the points at rest (478, 3).

    On the skin they are as smooth as the landmarks let them be (the least squares of the mesh's
    Laplacian). Brows and lashes go with the skin beneath; eyeballs, teeth and tongue are shifted whole.
    """
    from_mesh = face.pieces478.neutral + np.tensordot(
        identity, face.identity_landmarks478(), axes=1
    )
    wanted = _shut_lips(rest - from_mesh, rest)
    skin = face.vertex_part == face.part_names.index("skin")
    used = np.setdiff1d(np.arange(POINTS), point_group("irises"))
    used = used[skin[face.landmark478_vertices[used]].all(axis=1)]
    weights = np.ones(len(used))
    weights[np.isin(used, point_group("outline"))] = OUTLINE_SHARE
    places = scipy.sparse.csr_matrix(
        (
            face.landmark478_weights[used].ravel().astype(np.float64),
            (np.repeat(np.arange(len(used)), 3), face.landmark478_vertices[used].ravel()),
        ),
        shape=(len(used), len(face.vertices)),
    )
    laplacian = _laplacian(face)
    pinned = scipy.sparse.diags_array(np.where(skin, FAR_SHARE, 1.0))
    heavy = scipy.sparse.diags_array(weights)
    system = places.T @ heavy @ places + ROUGHNESS * laplacian.T @ laplacian + pinned
    offsets = splu(system.tocsc()).solve(places.T @ (weights[:, None] * wanted[used]))
    return _carried(face, offsets, wanted, skin)


def _shut_lips(wanted: Doubles, rest: Doubles) -> Doubles:
    """Offsets that leave lips which the tracker sees a shut mouth's gap apart on each other."""
    wanted = wanted.copy()
    gap = rest[13, 2] - rest[14, 2]
    if gap <= LARGEST_SHUT_GAP:
        for pair in LIP_PAIRS:
            wanted[list(pair)] = wanted[list(pair)].mean(axis=0)
    return wanted


def _laplacian(face: FaceModel) -> scipy.sparse.csr_array:
    """Each vertex minus the mean of its neighbours along the mesh's edges."""
    ends = np.concatenate([face.quads, np.roll(face.quads, 1, axis=1)]).reshape(2, -1)
    count = len(face.vertices)
    joined = scipy.sparse.csr_array((np.ones(ends.shape[1]), tuple(ends)), shape=(count, count))
    joined = ((joined + joined.T) > 0).astype(np.float64)
    neighbours = np.maximum(joined.sum(axis=1), 1.0)
    mean = scipy.sparse.diags_array(1.0 / neighbours) @ joined
    return scipy.sparse.csr_array(scipy.sparse.eye_array(count) - mean)


def _carried(
    face: FaceModel, offsets: Doubles, wanted: Doubles, skin: NDArray[np.bool_]
) -> Doubles:
    """The skin's offsets (V, 3) with those of all other parts, from the landmarks' (478, 3)."""
    carried = offsets.copy()
    tree = cKDTree(face.vertices[skin])
    for number, name in enumerate(face.part_names):
        own = face.vertex_part == number
        if name in SHIFTED_WHOLE:
            carried[own] = wanted[SHIFTED_WHOLE[name]].mean(axis=0)
        elif name != "skin" and own.any():
            distance, nearest = tree.query(face.vertices[own], k=NEAREST)
            share = 1.0 / (distance + TOUCHING)
            moved = np.einsum("vk,vkc->vc", share, offsets[skin][nearest])
            carried[own] = moved / share.sum(axis=1, keepdims=True)
        if name in IRIS_OF:
            # An eyeball lies as deep as its lids, and its iris is where it is seen.
            carried[own, ::2] = wanted[IRIS_OF[name], ::2]
    return carried
