# SPDX-License-Identifier: GPL-3.0-or-later
"""Sounds drawn under their strips in the sequencer, and at the bottom of the dope sheet and timeline.

For the eye alone: nothing is written, and nothing of it is saved.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import blf
import bpy
import gpu
from gpu_extras.batch import batch_for_shader

from .. import compat
from . import clock
from .boxes import HEIGHT, Box, Kept, boxes

_LOG = logging.getLogger(__name__)
TEXT_PIXELS = 11
# Between the boxes of two phones.
GAP_PIXELS = 1.0
# Room for a letter on both sides of a text.
ROOM_PIXELS = 3.0
TEXT_COLOUR = (0.95, 0.95, 0.95, 1.0)
# Above the scroll bar of the dope sheet.
BOTTOM_PIXELS = 26.0
FAR_FRAMES = 10000
_SPACES = ("SpaceSequenceEditor", "SpaceDopeSheetEditor")
_handlers: list[tuple[Any, Any]] = []


def switch(manager: Any, _context: Any) -> None:
    """Draw or do not, as the window manager's setting says."""
    if manager.mien_sounds_shown and not _handlers:
        for name in _SPACES:
            space = getattr(bpy.types, name)
            handler = space.draw_handler_add(_draw_safely, (), "WINDOW", "POST_PIXEL")
            _handlers.append((space, handler))
    if not manager.mien_sounds_shown:
        stop()
    for window in manager.windows:
        for area in window.screen.areas:
            if area.type in {"SEQUENCE_EDITOR", "DOPESHEET_EDITOR"}:
                area.tag_redraw()


def stop() -> None:
    """Draw no more: at unregister."""
    while _handlers:
        space, handler = _handlers.pop()
        space.draw_handler_remove(handler, "WINDOW")
    _prepared.cache_clear()


def _draw_safely() -> None:
    """A fault in here would come back at each redraw and spoil the editor around it."""
    try:
        _draw(bpy.context)
    except Exception:
        _LOG.exception("Sounds under the strips are not drawn any more.")
        stop()


def _draw(context: Any) -> None:
    # Another file's window manager knows of no switch, while the handlers of this session go on.
    if not context.window_manager.mien_sounds_shown:
        return
    in_sequencer = context.area.type == "SEQUENCE_EDITOR"
    scene = compat.sequencer_scene(context) if in_sequencer else context.scene
    view, scale = context.region.view2d, context.preferences.system.ui_scale
    for strip in compat.all_strips(scene):
        if strip.type != "SOUND" or not strip.mien.sounds.rows:
            continue
        now = clock.when_drawn(scene, strip)
        if now is None:
            continue
        bottom = view.view_to_region(0, strip.channel, clip=False)[1]
        top = bottom if in_sequencer else (BOTTOM_PIXELS + HEIGHT) * scale
        _draw_line(
            _Seen(_kept(strip.mien.sounds), *_line(view, now), context.region.width, top, scale)
        )


@dataclass(frozen=True)
class _Seen:
    """One line as a region shows it: second s is at `origin + s * each` pixels."""

    kept: Kept
    origin: float
    each: float
    width: float
    top: float
    scale: float


def _draw_line(seen: _Seen) -> None:
    shader, batch, texts = _prepared(seen)
    if batch is not None:
        gpu.state.blend_set("ALPHA")
        batch.draw(shader)
        gpu.state.blend_set("NONE")
    blf.size(0, TEXT_PIXELS * seen.scale)
    blf.color(0, *TEXT_COLOUR)
    for x, y, text in texts:
        blf.position(0, x, y, 0)
        blf.draw(0, text)


# While a scene plays its editors are drawn again and again, each line as it was.
@lru_cache(maxsize=32)
def _prepared(seen: _Seen) -> tuple[Any, Any, tuple[tuple[float, float, str], ...]]:
    """Shader and triangles of the boxes (None if none is in sight), and texts at their places."""
    blf.size(0, TEXT_PIXELS * seen.scale)
    shown = boxes(
        seen.kept, lambda second: seen.origin + second * seen.each, seen.width, seen.scale
    )
    shader = gpu.shader.from_builtin("FLAT_COLOR")
    return shader, _triangles(shown, seen.top, shader), tuple(_texts(shown, seen.top, seen.scale))


def _kept(line: Any) -> Kept:
    return Kept(
        line.heard_phones,
        line.heard_words,
        line.heard_contacts,
        line.corrected_phones,
        line.corrected_words,
    )


def _line(view: Any, now: clock.Clock) -> tuple[float, float]:
    """Pixel of second 0, and pixels a second: views do not bend, so two frames tell where all are."""
    # Far apart, since view_to_region answers in whole pixels.
    start = view.view_to_region(now.frame, 0, clip=False)[0]
    frame = (view.view_to_region(now.frame + FAR_FRAMES, 0, clip=False)[0] - start) / FAR_FRAMES
    return start - now.second * now.rate * frame, now.rate * frame


def _triangles(shown: Sequence[Box], top: float, shader: Any) -> Any:
    places, colours = [], []
    for box in shown:
        left, right = box.left, max(box.right - GAP_PIXELS, box.left + 1.0)
        low, high = top - box.bottom + GAP_PIXELS, top - box.top
        corners = ((left, low), (right, low), (right, high), (left, high))
        places += [(*corners[n], 0.0) for n in (0, 1, 2, 0, 2, 3)]
        colours += [box.colour] * 6
    if not places:
        return None
    return batch_for_shader(shader, "TRIS", {"pos": places, "color": colours})


def _texts(shown: Sequence[Box], top: float, scale: float) -> Iterator[tuple[float, float, str]]:
    """Texts that fit their boxes, in the middle of them."""
    for box in shown:
        width = blf.dimensions(0, box.text)[0] if box.text else 0.0
        if 0.0 < width <= box.right - box.left - ROOM_PIXELS * scale:
            yield 0.5 * (box.left + box.right - width), top - box.bottom + 4 * scale, box.text
