# SPDX-License-Identifier: GPL-3.0-or-later
"""The head's materials.

Colour comes from the mesh's colour attribute, so that every viewport mode shows it; the nodes add
what light does: subsurface, gloss, pores, and the wrinkles that a moving face folds into.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from .wrinkle_nodes import add_wrinkles

COLOUR_ATTRIBUTE = "Mien Colour"


@dataclass(frozen=True)
class Look:
    """How a material meets light.

    flat: sRGB-like colour for viewports that show one colour per material. pores: strength of the
    skin's fine relief, with its blotches and wrinkles, 0 for none. glow: light that comes out of the material
    itself; a little stands for what scatters inside teeth behind half-open lips.
    """

    flat: tuple[float, float, float]
    roughness: float
    specular: float = 0.5
    subsurface: float = 0.0
    coat: float = 0.0
    pores: float = 0.0
    glow: float = 0.0


_LOOKS = {
    "skin": Look((0.60, 0.32, 0.22), 0.47, specular=0.42, subsurface=0.22, pores=1.0),
    "eye_white": Look((0.80, 0.76, 0.72), 0.12, coat=1.0),
    "iris": Look((0.07, 0.10, 0.11), 0.2, coat=1.0),
    "pupil": Look((0.002, 0.002, 0.002), 0.1, coat=1.0),
    "teeth": Look((0.80, 0.75, 0.65), 0.18, subsurface=0.08, glow=0.12),
    "gums": Look((0.45, 0.14, 0.14), 0.25, subsurface=0.1),
    "tongue": Look((0.48, 0.16, 0.16), 0.32, subsurface=0.15),
    "lashes": Look((0.01, 0.006, 0.005), 0.6, specular=0.2),
    "brows": Look((0.025, 0.013, 0.009), 0.55, specular=0.25),
}


def head_material(name: str) -> bpy.types.Material:
    """Make the material for one of the head's slots, named "Mien skin" and so on."""
    look = _LOOKS[name]
    material = bpy.data.materials.new(f"Mien {name.replace('_', ' ')}")
    if not material.node_tree:
        material.use_nodes = True
    material.diffuse_color = (*look.flat, 1.0)
    material.roughness = look.roughness
    tree = material.node_tree
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    colour = tree.nodes.new("ShaderNodeVertexColor")
    colour.layer_name = COLOUR_ATTRIBUTE
    colour.location = (-620, 200)
    shader.inputs["Roughness"].default_value = look.roughness
    shader.inputs["Specular IOR Level"].default_value = look.specular
    shader.inputs["Coat Weight"].default_value = look.coat
    shader.inputs["Coat Roughness"].default_value = 0.03
    if look.subsurface > 0:
        shader.inputs["Subsurface Weight"].default_value = look.subsurface
        # Red light wanders about a centimetre under skin, green and blue much less.
        shader.inputs["Subsurface Radius"].default_value = (1.0, 0.35, 0.2)
        shader.inputs["Subsurface Scale"].default_value = 0.008
    base = colour.outputs["Color"]
    if look.pores > 0:
        base, folded = add_wrinkles(tree, _blotches(tree, base))
        tree.links.new(_pores(tree, look.pores, folded), shader.inputs["Normal"])
    if look.glow > 0:
        tree.links.new(base, shader.inputs["Emission Color"])
        shader.inputs["Emission Strength"].default_value = look.glow
    tree.links.new(base, shader.inputs["Base Color"])
    return material


def _blotches(tree: bpy.types.NodeTree, colour: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """Vary the skin's colour a little: blotches of some millimetres and a few freckles."""
    place = tree.nodes.new("ShaderNodeTexCoord")
    place.location = (-1400, -80)
    result = colour
    for scale, low, high, shade, row in (
        (190.0, 0.35, 0.75, (0.93, 0.86, 0.84, 1.0), 0),
        (620.0, 0.63, 0.72, (0.80, 0.66, 0.58, 1.0), 1),
    ):
        noise = tree.nodes.new("ShaderNodeTexNoise")
        noise.inputs["Scale"].default_value = scale
        noise.inputs["Detail"].default_value = 3.0
        noise.location = (-1180, -80 - 260 * row)
        ramp = tree.nodes.new("ShaderNodeMapRange")
        ramp.inputs["From Min"].default_value = low
        ramp.inputs["From Max"].default_value = high
        ramp.inputs["To Max"].default_value = 0.7
        ramp.location = (-980, -80 - 260 * row)
        mix = tree.nodes.new("ShaderNodeMixRGB")
        mix.blend_type = "MULTIPLY"
        mix.inputs["Color2"].default_value = shade
        mix.location = (-400 + 200 * row, 200 - 60 * row)
        tree.links.new(place.outputs["Object"], noise.inputs["Vector"])
        tree.links.new(noise.outputs["Fac"], ramp.inputs["Value"])
        tree.links.new(ramp.outputs["Result"], mix.inputs["Fac"])
        tree.links.new(result, mix.inputs["Color1"])
        result = mix.outputs["Color"]
    return result


def _pores(
    tree: bpy.types.NodeTree, strength: float, normal: bpy.types.NodeSocket
) -> bpy.types.NodeSocket:
    """Make a fine relief on a normal, about two pores to the millimetre."""
    place = tree.nodes.new("ShaderNodeTexCoord")
    place.location = (-1000, -700)
    cells = tree.nodes.new("ShaderNodeTexVoronoi")
    cells.inputs["Scale"].default_value = 1400.0
    cells.location = (-800, -700)
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 0.10 * strength
    bump.inputs["Distance"].default_value = 0.0004
    bump.location = (-400, -500)
    tree.links.new(place.outputs["Object"], cells.inputs["Vector"])
    tree.links.new(cells.outputs["Distance"], bump.inputs["Height"])
    tree.links.new(normal, bump.inputs["Normal"])
    return bump.outputs["Normal"]
