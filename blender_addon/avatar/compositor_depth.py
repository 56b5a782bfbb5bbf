# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands before the avatar covers it in the compositor: the nearer of render and avatar, by pixel."""

from __future__ import annotations

from typing import Any

import bpy

from .. import compat
from . import compositor_nodes as nodes
from .compositor_nodes import DEPTH, DEPTHS, SCALE

# On the Z Combine node: the view layer whose depth was switched on for it, and the scene of that layer.
SWITCHED, SWITCHED_IN = "mien_depth_switched_on", "mien_depth_switched_on_in"


def cover(scene: Any, tree: Any, picture: Any, over: Any, scale: float) -> list[str]:
    """Let what stands before the avatar cover it, where there are depths to compare; returns sentences."""
    behind = nodes.source_of(compat.alpha_over_inputs(over)[0])
    depth, layer = nodes.named(picture, DEPTHS), _render_layer(behind.node, scene)
    nearer = nodes.marked(tree).get(DEPTH)
    has_own_depth = nearer is not None and nearer.inputs[1].is_linked
    if depth is None:
        return ["These frames have no depth, so the avatar lies over everything.", *drop(tree)]
    if layer is None and not has_own_depth:
        words = (
            "No Render Layers node leads to the compositor's output, so there is no depth to compare: "
            "the avatar lies over everything."
        )
        return [words, *drop(tree)]
    if nearer is None:
        nearer = _new_nearer(tree, over)
    if layer is not None:
        _use_depth(scene, layer, nearer)
        nodes.feed(tree, layer.outputs["Depth"], nearer.inputs[1])
    nodes.feed(tree, behind, nearer.inputs[0])
    nodes.feed(tree, over.outputs[0], nearer.inputs[2])
    _feed_scaled(tree, depth, nearer, scale)
    return ["Objects before it cover it (by depth)."]


def _new_nearer(tree: Any, over: Any) -> Any:
    """Z Combine: of render and avatar what is nearer, pixel by pixel.

    Where the avatar is not, its depth is farther than anything.
    """
    node = nodes.mark(tree.nodes.new("CompositorNodeZcombine"), DEPTH)
    compat.set_plain_z_combine(node)
    nodes.insert_after(tree, over.outputs[0], node)
    node.location = (over.location.x + nodes.STEP_PIXELS, over.location.y)
    return node


def _feed_scaled(tree: Any, depth: Any, nearer: Any, scale: float) -> None:
    """The avatar's depth in the scene's metres."""
    node = nodes.marked(tree).get(SCALE)
    if node is None:
        if nearer.inputs[3].is_linked:
            return
        node = nodes.mark(compat.new_math_node(tree, "MULTIPLY"), SCALE)
        node.location = (nearer.location.x - nodes.STEP_PIXELS, nearer.location.y - 300)
    nodes.feed(tree, depth, node.inputs[0])
    nodes.feed(tree, node.outputs[0], nearer.inputs[3])
    node.inputs[1].default_value = scale


def drop(tree: Any) -> list[str]:
    """Take the comparison of depths out of the chain; returns sentences about it.

    View layers that were made to give their depth for it give it no longer, unless something else in a
    compositor takes it.
    """
    switched = {}
    for node in nodes.every(tree, DEPTH):
        owner = node.get(SWITCHED_IN)
        if owner is not None:
            switched[owner, node[SWITCHED]] = owner.view_layers.get(node[SWITCHED])
        nodes.take_out(tree, node)
    for node in nodes.every(tree, SCALE):
        tree.nodes.remove(node)
    told = []
    for (owner, name), shown in switched.items():
        if shown is None or not shown.use_pass_z:
            continue
        if _is_taken(owner, name):
            told.append(f"View layer '{name}' still gives its depth (Z), for your nodes take it.")
        else:
            shown.use_pass_z = False
    return told


def _is_taken(owner: Any, name: str) -> bool:
    """Whether the depth of a scene's view layer leads anywhere, in any scene's compositor."""
    return any(
        node.outputs["Depth"].is_linked
        for scene in bpy.data.scenes
        for node in getattr(compat.compositor_tree_there(scene), "nodes", ())
        if node.bl_idname == "CompositorNodeRLayers"
        and (node.scene or scene, node.layer) == (owner, name)
    )


def _use_depth(scene: Any, layer: Any, node: Any) -> None:
    """Let the render give its depth; the node remembers where it did not."""
    shown = _view_layer(layer, scene)
    if shown.use_pass_z:
        return
    shown.use_pass_z = True
    node[SWITCHED], node[SWITCHED_IN] = shown.name, layer.scene or scene
    if layer.scene not in (None, scene):
        # Before 5.0 a node hears of another scene's passes when its layer is chosen.
        layer.layer = shown.name


def _view_layer(layer: Any, scene: Any) -> Any:
    """The view layer that a Render Layers node shows, of whichever scene; None where it is gone."""
    return (layer.scene or scene).view_layers.get(layer.layer)


def _render_layer(behind: Any, scene: Any) -> Any:
    """The Render Layers node nearest before a node, through whatever mixes it or changes its colours.

    None where there is none, or its view layer is gone.
    """
    return next(
        (
            node
            for node in nodes.before(behind)
            if node.bl_idname == "CompositorNodeRLayers" and _view_layer(node, scene) is not None
        ),
        None,
    )
