# SPDX-License-Identifier: Apache-2.0
"""Materials of the ground truth: the add-on's, fixed to the rest mesh, with detail to judge by."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "blender_addon"))

from head.wrinkle_nodes import REST_ATTRIBUTE  # noqa: E402

BEARD_ATTRIBUTE, SHADE_ATTRIBUTE = "Beard", "Shade"
"""Of the head's points, where stubble grows; and of strands, from dark to light."""

_HAIR_DARK, _HAIR_LIGHT = (0.012, 0.006, 0.003, 1.0), (0.34, 0.17, 0.075, 1.0)
# Marks on the skin: place at rest and radius in metres.
_MOLES = (
    ((0.033, -0.108, 0.172), 0.0022),
    ((-0.046, -0.095, 0.185), 0.0018),
    ((-0.020, -0.118, 0.252), 0.0024),
    ((0.058, -0.072, 0.160), 0.0026),
    ((-0.030, -0.105, 0.127), 0.0018),
)


def adapt_materials(data: bpy.types.Mesh) -> None:
    """Make the materials of `head.mesh.make_head` fit for a head without shape keys, and richer.

    Args:
        data: the head's mesh. It has BEARD_ATTRIBUTE; its object has a property for each channel.
    """
    for material in data.materials:
        _stick_to_rest(material.node_tree)
        _follow_properties(material.node_tree)
        _scatter_nothing(material.node_tree)
    _add_detail(data.materials["Mien skin"].node_tree)


def hair_material() -> bpy.types.Material:
    """Make the strands' material; SHADE_ATTRIBUTE chooses the colour."""
    material = bpy.data.materials.new("Hair")
    if not material.node_tree:
        material.use_nodes = True
    tree = material.node_tree
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    shade = tree.nodes.new("ShaderNodeAttribute")
    shade.attribute_name = SHADE_ATTRIBUTE
    ramp = tree.nodes.new("ShaderNodeMixRGB")
    ramp.inputs["Color1"].default_value = _HAIR_DARK
    ramp.inputs["Color2"].default_value = _HAIR_LIGHT
    tree.links.new(shade.outputs["Fac"], ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = 0.5
    shader.inputs["Specular IOR Level"].default_value = 0.25
    return material


def _stick_to_rest(tree: bpy.types.NodeTree) -> None:
    """Lay textures by each point's place at rest, so that they go with the skin."""
    for node in [node for node in tree.nodes if node.type == "TEX_COORD"]:
        rest = tree.nodes.new("ShaderNodeAttribute")
        rest.attribute_name = REST_ATTRIBUTE
        for link in list(node.outputs["Object"].links):
            tree.links.new(rest.outputs["Vector"], link.to_socket)
        tree.nodes.remove(node)


def _follow_properties(tree: bpy.types.NodeTree) -> None:
    """Let wrinkles follow the object's own properties: the head has no shape keys here."""
    for node in tree.nodes:
        if node.type == "ATTRIBUTE" and node.attribute_type == "OBJECT":
            node.attribute_name = node.attribute_name.split('"')[1]


def _scatter_nothing(tree: bpy.types.NodeTree) -> None:
    """Subsurface light costs a third of the time and most of the noise."""
    for node in tree.nodes:
        if node.type == "BSDF_PRINCIPLED":
            node.inputs["Subsurface Weight"].default_value = 0.0


def _add_detail(tree: bpy.types.NodeTree) -> None:
    """Freckles of some millimetres, stubble and moles: what a reconstruction must keep sharp."""
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    rest = tree.nodes.new("ShaderNodeAttribute")
    rest.attribute_name = REST_ATTRIBUTE
    beard = tree.nodes.new("ShaderNodeAttribute")
    beard.attribute_name = BEARD_ATTRIBUTE
    place = rest.outputs["Vector"]
    freckles = _spots(tree, place, scale=260.0, ends=(0.60, 0.72), strength=0.55)
    stubble = _spots(tree, place, scale=900.0, ends=(0.42, 0.62), strength=0.8)
    colour = shader.inputs["Base Color"].links[0].from_socket
    colour = _multiply(tree, colour, freckles, (0.55, 0.36, 0.27, 1.0))
    share = _math(tree, "MULTIPLY", stubble, beard.outputs["Fac"])
    colour = _multiply(tree, colour, share, (0.36, 0.34, 0.36, 1.0))
    for centre, radius in _MOLES:
        colour = _multiply(
            tree, colour, _ball(tree, place, centre, radius), (0.16, 0.10, 0.09, 1.0)
        )
    tree.links.new(colour, shader.inputs["Base Color"])


def _spots(
    tree: bpy.types.NodeTree,
    place: bpy.types.NodeSocket,
    *,
    scale: float,
    ends: tuple[float, float],
    strength: float,
) -> bpy.types.NodeSocket:
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = scale
    noise.inputs["Detail"].default_value = 2.0
    tree.links.new(place, noise.inputs["Vector"])
    ramp = tree.nodes.new("ShaderNodeMapRange")
    ramp.inputs["From Min"].default_value, ramp.inputs["From Max"].default_value = ends
    ramp.inputs["To Max"].default_value = strength
    tree.links.new(noise.outputs["Fac"], ramp.inputs["Value"])
    return ramp.outputs["Result"]


def _ball(
    tree: bpy.types.NodeTree,
    place: bpy.types.NodeSocket,
    centre: tuple[float, float, float],
    radius: float,
) -> bpy.types.NodeSocket:
    """1 within the radius, 0 from one and a half of it on."""
    distance = tree.nodes.new("ShaderNodeVectorMath")
    distance.operation = "DISTANCE"
    distance.inputs[1].default_value = centre
    tree.links.new(place, distance.inputs[0])
    ramp = tree.nodes.new("ShaderNodeMapRange")
    ramp.inputs["From Min"].default_value = 1.5 * radius
    ramp.inputs["From Max"].default_value = radius
    tree.links.new(distance.outputs["Value"], ramp.inputs["Value"])
    return ramp.outputs["Result"]


def _multiply(
    tree: bpy.types.NodeTree,
    colour: bpy.types.NodeSocket,
    share: bpy.types.NodeSocket,
    shade: tuple[float, float, float, float],
) -> bpy.types.NodeSocket:
    mix = tree.nodes.new("ShaderNodeMixRGB")
    mix.blend_type = "MULTIPLY"
    mix.inputs["Color2"].default_value = shade
    tree.links.new(share, mix.inputs["Fac"])
    tree.links.new(colour, mix.inputs["Color1"])
    return mix.outputs["Color"]


def _math(
    tree: bpy.types.NodeTree, operation: str, *operands: bpy.types.NodeSocket
) -> bpy.types.NodeSocket:
    node = tree.nodes.new("ShaderNodeMath")
    node.operation = operation
    for socket, operand in zip(node.inputs, operands, strict=False):
        tree.links.new(operand, socket)
    return node.outputs["Value"]
