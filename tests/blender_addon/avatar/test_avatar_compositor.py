# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames in the sequencer and the compositor: in step, taken up again, and gone without a trace."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from avatar_frame import HEIGHT, WIDTH
from avatar_studio import add_camera, frames_in
from bl_ext.devrepo.mien import compat
from bl_ext.devrepo.mien.avatar import colours, compositing
from bl_ext.devrepo.mien.avatar.compositor_nodes import DEPTH, FRAMES, MARK
from bl_ext.devrepo.mien.avatar.frames import Frames
from bl_ext.devrepo.mien.problems import AnimatorError

# The kept frame: left quarter empty, next quarter half covered, right half whole, 1 to 1.5 m away.
EMPTY, WHOLE = (HEIGHT // 2, 2), (HEIGHT // 2, 20)


@pytest.fixture
def frames(tmp_path):
    return frames_in(tmp_path / "anna", 3, 4)


def rendered(scene, tmp_path):
    """(H, W, 4) as the compositor gives it, linear, top row first."""
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = WIDTH, HEIGHT, 100
    render.engine = "CYCLES"
    scene.cycles.samples = 1
    render.image_settings.file_format = "OPEN_EXR"
    render.image_settings.color_depth = "32"
    render.image_settings.color_mode = "RGBA"
    render.filepath = str(tmp_path / "composited.exr")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(render.filepath)
    pixels = np.array(image.pixels[:], np.float32).reshape(HEIGHT, WIDTH, 4)[::-1]
    bpy.data.images.remove(image)
    return pixels


@pytest.fixture
def wall(scene):
    """A wall that glows blue, 5 m before the camera."""
    add_camera(scene, (0.0, 0.0, 0.0))
    bpy.ops.mesh.primitive_plane_add(size=20.0, location=(0, 5, 0), rotation=(np.pi / 2, 0, 0))
    wall = bpy.context.active_object
    material = bpy.data.materials.new("Glow")
    compat_nodes(material)
    wall.data.materials.append(material)
    return wall


def compat_nodes(material):
    if not material.node_tree:
        material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    glow, out = (
        tree.nodes.new(kind) for kind in ("ShaderNodeEmission", "ShaderNodeOutputMaterial")
    )
    glow.inputs["Color"].default_value = (0.0, 0.0, 1.0, 1.0)
    tree.links.new(glow.outputs[0], out.inputs[0])


@pytest.mark.every_blender
@pytest.mark.slow
def test_the_avatar_lies_over_what_is_behind_it_and_under_what_is_before(
    scene, wall, frames, tmp_path
):
    scene.frame_set(4)
    said = compositing.set_up(scene, Frames(frames, 3), 1.0)
    assert "by depth" in said
    behind = rendered(scene, tmp_path)
    np.testing.assert_allclose(behind[EMPTY][:3], (0, 0, 1), atol=0.05)
    assert behind[WHOLE][2] == pytest.approx(0.25, abs=0.01)
    wall.location.y = 0.6
    before = rendered(scene, tmp_path)
    np.testing.assert_allclose(before[WHOLE][:3], (0, 0, 1), atol=0.05)
    # A large avatar stands as much farther away.
    compositing.set_up(scene, Frames(frames, 3), 0.25)
    nearer = rendered(scene, tmp_path)
    assert nearer[WHOLE][2] == pytest.approx(0.25, abs=0.01)


@pytest.mark.every_blender
def test_a_second_set_up_takes_the_first_ones_place(scene, frames):
    compositing.set_up(scene, Frames(frames, 3), 1.0)
    tree = compat.compositor_tree_there(scene)
    count = len(tree.nodes)
    compositing.set_up(scene, Frames(frames[1:], 4), 1.0)
    assert len(tree.nodes) == count
    node = next(node for node in tree.nodes if node.get(MARK) == FRAMES)
    assert (node.frame_start, node.frame_duration, node.frame_offset) == (4, 3, 3)


@pytest.mark.every_blender
def test_what_the_animator_has_made_comes_back(scene, frames):
    tree = compat.compositor_tree(scene)
    output = compat.compositor_output(tree)
    layers = tree.nodes.new("CompositorNodeRLayers")
    blur = tree.nodes.new("CompositorNodeBlur")
    tree.links.new(layers.outputs["Image"], blur.inputs["Image"])
    tree.links.new(blur.outputs["Image"], output.inputs[0])
    view_layer = scene.view_layers[0]
    view_layer.use_pass_z = False
    compositing.set_up(scene, Frames(frames, 3), 1.0)
    assert compositing.is_set_up(scene)
    assert view_layer.use_pass_z
    assert output.inputs[0].links[0].from_node.get(MARK) == DEPTH
    compositing.remove(scene)
    assert output.inputs[0].links[0].from_socket == blur.outputs["Image"]
    assert not compositing.is_set_up(scene)
    assert not view_layer.use_pass_z
    assert compositing.remove(scene) == "The compositor has nothing of Mien."
    assert not [each for each in bpy.data.images if each.name.startswith("anna")]


@pytest.mark.every_blender
def test_a_compositor_that_mien_made_goes_again(scene, frames):
    assert compat.compositor_tree_there(scene) is None
    compositing.set_up(scene, Frames(frames, 3), 1.0)
    compositing.remove(scene)
    # Before 5.0 a scene keeps its nodes, switched off.
    assert compat.compositor_tree_there(scene) is None or not scene.use_nodes
    assert not bpy.data.node_groups


def test_frames_of_every_second_scene_frame_reach_to_the_last(scene, tmp_path):
    paths = [frames_in(tmp_path / "anna", frame, 1)[0] for frame in (3, 5, 7)]
    compositing.set_up(scene, Frames(paths, 3, step=2), 1.0)
    tree = compat.compositor_tree_there(scene)
    node = next(node for node in tree.nodes if node.get(MARK) == FRAMES)
    assert (node.frame_start, node.frame_duration, node.frame_offset) == (3, 5, 2)


@pytest.mark.every_blender
def test_depth_is_found_behind_any_input_and_in_another_scene(scene, frames):
    other = bpy.data.scenes.new("Set")
    try:
        other.view_layers[0].name, other.view_layers[0].use_pass_z = "Backdrop", False
        tree = compat.compositor_tree(scene)
        output = compat.compositor_output(tree)
        tree.nodes.remove(output.inputs[0].links[0].from_node)
        title = tree.nodes.new("CompositorNodeImage")
        layers = tree.nodes.new("CompositorNodeRLayers")
        layers.scene, layers.layer = other, "Backdrop"
        over = tree.nodes.new("CompositorNodeAlphaOver")
        for socket, feed in zip(compat.alpha_over_inputs(over), (title, layers), strict=True):
            tree.links.new(feed.outputs[0], socket)
        tree.links.new(over.outputs[0], output.inputs[0])
        assert "by depth" in compositing.set_up(scene, Frames(frames, 3), 1.0)
        assert other.view_layers[0].use_pass_z
        compositing.remove(scene)
        assert not other.view_layers[0].use_pass_z
        tree.nodes.remove(layers)
        assert "no depth to compare" in compositing.set_up(scene, Frames(frames, 3), 1.0)
    finally:
        bpy.data.scenes.remove(other)


def test_the_animators_own_image_of_a_frame_stays_a_still(scene, frames):
    own = bpy.data.images.load(str(frames[0]))
    compositing.set_up(scene, Frames(frames, 3), 1.0)
    assert own.source == "FILE"
    assert own.users == 0


def test_frames_that_are_not_there_are_told(scene, tmp_path):
    with pytest.raises(AnimatorError, match=r"no frame anna_0003.exr"):
        compositing.set_up(scene, Frames([tmp_path / "anna_0003.exr"], 3), 1.0)
    assert compat.compositor_tree_there(scene) is None


@pytest.mark.every_blender
def test_the_films_colours_are_those_of_standard(scene):
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.exposure = 0.5
    assert "flat in AgX" in colours.advice(scene)
    assert bpy.ops.mien.avatar_colours() == {"FINISHED"}
    assert colours.advice(scene) == ""
    scene.view_settings.use_curve_mapping = True
    assert "look or curves" in colours.advice(scene)
    assert bpy.ops.mien.avatar_colours() == {"FINISHED"}
    assert scene.view_settings.view_transform == "Standard"
    assert not bpy.ops.mien.avatar_colours.poll()
