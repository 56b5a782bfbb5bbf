# SPDX-License-Identifier: GPL-3.0-or-later
"""The compositor set up again and taken away: nodes, links and switches of the animator's stay."""

from __future__ import annotations

import bpy
import pytest
from avatar_studio import frames_in
from bl_ext.devrepo.mien import compat
from bl_ext.devrepo.mien.avatar import compositing
from bl_ext.devrepo.mien.avatar.compositor_nodes import DEPTH, FRAMES, OVER, SCALE, marked
from bl_ext.devrepo.mien.avatar.frames import Frames

pytestmark = pytest.mark.every_blender


@pytest.fixture
def tree(scene, layered):
    compositing.set_up(scene, layered, 1.0)
    return compat.compositor_tree_there(scene)


@pytest.fixture
def sharer(scene, tree):
    if not hasattr(scene, "compositing_node_group"):
        pytest.skip("before 5.0 scenes share no compositor")
    other = bpy.data.scenes.new("Shot 2")
    other.compositing_node_group = tree
    yield other
    bpy.data.scenes.remove(other)


def blur_after(tree, source):
    """A node of the animator's between an output and all that it leads to."""
    node = tree.nodes.new("CompositorNodeBlur")
    fed = [link.to_socket for link in source.links]
    tree.links.new(source, node.inputs["Image"])
    for socket in fed:
        tree.links.new(node.outputs["Image"], socket)
    return node


def links_of(tree):
    return {
        (
            link.from_node.name,
            link.from_socket.identifier,
            link.to_node.name,
            link.to_socket.identifier,
        )
        for link in tree.links
    }


def feeding(socket):
    # A socket that its node's image lacks gives nothing.
    return next((link.from_node for link in socket.links if link.from_socket.enabled), None)


def colours_of(node):
    return next(out for out in node.outputs if out.name in ("Combined", "Image") and out.enabled)


def output_of(tree):
    return compat.compositor_output(tree)


def test_a_second_set_up_leaves_every_node_and_link(scene, tree, tmp_path):
    mine = marked(tree)
    colours = colours_of(mine[FRAMES])
    for source in (colours, mine[OVER].outputs[0], mine[DEPTH].outputs[0]):
        blur_after(tree, source)
    nearer = compat.new_math_node(tree, "SUBTRACT")
    tree.links.new(mine[SCALE].outputs[0], nearer.inputs[0])
    tree.links.new(nearer.outputs[0], mine[DEPTH].inputs[3])
    mine[OVER].location = (1.0, 2.0)
    mine[FRAMES].image.alpha_mode = "STRAIGHT"
    links, count = links_of(tree), len(tree.nodes)
    places = {node.name: tuple(node.location) for node in tree.nodes}
    more = frames_in(tmp_path / "elsewhere", 5, 3)
    compositing.set_up(scene, Frames(more, 5), 0.5)
    assert links_of(tree) == links
    assert len(tree.nodes) == count
    assert {node.name: tuple(node.location) for node in tree.nodes} == places
    assert mine[SCALE].inputs[1].default_value == 0.5
    assert (mine[FRAMES].frame_start, mine[FRAMES].frame_duration) == (5, 3)
    assert mine[FRAMES].image.filepath == str(more[0])
    assert mine[FRAMES].image.alpha_mode == "STRAIGHT"


def test_what_was_deleted_is_added_where_it_was(scene, tree, layered):
    blur = blur_after(tree, marked(tree)[DEPTH].outputs[0])
    tree.nodes.remove(marked(tree)[DEPTH])
    tree.links.new(marked(tree)[OVER].outputs[0], blur.inputs["Image"])
    compositing.set_up(scene, layered, 1.0)
    mine = marked(tree)
    assert feeding(output_of(tree).inputs[0]) == blur
    assert feeding(blur.inputs["Image"]) == mine[DEPTH]
    assert [feeding(mine[DEPTH].inputs[i]).name for i in (2, 3)] == [OVER, SCALE]


def test_an_animator_who_lays_the_frames_over_is_left_to_it(scene, tree, layered):
    mine = marked(tree)
    own = tree.nodes.new("CompositorNodeAlphaOver")
    colours = colours_of(mine[FRAMES])
    tree.links.new(colours, compat.alpha_over_inputs(own)[1])
    tree.links.new(own.outputs[0], output_of(tree).inputs[0])
    for name in (OVER, SCALE, DEPTH):
        tree.nodes.remove(mine[name])
    links = links_of(tree)
    assert "your own nodes" in compositing.set_up(scene, layered, 1.0)
    assert links_of(tree) == links
    # Without frames their node lays nothing over.
    compositing.remove(scene)
    assert tuple(compat.alpha_over_inputs(own)[1].default_value) == (0.0, 0.0, 0.0, 0.0)


