# SPDX-License-Identifier: Apache-2.0
"""The geometry behind the head's build script, on shapes whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from core.training.face_model.mesh import (
    carry,
    closest_on_triangles,
    edge_loop,
    mirror_map,
    mirrored,
    topology,
    triangulate,
)
from core.training.face_model.parts import Part, fit_rigid, joined, rigid_shapes


def cylinder(rings=4, around=8):
    """Quads of a tube: ring r, column c is vertex r * around + c."""
    quads = []
    for ring in range(rings - 1):
        for column in range(around):
            a, b = ring * around, (ring + 1) * around
            after = (column + 1) % around
            quads.append([a + column, a + after, b + after, b + column])
    return np.array(quads)


def turn(degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1.0, 0, 0], [0, c, -s], [0, s, c]])


def test_an_edge_loop_runs_once_round_a_tube():
    links = topology(cylinder())
    assert edge_loop(links, 8, 9) == list(range(8, 16))
    assert edge_loop(links, 9, 8) == [9, 8, *range(15, 9, -1)]


def test_an_edge_loop_that_runs_into_an_open_end_is_told():
    with pytest.raises(ValueError, match="ends at vertex"):
        edge_loop(topology(cylinder()), 8, 16)


def test_the_mirror_finds_the_other_half():
    points = np.array([[0.0, 0, 0], [1, 2, 3], [-1, 2, 3], [0.5, 0, 1], [-0.5, 0, 1]])
    mirror = mirror_map(points)
    assert mirror.tolist() == [0, 2, 1, 4, 3]
    assert np.array_equal(mirrored(points, mirror), points)


def test_a_mesh_without_symmetry_is_refused():
    with pytest.raises(ValueError, match="not symmetric"):
        mirror_map(np.array([[0.0, 0, 0], [1, 2, 3]]))


@pytest.mark.parametrize(
    ("point", "weights"),
    [
        ((0.25, 0.25, 5.0), (0.5, 0.25, 0.25)),
        ((-3.0, -3.0, 0.0), (1.0, 0.0, 0.0)),
        ((0.5, -2.0, 0.0), (0.5, 0.5, 0.0)),
        ((2.0, 2.0, 1.0), (0.0, 0.5, 0.5)),
    ],
    ids=["above the face", "off a corner", "off an edge", "off the long edge"],
)
def test_nearest_place_on_a_triangle(point, weights):
    near = np.array([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]])
    far = near + np.array([0, 0, 100.0])
    chosen, found = closest_on_triangles(np.array([point]), np.concatenate([far, near]))
    assert chosen.tolist() == [1]
    assert found[0] == pytest.approx(weights)


def test_a_hair_keeps_its_length_and_turns_with_its_triangle():
    before = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    after = before @ turn(90).T + [0, 0, 2.0]
    hair = np.array([[0.2, 0.2, 0.0], [0.2, 0.2, 1.0]])
    held, shares = np.array([[0, 1, 2]] * 2), np.array([[0.6, 0.2, 0.2]] * 2)
    moved = carry(hair, held, shares, before, after)
    assert moved == pytest.approx(hair @ turn(90).T + [0, 0, 2.0])


def test_a_rigid_move_is_found_again():
    points = np.random.default_rng(1).random((20, 3))
    rotation, centre, shift = fit_rigid(points, points @ turn(17).T + [0.1, 0.2, 0.3])
    assert rotation == pytest.approx(turn(17))
    shapes = rigid_shapes(points, {17: (rotation, centre, shift)})
    assert points + shapes[17] == pytest.approx(points @ turn(17).T + [0.1, 0.2, 0.3])
    assert not shapes[:17].any()
    assert not shapes[18:].any()


def test_parts_are_joined_with_their_numbers_shifted():
    def part(name, material):
        return Part(
            name,
            np.zeros((4, 3)),
            np.array([[0, 1, 2, 3]]),
            np.zeros((1, 4, 2)),
            (material,),
            np.zeros((52, 4, 3)),
            np.zeros((2, 4, 3)),
        )

    arrays = joined([part("a", "skin"), part("b", "teeth"), part("c", "skin")])
    assert arrays["quads"].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert arrays["material_names"].tolist() == ["skin", "teeth"]
    assert arrays["quad_material"].tolist() == [0, 1, 0]
    assert arrays["vertex_part"].tolist() == [0] * 4 + [1] * 4 + [2] * 4


def test_quads_become_twice_as_many_triangles():
    assert triangulate(np.array([[3, 4, 5, 6]])).tolist() == [[3, 4, 5], [3, 5, 6]]
