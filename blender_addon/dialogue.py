# SPDX-License-Identifier: GPL-3.0-or-later
"""A dialogue: while one speaks, the others listen, and eyes meet.

A listener gets a take of the speaker's strip with still lips: brows, lids, head and breath live, and
answer the speaker's stress a little, as listeners' faces do. Nobody listens while speaking himself, nor
to two at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import bpy

from . import cast, compat, eyes, gaze_track, strips
from .batch import Line

STILL = {"lip_strength": 0.0, "firmness": 0.0}


def with_listeners(context: Any, lines: Sequence[Line], listening: float) -> list[Line]:
    """The speakers' `lines` with whom they look at, and further ones for those who listen.

    Args:
        context: Blender's.
        lines: of a plan; those with problems have no listeners.
        listening: how strongly a listener shows its own emotion, 0..1 of its intensity.
    """
    scene = compat.sequencer_scene(context)
    spoken = [line for line in lines if not line.problem]
    spans = {line.strip_name: _span(scene, line.strip_name) for line in spoken}
    spoken.sort(key=lambda line: spans[line.strip_name])
    places = sorted({line.place for line in spoken})
    partners = _partners(spoken)
    told = [
        line if line.problem else replace(line, looks_at=partners[line.strip_name])
        for line in lines
    ]
    everyone = cast.everyone(context.scene)
    for place in places:
        busy = [spans[line.strip_name] for line in spoken if line.place == place]
        for line in spoken:
            span = spans[line.strip_name]
            if line.place == place or any(_overlap(span, other) for other in busy):
                continue
            busy.append(span)
            asked = {**STILL, "intensity": listening * everyone[place].intensity}
            told.append(
                Line(line.strip_name, place, asked, listens_to=line.place, looks_at=line.place)
            )
    return told


def _span(scene: Any, strip_name: str) -> tuple[int, int]:
    place = compat.strip_frames(strips.find_strip(scene, strip_name))
    return place.left, place.right


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _partners(spoken: Sequence[Line]) -> dict[str, int]:
    """Whom the speaker of each strip looks at: who spoke last before, else who speaks next; else -1."""
    partners = {}
    for i, line in enumerate(spoken):
        before = [other.place for other in reversed(spoken[:i])]
        after = [other.place for other in spoken[i:]]
        others = [place for place in (*before, *after) if place != line.place]
        partners[line.strip_name] = others[0] if others else -1
    return partners


@contextmanager
def looking_at(settings: Any, other: Any) -> Iterator[None]:
    """Within the block, `settings` look into the eyes of the character `other`.

    Only where their eyes are free; an aim of the animator's stays. The point between the other's eyes
    is an empty that goes when the block ends.
    """
    if settings.gaze_aim != gaze_track.FREE or other is None or other.target is None:
        yield
        return
    point = bpy.data.objects.new("Mien eyes", None)
    settings.id_data.collection.objects.link(point)
    point.parent = other.target
    point.location = eyes.eyes_middle(other.target)
    settings.gaze_aim, settings.gaze_object = gaze_track.OBJECT, point
    try:
        yield
    finally:
        settings.gaze_aim, settings.gaze_object = gaze_track.FREE, None
        bpy.data.objects.remove(point)
