# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.avatar.person import person_mesh
from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model

MILLIMETRES = 1e3
LIDS = ((159, 145), (386, 374))
BLINKS = [ARKIT_NAMES.index(name) for name in ("eyeBlinkRight", "eyeBlinkLeft")]


@pytest.fixture(scope="module")
def face():
    return load_face_model()


def somebody(face, **directions):
    identity = np.zeros(len(face.identity_names), np.float32)
    for name, value in directions.items():
        identity[face.identity_names.index(name)] = value
    return person_mesh(face, identity)


def lid_gaps(face, mesh, blink):
    """Middle openings of the right and the left eye, mm."""
    moved = mesh.vertices + blink * mesh.deltas[BLINKS].sum(axis=0)
    heights = np.einsum("nt,nt->n", moved[face.landmark478_vertices, 2], face.landmark478_weights)
    return np.array([heights[upper] - heights[lower] for upper, lower in LIDS]) * MILLIMETRES


def test_the_canonical_person_moves_as_the_face_model_says(face):
    np.testing.assert_array_equal(person_mesh(face).deltas, face.shape_deltas)
    np.testing.assert_array_equal(somebody(face).deltas, face.shape_deltas)


@pytest.mark.parametrize("size", [-1.0, 1.0])
def test_a_blink_shuts_large_and_small_eyes(face, size):
    mesh = somebody(face, eyesLarge=size)
    canonical = person_mesh(face)
    assert (lid_gaps(face, mesh, 0.0) - lid_gaps(face, canonical, 0.0) > 0.5).all() == (size > 0)
    shut = lid_gaps(face, mesh, 1.0)
    np.testing.assert_allclose(shut, lid_gaps(face, canonical, 1.0), atol=0.3)


def test_eyes_of_people_turn_as_far_and_move_less(face):
    mesh = somebody(face, masculine=0.5)
    look = ARKIT_NAMES.index("eyeLookOutLeft")
    iris = face.landmark478_vertices[473, 0]
    moved = np.linalg.norm(mesh.deltas[look, iris]) * MILLIMETRES
    # 12 mm times the sine of 28 degrees.
    assert moved == pytest.approx(5.6, abs=0.4)
    lids = mesh.part == face.part_names.index("skin")
    np.testing.assert_array_equal(mesh.deltas[look, lids], face.shape_deltas[look, lids])
