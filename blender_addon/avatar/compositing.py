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
from . import compositor_depth, compositor_switches, strip
from . import compositor_nodes as nodes
from .compositor_nodes import DEPTH, FRAMES, OVER
from .frames import Frames

# On the Alpha Over node: how far the output was moved to make room.
MOVED = "mien_output_moved"


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


def is_to_undo(scene: Any) -> bool:
    """Whether `remove` has something to do: nodes, or what is left where they were deleted by hand."""
    return is_set_up(scene) or strip.has_muted(scene) or compositor_switches.has_switched(scene)


def remove(scene: Any) -> str:
    """Take Mien's nodes away, so that what they lay over is put out again; returns sentences about it.

    What `set_up` switched on is off again, strips that it muted are seen, in every scene that shares the
    compositor, and a compositor that it made and nobody else uses or has changed is gone.
    """
    if not is_to_undo(scene):
        return "The compositor has nothing of Mien."
    tree = compat.compositor_tree_there(scene)
    told = [] if tree is None else [*_take_away(tree), *_told_sharers(scene, tree)]
    sharers = [scene] if tree is None else compat.scenes_of_compositor(tree)
    for each in sharers:
        told += compositor_switches.switch_back(each)
    compat.drop_made_compositor(scene)
    unmuted = [each for each in sharers if strip.unmute(each)]
    if unmuted:
        told.append("The avatar's strip is shown again.")
    return " ".join(["The compositor has nothing of Mien any more.", *told])


def _take_away(tree: Any) -> list[str]:
    """Remove Mien's nodes, copies too; returns sentences about it."""
    mine = nodes.marked(tree)
    told = compositor_depth.drop(tree)
    if OVER in mine:
        output = compat.compositor_output_there(tree)
        if output is not None:
            output.location.x -= mine[OVER].get(MOVED, 0)
    for node in nodes.every(tree, OVER):
        nodes.take_out(tree, node)
    for node in nodes.every(tree, FRAMES):
        nodes.remove_frames_node(tree, node)
    return told


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
    depth_words = compositor_depth.cover(scene, tree, picture, over, scale)
    last = nodes.marked(tree).get(DEPTH, over)
    nodes.feed(tree, last.outputs[0], output.inputs[0])
    if last not in nodes.before(output):
        return [
            f"The frames are there, but '{last.label}' does not lead to the compositor's output: link it."
        ]
    return ["The compositor lays the avatar over the render.", *depth_words]


def _new_over(tree: Any, picture: Any, output: Any) -> Any:
    """Alpha Over before the output, which moves on to make room."""
    over = nodes.mark(tree.nodes.new("CompositorNodeAlphaOver"), OVER)
    behind = nodes.source_of(output.inputs[0]) or compat.render_layers(tree).outputs["Image"]
    tree.links.new(behind, compat.alpha_over_inputs(over)[0])
    tree.links.new(over.outputs[0], output.inputs[0])
    x, y = output.location
    picture.location, over.location = (x, y - 300), (x + nodes.STEP_PIXELS, y)
    output.location.x = x + 3 * nodes.STEP_PIXELS
    over[MOVED] = 3 * nodes.STEP_PIXELS
    return over


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
