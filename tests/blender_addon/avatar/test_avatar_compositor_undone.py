# SPDX-License-Identifier: GPL-3.0-or-later
"""Mien taken out of the compositor: what it muted and switched goes back, what the animator did stays."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien import compat
from bl_ext.devrepo.mien.avatar import compositing, strip
from bl_ext.devrepo.mien.avatar import compositor_nodes as nodes

pytestmark = pytest.mark.every_blender


def test_a_mute_of_the_animators_own_stays(scene, flat):
    made = strip.put(bpy.context, scene, flat, "anna").strip
    compositing.set_up(scene, flat, 1.0)
    assert made.mute
    made.mute = False
    strip.put(bpy.context, scene, flat, "anna")
    made.mute = True
    assert "shown again" not in compositing.remove(scene)
    assert made.mute


def test_nodes_deleted_by_hand_leave_nothing_behind(scene, flat):
    compat.compositor_tree(scene)
    scene.render.use_compositing = False
    made = strip.put(bpy.context, scene, flat, "anna").strip
    compositing.set_up(scene, flat, 1.0)
    tree = compat.compositor_tree_there(scene)
    for node in list(nodes.marked(tree).values()):
        tree.nodes.remove(node)
    assert not compositing.is_set_up(scene)
    assert bpy.ops.mien.avatar_compositor_remove.poll()
    compositing.remove(scene)
    assert not made.mute
    assert not bpy.ops.mien.avatar_compositor_remove.poll()


def test_a_compositor_deleted_by_hand_leaves_nothing_behind(scene, flat):
    if not hasattr(scene, "compositing_node_group"):
        pytest.skip("before 5.0 a compositor is the scene's own")
    made = strip.put(bpy.context, scene, flat, "anna").strip
    scene.render.use_compositing = False
    compositing.set_up(scene, flat, 1.0)
    bpy.data.node_groups.remove(scene.compositing_node_group)
    compositing.remove(scene)
    assert not made.mute
    scene.render.use_compositing = True


def test_a_grade_in_place_of_a_node_stays_on(scene, layered):
    tree = compat.compositor_tree(scene)
    blur = blur_before_output(tree)
    scene.render.use_compositing = False
    try:
        compositing.set_up(scene, layered, 1.0)
        source = blur.inputs["Image"].links[0].from_socket
        fed = [link.to_socket for link in blur.outputs[0].links]
        tree.nodes.remove(blur)
        grade = tree.nodes.new("CompositorNodeFlip")
        tree.links.new(source, grade.inputs["Image"])
        for socket in fed:
            tree.links.new(grade.outputs[0], socket)
        said = compositing.remove(scene)
        assert "Still on in scene 'Scene', for its nodes were changed: Compositing." in said
        assert scene.render.use_compositing
    finally:
        scene.render.use_compositing = True


def test_a_switch_turned_on_by_a_later_set_up_is_off_again(scene, layered):
    compat.compositor_tree(scene)
    compositing.set_up(scene, layered, 1.0)
    scene.render.use_compositing = False
    try:
        compositing.set_up(scene, layered, 1.0)
        assert "Still on" not in compositing.remove(scene)
        assert not scene.render.use_compositing
    finally:
        scene.render.use_compositing = True


def test_a_scene_that_shares_the_compositor_gets_its_own_back(scene, layered, flat):
    if not hasattr(scene, "compositing_node_group"):
        pytest.skip("before 5.0 scenes share no compositor")
    layer = scene.view_layers[0]
    layer.use_pass_z, scene.render.use_compositing = False, False
    made = strip.put(bpy.context, scene, flat, "anna").strip
    compositing.set_up(scene, layered, 1.0)
    other = bpy.data.scenes.new("Shot 2")
    try:
        other.compositing_node_group = scene.compositing_node_group
        other.view_layers[0].use_pass_z = True
        compositing.remove(other)
        assert other.view_layers[0].use_pass_z
        assert not layer.use_pass_z
        assert not scene.render.use_compositing
        assert not made.mute
    finally:
        scene.render.use_compositing = True
        bpy.data.scenes.remove(other)


def test_depth_that_the_animator_takes_too_stays(scene, layered):
    layer = scene.view_layers[0]
    layer.use_pass_z = False
    compositing.set_up(scene, layered, 1.0)
    tree = compat.compositor_tree_there(scene)
    fog = compat.new_math_node(tree, "MULTIPLY")
    tree.links.new(compat.render_layers(tree).outputs["Depth"], fog.inputs[0])
    assert f"'{layer.name}' still gives its depth" in compositing.remove(scene)
    assert layer.use_pass_z


def test_copies_of_its_nodes_confuse_nobody_and_go_too(scene, layered):
    compositing.set_up(scene, layered, 1.0)
    tree = compat.compositor_tree_there(scene)
    original = nodes.marked(tree)
    for name, node in original.items():
        copy = tree.nodes.new(node.bl_idname)
        copy[nodes.MARK] = name
        copy.label = node.label
    assert nodes.marked(tree) == original
    said = compositing.set_up(scene, layered, 1.0)
    assert "does not lead" not in said
    assert "by depth" in said
    compositing.remove(scene)
    there = compat.compositor_tree_there(scene)
    assert there is None or not any(nodes.MARK in node for node in there.nodes)


def blur_before_output(tree):
    """A node of the animator's before the compositor's output."""
    blur = tree.nodes.new("CompositorNodeBlur")
    socket = compat.compositor_output(tree).inputs[0]
    tree.links.new(socket.links[0].from_socket, blur.inputs["Image"])
    tree.links.new(blur.outputs["Image"], socket)
    return blur
