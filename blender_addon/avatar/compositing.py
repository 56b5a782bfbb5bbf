# SPDX-License-Identifier: GPL-3.0-or-later
"""The compositor that lays an avatar's frames over the render, before and behind its objects.

Render -> Alpha Over <- frames; where the frames have depth, Z Combine then brings back what of the
render stands before the avatar. Mien's nodes carry a mark: a second set-up gives them new frames and adds
only what is missing, so that nodes and links which the animator put between them stay; taking them away
leaves the rest of the tree linked as they passed it on.
"""

from __future__ import annotations

from typing import Any

from .. import compat
from ..problems import AnimatorError
from . import compositor_nodes as nodes
from . import compositor_switches, strip
from .compositor_nodes import DEPTH, DEPTHS, FRAMES, OVER, SCALE
from .frames import Frames

# On the Z Combine node: the view layer whose depth was switched on for it, and the scene of that layer
# where it is another one.
SWITCHED, SWITCHED_IN = "mien_depth_switched_on", "mien_depth_switched_on_in"
# On the Alpha Over node: how far the output was moved to make room.
MOVED = "mien_output_moved"
STEP_PIXELS = 260


def set_up(scene: Any, frames: Frames, scale: float) -> str:
    """Lay frames over the scene's render; returns sentences about it.

    Args:
        scene: whose compositor.
        frames: that lie over the render.
        scale: how large the avatar stands in the scene: its depth is in its own metres.

    Raises:
        AnimatorError: there is no first frame, or the compositor belongs to a library.
    """
    if not frames.paths[0].is_file():
        raise AnimatorError(
            f"There is no frame {frames.paths[0].name} in {frames.paths[0].parent}.",
            "Press Render Avatar first.",
        )
    there = compat.compositor_tree_there(scene)
    if there is not None and not there.is_editable:
        raise AnimatorError(
            f"The compositor of scene '{scene.name}' is linked from another file.",
            "Make it local, or set the compositor up in that file.",
        )
    switched = compositor_switches.switch_on(scene)
    tree = compat.compositor_tree(scene)
    output = compat.compositor_output(tree)
    picture = nodes.frames_node(tree, frames)
    said = [
        *_lay_over(scene, tree, picture, output, scale),
        *switched,
        *_told_sharers(scene, tree),
        *_mute_strips(scene),
    ]
    return " ".join(said)


def is_set_up(scene: Any) -> bool:
    """Whether Mien's nodes lie in the scene's compositor, be it switched off."""
    return bool(nodes.marked(compat.compositor_tree_there(scene)))


def remove(scene: Any) -> str:
    """Take Mien's nodes away, so that what they lay over is put out again; returns sentences about it.

    What `set_up` switched on is off again, strips that it muted are heard, and a compositor that it made
    and nobody else uses or has changed is gone. Without Mien's nodes nothing changes.
    """
    tree = compat.compositor_tree_there(scene)
    mine = nodes.marked(tree)
    if not mine:
        return "The compositor has nothing of Mien."
    _drop_depth(scene, tree)
    if OVER in mine:
        compat.compositor_output(tree).location.x -= mine[OVER].get(MOVED, 0)
        nodes.take_out(tree, mine[OVER], compat.alpha_over_inputs(mine[OVER])[0])
    if FRAMES in mine:
        nodes.remove_frames_node(tree, mine[FRAMES])
    told = _told_sharers(scene, tree)
    compositor_switches.switch_back(scene)
    compat.drop_made_compositor(scene)
    if strip.unmute(scene):
        told.append("The avatar's strip is shown again.")
    return " ".join(["The compositor has nothing of Mien any more.", *told])


def _lay_over(scene: Any, tree: Any, picture: Any, output: Any, scale: float) -> list[str]:
    """Add what is missing between frames and output; returns sentences about it."""
    over = nodes.marked(tree).get(OVER)
    if over is None and picture in nodes.before(output):
        return ["The compositor takes the new frames, where your own nodes lead them."]
    if over is None:
        over = _new_over(tree, picture, output)
    behind, front = compat.alpha_over_inputs(over)
    nodes.feed(tree, nodes.named(picture, nodes.COLOURS) or picture.outputs[0], front)
    if not behind.is_linked:
        nodes.feed(tree, compat.render_layers(tree).outputs["Image"], behind)
    depth_words = _cover_by_depth(scene, tree, picture, over, scale)
    last = nodes.marked(tree).get(DEPTH, over)
    nodes.feed(tree, last.outputs[0], output.inputs[0])
    if last not in nodes.before(output):
        return [
            f"The frames are there, but '{last.label}' does not lead to the compositor's output: link it."
        ]
    return ["The compositor lays the avatar over the render.", depth_words]


