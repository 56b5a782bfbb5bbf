# SPDX-License-Identifier: GPL-3.0-or-later
"""A short walk through the poses that show most of a speaking face: guide.json lists them."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..rigs.links import Link
from ..rigs.parts import parts_of
from . import data, fill, posing, recording, sides, snapshot, stored

DONE = -1


@dataclass(frozen=True)
class Step:
    """One pose.

    Attributes:
        name, words: what to pose, short and in a sentence.
        source: what it becomes; empty where it has two sides.
        left, right: the sources of the two sides.
        on: sources that the character is posed by when the step begins.
        radians: how far an angle's pose turns where it cannot be measured; 0 for no angle.
    """

    name: str
    words: str
    source: str = ""
    left: str = ""
    right: str = ""
    on: tuple[str, ...] = ()
    radians: float = 0.0


@functools.cache
def steps() -> tuple[Step, ...]:
    """All poses, in order."""
    path = Path(__file__).with_name("guide.json")
    rows = json.loads(path.read_text(encoding="utf-8"))["steps"]
    return tuple(Step(**{**row, "on": tuple(row.get("on", ()))}) for row in rows)


def step_of(target: Any) -> int:
    """The place of the present step, or DONE where nothing is being guided."""
    place = data.place_of(target)
    return DONE if place is None else min(place.guide_step, len(steps()) - 1)


def start(target: Any) -> None:
    """Take the present pose as neutral and begin with the first step."""
    recording.record_neutral(target).guide_step = 0
    _begin(target)


def press(target: Any) -> tuple[str, ...]:
    """Record the present step's pose and go on; returns the sources that it became.

    Raises:
        AnimatorError: nothing was posed; nothing was changed.
    """
    step = steps()[step_of(target)]
    place = stored.own(target)
    now = snapshot.take(parts_of(target))
    _begin(target)
    rest = snapshot.take(parts_of(target))
    try:
        links = recording.checked(
            target, recording.differences(rest, now, parts_of(target), step.source)
        )
    except Exception:
        snapshot.put_back(now, parts_of(target))
        raise
    found = sources_of_pose(step, links, mirror=place.guide_mirror)
    recording.replace_moving(target, found)
    _go(target, 1)
    return tuple(found)


def sources_of_pose(
    step: Step, links: Sequence[Link], *, mirror: bool
) -> dict[str, Sequence[Link]]:
    """Source -> links of a step's pose."""
    if step.left:
        return dict(sides.sided(links, step.left, step.right, mirror=mirror))
    if step.radians:
        return {step.source: sides.per_radian(links, step.source, step.radians)}
    if mirror:
        return {step.source: sides.completed(links)}
    return {step.source: links}


def skip(target: Any) -> None:
    """Leave the present step's channels as they are and go on."""
    _go(target, 1)


def back(target: Any) -> None:
    """Go to the step before."""
    _go(target, -1)


def stop(target: Any) -> tuple[str, ...]:
    """End the walk in neutral and fill what was left out; returns the filled channels."""
    recording.to_neutral(target)
    stored.own(target).guide_step = DONE
    return fill.fill(target)


def _go(target: Any, by: int) -> None:
    place = stored.own(target)
    step = max(0, step_of(target) + by)
    if step >= len(steps()):
        stop(target)
        return
    place.guide_step = step
    _begin(target)


def _begin(target: Any) -> None:
    """Neutral, and on top of it what the present step wants."""
    recording.to_neutral(target)
    step = steps()[step_of(target)]
    if step.on:
        links, _ = posing.usable(stored.rig_of(target).links)
        posing.pose(links, dict.fromkeys(step.on, 1.0), posing.remember(links))