def test_frames_that_lead_nowhere_are_told(scene, tree, layered):
    picture = tree.nodes.new("CompositorNodeImage")
    tree.links.new(picture.outputs[0], output_of(tree).inputs[0])
    assert "does not lead" in compositing.set_up(scene, layered, 1.0)
    assert feeding(output_of(tree).inputs[0]) == picture


def test_depth_comes_and_goes_with_the_frames_format(scene, layered, flat):
    layer = scene.view_layers[0]
    layer.use_pass_z = False
    compositing.set_up(scene, layered, 1.0)
    tree = compat.compositor_tree_there(scene)
    mine = marked(tree)
    grade = blur_after(tree, colours_of(mine[FRAMES]))
    blur = blur_after(tree, mine[OVER].outputs[0])
    assert "no depth" in compositing.set_up(scene, flat, 1.0)
    assert set(marked(tree)) == {FRAMES, OVER}
    assert not layer.use_pass_z
    assert feeding(output_of(tree).inputs[0]) == blur
    assert feeding(compat.alpha_over_inputs(mine[OVER])[1]) == grade
    assert feeding(grade.inputs["Image"]) == mine[FRAMES]
    assert mine[FRAMES].image.colorspace_settings.name == "sRGB"
    assert len([image for image in bpy.data.images if image.name.startswith("anna")]) == 1
    assert "by depth" in compositing.set_up(scene, layered, 1.0)
    assert layer.use_pass_z
    assert set(marked(tree)) == {FRAMES, OVER, SCALE, DEPTH}
    assert feeding(compat.alpha_over_inputs(mine[OVER])[1]) == grade
    assert feeding(grade.inputs["Image"]) == mine[FRAMES]
    assert feeding(output_of(tree).inputs[0]) == blur


def test_removal_leaves_the_animators_nodes_in_the_chain(scene, tree):
    mine = marked(tree)
    first = blur_after(tree, mine[OVER].outputs[0])
    last = blur_after(tree, mine[DEPTH].outputs[0])
    render = feeding(compat.alpha_over_inputs(mine[OVER])[0])
    compositing.remove(scene)
    chain = [output_of(tree)]
    for name in (0, "Image", "Image"):
        chain.append(feeding(chain[-1].inputs[name]))
    assert chain[1:] == [last, first, render]
    # Their nodes would be put out no longer if it were switched off.
    assert compat.uses_compositor_nodes(scene)
    assert compat.compositor_tree_there(scene) == tree


def test_switches_that_were_off_are_told_and_off_again(scene, layered):
    compat.compositor_tree(scene)
    compat.use_compositor_nodes(scene, used=False)
    scene.render.use_compositing = False
    nodes_can_be_off = not compat.uses_compositor_nodes(scene)
    said = compositing.set_up(scene, layered, 1.0)
    assert "Compositing was off" in said
    assert ("Use Nodes was off" in said) == nodes_can_be_off
    assert scene.render.use_compositing
    assert compat.uses_compositor_nodes(scene)
    compat.use_compositor_nodes(scene, used=False)
    assert compositing.is_set_up(scene)
    assert ("Use Nodes was off" in compositing.set_up(scene, layered, 1.0)) == nodes_can_be_off
    compositing.remove(scene)
    assert not scene.render.use_compositing
    assert compat.uses_compositor_nodes(scene) != nodes_can_be_off
    scene.render.use_compositing = True


def test_switches_that_were_on_stay_on(scene, layered):
    compat.compositor_tree(scene)
    assert "was off" not in compositing.set_up(scene, layered, 1.0)
    compositing.remove(scene)
    assert compat.uses_compositor_nodes(scene)
    assert scene.render.use_compositing


def test_a_compositor_that_another_scene_uses_stays(scene, tree, layered, sharer):
    assert "Shot 2" in compositing.set_up(scene, layered, 1.0)
    assert "Shot 2" in compositing.remove(scene)
    assert scene.compositing_node_group == sharer.compositing_node_group == tree


def test_a_compositor_that_the_animator_keeps_stays(scene, tree):
    if not hasattr(scene, "compositing_node_group"):
        pytest.skip("before 5.0 a compositor is the scene's own")
    tree.use_fake_user = True
    compositing.remove(scene)
    assert scene.compositing_node_group == tree
    bpy.data.node_groups.remove(tree)


def test_an_empty_compositor_of_the_animators_own_stays(scene, layered):
    tree = compat.compositor_tree(scene)
    tree.pop("mien_made", None)
    compositing.set_up(scene, layered, 1.0)
    compositing.remove(scene)
    assert compat.compositor_tree_there(scene) == tree
