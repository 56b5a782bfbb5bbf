# SPDX-License-Identifier: Apache-2.0
"""The rendered truth against a second way to it: vertices, camera and depth by numpy alone."""

from __future__ import annotations

import os
import tempfile

import numpy as np
import pytest

os.environ.setdefault("BLENDER_USER_RESOURCES", tempfile.mkdtemp(prefix="mien-test-user-"))
pytest.importorskip("bpy", reason="needs the extra 'blender'")

from benchmarks import avatar_truth_scene
from benchmarks.avatar_truth_plan import camera_toward_head, head_turn
from core.avatar.blender_lens import camera_from_lens
from core.avatar.person import person_mesh, posed_vertices
from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model

# Width, height, horizontal and vertical shift, pixel aspect, fit.
SETTINGS = (
    (80, 80, 0.0, 0.0, 1.0, 1.0, "AUTO"),
    (64, 96, 0.08, -0.05, 1.0, 1.0, "AUTO"),
    (90, 64, -0.06, 0.04, 1.5, 1.0, "VERTICAL"),
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    mesh = person_mesh(load_face_model())
    folder = tmp_path_factory.mktemp("shots")
    return avatar_truth_scene.open_stage(mesh, folder, samples=8, with_hair=False)


def face(**channels):
    values = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, value in channels.items():
        values[ARKIT_NAMES.index(name)] = value
    return values


def shot_and_camera(stage, setting, values, head_to_root):
    width, height, shift_x, shift_y, aspect_x, aspect_y, fit = setting
    lens, render = stage.scene.camera.data, stage.scene.render
    lens.lens, lens.sensor_fit = 60.0, fit
    lens.shift_x, lens.shift_y = shift_x, shift_y
    render.pixel_aspect_x, render.pixel_aspect_y = aspect_x, aspect_y
    place = camera_toward_head(25.0, 12.0, 1.0)
    avatar_truth_scene.set_camera(stage, place, (width, height))
    camera = camera_from_lens(
        width, height, camera_to_root=place, **avatar_truth_scene.lens_of(stage)
    )
    return avatar_truth_scene.render_shot(stage, values, head_to_root), camera


def depth_by_numpy(camera, vertices, triangles):
    """Nearest surface on the rays through the pixels' centres, metres; infinite where none is."""
    pixels = camera.pixels_of(vertices)
    rotation, shift = camera.root_to_camera[:3, :3], camera.root_to_camera[:3, 3]
    inverse_depth = 1.0 / (vertices @ rotation.T + shift)[:, 2]
    nearest = np.full((camera.height, camera.width), np.inf)
    for corners in triangles:
        points = pixels[corners]
        first = np.maximum(np.ceil(points.min(axis=0) - 0.5).astype(int), 0)
        last = np.floor(points.max(axis=0) - 0.5).astype(int)
        last = np.minimum(last, [camera.width - 1, camera.height - 1])
        if (last < first).any():
            continue
        columns, rows = np.meshgrid(
            *(np.arange(a, b + 1) for a, b in zip(first, last, strict=True))
        )
        edges = np.stack([points[1] - points[0], points[2] - points[0]], axis=1)
        if abs(np.linalg.det(edges)) < 1e-12:
            continue
        centres = np.stack([columns, rows], axis=-1) + 0.5 - points[0]
        share = centres @ np.linalg.inv(edges).T
        share = np.concatenate([1.0 - share.sum(axis=-1, keepdims=True), share], axis=-1)
        depth = np.where(
            (share >= 0.0).all(axis=-1), 1.0 / (share @ inverse_depth[corners]), np.inf
        )
        window = nearest[first[1] : last[1] + 1, first[0] : last[0] + 1]
        np.minimum(window, depth, out=window)
    return nearest


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS)
def test_depth_and_silhouette_are_those_of_the_posed_vertices(stage, setting):
    values = face(jawOpen=0.7, mouthSmileLeft=0.6, eyeBlinkRight=1.0, browInnerUp=0.8)
    head_to_root = head_turn(np.random.default_rng(3))
    shot, camera = shot_and_camera(stage, setting, values, head_to_root)
    vertices = posed_vertices(stage.mesh, values, head_to_root).astype(np.float64)
    expected = depth_by_numpy(camera, vertices, stage.mesh.triangles)

    hit = np.isfinite(expected)
    assert hit.sum() > 500
    assert ((shot.depth > 0.0) != hit).sum() <= 2, "a ray or two may graze an edge"
    both = hit & (shot.depth > 0.0)
    error = np.abs(shot.depth - expected)[both]
    assert np.median(error) < 1e-5
    # Lashes and brows are sheets a millimetre above the skin: a ray may pass beside their edge.
    assert (error > 1e-3).sum() <= 3

    rows, columns = np.nonzero(shot.rgba[..., 3] > 0.5)
    low, high = camera.pixels_of(vertices).min(axis=0), camera.pixels_of(vertices).max(axis=0)
    assert np.abs(low - [columns.min(), rows.min()]).max() <= 1.0
    assert np.abs(high - [columns.max() + 1, rows.max() + 1]).max() <= 1.0


@pytest.mark.slow
def test_no_vertex_that_is_seen_lies_outside_the_alpha(stage):
    head_to_root = head_turn(np.random.default_rng(5))
    shot, camera = shot_and_camera(stage, SETTINGS[0], face(jawOpen=0.4), head_to_root)
    vertices = posed_vertices(stage.mesh, face(jawOpen=0.4), head_to_root)
    # A vertex on the outline may only touch its pixel: one of the four nearest centres must see it.
    across, down = np.floor(camera.pixels_of(vertices) - 0.5).astype(int).T
    alpha = shot.rgba[..., 3]
    near = np.stack([alpha[down + row, across + column] for row in (0, 1) for column in (0, 1)])
    assert (near.max(axis=0) > 0.0).all()


@pytest.mark.slow
def test_the_same_numbers_give_the_same_picture(stage):
    shots = [
        shot_and_camera(stage, SETTINGS[0], values, np.eye(4))[0]
        for values in (face(jawOpen=0.4), face(), face(jawOpen=0.4))
    ]
    assert np.array_equal(shots[0].rgba, shots[2].rgba)
    assert np.array_equal(shots[0].depth, shots[2].depth)
    assert not np.array_equal(shots[0].rgba, shots[1].rgba)
