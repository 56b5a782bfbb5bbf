# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender says of itself."""

from __future__ import annotations

import bpy


def blender_version() -> str:
    """Blender's version in words, for people, such as "4.5.15 LTS"."""
    return str(bpy.app.version_string)
