# SPDX-License-Identifier: GPL-3.0-or-later
"""The avatar's camera sees each point where Blender's own projection puts it."""

from __future__ import annotations

from itertools import product

import bpy
import mathutils
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view

from core.avatar.blender_lens import camera_from_lens
from core.errors import MienError

SIZES = ((640, 480, 100), (480, 640, 100), (333, 517, 50), (500, 500, 100))
FITS = ("AUTO", "HORIZONTAL", "VERTICAL")
ASPECTS = ((1.0, 1.0), (2.0, 1.0), (1.0, 1.6))
SHIFTS = ((0.0, 0.0), (0.17, -0.31))
POINTS = np.array([[0.02, 0.01, 0.3], [-0.3, -0.1, 0.1], [0.2, 0.3, -0.2], [0.0, -0.4, 0.25]])


@pytest.fixture
def camera(scene):
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    camera.data.lens = 63.0
    camera.data.sensor_width, camera.data.sensor_height = 33.0, 21.0
    camera.location = (0.6, -1.7, 0.5)
    camera.rotation_euler = (1.4, 0.15, 0.33)
    return camera


@pytest.fixture
def root(scene):
    root = bpy.data.objects.new("Root", None)
    scene.collection.objects.link(root)
    root.location = (0.1, 0.2, -0.05)
    root.rotation_euler = (0.1, -0.2, 0.3)
    return root


def ours(scene, camera, root):
    bpy.context.view_layer.update()
    render, lens = scene.render, camera.data
    return camera_from_lens(
        render.resolution_x * render.resolution_percentage // 100,
        render.resolution_y * render.resolution_percentage // 100,
        lens_mm=lens.lens,
        sensor_width_mm=lens.sensor_width,
        sensor_height_mm=lens.sensor_height,
        sensor_fit=lens.sensor_fit,
        shift_x=lens.shift_x,
        shift_y=lens.shift_y,
        pixel_aspect_x=render.pixel_aspect_x,
        pixel_aspect_y=render.pixel_aspect_y,
        camera_to_root=np.array(root.matrix_world.inverted() @ camera.matrix_world),
        camera_type=lens.type,
    )


def blenders(scene, camera, root, size):
    """Pixels by the matrix that Blender's viewport and game exporters use."""
    matrix = camera.calc_matrix_camera(
        bpy.context.evaluated_depsgraph_get(),
        x=size[0],
        y=size[1],
        scale_x=scene.render.pixel_aspect_x,
        scale_y=scene.render.pixel_aspect_y,
    )
    place = camera.matrix_world.normalized().inverted()
    pixels = []
    for point in POINTS:
        x, y, _, w = matrix @ place @ (root.matrix_world @ mathutils.Vector(point)).to_4d()
        pixels.append([(0.5 + 0.5 * x / w) * size[0], (0.5 - 0.5 * y / w) * size[1]])
    return np.array(pixels)


@pytest.mark.every_blender
@pytest.mark.parametrize(("size", "fit"), list(product(SIZES, FITS)))
def test_points_fall_on_blenders_pixels(scene, camera, root, size, fit):
    scene.render.resolution_x, scene.render.resolution_y = size[:2]
    scene.render.resolution_percentage = size[2]
    camera.data.sensor_fit = fit
    for aspect, shift in product(ASPECTS, SHIFTS):
        scene.render.pixel_aspect_x, scene.render.pixel_aspect_y = aspect
        camera.data.shift_x, camera.data.shift_y = shift
        seen = ours(scene, camera, root)
        expected = blenders(scene, camera, root, (seen.width, seen.height))
        assert np.abs(seen.pixels_of(POINTS) - expected).max() < 2e-3


@pytest.mark.parametrize("shift", SHIFTS)
def test_the_helper_of_blenders_scripts_agrees(scene, camera, root, shift):
    scene.render.resolution_x, scene.render.resolution_y = 480, 640
    camera.data.shift_x, camera.data.shift_y = shift
    seen = ours(scene, camera, root)
    for point in POINTS:
        x, y, _ = world_to_camera_view(scene, camera, root.matrix_world @ mathutils.Vector(point))
        assert seen.pixels_of(point) == pytest.approx([x * 480, (1.0 - y) * 640], abs=2e-3)


def test_scale_of_camera_and_root_turns_no_direction(scene, camera, root):
    camera.scale = (3.0, 2.0, 0.5)
    root.scale = (2.0, 2.0, 2.0)
    seen = ours(scene, camera, root)
    expected = blenders(scene, camera, root, (seen.width, seen.height))
    assert np.abs(seen.pixels_of(POINTS) - expected).max() < 2e-3


@pytest.mark.parametrize("kind", ["ORTHO", "PANO"])
def test_a_camera_without_perspective_is_refused(scene, camera, root, kind):
    camera.data.type = kind
    with pytest.raises(MienError, match=kind):
        ours(scene, camera, root)


def test_a_root_that_is_stretched_one_way_is_refused(scene, camera, root):
    root.scale = (1.0, 1.0, 3.0)
    with pytest.raises(MienError, match="right angles"):
        ours(scene, camera, root)
