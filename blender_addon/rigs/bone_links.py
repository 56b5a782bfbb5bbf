# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of kind BONES -> links whose poses are in each bone's own rest axes.

A table says what a bone does in the character's terms:

- `turn`: degrees of pitch (up), yaw (to the character's left) and roll (to its left shoulder) at 1;
- `follow`: the same per radian of a source that is an angle;
- `move`: steps to the left, back and up at 1, in the table's `unit`;
- `toward`: another bone and the share of the way to it at 1;
- `against`: a bone; where this one hangs on it, it takes back what that one's turn for `jawOpen` does
  to it, in place of `move`: lips meet however long the jaw is;
- `aim`: of a target that eyes look at: pitch and yaw per radian; it moves by its distance from `of`,
  the bones of the eyes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .axes import character_axes
from .families import Alternative, Family
from .links import TRANSFORM, Link, Pose
from .naming import Names
from .offer import BONE, Offer
from .spelling import forms

Triple = tuple[float, float, float]
STILL: Triple = (0.0, 0.0, 0.0)
_EYE_NAMES = frozenset(
    f"{name}{side}"
    for name in ("eye", "eyes", "eyeball", "mastereye", "faceeye", "ccbaseeye", "ceye", "目")
    for side in ("left", "right")
)


def fit(family: Family, offers: Sequence[Offer]) -> dict[str, tuple[Link, ...]]:
    """Source -> links on the bones of each armature that the table fits."""
    found: dict[str, tuple[Link, ...]] = {}
    bones = [offer for offer in offers if offer.kind == BONE]
    for owner in {id(bone.owner): bone.owner for bone in bones}.values():
        skeleton = _Skeleton(family, [bone for bone in bones if bone.owner is owner])
        if family.needs and not any(map(skeleton.has, family.needs)):
            continue
        for source, alternatives in family.sources.items():
            alternative = next((each for each in alternatives if skeleton.has(each)), None)
            if alternative is not None:
                links = (skeleton.link(source, *move) for move in alternative.items())
                kept = tuple(link for link in links if link.pose != Pose())
                if kept:
                    found[source] = (*found.get(source, ()), *kept)
    return found


class _Skeleton:
    """The bones of one armature, by a table's names."""

    def __init__(self, family: Family, bones: Sequence[Offer]) -> None:
        self._family = family
        self._bones = bones
        self._names = Names(bones)
        self._axes = character_axes(bones)
        self._unit = self._length_of_unit()

    def has(self, targets: Alternative | Sequence[str]) -> bool:
        return all(self.bone(target) is not None for target in targets)

    def bone(self, target: str) -> Offer | None:
        return next(iter(self._names.find(self._family.spellings(target))), None)

    def link(self, source: str, target: str, moves: Mapping[str, Any]) -> Link:
        """What `moves` say `source` does to the bone found for `target`."""
        bone = self.bone(target)
        assert bone is not None, target
        turned = np.zeros(3) if bone.stiff else self._turn(moves)
        moved = np.zeros(3) if bone.fixed else self._step(bone, moves)
        own = np.array(bone.matrix).T
        return Link(
            source,
            TRANSFORM,
            bone.owner,
            bone.path,
            combine=self._family.combine,
            pose=Pose(
                location=_triple(np.array(bone.steps).T @ moved),
                rotation=_triple(own @ turned),
            ),
        )

    def _step(self, bone: Offer, moves: Mapping[str, Any]) -> np.ndarray:
        """How far the bone moves at 1, in the armature's space."""
        left, back, up = self._axes
        if "against" in moves:
            taken_back = self._against(bone, moves["against"])
            if taken_back is not None:
                return taken_back
        steps = np.array(moves.get("move", STILL)) * self._unit
        moved = steps @ self._axes
        if "toward" in moves:
            name, share = moves["toward"]
            other = self.bone(name)
            if other is not None:
                moved = moved + share * np.subtract(other.place, bone.place)
        if "aim" in moves:
            pitch, yaw = moves["aim"]
            away = float(np.dot(back, np.subtract(self._middle(moves["of"]), bone.place)))
            moved = moved + away * (up * pitch + left * yaw)
        return np.asarray(moved)

    def _against(self, bone: Offer, target: str) -> np.ndarray | None:
        """Against the way that `target` carries the bone at `jawOpen`; None if it does not carry it.

        The first order of the turn, since a speaking jaw goes 3 to 8 degrees and not the whole way.
        """
        holder = self.bone(target)
        opened = next(
            (each[target] for each in self._family.sources["jawOpen"] if target in each), None
        )
        if holder is None or opened is None or not self._hangs(bone, holder):
            return None
        turn = self._turn(opened)
        return -np.cross(turn, np.subtract(bone.place, holder.place))

    def _hangs(self, bone: Offer, holder: Offer) -> bool:
        above = {each.name: each.parent for each in self._bones}
        parent = bone.parent
        while parent and parent != holder.name:
            parent = above.get(parent, "")
        return parent == holder.name

    def _turn(self, moves: Mapping[str, Any]) -> np.ndarray:
        """Rotation vector at 1, in the armature's axes."""
        pitch, yaw, roll = np.radians(moves.get("turn", STILL)) + np.array(
            moves.get("follow", STILL)
        )
        left, back, up = self._axes
        return np.asarray(-left * pitch + up * yaw + back * roll)

    def _middle(self, targets: Sequence[str]) -> np.ndarray:
        places = [bone.place for bone in map(self.bone, targets) if bone is not None]
        return np.mean(places, axis=0)

    def _length_of_unit(self) -> float:
        """The table's unit in the armature's metres; 0, and nothing moves, where it is not found."""
        for pair in self._family.unit:
            first, second = map(self.bone, pair)
            if first is not None and second is not None:
                return math.dist(first.place, second.place)
        return 0.0


def _triple(vector: np.ndarray) -> Triple:
    """Rounded, so that axes that are straight stay so."""
    x, y, z = (round(float(number), 7) + 0.0 for number in vector)
    return (x, y, z)


def is_eye(offer: Offer) -> bool:
    """Whether this is a bone that turns one eyeball, by its name."""
    return offer.kind == BONE and not _EYE_NAMES.isdisjoint(forms(offer.name))
