# SPDX-License-Identifier: GPL-3.0-or-later
"""One pose of both sides of a face -> links of the left and of the right source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..rigs.links import TRANSFORM, Link
from .mirror import left_to_right, mirrored, right_to_left, side_of

LEFT, RIGHT = "left", "right"
# What is on neither side follows both sources, each by half.
HALF = 0.5


def sided(links: Sequence[Link], left: str, right: str, *, mirror: bool) -> dict[str, list[Link]]:
    """Source -> links of one pose, by the side of each link's target.

    With `mirror`, where only one side was posed, the other one does the same.
    """
    names = {LEFT: left, RIGHT: right}
    posed = {side: [link for link in links if side_of(link) == side] for side in names}
    centre = [link for link in links if side_of(link) not in names]
    lone = [side for side in names if posed[side]]
    if mirror and len(lone) == 1:
        own = names[lone[0]]
        # Eyes that look left: of the left one the mirror is a right one that looks right.
        other = left_to_right(own) or right_to_left(own)
        its = [replace(link, source=own) for link in posed[lone[0]] + centre]
        found = [mirrored(link, other) for link in its]
        return {own: its, other: [link for link in found if link is not None]}
    return {
        source: [
            *(replace(link, source=source) for link in posed[side]),
            *(replace(link, source=source, weight=link.weight * HALF) for link in centre),
        ]
        for side, source in names.items()
    }


def per_radian(links: Sequence[Link], source: str, radians: float) -> list[Link]:
    """Links of an angle, so that it turns by as much as it says.

    Args:
        links: of a pose of a head, of one or several bones that carry each other.
        source: the angle.
        radians: how far the pose turns, where none of the links is a rotation.
    """
    turned = sum(
        sum(number * number for number in link.pose.rotation) ** 0.5
        for link in links
        if link.kind == TRANSFORM
    )
    whole = turned or radians
    return [replace(link, source=source, weight=link.weight / whole) for link in links]


def completed(links: Sequence[Link]) -> list[Link]:
    """Links of a central source; where only one side was posed, the other one does the same."""
    posed = {side_of(link) for link in links}
    if {LEFT, RIGHT} <= posed:
        return list(links)
    found = [mirrored(link, link.source) for link in links if side_of(link)]
    return [*links, *(link for link in found if link is not None)]
