# SPDX-License-Identifier: Apache-2.0
"""The baselines that an avatar is measured against do what they can: they are not made of straw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from crude_avatar import crude_avatar, crude_camera
from scipy.spatial.transform import Rotation

from benchmarks.avatar_baselines import NearestFrame
from benchmarks.avatar_film_looks import alike_films, by_films, first_pictures, look_worn
from benchmarks.avatar_mesh import PaintedMesh, draw, paint, rasterise
from benchmarks.avatar_metrics import psnr
from benchmarks.avatar_views import View, plate
from core.avatar.camera import Camera
from core.avatar.model import Pose
from core.avatar.person import PersonMesh
from core.avatar.render_frame import render_frame

SIZE = 64
AT_REST = Pose(np.zeros(52, np.float32), np.eye(4))


def camera(yaw_degrees=0.0):
    root_to_camera = np.eye(4)
    root_to_camera[:3, :3] = Rotation.from_euler("y", yaw_degrees, degrees=True).as_matrix()
    root_to_camera[2, 3] = 1.0
    return Camera(SIZE, SIZE, 220.0, 220.0, SIZE / 2, SIZE / 2, root_to_camera)


def view(pixels, landmarks=None, seen_by=None, film="a"):
    points = np.zeros((478, 2), np.float32) if landmarks is None else landmarks
    whole = np.ones((SIZE, SIZE), bool)
    return View(film, film, seen_by or camera(), AT_REST, points, pixels, 0.5, whole)


def ball():
    """A ball of a tenth of a metre, as rows and columns of quads cut in two."""
    down, around = np.meshgrid(np.linspace(0, np.pi, 16), np.linspace(0, 2 * np.pi, 31)[:-1])
    rest = 0.1 * np.stack(
        [np.sin(down) * np.cos(around), np.cos(down), np.sin(down) * np.sin(around)], axis=2
    )
    rows, columns = rest.shape[:2]
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b = number[:, :-1].ravel(), number[:, 1:].ravel()
    c, d = np.roll(number, -1, 0)[:, 1:].ravel(), np.roll(number, -1, 0)[:, :-1].ravel()
    triangles = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])])
    count = rows * columns
    return PersonMesh(
        rest.reshape(-1, 3).astype(np.float32),
        triangles.astype(np.int32),
        np.zeros((52, count, 3), np.float32),
        np.ones(count, np.float32),
        np.zeros(count, np.uint8),
    )


def striped(mesh):
    """The ball with colours that change softly along it."""
    bare = paint(mesh, [view(np.zeros((SIZE, SIZE, 4), np.uint8))])
    steps = bare.colours.shape[1] - 1
    i, j = np.meshgrid(np.arange(steps + 1), np.arange(steps + 1), indexing="ij")
    shares = np.stack([i, j, steps - i - j], axis=2) / steps
    places = np.einsum("ijk,fkc->fijc", shares, mesh.vertices[mesh.triangles])
    return PaintedMesh(mesh, bare.triangles, (0.5 + 0.4 * np.sin(40 * places)).astype(np.float32))


def test_a_triangle_is_drawn_at_its_depth_with_its_own_shares():
    places = np.array([[-0.1, -0.1, 0.8], [0.1, -0.1, 1.2], [0.0, 0.1, 1.0]])
    drawn = rasterise(places, np.array([[0, 1, 2]], np.int32), camera())
    hit = drawn.triangle == 0
    assert 500 < hit.sum() < 2000
    rows, columns = np.nonzero(hit)
    points = drawn.barycentric[hit] @ places
    assert points[:, 2] == pytest.approx(drawn.depth[hit])
    assert 220.0 * points[:, 0] / points[:, 2] + 32 == pytest.approx(columns + 0.5)
    assert 220.0 * points[:, 1] / points[:, 2] + 32 == pytest.approx(rows + 0.5)


def test_the_nearer_triangle_hides_the_farther():
    corners = np.array([[-0.1, -0.1, 0.0], [0.1, -0.1, 0.0], [0.0, 0.1, 0.0]])
    places = np.concatenate([corners + np.array([0, 0, z]) for z in (1.1, 0.9)])
    triangles = np.array([[3, 4, 5], [0, 1, 2]], np.int32)
    assert rasterise(places, triangles, camera()).triangle[30, 32] == 0


def test_a_painted_mesh_takes_its_colours_from_the_pictures_and_shows_them_from_elsewhere():
    mesh = ball()
    true = striped(mesh)
    views = []
    for yaw in (-40, -20, 0, 20, 40):
        rgba, _ = draw(true, AT_REST, camera(yaw))
        views.append(view(np.rint(rgba * 255).astype(np.uint8), seen_by=camera(yaw)))
    shown, depth = draw(paint(mesh, views), AT_REST, camera(10))
    wanted, true_depth = draw(true, AT_REST, camera(10))
    inside = np.hypot(*(np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2)) < 18
    assert psnr(shown[..., :3], wanted[..., :3], inside) > 32.0
    assert depth == pytest.approx(true_depth)


def test_the_nearest_picture_is_found_and_moved_to_the_held_out_landmarks():
    random = np.random.default_rng(0)
    faces = random.random((3, 478, 2)).astype(np.float32) * 20 + 20
    y, x = np.mgrid[:SIZE, :SIZE]
    pictures = [
        np.dstack([x * 2 + 40 * n, y * 2, np.full_like(x, 90), np.full_like(x, 255)])
        for n in range(3)
    ]
    nearest = NearestFrame(
        [view(p.astype(np.uint8), face) for p, face in zip(pictures, faces, strict=True)]
    )
    assert nearest.as_it_is(faces[1] + 0.3)[0, 0, 0] == pytest.approx(40 / 255)
    moved = nearest.aligned(faces[2] + np.array([4.0, -2.0], np.float32))
    assert moved[10:40, 10:40, :3] == pytest.approx(pictures[2][12:42, 6:36, :3] / 255.0, abs=1e-3)


def test_the_plate_shows_what_any_picture_showed_behind_the_head():
    wall = np.zeros((SIZE, SIZE, 3), np.uint8)
    wall[..., 0] = np.arange(SIZE) * 3
    crops, heads = [], []
    for left in (10, 30) * 3:
        head = np.zeros((SIZE, SIZE), bool)
        head[20:50, left : left + 24] = True
        crop = wall.copy()
        crop[head] = 250
        crops.append(crop)
        heads.append(head)
    behind = plate(crops, heads)
    # Columns 30 to 34 are hidden in both, and a pixel beside each head is not believed.
    seen = np.ones(SIZE, bool)
    seen[29:35] = False
    assert behind[:, seen] == pytest.approx(wall[:, seen] / 255.0)
    assert np.abs(behind[30, 29:35, 0] - wall[30, 29:35, 0] / 255.0).max() < 0.05


def test_alike_are_the_films_whose_face_has_the_colours_of_the_first_picture():
    face = np.random.default_rng(0).random((478, 2)).astype(np.float32) * 30 + 15

    def plain(grey, film):
        return view(np.full((SIZE, SIZE, 4), (grey, grey, grey, 255), np.uint8), face, film=film)

    training = [plain(20 * number, f"film {number}") for number in range(8) for _ in range(2)]
    held_out = [plain(98, "dark"), plain(98, "dark"), plain(141, "light"), plain(141, "light")]
    first, measured = first_pictures(held_out)
    assert [first["dark"], first["light"]] == [held_out[0], held_out[2]]
    assert measured == [held_out[1], held_out[3]]
    alike = {film: alike_films(training, picture) for film, picture in first.items()}
    assert alike["dark"] == {"film 5", "film 4"}
    assert alike["light"] == {"film 7", "film 6"}
    assert by_films(training, alike)["light"] == training[12:]


@pytest.mark.parametrize("worn", [0, 1])
def test_the_look_worn_is_the_one_that_the_picture_shows(worn):
    avatar = crude_avatar(300, residual=0.2)
    both = np.array([[0.0, 0.0], [1.0, 1.0]], np.float32)
    avatar = replace(avatar, drive=replace(avatar.drive, looks=both))
    alone = replace(avatar, drive=replace(avatar.drive, looks=both[worn : worn + 1]))
    seen = render_frame(alone, AT_REST, crude_camera(SIZE)).rgba
    shown = view((255.0 * seen.clip(0.0, 1.0)).astype(np.uint8), seen_by=crude_camera(SIZE))
    assert look_worn(avatar, shown) == worn
