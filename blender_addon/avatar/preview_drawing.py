# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the preview's picture into the lower right corner of every 3D view, over all else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from .. import compat

MARGIN_PIXELS = 16
# The share of the view's smaller side that the picture may take.
MOST_SHARE = 0.6


@dataclass(eq=False)
class _Drawing:
    """What is hung on Blender, and the texture made of the picture that was drawn last."""

    picture: Callable[[], np.ndarray | None]
    handle: Any
    drawn: np.ndarray | None = None
    texture: Any = None


_current: list[_Drawing] = []


def start(picture: Callable[[], np.ndarray | None]) -> None:
    """Draw what `picture` gives from now on: (H, W, 4) float32, top row first, multiplied by alpha."""
    stop()
    if bpy.app.background:
        return
    handle = bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_PIXEL")
    _current.append(_Drawing(picture, handle))
    redraw()


def stop() -> None:
    """Draw nothing any more."""
    while _current:
        bpy.types.SpaceView3D.draw_handler_remove(_current.pop().handle, "WINDOW")
    redraw()


def redraw() -> None:
    """Let every 3D view draw again."""
    manager = bpy.context.window_manager
    for window in manager.windows if manager else ():
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()


def _draw() -> None:
    if not _current:
        return
    drawing, region = _current[0], bpy.context.region
    picture = drawing.picture()
    if picture is None or region is None:
        return
    if picture is not drawing.drawn:
        drawing.texture, drawing.drawn = _texture(picture), picture
    height, width = picture.shape[:2]
    right = region.width - _sidebar_pixels(bpy.context.area)
    wanted = bpy.context.scene.mien_avatar.preview_scale * bpy.context.preferences.system.ui_scale
    scale = min(wanted, MOST_SHARE * right / width, MOST_SHARE * region.height / height)
    _put(drawing.texture, right - MARGIN_PIXELS - scale * width, scale * width, scale * height)


def _sidebar_pixels(area: Any) -> int:
    """How much of the view the sidebar lies over, on the right."""
    return sum(each.width for each in area.regions if each.type == "UI" and each.width > 1)


def _texture(picture: np.ndarray) -> Any:
    import gpu  # noqa: PLC0415 - there is none without a window

    shown = picture if compat.views_take_coded_colours() else linear(picture)
    rows = np.ascontiguousarray(shown[::-1], np.float32)
    height, width = rows.shape[:2]
    data = gpu.types.Buffer("FLOAT", rows.size, rows.ravel())
    return gpu.types.GPUTexture((width, height), format="RGBA16F", data=data)


def linear(picture: np.ndarray) -> np.ndarray:
    """sRGB-coded colours times alpha as linear light times alpha (IEC 61966-2-1)."""
    alpha = picture[..., 3:]
    coded = picture[..., :3] / np.maximum(alpha, 1e-4)
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    return np.concatenate([light * alpha, alpha], axis=-1)


def _put(texture: Any, left: float, width: float, height: float) -> None:
    import gpu  # noqa: PLC0415 - there is none without a window
    from gpu_extras.batch import batch_for_shader  # noqa: PLC0415

    right, bottom, top = left + width, MARGIN_PIXELS, MARGIN_PIXELS + height
    shader = gpu.shader.from_builtin("IMAGE")
    batch = batch_for_shader(
        shader,
        "TRI_FAN",
        {
            "pos": ((left, bottom), (right, bottom), (right, top), (left, top)),
            "texCoord": ((0, 0), (1, 0), (1, 1), (0, 1)),
        },
    )
    gpu.state.blend_set("ALPHA_PREMULT")
    shader.uniform_sampler("image", texture)
    batch.draw(shader)
    gpu.state.blend_set("NONE")
