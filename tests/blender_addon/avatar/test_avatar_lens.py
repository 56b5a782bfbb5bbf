# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's camera as a pinhole: points fall where Blender says, and where the core says."""

from __future__ import annotations

import bpy
import mathutils
import numpy as np
import pytest
from bl_ext.devrepo.mien.avatar import sitter
from bl_ext.devrepo.mien.avatar.head_turn import NECK_PIVOT, matrices
from bl_ext.devrepo.mien.avatar.lens import pinhole, root_to_camera, scale_of
from bpy_extras.object_utils import world_to_camera_view

POINTS = np.array([[0.0, 0.0, 0.0], [0.1, -0.05, 0.2], [-0.2, 0.1, 0.05], [0.05, 0.02, -0.1]])
SIZES = [(640, 360, 1.0, 1.0), (300, 500, 1.0, 1.0), (400, 400, 2.0, 1.0), (400, 300, 1.0, 1.5)]


@pytest.fixture
def camera(scene):
    data = bpy.data.cameras.new("Camera")
    camera = bpy.data.objects.new("Camera", data)
    scene.collection.objects.link(camera)
    scene.camera = camera
    camera.location = (0.6, -1.5, 0.4)
    camera.rotation_euler = (1.35, 0.1, 0.35)
    data.lens, data.shift_x, data.shift_y = 62.0, 0.07, -0.12
    data.sensor_width, data.sensor_height = 30.0, 18.0
    bpy.context.view_layer.update()
    return camera


def seen(scene, camera, root):
    picture = sitter.picture_of(scene)
    focal, centre = pinhole(picture, sitter.lens_of(camera))
    view = root_to_camera(np.array(root), np.array(camera.matrix_world))
    points = POINTS @ view[:3, :3].T + view[:3, 3]
    return points[:, :2] / points[:, 2:] * focal + np.array(centre)


@pytest.mark.parametrize("fit", ["AUTO", "HORIZONTAL", "VERTICAL"])
@pytest.mark.parametrize("size", SIZES)
def test_points_fall_where_blender_puts_them(scene, camera, size, fit):
    render = scene.render
    render.resolution_x, render.resolution_y, render.pixel_aspect_x, render.pixel_aspect_y = size
    render.resolution_percentage = 50
    camera.data.sensor_fit = fit
    root = mathutils.Matrix.LocRotScale(
        (0.1, 0.05, 0.1), mathutils.Euler((0.1, 0.2, 0.3)), (2, 2, 2)
    )
    picture = sitter.picture_of(scene)
    wanted = [world_to_camera_view(scene, camera, root @ mathutils.Vector(p)) for p in POINTS]
    wanted = [(view.x * picture.width, (1.0 - view.y) * picture.height) for view in wanted]
    np.testing.assert_allclose(seen(scene, camera, root), wanted, atol=0.01)
    assert scale_of(np.array(root)) == pytest.approx(2.0)


@pytest.mark.parametrize("fit", ["AUTO", "HORIZONTAL", "VERTICAL"])
@pytest.mark.parametrize("size", SIZES)
def test_the_core_has_the_same_rules(scene, camera, size, fit):
    from core.avatar.blender_lens import camera_from_lens

    render, data = scene.render, camera.data
    render.resolution_x, render.resolution_y, render.pixel_aspect_x, render.pixel_aspect_y = size
    data.sensor_fit = fit
    root = mathutils.Matrix.Translation((0.1, 0.2, 0.3))
    picture = sitter.picture_of(scene)
    core = camera_from_lens(
        picture.width,
        picture.height,
        lens_mm=data.lens,
        sensor_width_mm=data.sensor_width,
        sensor_height_mm=data.sensor_height,
        sensor_fit=fit,
        shift_x=data.shift_x,
        shift_y=data.shift_y,
        pixel_aspect_x=size[2],
        pixel_aspect_y=size[3],
        camera_to_root=np.array(root.inverted() @ camera.matrix_world),
    )
    np.testing.assert_allclose(core.pixels_of(POINTS), seen(scene, camera, root), atol=1e-3)


def test_a_squashed_place_is_refused():
    root = np.diag([1.0, 1.0, 1.5, 1.0])
    with pytest.raises(ValueError, match="unevenly"):
        root_to_camera(root, np.eye(4))


def test_the_head_turns_about_the_neck_as_the_core_turns_it():
    from core.avatar.head_pose import NECK_PIVOT as CORES
    from core.avatar.head_pose import head_to_root

    np.testing.assert_allclose(NECK_PIVOT, CORES)
    for angles in ((0.2, 0.0, 0.0), (0.0, -0.3, 0.0), (0.0, 0.0, 0.25), (0.0, 0.0, 0.0)):
        ours = matrices(*(np.array([angle]) for angle in angles))[0]
        np.testing.assert_allclose(ours, head_to_root(*angles), atol=1e-9)
