# SPDX-License-Identifier: GPL-3.0-or-later
"""A head that was just added is where it can be seen: in front of what stands in its place, with the view on it.

Blender's first scene has a cube of two metres where new objects go, and a head would be inside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
from mathutils import Vector

SOLID = frozenset({"MESH", "CURVE", "SURFACE", "META", "FONT", "VOLUME"})
GAP_METRES = 0.05
# Each step clears one more thing in the way; a crowded place ends the search.
MOST_STEPS = 20

Box = tuple[Vector, Vector]


def stand_free(head: Any, others: Iterable[Any]) -> None:
    """Move a head toward the viewer (-Y) until no other object's box meets its own."""
    boxes = [_box(other) for other in others if other != head and _is_in_the_way(other)]
    for _ in range(MOST_STEPS):
        low, high = _box(head)
        met = [box for box in boxes if _meet((low, high), box)]
        if not met:
            return
        head.location.y -= high.y - min(box[0].y for box in met) + GAP_METRES


def look_at(context: Any, thing: Any) -> None:
    """Turn the window's largest 3D view to a selected object, from the front; without a window nothing."""
    if bpy.app.background or context.window is None:
        return
    areas = [area for area in context.window.screen.areas if area.type == "VIEW_3D"]
    if not areas:
        return
    area = max(areas, key=lambda area: area.width * area.height)
    region = next(region for region in area.regions if region.type == "WINDOW")
    with context.temp_override(area=area, region=region, selected_objects=[thing]):
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_selected()


def _is_in_the_way(other: Any) -> bool:
    return other.type in SOLID and other.visible_get() and max(other.dimensions) > 0.0


def _box(thing: Any) -> Box:
    """Lowest and highest corner in the scene's axes. A new object's matrix is not made yet: its location counts."""
    moved = thing.matrix_world.copy()
    if thing.parent is None:
        moved.translation = thing.location
    corners = [moved @ Vector(corner) for corner in thing.bound_box]
    pairs = list(zip(*corners, strict=True))
    return Vector(min(pair) for pair in pairs), Vector(max(pair) for pair in pairs)


def _meet(one: Box, other: Box) -> bool:
    return all(one[0][i] < other[1][i] and other[0][i] < one[1][i] for i in range(3))
