# SPDX-License-Identifier: GPL-3.0-or-later
"""The animated scene as a shot: keys, drivers, layers, cameras and heads, at every frame and between."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import apply, strips
from bl_ext.devrepo.mien.avatar import sampling, shot_file, sitter
from bl_ext.devrepo.mien.performance_file import Performed
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.rigs.sources import CHANNELS
from studio import differences, dump, make_face

JAW, SMILE, BLINK = (CHANNELS.index(n) for n in ("jawOpen", "mouthSmileLeft", "eyeBlinkLeft"))


@pytest.fixture
def camera(scene):
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = (0.0, -2.0, 0.1), (np.pi / 2, 0.0, 0.0)
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = 200, 100
    return camera


def key_value(face, name):
    return face.data.shape_keys.key_blocks[name]


def shot(scene, holder, **asked):
    taken = sampling.range_of(scene, **{"first": 1, "last": 10, "step": 1, "moments": 1, **asked})
    return sampling.sample(scene, sitter.sitter(scene, holder), taken)


def test_keys_drivers_and_what_stands_still_are_read(scene, face, camera):
    jaw = key_value(face, "jawOpen")
    for frame, value in ((1, 0.0), (10, 0.9)):
        jaw.value = value
        jaw.keyframe_insert("value", frame=frame)
    for curve in (
        jaw.id_data.animation_data.action.fcurves
        if hasattr(jaw.id_data.animation_data.action, "fcurves")
        else jaw.id_data.animation_data.action.layers[0].strips[0].channelbags[0].fcurves
    ):
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"
    key_value(face, "mouthSmileLeft").value = 0.4
    driver = key_value(face, "eyeBlinkLeft").driver_add("value").driver
    driver.expression = "frame / 20"
    made = shot(scene, face)
    np.testing.assert_allclose(made.values[:, 0, JAW], np.linspace(0.0, 0.9, 10), atol=1e-5)
    np.testing.assert_allclose(made.values[:, 0, SMILE], 0.4, atol=1e-6)
    np.testing.assert_allclose(made.values[:, 0, BLINK], np.arange(1, 11) / 20, atol=1e-6)
    assert made.frame.tolist() == list(range(1, 11))


def test_a_take_and_what_lies_on_top_of_it_come_back(scene, face, camera, performance):
    columns = performance(40)
    head = bpy.data.objects.new("Neck", None)
    scene.collection.objects.link(head)
    head.rotation_euler = (0.3, 0.0, 0.8)
    scene.mien.target, scene.mien.head_target = face, head
    order = apply.Order("Line 1", strips.StripMap(0.0, 24.0, 5, 40))
    apply.key_take(order, Performed(columns, columns), face, head)
    made = shot(scene, face, first=5, last=44)
    wanted = np.stack([columns[name] for name in CHANNELS], axis=1)
    # Keys lie within the tolerance of the take, a hundredth.
    assert np.abs(made.values[:, 0] - wanted).max() < 0.02
    angles = [columns[name] for name in ("headPitch", "headYaw", "headRoll")]
    from bl_ext.devrepo.mien.avatar.head_turn import matrices

    np.testing.assert_allclose(
        made.head_to_root[:, 0], matrices(*(a.astype(float) for a in angles)), atol=0.01
    )
    key_value(face, "jawOpen").value = 0.77
    key_value(face, "jawOpen").keyframe_insert("value", frame=20)
    np.testing.assert_allclose(
        shot(scene, face, first=20, last=22).values[:, 0, JAW], 0.77, atol=1e-5
    )


def test_nothing_of_the_scene_changes(scene, face, camera):
    jaw = key_value(face, "jawOpen")
    jaw.value = 0.3
    jaw.keyframe_insert("value", frame=1)
    jaw.value = 0.6  # not keyed yet: going through the frames would lose it
    scene.frame_set(7)
    jaw.value = 0.6
    counts = {name: len(getattr(bpy.data, name)) for name in ("objects", "scenes", "actions")}
    before = dump(scene.camera.data, face.data.shape_keys)
    shot(scene, face)
    assert differences(before, dump(scene.camera.data, face.data.shape_keys)) == []
    assert jaw.value == pytest.approx(0.6)
    assert scene.frame_current == 7
    assert counts == {name: len(getattr(bpy.data, name)) for name in counts}


def test_moving_cameras_lenses_and_cuts_are_seen(scene, face, camera):
    camera.data.lens = 50.0
    camera.data.keyframe_insert("lens", frame=1)
    camera.data.lens = 100.0
    camera.data.keyframe_insert("lens", frame=10)
    other = bpy.data.objects.new("Close", bpy.data.cameras.new("Close"))
    scene.collection.objects.link(other)
    other.location, other.rotation_euler, other.data.lens = (0, -1, 0), (np.pi / 2, 0, 0), 80.0
    for name, frame, chosen in (("wide", 1, camera), ("close", 6, other)):
        scene.timeline_markers.new(name, frame=frame).camera = chosen
    made = shot(scene, face)
    np.testing.assert_allclose(made.focal[0, 0, 0], 50.0 / 36.0 * 200.0, rtol=1e-4)
    assert made.focal[4, 0, 0] > made.focal[0, 0, 0]
    np.testing.assert_allclose(made.focal[5:, 0, 0], 80.0 / 36.0 * 200.0, rtol=1e-4)
    np.testing.assert_allclose(made.root_to_camera[0, 0, 2, 3], 2.0, atol=1e-5)
    np.testing.assert_allclose(made.root_to_camera[9, 0, 2, 3], 1.0, atol=1e-5)


def test_moments_of_an_open_shutter_lie_where_blender_opens_it(scene, face, camera):
    jaw = key_value(face, "jawOpen")
    driver = jaw.driver_add("value").driver
    driver.expression = "frame / 20"
    scene.render.motion_blur_shutter = 0.5
    scene.render.motion_blur_position = "START"
    made = shot(scene, face, moments=4)
    wanted = (np.arange(1, 11)[:, None] + (np.arange(4) + 0.5) / 4 * 0.5) / 20
    np.testing.assert_allclose(made.values[:, :, JAW], wanted, atol=1e-5)
    scene.render.motion_blur_position = "CENTER"
    made = shot(scene, face, moments=4)
    np.testing.assert_allclose(made.values[:, :, JAW], wanted - 0.25 / 20, atol=1e-5)


def test_a_place_that_moves_and_is_scaled_is_followed(scene, face, camera):
    place = bpy.data.objects.new("Chest", None)
    scene.collection.objects.link(place)
    place.scale = (2.0, 2.0, 2.0)
    for frame, x in ((1, 0.0), (10, 0.9)):
        place.location.x = x
        place.keyframe_insert("location", frame=frame)
    face.mien_avatar.place = place
    made = shot(scene, face)
    assert made.root_to_camera[0, 0, 0, 3] == pytest.approx(0.0, abs=1e-6)
    assert made.root_to_camera[9, 0, 0, 3] == pytest.approx(0.45, abs=1e-5)
    assert made.root_to_camera[9, 0, 2, 3] == pytest.approx(1.0, abs=1e-5)
    place.scale = (2.0, 2.0, 1.0)
    with pytest.raises(AnimatorError, match=r"'Chest'.*scaled unevenly"):
        shot(scene, face)


def test_a_head_that_is_its_own_place_does_not_turn_twice(scene, face, camera):
    scene.mien.target = scene.mien.head_target = face
    face.rotation_euler = (0.0, 0.0, 0.5)
    face.delta_rotation_euler = (0.0, 0.0, 0.2)
    made = shot(scene, face, last=1)
    bpy.context.view_layer.update()
    whole = np.array(camera.matrix_world.inverted() @ face.matrix_world)[:3, :3]
    seen = made.root_to_camera[0, 0, :3, :3] @ made.head_to_root[0, 0, :3, :3]
    np.testing.assert_allclose(np.diag([1.0, -1.0, -1.0]) @ whole, seen, atol=1e-5)
    assert made.head_to_root[0, 0, 1, 0] == pytest.approx(np.sin(0.2), abs=1e-5)


def test_the_file_is_what_the_worker_reads(scene, face, camera, tmp_path):
    from core.avatar.shot import load_shot

    key_value(face, "jawOpen").value = 0.5
    made = shot(scene, face, moments=2)
    shot_file.write(made, tmp_path / "shot.npz")
    read = load_shot(tmp_path / "shot.npz")
    assert (read.frames, read.moments, read.size) == (10, 2, (200, 100))
    np.testing.assert_array_equal(read.values, made.values)
    assert read.camera(3, 1).focal_x == pytest.approx(50.0 / 36.0 * 200.0, rel=1e-5)


def test_what_is_missing_is_said(scene, face):
    with pytest.raises(AnimatorError, match="has no camera"):
        shot(scene, face)
    camera = bpy.data.objects.new("Flat", bpy.data.cameras.new("Flat"))
    camera.data.type = "ORTHO"
    scene.collection.objects.link(camera)
    scene.camera = camera
    with pytest.raises(AnimatorError, match="'Flat' has another one"):
        shot(scene, face)
    with pytest.raises(AnimatorError, match="before its start"):
        sampling.range_of(scene, first=5, last=4, step=1, moments=1)
    with pytest.raises(AnimatorError, match="attached to nothing"):
        sitter.sitter(scene, None)


def test_a_second_character_keeps_to_itself(scene, camera, arkit_names):
    one, other = (make_face(scene, arkit_names, name) for name in ("Anna", "Bob"))
    key_value(one, "jawOpen").value, key_value(other, "jawOpen").value = 0.2, 0.8
    assert shot(scene, other, last=1).values[0, 0, JAW] == pytest.approx(0.8)
    assert shot(scene, one, last=1).values[0, 0, JAW] == pytest.approx(0.2)
