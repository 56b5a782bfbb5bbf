# SPDX-License-Identifier: GPL-3.0-or-later
"""An avatar's frames in Blender's compositor: its passes by their names, its colours as they were."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from avatar_frame import HEIGHT, KEPT, WIDTH, kept_picture

FAR = np.float32(1e10)


def composited(node_of, tmp_path):
    """What a compositor shows that ends in the socket `node_of(tree)`: (H, W, 4)."""
    scene = bpy.context.scene
    if hasattr(scene, "compositing_node_group"):
        tree = bpy.data.node_groups.new("Test", "CompositorNodeTree")
        tree.interface.new_socket(name="Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        scene.compositing_node_group = tree
        end = tree.nodes.new("NodeGroupOutput")
    else:
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        end = tree.nodes.new("CompositorNodeComposite")
    tree.links.new(node_of(tree), end.inputs[0])
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = WIDTH, HEIGHT, 100
    render.engine = "BLENDER_WORKBENCH"
    render.image_settings.file_format = "OPEN_EXR"
    render.image_settings.color_depth = "32"
    render.image_settings.color_mode = "RGBA"
    render.filepath = str(tmp_path / "composited.exr")
    if scene.camera is None:
        scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
        scene.collection.objects.link(scene.camera)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(render.filepath)
    return np.array(image.pixels[:], np.float32).reshape(HEIGHT, WIDTH, 4)[::-1]


@pytest.mark.every_blender
def test_blender_reads_the_passes_of_a_frame(tmp_path):
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    image = bpy.data.images.load(str(KEPT))
    seen = {}

    def socket(name):
        def of_tree(tree):
            node = tree.nodes.new("CompositorNodeImage")
            node.image = image
            seen.update({output.name: output.type for output in node.outputs})
            return node.outputs[name]

        return of_tree

    rgba, depth, _ = kept_picture()
    assert np.array_equal(composited(socket("Combined"), tmp_path), rgba)
    assert image.type == "MULTILAYER"
    assert seen["Depth"] == "VALUE"
    assert "Normal" in seen
    far = np.where(depth > 0.0, depth, FAR)
    assert np.array_equal(composited(socket("Depth"), tmp_path)[..., 0], far)
