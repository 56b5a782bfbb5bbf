# SPDX-License-Identifier: GPL-3.0-or-later
"""The compositor: nodes of the scene, from 5.0 on a node group that scenes may share."""

from __future__ import annotations

from typing import Any

import bpy

# On a node group that `compositor_tree` has made.
MADE = "mien_made"


def compositor_tree_there(scene: Any) -> Any:
    """The node tree of a scene's compositor, or None where it has none; it may be switched off."""
    if _are_groups():
        return scene.compositing_node_group
    return scene.node_tree


def compositor_tree(scene: Any) -> Any:
    """The node tree of a scene's compositor; made where there is none, and put out the render."""
    there = compositor_tree_there(scene)
    if there is not None:
        return there
    if _are_groups():
        tree = bpy.data.node_groups.new(f"{scene.name} Compositor", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        tree[MADE] = True
        scene.compositing_node_group = tree
    else:
        scene.use_nodes = True
        tree = scene.node_tree
    output = compositor_output(tree)
    if not output.inputs[0].is_linked:
        tree.links.new(render_layers(tree).outputs["Image"], output.inputs[0])
    return tree


def uses_compositor_nodes(scene: Any) -> bool:
    """The scene's Use Nodes; from 5.0 on nodes are always used."""
    return _are_groups() or bool(scene.use_nodes)


def use_compositor_nodes(scene: Any, *, used: bool) -> None:
    """Set the scene's Use Nodes, where it has that."""
    if not _are_groups():
        scene.use_nodes = used


def scenes_of_compositor(tree: Any) -> list[Any]:
    """The scenes that a compositor is for: one before 5.0."""
    return [scene for scene in bpy.data.scenes if compositor_tree_there(scene) == tree]


def drop_made_compositor(scene: Any) -> None:
    """Remove the node group that `compositor_tree` has made, if it is as it was then and nobody else's.

    Before 5.0 the nodes are the scene's own and stay; they are switched off with Use Nodes.
    """
    tree = compositor_tree_there(scene)
    if not _are_groups() or tree is None or not tree.get(MADE) or tree.use_fake_user:
        return
    # An editor that shows it does not keep it.
    users = {
        user
        for user in bpy.data.user_map(subset={tree})[tree]
        if not isinstance(user, (bpy.types.Screen, bpy.types.WorkSpace))
    }
    kinds = sorted(node.bl_idname for node in tree.nodes)
    if users == {scene} and kinds == ["CompositorNodeRLayers", "NodeGroupOutput"]:
        bpy.data.node_groups.remove(tree)


def render_layers(tree: Any) -> Any:
    """The node that gives the scene's render; made where there is none."""
    kind = "CompositorNodeRLayers"
    there = next((node for node in tree.nodes if node.bl_idname == kind), None)
    return there or tree.nodes.new(kind)


def compositor_output(tree: Any) -> Any:
    """The node whose first input is the picture that the compositor gives; made where there is none."""
    return compositor_output_there(tree) or tree.nodes.new(_output_kind())


def compositor_output_there(tree: Any) -> Any:
    """The node whose first input is the picture that the compositor gives, or None."""
    found = [node for node in tree.nodes if node.bl_idname == _output_kind()]
    return next((node for node in found if getattr(node, "is_active_output", True)), None)


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


def _output_kind() -> str:
    return "NodeGroupOutput" if _are_groups() else "CompositorNodeComposite"


def _are_groups() -> bool:
    return "compositing_node_group" in bpy.types.Scene.bl_rna.properties
