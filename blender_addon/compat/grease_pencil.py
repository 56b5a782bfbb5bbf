# SPDX-License-Identifier: GPL-3.0-or-later
"""Grease Pencil: a new kind of object from 4.3 on."""

from __future__ import annotations

from typing import Any

import bpy


def grease_pencils() -> Any:
    """The data-blocks of grease pencil objects, old ones before 4.3 and new ones from then on."""
    return getattr(bpy.data, "grease_pencils_v3", None) or bpy.data.grease_pencils


def is_grease_pencil(candidate: Any) -> bool:
    """True of a Grease Pencil object, of the old kind (to 4.2) or the new one."""
    return bool(candidate.type in {"GPENCIL", "GREASEPENCIL"})


def layer_names(pencil: Any) -> list[str]:
    """Names of a Grease Pencil object's layers (`info` to 4.2, `name` since)."""
    return [getattr(layer, "name", None) or layer.info for layer in pencil.data.layers]
