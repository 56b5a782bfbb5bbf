# SPDX-License-Identifier: GPL-3.0-or-later
"""The compositor that lays an avatar's frames over the render, before and behind its objects.

Render -> Alpha Over <- frames; where the frames have depth, Z Combine then brings back what of the
render stands before the avatar. Mien's nodes carry a mark: a second set-up takes them for its own, and
taking them away leaves the tree as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from .. import compat
from ..problems import AnimatorError
from . import strip

MARK = "mien_avatar"
# On the node that takes the avatar's depth: the view layer whose depth was switched on for it, and the
# scene of that layer where it is another one.
SWITCHED, SWITCHED_IN = "mien_depth_switched_on", "mien_depth_switched_on_in"
FRAMES, OVER, SCALE, DEPTH = (
    "Mien Avatar Frames",
    "Mien Avatar Over",
    "Mien Avatar Scale",
    "Mien Avatar Depth",
)
COLOURS = ("Combined", "Image")
DEPTHS = ("Depth", "Z")
STEP_PIXELS = 260


@dataclass(frozen=True)
class Frames:
    """Rendered frames.

    Attributes:
        paths: one for each scene frame that was rendered.
        first_frame: scene frame of the first.
        scale: how large the avatar stands in the scene: its depth is in its own metres.
        step: scene frames from one to the next.
    """

    paths: Sequence[Path]
    first_frame: int
    scale: float
    step: int = 1

    @property
    def last_frame(self) -> int:
        """Scene frame of the last."""
        return self.first_frame + (len(self.paths) - 1) * self.step


def set_up(scene: Any, frames: Frames) -> str:
    """Lay frames over the scene's render; returns sentences about it.

    Raises:
        AnimatorError: the first frame cannot be read, or the compositor belongs to a library.
    """
    if not frames.paths[0].is_file():
        raise AnimatorError(
            f"There is no frame {frames.paths[0].name} in {frames.paths[0].parent}.",
            "Press Render Avatar first.",
        )
    tree = compat.compositor_tree(scene)
    if not tree.is_editable:
        raise AnimatorError(
            f"The compositor of scene '{scene.name}' is linked from another file.",
            "Make it local, or set the compositor up in that file.",
        )
    _clear(scene)
    output = compat.compositor_output(tree)
    picture = _image_node(tree, frames)
    behind = _behind(tree, output)
    over = _node(tree, "CompositorNodeAlphaOver", OVER)
    background, foreground = compat.alpha_over_inputs(over)
    tree.links.new(behind, background)
    tree.links.new(_named(picture, COLOURS) or picture.outputs[0], foreground)
    last = over.outputs[0]
    said = ["The compositor lays the avatar over the render."]
    depth, layer = _named(picture, DEPTHS), _render_layer(behind, scene)
    if depth is not None and layer is not None:
        scaled = _scaled(tree, depth, frames.scale)
        _use_depth(scene, layer, scaled.node)
        last = _nearer(tree, (behind, layer.outputs["Depth"]), (last, scaled))
        said.append("Objects before it cover it (by depth).")
    elif depth is None:
        said.append("These frames have no depth, so the avatar lies over everything.")
    else:
        said.append(
            "No Render Layers node leads to the compositor's output, so there is no depth to compare: "
            "the avatar lies over everything."
        )
    tree.links.new(last, output.inputs[0])
    _arrange(tree, output)
    said += _mute_strips(scene)
    return " ".join(said)


def is_set_up(scene: Any) -> bool:
    """Whether Mien's nodes lie in the scene's compositor."""
    tree = compat.compositor_tree_there(scene)
    return tree is not None and any(MARK in node for node in tree.nodes)


def remove(scene: Any) -> bool:
    """Take Mien's nodes away, so that what they lay over is put out again; False: there were none.

    A compositor that `set_up` has switched on is off again.
    """
    if not _clear(scene):
        return False
    compat.drop_compositor(scene)
    return True


def _clear(scene: Any) -> bool:
    tree = compat.compositor_tree_there(scene)
    mine = [node for node in tree.nodes if MARK in node] if tree else []
    if not mine:
        return False
    by_mark = {node[MARK]: node for node in mine}
    over = by_mark.get(OVER)
    feed = compat.alpha_over_inputs(over)[0].links if over else ()
    behind = feed[0].from_socket if feed else None
    fed = [link.to_socket for node in mine for out in node.outputs for link in out.links]
    image = by_mark[FRAMES].image if FRAMES in by_mark else None
    outside = [socket for socket in fed if MARK not in socket.node]
    for node in mine:
        switched = (node.get(SWITCHED_IN) or scene).view_layers.get(node.get(SWITCHED, ""))
        if switched is not None:
            switched.use_pass_z = False
        tree.nodes.remove(node)
    for socket in outside if behind is not None else ():
        tree.links.new(behind, socket)
    if image is not None and not image.users:
        bpy.data.images.remove(image)
    return True


def _image_node(tree: Any, frames: Frames) -> Any:
    node = _node(tree, "CompositorNodeImage", FRAMES)
    image = bpy.data.images.load(str(frames.paths[0]), check_existing=False)
    image.source = "SEQUENCE" if len(frames.paths) > 1 else "FILE"
    node.image = image
    if image.source == "SEQUENCE":
        node.frame_duration = frames.last_frame - frames.first_frame + 1
        node.frame_start = frames.first_frame
        # The number of the first file, less one: Blender counts the frames of a sequence from 1.
        node.frame_offset = frames.first_frame - 1
        node.use_auto_refresh = True
    return node


def _scaled(tree: Any, depth: Any, scale: float) -> Any:
    """The avatar's depth in the scene's metres."""
    node = compat.new_math_node(tree, "MULTIPLY")
    _mark(node, SCALE)
    tree.links.new(depth, node.inputs[0])
    node.inputs[1].default_value = scale
    return node.outputs[0]


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


def _nearer(tree: Any, render: tuple[Any, Any], avatar: tuple[Any, Any]) -> Any:
    """Of two pictures with their depths the one that is nearer, pixel by pixel.

    Where the avatar is not, its depth is farther than anything.
    """
    node = _node(tree, "CompositorNodeZcombine", DEPTH)
    compat.set_plain_z_combine(node)
    for place, socket in enumerate((*render, *avatar)):
        tree.links.new(socket, node.inputs[place])
    return node.outputs[0]


def _behind(tree: Any, output: Any) -> Any:
    """The socket that was put out so far; the render where there was none."""
    links = output.inputs[0].links
    if links:
        return links[0].from_socket
    return compat.render_layers(tree).outputs["Image"]


def _render_layer(behind: Any, scene: Any) -> Any:
    """The Render Layers node nearest before a socket, through whatever mixes it or changes its colours.

    None where there is none, or its view layer is gone.
    """
    waiting, seen = [behind.node], {behind.node.name}
    for node in waiting:
        if node.bl_idname == "CompositorNodeRLayers" and _view_layer(node, scene) is not None:
            return node
        for before in (link.from_node for socket in node.inputs for link in socket.links):
            if before.name not in seen:
                seen.add(before.name)
                waiting.append(before)
    return None


def _named(node: Any, names: Sequence[str]) -> Any:
    return next((each for each in node.outputs if each.name in names and each.enabled), None)


def _node(tree: Any, kind: str, mark: str) -> Any:
    node = tree.nodes.new(kind)
    _mark(node, mark)
    return node


def _mark(node: Any, mark: str) -> None:
    node.name = node.label = mark
    node[MARK] = mark


def _arrange(tree: Any, output: Any) -> None:
    """Mien's nodes stand in a row before the output, which moves on to make room."""
    x, y = output.location
    output.location.x = x + 3 * STEP_PIXELS
    places = {FRAMES: (0, -300), OVER: (1, 0), SCALE: (1, -300), DEPTH: (2, 0)}
    for node in tree.nodes:
        if MARK in node:
            column, down = places[node[MARK]]
            node.location = (x + column * STEP_PIXELS, y + down)


def _mute_strips(scene: Any) -> list[str]:
    """While a strip with pictures is heard, Blender renders the sequencer instead of the scene."""
    shown = [each for each in strip.all_of(scene) if not each.mute]
    for each in shown:
        each.mute = True
    if not shown:
        return []
    return ["The avatar's strip is muted now, for the sequencer would be rendered instead."]