def _new_over(tree: Any, picture: Any, output: Any) -> Any:
    """Alpha Over before the output, which moves on to make room."""
    over = nodes.mark(tree.nodes.new("CompositorNodeAlphaOver"), OVER)
    behind = nodes.source_of(output.inputs[0]) or compat.render_layers(tree).outputs["Image"]
    tree.links.new(behind, compat.alpha_over_inputs(over)[0])
    tree.links.new(over.outputs[0], output.inputs[0])
    x, y = output.location
    picture.location, over.location = (x, y - 300), (x + STEP_PIXELS, y)
    output.location.x = x + 3 * STEP_PIXELS
    over[MOVED] = 3 * STEP_PIXELS
    return over


def _cover_by_depth(scene: Any, tree: Any, picture: Any, over: Any, scale: float) -> str:
    """Let what stands before the avatar cover it, where there are depths to compare; returns a sentence."""
    behind = nodes.source_of(compat.alpha_over_inputs(over)[0])
    depth, layer = nodes.named(picture, DEPTHS), _render_layer(behind.node, scene)
    nearer = nodes.marked(tree).get(DEPTH)
    has_own_depth = nearer is not None and nearer.inputs[1].is_linked
    if depth is None:
        _drop_depth(scene, tree)
        return "These frames have no depth, so the avatar lies over everything."
    if layer is None and not has_own_depth:
        _drop_depth(scene, tree)
        return (
            "No Render Layers node leads to the compositor's output, so there is no depth to compare: "
            "the avatar lies over everything."
        )
    if nearer is None:
        nearer = _new_nearer(tree, over)
    if layer is not None:
        _use_depth(scene, layer, nearer)
        nodes.feed(tree, layer.outputs["Depth"], nearer.inputs[1])
    nodes.feed(tree, behind, nearer.inputs[0])
    nodes.feed(tree, over.outputs[0], nearer.inputs[2])
    _feed_scaled(tree, depth, nearer, scale)
    return "Objects before it cover it (by depth)."


def _new_nearer(tree: Any, over: Any) -> Any:
    """Z Combine: of render and avatar what is nearer, pixel by pixel.

    Where the avatar is not, its depth is farther than anything.
    """
    node = nodes.mark(tree.nodes.new("CompositorNodeZcombine"), DEPTH)
    compat.set_plain_z_combine(node)
    nodes.insert_after(tree, over.outputs[0], node)
    node.location = (over.location.x + STEP_PIXELS, over.location.y)
    return node


def _feed_scaled(tree: Any, depth: Any, nearer: Any, scale: float) -> None:
    """The avatar's depth in the scene's metres."""
    node = nodes.marked(tree).get(SCALE)
    if node is None:
        if nearer.inputs[3].is_linked:
            return
        node = nodes.mark(compat.new_math_node(tree, "MULTIPLY"), SCALE)
        node.location = (nearer.location.x - STEP_PIXELS, nearer.location.y - 300)
    nodes.feed(tree, depth, node.inputs[0])
    nodes.feed(tree, node.outputs[0], nearer.inputs[3])
    node.inputs[1].default_value = scale


def _drop_depth(scene: Any, tree: Any) -> None:
    """Take the comparison of depths out of the chain; the view layer gives its depth no longer."""
    mine = nodes.marked(tree)
    if DEPTH in mine:
        node = mine[DEPTH]
        shown = (node.get(SWITCHED_IN) or scene).view_layers.get(node.get(SWITCHED, ""))
        if shown is not None:
            shown.use_pass_z = False
        nodes.take_out(tree, node, node.inputs[2 if node.inputs[2].is_linked else 0])
    if SCALE in mine:
        tree.nodes.remove(mine[SCALE])


def _use_depth(scene: Any, layer: Any, node: Any) -> None:
    """Let the render give its depth; the node remembers where it did not."""
    shown = _view_layer(layer, scene)
    if shown.use_pass_z:
        return
    shown.use_pass_z = True
    node[SWITCHED] = shown.name
    if layer.scene not in (None, scene):
        node[SWITCHED_IN] = layer.scene
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


def _told_sharers(scene: Any, tree: Any) -> list[str]:
    """From 5.0 on scenes can share a compositor."""
    others = [each.name for each in compat.scenes_of_compositor(tree) if each != scene]
    if not others:
        return []
    return [f"The same compositor is that of {', '.join(others)}, so this is so there too."]


def _mute_strips(scene: Any) -> list[str]:
    """While the sequencer has something to show, Blender renders it instead of the scene."""
    said = []
    if strip.mute(scene):
        said.append("The avatar's strip is muted now, for the sequencer would be rendered instead.")
    if strip.is_rendered_instead(scene):
        said.append(f"It has other pictures. {strip.RENDERED_INSTEAD}")
    return said
