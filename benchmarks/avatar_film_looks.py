# SPDX-License-Identifier: Apache-2.0
"""Which look (hair, beard, light) a held-out film shows, from one picture of it that is not measured.

A person's films differ in more than the face does: GRID's s1 wears his fringe up in half of them. An
avatar that has learned several looks is told which to wear, as an artist would choose it; so that this
helps nobody alone, the baselines also run with the training films that look most like the same picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.avatar_baselines import NearestFrame
from benchmarks.avatar_metrics import face_region
from benchmarks.avatar_pictures import over
from core.avatar.posed import Poser
from core.avatar.render_frame import render_frame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.avatar_views import View
    from core.avatar.model import Avatar

    Floats = NDArray[np.float32]

ALIKE_SHARE = 0.25
"""Share of the training films that are taken for alike: GRID's looks come in four or so."""


def first_pictures(views: Sequence[View]) -> tuple[dict[str, View], list[View]]:
    """The first view of each film, and all others."""
    first: dict[str, View] = {}
    for view in views:
        first.setdefault(view.group, view)
    return first, [view for view in views if first[view.group] is not view]


def look_worn(avatar: Avatar, view: View) -> int:
    """The number of the avatar's look that comes nearest to a picture's head."""
    poser, wanted = Poser(avatar), view.rgba[..., :3]
    apart = []
    for look in range(len(avatar.drive.looks)):
        poser.look = look
        drawn = render_frame(poser, view.pose, view.camera, depth=False).rgba
        cover = drawn[..., 3:]
        seen = view.head[..., None] * cover
        difference = np.abs(drawn[..., :3] - wanted * cover)
        apart.append((difference * seen).sum() / seen.sum())
    return int(np.argmin(apart))


def alike_films(training: Sequence[View], view: View) -> frozenset[str]:
    """The training films whose nearest picture, aligned, comes nearest to a picture's face."""
    films: dict[str, list[View]] = {}
    for each in training:
        films.setdefault(each.group, []).append(each)
    errors = {
        name: _face_error(NearestFrame(pictures).aligned(view.landmarks)[..., :3], view)
        for name, pictures in films.items()
    }
    count = max(1, round(len(films) * ALIKE_SHARE))
    return frozenset(sorted(errors, key=errors.__getitem__)[:count])


def by_films(
    training: Sequence[View], alike: Mapping[str, frozenset[str]]
) -> dict[str, list[View]]:
    """The training views that look like each held-out film."""
    return {
        film: [view for view in training if view.group in names] for film, names in alike.items()
    }


def _face_error(picture: Floats, view: View) -> float:
    height, width = picture.shape[:2]
    region = face_region(view.landmarks, width, height)
    return float(((picture - over(view.rgba, view.backdrop)) ** 2)[region].mean())
