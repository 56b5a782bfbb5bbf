# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the head's object: one mesh, 52 shape keys, colours, materials, smooth."""

from __future__ import annotations

import bpy
import numpy as np

from .data import HeadData
from .materials import COLOUR_ATTRIBUTE, head_material
from .wrinkle_nodes import REST_ATTRIBUTE


def make_head(head: HeadData, name: str) -> bpy.types.Object:
    """Make the object; linking it to a collection is left to the caller.

    Args:
        head: the arrays of face_model.npz.
        name: of object and mesh.
    """
    mesh = bpy.data.meshes.new(name)
    _fill_geometry(mesh, head)
    _fill_colours(mesh, head)
    rest = mesh.attributes.new(REST_ATTRIBUTE, "FLOAT_VECTOR", "POINT")
    rest.data.foreach_set("vector", head.vertices.ravel())
    for material_name in head.material_names:
        mesh.materials.append(head_material(material_name))
    mesh.polygons.foreach_set("material_index", head.quad_material.astype(np.int32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(head.quads), dtype=bool))
    mesh.update()
    head_object = bpy.data.objects.new(name, mesh)
    _add_shape_keys(head_object, head)
    _smooth(head_object)
    return head_object


def _fill_geometry(mesh: bpy.types.Mesh, head: HeadData) -> None:
    quad_count = len(head.quads)
    mesh.vertices.add(len(head.vertices))
    mesh.vertices.foreach_set("co", head.vertices.ravel())
    mesh.loops.add(quad_count * 4)
    mesh.loops.foreach_set("vertex_index", head.quads.ravel())
    mesh.polygons.add(quad_count)
    mesh.polygons.foreach_set("loop_start", np.arange(0, quad_count * 4, 4, dtype=np.int32))
    layer = mesh.uv_layers.new(name="UVMap")
    mesh.update(calc_edges=True)
    layer.data.foreach_set("uv", head.uvs.ravel())


def _fill_colours(mesh: bpy.types.Mesh, head: HeadData) -> None:
    """Store the colours linear, as Blender's float colour attributes are."""
    srgb = head.colours.astype(np.float32) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    rgba = np.concatenate([linear, np.ones((len(linear), 1))], axis=1).astype(np.float32)
    attribute = mesh.color_attributes.new(COLOUR_ATTRIBUTE, "FLOAT_COLOR", "POINT")
    attribute.data.foreach_set("color", rgba.ravel())
    mesh.color_attributes.active_color_index = 0
    mesh.color_attributes.render_color_index = 0


def _add_shape_keys(head_object: bpy.types.Object, head: HeadData) -> None:
    head_object.shape_key_add(name="Basis", from_mix=False)
    for name, delta in zip(head.shape_names, head.shape_deltas, strict=True):
        key = head_object.shape_key_add(name=name, from_mix=False)
        key.data.foreach_set("co", (head.vertices + delta).ravel())
        # Blender 5 gives a new key the value 1.
        key.value = 0.0


def _smooth(head_object: bpy.types.Object) -> None:
    surface = head_object.modifiers.new("Smooth", "SUBSURF")
    surface.levels = 1
    surface.render_levels = 2
