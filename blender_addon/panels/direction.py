# SPDX-License-Identifier: GPL-3.0-or-later
"""The direction in the panel: emotion on top, the rest in parts that fold away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .. import directions, gaze_track
from ..character import turns_head
from ..emotions import BLEND, MOVED, weight_setting


def draw_emotion(layout: Any, _context: Any, settings: Any) -> None:
    """Emotion, its blend and intensity: they can be animated, and show their dots."""
    column = layout.column()
    column.use_property_decorate = True
    column.prop(settings, "emotion")
    if settings.emotion == BLEND:
        _sliders(column, settings, [weight_setting(name) for name in MOVED])
    column.prop(settings, "intensity", slider=True)


def draw_take(layout: Any, _context: Any, settings: Any) -> None:
    """Which take, and how somebody acts."""
    layout.prop(settings, "seed")
    layout.menu("MIEN_MT_styles", icon="PRESET")


def draw_parts(layout: Any, settings: Any, *, enabled: bool) -> None:
    """The parts that fold away, below everything else."""
    for draw, label in (
        (_draw_feeling, "Voice and Timing"),
        (_draw_face, "Parts"),
        (_draw_eyes_and_head, "Eyes and Head"),
        (_draw_lips, "Lips"),
        (_draw_keys, "Keys"),
    ):
        header, body = layout.panel(f"MIEN_{label}", default_closed=True)
        header.label(text=label)
        if body is not None:
            body.enabled = enabled
            draw(body, settings)


def _draw_feeling(layout: Any, settings: Any) -> None:
    """How the emotion follows the voice, and how it comes and goes."""
    _sliders(layout, settings, directions.FEELING)


def _draw_face(layout: Any, settings: Any) -> None:
    _sliders(layout, settings, directions.PARTS)


def _draw_eyes_and_head(layout: Any, settings: Any) -> None:
    layout.prop(settings, "gaze_aim")
    if settings.gaze_aim == gaze_track.OBJECT:
        layout.prop(settings, "gaze_object")
    hold = layout.column()
    hold.active = settings.gaze_aim != gaze_track.FREE
    hold.prop(settings, "gaze_hold", slider=True)
    _sliders(layout, settings, ["saccade_strength", "blink_strength"])
    head = layout.column()
    # Where nothing turns none of it is keyed.
    head.active = turns_head(settings)
    _sliders(head, settings, directions.HEAD)


def _draw_keys(layout: Any, settings: Any) -> None:
    layout.prop(settings, "key_tolerance")
    layout.prop(settings, "key_by_sight")


def _draw_lips(layout: Any, settings: Any) -> None:
    _sliders(layout, settings, directions.LIPS)


def _sliders(layout: Any, settings: Any, names: Iterable[str]) -> None:
    column = layout.column(align=True)
    for name in names:
        column.prop(settings, name, slider=True)
