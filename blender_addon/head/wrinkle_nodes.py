# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that fold the skin where the face moves: lines deepen with the shape keys' values.

The material reads the values from the object that it is on, by their path: no driver is needed, and
copies of a head wrinkle each for themselves. EEVEE gives a material eight such values at most;
wrinkles.json asks for eight. Workbench shows no nodes and so no wrinkles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
import numpy as np

from .wrinkle_picture import (
    LOW_CORNER_MILLIMETRES,
    SIDE_MILLIMETRES,
    SIDE_PIXELS,
    Wrinkles,
    read_wrinkles,
)

if TYPE_CHECKING:
    from bpy.types import NodeSocket, NodeTree

REST_ATTRIBUTE = "Mien Rest"
# What a fold does to light: the colour in it, how much of it at most, how deep it seems.
_SHADE = (0.40, 0.25, 0.21, 1.0)
_DARKEST = 0.8
_DEPTH_METRES = 0.0016
# Left and right meet over the middle within this; lines fade where the head turns to its side.
_MIDDLE_METRES = 0.004
_SIDE_METRES = (-0.04, -0.065)
_GROUPS_IN_A_PICTURE = 3


def add_wrinkles(tree: NodeTree, colour: NodeSocket) -> tuple[NodeSocket, NodeSocket]:
    """Add the nodes to a skin material.

    Args:
        tree: of the material; its mesh has REST_ATTRIBUTE, each point's place at rest in metres.
        colour: of the skin without wrinkles.

    Returns:
        The colour with wrinkles, and the folded normal for the next bump or the shader.
    """
    rest = tree.nodes.new("ShaderNodeAttribute")
    rest.attribute_name = REST_ATTRIBUTE
    axes = tree.nodes.new("ShaderNodeSeparateXYZ")
    tree.links.new(rest.outputs["Vector"], axes.inputs["Vector"])
    x, y, z = axes.outputs
    to_left = _ramp(tree, x, (-_MIDDLE_METRES, _MIDDLE_METRES))
    groups = read_wrinkles()
    values = {name: _value(tree, name, to_left) for group in groups for name in group.level}
    depth: NodeSocket | float = 0.0
    for start in range(0, len(groups), _GROUPS_IN_A_PICTURE):
        some = groups[start : start + _GROUPS_IN_A_PICTURE]
        for group, mask in zip(some, _masks(tree, (x, z), some), strict=False):
            level: NodeSocket | float = 0.0
            for name, weight in group.level.items():
                level = _math(tree, "MULTIPLY_ADD", values[name], weight, level)
            depth = _math(tree, "MULTIPLY_ADD", level, mask, depth)
    depth = _math(tree, "MULTIPLY", depth, _ramp(tree, y, _SIDE_METRES))
    return _shaded(tree, colour, depth), _folded(tree, depth)


def _masks(
    tree: NodeTree, place: tuple[NodeSocket, NodeSocket], groups: tuple[Wrinkles, ...]
) -> list[NodeSocket]:
    """Up to three groups' pictures as one image, laid on the face from the front; one socket each."""
    pixels = np.zeros((SIDE_PIXELS, SIDE_PIXELS, 4), np.float32)
    pixels[..., 3] = 1.0
    for channel, group in enumerate(groups):
        pixels[..., channel] = group.picture
    name = "Mien " + " ".join(group.name for group in groups)
    image = bpy.data.images.new(name, SIDE_PIXELS, SIDE_PIXELS, is_data=True)
    image.pixels.foreach_set(pixels.ravel())
    image.pack()
    at = tree.nodes.new("ShaderNodeCombineXYZ")
    for axis, (metres, corner) in enumerate(zip(place, LOW_CORNER_MILLIMETRES, strict=True)):
        scale, shift = 1000.0 / SIDE_MILLIMETRES, -corner / SIDE_MILLIMETRES
        along = _math(tree, "MULTIPLY_ADD", metres, scale, shift)
        tree.links.new(along, at.inputs[axis])
    texture = tree.nodes.new("ShaderNodeTexImage")
    texture.image = image
    texture.interpolation = "Cubic"
    texture.extension = "CLIP"
    tree.links.new(at.outputs["Vector"], texture.inputs["Vector"])
    parts = tree.nodes.new("ShaderNodeSeparateColor")
    tree.links.new(texture.outputs["Color"], parts.inputs["Color"])
    return list(parts.outputs)


def _value(tree: NodeTree, name: str, to_left: NodeSocket) -> NodeSocket:
    """A shape key's value on the object; where the name has sides, that of the point's side."""
    left, right = (_key_value(tree, name.format(side=side)) for side in ("Left", "Right"))
    difference = _math(tree, "SUBTRACT", left, right)
    return _math(tree, "MULTIPLY_ADD", difference, to_left, right)


def _key_value(tree: NodeTree, key_name: str) -> NodeSocket:
    path = f'data.shape_keys.key_blocks["{key_name}"].value'
    for node in tree.nodes:
        if node.type == "ATTRIBUTE" and node.attribute_name == path:
            return node.outputs["Fac"]
    value = tree.nodes.new("ShaderNodeAttribute")
    value.attribute_type = "OBJECT"
    value.attribute_name = path
    return value.outputs["Fac"]


def _shaded(tree: NodeTree, colour: NodeSocket, depth: NodeSocket) -> NodeSocket:
    mix = tree.nodes.new("ShaderNodeMixRGB")
    mix.blend_type = "MULTIPLY"
    mix.inputs["Color2"].default_value = _SHADE
    share = _math(tree, "MULTIPLY", depth, _DARKEST)
    tree.links.new(_math(tree, "MINIMUM", share, 1.0), mix.inputs["Fac"])
    tree.links.new(colour, mix.inputs["Color1"])
    return mix.outputs["Color"]


def _folded(tree: NodeTree, depth: NodeSocket) -> NodeSocket:
    bump = tree.nodes.new("ShaderNodeBump")
    bump.invert = True
    bump.inputs["Distance"].default_value = _DEPTH_METRES
    tree.links.new(depth, bump.inputs["Height"])
    return bump.outputs["Normal"]


def _ramp(tree: NodeTree, value: NodeSocket, ends: tuple[float, float]) -> NodeSocket:
    """0 at the first end, 1 at the second, smooth between."""
    ramp = tree.nodes.new("ShaderNodeMapRange")
    ramp.interpolation_type = "SMOOTHSTEP"
    ramp.inputs["From Min"].default_value, ramp.inputs["From Max"].default_value = ends
    tree.links.new(value, ramp.inputs["Value"])
    return ramp.outputs["Result"]


def _math(tree: NodeTree, operation: str, *operands: NodeSocket | float) -> NodeSocket:
    node = tree.nodes.new("ShaderNodeMath")
    node.operation = operation
    for socket, operand in zip(node.inputs, operands, strict=False):
        if isinstance(operand, float):
            socket.default_value = operand
        else:
            tree.links.new(operand, socket)
    return node.outputs["Value"]
