# SPDX-License-Identifier: Apache-2.0
"""The ground truth's parts that need no Blender: plan, hair, coding of pictures, reader."""

from __future__ import annotations

import json
import shutil
import struct

import numpy as np
import pytest

from benchmarks import avatar_truth_plan as plan
from benchmarks.avatar_truth import coded_rgba
from benchmarks.avatar_truth_exr import read_float_exr
from benchmarks.avatar_truth_hair import grow_hair, posed_hair, scalp_share
from benchmarks.avatar_truth_read import SCENE_FILE, Truth, read_truth
from core.avatar.person import person_mesh, posed_vertices
from core.errors import MienError
from core.face.model import load_face_model


@pytest.fixture(scope="module")
def mesh():
    return person_mesh(load_face_model())


@pytest.fixture(scope="module")
def small_set(request):
    return request.config.rootpath / "tests/avatar/data/truth64"


@pytest.fixture(scope="module")
def truth(small_set) -> Truth:
    return read_truth(small_set)


def test_training_cameras_stay_in_the_range_and_the_others_lie_outside():
    random = np.random.default_rng(1)
    inside = plan.camera_directions(60, random)
    assert np.abs(inside[:, 0]).max() <= 35.0
    assert np.abs(inside[:, 1]).max() <= 15.0
    assert inside[:, 2].min() >= 0.9
    assert inside[:, 2].max() <= 1.1
    assert inside.std(axis=0) == pytest.approx(np.array([70.0, 30.0, 0.2]) / 12**0.5, rel=0.05)
    outside = plan._moved_out(inside)
    beyond = np.maximum(np.abs(outside[:, 0]) - 35.0, np.abs(outside[:, 1]) - 15.0)
    assert beyond == pytest.approx(np.full(60, 20.0))


def test_heads_turn_rigidly_and_no_further_than_fifteen_degrees():
    random = np.random.default_rng(1)
    for turn in (plan.head_turn(random) for _ in range(50)):
        rotation = turn[:3, :3]
        assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-12)
        assert np.degrees(np.arccos((np.trace(rotation) - 1.0) / 2.0)) <= 15.0 + 1e-6


def test_a_camera_toward_the_head_sees_its_middle_in_the_middle():
    camera = plan.camera_of(plan.camera_toward_head(30.0, -12.0, 0.95), 256)
    assert camera.pixels_of(plan._AIM_METRES) == pytest.approx([128.0, 128.0])
    left_ear, right_ear = np.array([[0.08, 0.0, 0.18], [-0.08, 0.0, 0.18]])
    assert camera.pixels_of(left_ear)[0] > camera.pixels_of(right_ear)[0]
    distances = [
        np.linalg.norm(camera.root_to_camera[:3, :3] @ ear + camera.root_to_camera[:3, 3])
        for ear in (left_ear, right_ear)
    ]
    assert distances[0] < distances[1], "seen from the character's left"
    assert camera.pixels_of(np.array([0.0, 0.0, 0.30]))[1] < 128.0


def test_hair_grows_out_of_the_scalp_and_goes_with_its_skin(mesh):
    hair, again = grow_hair(mesh, seed=6), grow_hair(mesh, seed=6)
    assert np.array_equal(hair.points, again.points)
    roots = hair.points[:, 0]
    length = np.linalg.norm(np.diff(hair.points, axis=1), axis=2).sum(axis=1)
    assert 0.004 < length.min() < length.max() < 0.0305

    turn = plan.head_turn(np.random.default_rng(2))
    skin = posed_vertices(mesh, np.zeros(52, np.float32), turn) - mesh.vertices
    moved = posed_hair(hair, turn)[:, 0] - roots
    some = np.arange(0, len(roots), 20)
    gap = np.linalg.norm(roots[some, None] - mesh.vertices[None], axis=2)
    nearest = gap.argmin(axis=1)
    close = gap.min(axis=1) < 0.002
    assert close.sum() > 20
    assert (scalp_share(mesh)[nearest[close]] > 0.0).all()
    assert np.abs(moved[some[close]] - skin[nearest[close]]).max() < 0.001


def test_colours_are_coded_apart_from_alpha():
    linear = np.zeros((1, 3, 4), np.float32)
    linear[0, 0] = (0.5, 0.25, 1.0, 1.0)
    linear[0, 1] = (0.25 * 0.5, 0.25 * 0.25, 0.25, 0.25)
    coded = coded_rgba(linear)
    assert coded[0, 0].tolist() == [188, 137, 255, 255]
    assert coded[0, 1].tolist() == [188, 137, 255, 64]
    assert coded[0, 2].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(("magic", "version"), [(1234, 2), (20000630, 0x1002)])
def test_a_file_that_is_no_exr_of_one_part_is_refused(tmp_path, magic, version):
    path = tmp_path / "shot.exr"
    path.write_bytes(struct.pack("<iI", magic, version) + bytes(64))
    with pytest.raises(ValueError, match="no EXR file of one part"):
        read_float_exr(path)


def test_the_small_set_shows_the_vertices_it_names(truth, mesh):
    assert [len(truth.rows(split)) for split in ("training", "held_out", "off_range")] == [12, 2, 2]
    for row, camera in enumerate(truth.cameras):
        vertices = posed_vertices(mesh, truth.values[row], truth.head_to_root[row])
        pixels = camera.pixels_of(vertices.astype(np.float64))
        across, down = np.clip(pixels.astype(int), 0, camera.width - 1).T
        skin = mesh.part == 0
        assert (truth.alpha[row, down, across] > 0)[skin].mean() > 0.995
        rotation, shift = camera.root_to_camera[:3, :3], camera.root_to_camera[:3, 3]
        nearest = (vertices @ rotation.T + shift)[:, 2].min()
        seen = truth.depth[row][truth.depth[row] > 0.0]
        assert nearest - 0.032 < seen.min() < nearest + 0.006, "hair may lie in front by its length"


def test_a_background_shows_through_where_alpha_is_low(truth):
    over = truth.over(0, (0.0, 1.0, 0.0))
    empty, full = truth.alpha[0] == 0, truth.alpha[0] == 255
    assert np.array_equal(over[empty], np.tile(np.float32([0, 1, 0]), (empty.sum(), 1)))
    assert np.abs(over[full] * 255 - truth.rgb[0][full]).max() < 0.01


def test_a_set_that_is_not_whole_is_refused(small_set, tmp_path):
    shutil.copytree(small_set, tmp_path / "set")
    (tmp_path / "set/frames.npz").unlink()
    with pytest.raises(MienError, match="no whole set"):
        read_truth(tmp_path / "set")
    scene = json.loads((tmp_path / "set" / SCENE_FILE).read_text())
    assert scene["arguments"]["seed"] == 6
