# SPDX-License-Identifier: GPL-3.0-or-later
"""Mien's nodes in a compositor: found by their mark, fed where nothing feeds them, taken out of a chain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

from .. import compat
from .frames import Frames

# On nodes: which of Mien's it is. On an image: Mien loaded it.
MARK = "mien_avatar"
FRAMES, OVER, SCALE, DEPTH = (
    "Mien Avatar Frames",
    "Mien Avatar Over",
    "Mien Avatar Scale",
    "Mien Avatar Depth",
)
STEP_PIXELS = 260
# Layers are called otherwise in a multilayer file.
COLOURS, DEPTHS = ("Combined", "Image"), ("Depth", "Z")


def marked(tree: Any) -> dict[str, Any]:
    """Mien's nodes of a tree by their mark; of copies the one that leads to the output, else the first."""
    output = compat.compositor_output_there(tree) if tree else None
    leading = {node.name for node in before(output)} if output else set()
    found: dict[str, Any] = {}
    for node in sorted(_mine(tree), key=lambda node: node.name not in leading):
        found.setdefault(node[MARK], node)
    return found


def every(tree: Any, name: str) -> list[Any]:
    """Mien's nodes with a mark: more than one where the animator has copied it."""
    return [node for node in _mine(tree) if node[MARK] == name]


def passed_on(node: Any) -> Any:
    """The input of one of Mien's nodes that goes on when it is taken out of the chain, or None."""
    if node[MARK] == OVER:
        return compat.alpha_over_inputs(node)[0]
    if node[MARK] == DEPTH:
        return node.inputs[2 if node.inputs[2].is_linked else 0]
    return None


def mark(node: Any, name: str) -> Any:
    """Make a node one of Mien's; returns it."""
    node.name = node.label = name
    node[MARK] = name
    return node


def named(node: Any, names: Sequence[str]) -> Any:
    """The output of a node with one of some names, or None."""
    return next((each for each in node.outputs if each.name in names and each.enabled), None)


def source_of(socket: Any) -> Any:
    """The output that an input is linked to, or None."""
    return socket.links[0].from_socket if socket.links else None


def feed(tree: Any, source: Any, socket: Any) -> None:
    """Link an input, unless the animator, or an earlier set-up, has linked it."""
    if not socket.is_linked:
        tree.links.new(source, socket)


def before(node: Any) -> list[Any]:
    """A node and all that lead to it, nearest first."""
    found, seen = [node], {node.name}
    for each in found:
        for near in (link.from_node for socket in each.inputs for link in socket.links):
            if near.name not in seen:
                seen.add(near.name)
                found.append(near)
    return found


def insert_after(tree: Any, source: Any, node: Any) -> None:
    """Let a node's first output go where `source` goes; the node's own inputs are linked afterwards."""
    for socket in [link.to_socket for link in source.links]:
        tree.links.new(node.outputs[0], socket)


def take_out(tree: Any, node: Any) -> None:
    """Remove one of Mien's nodes; what it passed on goes on to where the node led."""
    source = source_of(passed_on(node))
    fed = [link.to_socket for link in node.outputs[0].links]
    tree.nodes.remove(node)
    for socket in fed if source is not None else ():
        tree.links.new(source, socket)


def frames_node(tree: Any, frames: Frames) -> Any:
    """The node of the frames, made where there is none; its links stay when it is given others."""
    node = marked(tree).get(FRAMES) or mark(tree.nodes.new("CompositorNodeImage"), FRAMES)
    fed = [(out.name, link.to_socket) for out in node.outputs for link in out.links]
    node.image = _image(node.image, frames)
    if len(frames.paths) > 1:
        node.frame_duration = frames.last_frame - frames.first_frame + 1
        node.frame_start = frames.first_frame
        # The number of the first file, less one: Blender counts the frames of a sequence from 1.
        node.frame_offset = frames.first_frame - 1
        node.use_auto_refresh = True
    for name, socket in fed:
        same = next((names for names in (COLOURS, DEPTHS) if name in names), (name,))
        source = named(node, same)
        # A socket that the new image lacks keeps its links, and gives nothing.
        if source is not None and source_of(socket) != source:
            tree.links.new(source, socket)
    return node


def remove_frames_node(tree: Any, node: Any) -> None:
    """Remove the node of the frames; where the animator has led its colours there is nothing now."""
    image = node.image
    fed = [link.to_socket for link in (named(node, COLOURS) or node.outputs[0]).links]
    tree.nodes.remove(node)
    for socket in fed:
        if socket.type == "RGBA":
            socket.default_value = (0.0, 0.0, 0.0, 0.0)
    _forget(image)


def _mine(tree: Any) -> list[Any]:
    return [node for node in tree.nodes if MARK in node] if tree else []


def _image(present: Any, frames: Frames) -> Any:
    """The image of frames; the present one, with what the animator set on it, if it is Mien's."""
    image = present
    if image is None or MARK not in image or not image.filepath.endswith(frames.ending):
        # A new one, for the colour space of another format is another.
        image = bpy.data.images.load(str(frames.paths[0]), check_existing=False)
        image[MARK] = True
        _forget(present, but_user=True)
    image.source = "SEQUENCE" if len(frames.paths) > 1 else "FILE"
    # Read again, be the path the same.
    image.filepath = frames.stored_first
    return image


def _forget(image: Any, *, but_user: bool = False) -> None:
    """Remove an image that Mien loaded, if nothing uses it (but the one node that is given another)."""
    if image is not None and MARK in image and image.users == int(but_user):
        bpy.data.images.remove(image)
