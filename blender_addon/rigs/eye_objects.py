# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyeballs that are objects of their own, without bones: they turn about their own origins."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .links import TRANSFORM, Link, Pose
from .offer import OBJECT, Offer
from .spelling import forms

_EYE = ("eye", "eyeball", "eyes", "eyeballs")
UP = np.array((0.0, 0.0, 1.0))


def fit(offers: Iterable[Offer]) -> dict[str, tuple[Link, ...]]:
    """Links from gazePitch and gazeYaw to the left and the right eyeball; empty without both.

    The character stands upright in the world; its left is where the left eye is seen from the right.
    """
    objects = [offer for offer in offers if offer.kind == OBJECT and not offer.fixed]
    left, right = _named(objects, "left"), _named(objects, "right")
    if left is None or right is None:
        return {}
    across = np.subtract(left.place, right.place)
    across = across - UP * (across @ UP)
    length = float(np.linalg.norm(across))
    if length < 1e-6:
        return {}
    return {
        "gazePitch": tuple(_turn("gazePitch", eye, -across / length) for eye in (left, right)),
        "gazeYaw": tuple(_turn("gazeYaw", eye, UP) for eye in (left, right)),
    }


def _named(objects: list[Offer], side: str) -> Offer | None:
    names = {f"{name}{side}" for name in _EYE}
    return next((each for each in objects if not names.isdisjoint(forms(each.name))), None)


def _turn(source: str, eye: Offer, axis: np.ndarray) -> Link:
    x, y, z = (round(float(number), 7) + 0.0 for number in np.array(eye.matrix).T @ axis)
    return Link(source, TRANSFORM, eye.owner, "", pose=Pose(rotation=(x, y, z)))
