# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender says of itself, and what it wants of an add-on's properties."""

from __future__ import annotations

import bpy


def blender_version() -> str:
    """Blender's version in words, for people, such as "4.5.15 LTS"."""
    return str(bpy.app.version_string)


def relative_path_options() -> set[str]:
    """Options of a property that takes paths from the .blend file on (`//`): 4.5 and later warn without."""
    if "is_path_supports_blend_relative" in bpy.types.Property.bl_rna.properties:
        return {"PATH_SUPPORTS_BLEND_RELATIVE"}
    return set()
