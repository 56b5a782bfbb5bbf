# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np

from core.face.landmarks import FACE_PARTS_68
from core.mixing.local_embedding import Pull, embedded, pulled

RANDOM = np.random.default_rng(3)


def test_a_point_between_neighbours_is_their_sum():
    known = RANDOM.normal(0, 0.01, (200, 6))
    weights = RANDOM.dirichlet(np.ones(3), 20)
    plane = known[:3]
    asked = weights @ plane
    found = embedded(asked, plane)
    assert np.abs(found - asked).max() < 1e-4


def test_what_the_database_holds_comes_out_as_it_is():
    known = RANDOM.normal(0, 0.01, (300, 8))
    assert np.abs(embedded(known[:50], known) - known[:50]).max() < 3e-4


def test_equal_neighbours_do_no_harm():
    known = np.tile(RANDOM.normal(0, 0.01, (1, 8)), (30, 1))
    found = embedded(known[:2] + 0.001, known)
    assert np.abs(found - known[0]).max() < 1e-6
    assert np.array_equal(np.isfinite(embedded(known[:2], known)), np.ones((2, 8), bool))


def test_parts_have_neighbours_of_their_own():
    mouth, brows = (list(FACE_PARTS_68[part]) for part in ("mouth", "brows"))
    known = np.zeros((2, 68, 3), np.float32)
    known[0, mouth], known[1, brows] = 0.01, 0.02
    face = np.zeros((1, 68, 3), np.float32)
    face[0, mouth], face[0, brows] = 0.0101, 0.0201
    like = pulled(face, Pull(known, 1.0))
    np.testing.assert_allclose(like[0, mouth], 0.01, atol=2e-4)
    np.testing.assert_allclose(like[0, brows], 0.02, atol=2e-4)


def test_likeness_is_the_share_of_the_way():
    known = RANDOM.normal(0, 0.01, (100, 68, 3)).astype(np.float32)
    face = RANDOM.normal(0, 0.01, (700, 68, 3)).astype(np.float32)
    none, half, whole = (pulled(face, Pull(known, p)) for p in (0.0, 0.5, 1.0))
    assert np.array_equal(none, face)
    np.testing.assert_allclose(half, 0.5 * (face + whole), atol=1e-6)
    assert np.abs(whole - face).max() > 0.001
