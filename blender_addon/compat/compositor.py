# SPDX-License-Identifier: GPL-3.0-or-later
"""The compositor: nodes of the scene, from 5.0 on a node group that scenes may share."""

from __future__ import annotations

from typing import Any

import bpy

# On a compositor's tree that Mien has switched on: how many nodes it had then.
SWITCHED_ON = "mien_switched_on"


def compositor_tree_there(scene: Any) -> Any:
    """The node tree of a scene's compositor, or None where it has none (or does not use it)."""
    if hasattr(scene, "compositing_node_group"):
        return scene.compositing_node_group
    return scene.node_tree if scene.use_nodes else None


def compositor_tree(scene: Any) -> Any:
    """The node tree of a scene's compositor, made where there is none (a node group from 5.0 on)."""
    there = compositor_tree_there(scene)
    if there is not None:
        return there
    if hasattr(scene, "compositing_node_group"):
        tree = bpy.data.node_groups.new(f"{scene.name} Compositor", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        scene.compositing_node_group = tree
    else:
        scene.use_nodes = True
        tree = scene.node_tree
    output = compositor_output(tree)
    if not output.inputs[0].is_linked:
        tree.links.new(render_layers(tree).outputs["Image"], output.inputs[0])
    tree[SWITCHED_ON] = len(tree.nodes)
    return tree


def drop_compositor(scene: Any) -> None:
    """Undo `compositor_tree`, where it switched the compositor on and nothing was added since."""
    tree = compositor_tree_there(scene)
    if tree.get(SWITCHED_ON) != len(tree.nodes):
        return
    if hasattr(scene, "compositing_node_group"):
        bpy.data.node_groups.remove(tree)
    else:
        del tree[SWITCHED_ON]
        scene.use_nodes = False


def render_layers(tree: Any) -> Any:
    """The node that gives the scene's render; made where there is none."""
    kind = "CompositorNodeRLayers"
    there = next((node for node in tree.nodes if node.bl_idname == kind), None)
    return there or tree.nodes.new(kind)


def compositor_output(tree: Any) -> Any:
    """The node whose first input is the picture that the compositor gives; made where there is none."""
    is_group = "compositing_node_group" in bpy.types.Scene.bl_rna.properties
    kind = "NodeGroupOutput" if is_group else "CompositorNodeComposite"
    found = [node for node in tree.nodes if node.bl_idname == kind]
    active = next((node for node in found if getattr(node, "is_active_output", True)), None)
    return active or tree.nodes.new(kind)


def alpha_over_inputs(node: Any) -> tuple[Any, Any]:
    """Background and foreground of an Alpha Over node (the factor comes first before 5.0)."""
    sockets = [socket for socket in node.inputs if socket.type == "RGBA"]
    return sockets[0], sockets[1]


def new_math_node(tree: Any, operation: str) -> Any:
    """A Math node in a compositor (5.0 took the compositor's own kind away)."""
    kind = "CompositorNodeMath" if hasattr(bpy.types, "CompositorNodeMath") else "ShaderNodeMath"
    node = tree.nodes.new(kind)
    node.operation = operation
    return node


def set_plain_z_combine(node: Any) -> None:
    """Let a Z Combine node choose by depth alone, with soft edges (inputs instead of settings since 4.5)."""
    for name, value in (("Use Alpha", False), ("Anti-Alias", True)):
        if name in node.inputs:
            node.inputs[name].default_value = value
        else:
            setattr(node, {"Use Alpha": "use_alpha", "Anti-Alias": "use_antialias_z"}[name], value)
