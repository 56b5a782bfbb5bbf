# SPDX-License-Identifier: GPL-3.0-or-later
"""Head, neck and eyes: the object or bone that the animator chooses, turned about the right axes.

The character's axes come from where the bones rest (rigs/axes.py), or for a character without
bones from its face's own: it looks along -Y, Z is up, +X its left. Neither a bone's roll nor how it
rests matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..rigs import axes
from ..rigs.links import TRANSFORM, Link, Pose, Triple
from ..rigs.offer import BONE
from ..rigs.offers import offers
from ..rigs.parts import parts_of
from ..rigs.sources import GAZE_ANGLES, HEAD_ANGLES
from . import changes, stored

HEAD, NECK, LEFT_EYE, RIGHT_EYE = "HEAD", "NECK", "LEFT_EYE", "RIGHT_EYE"
ROLES = (HEAD, NECK, LEFT_EYE, RIGHT_EYE)
# A head turns with its neck: shares of the whole turn, as in the table of heads and eyes.
SHARES = {HEAD: 0.65, NECK: 0.35}

# What turns: an object, and the name of its bone or an empty string.
Chosen = tuple[Any, str]


def choose(target: Any, chosen: Mapping[str, Chosen]) -> int:
    """Let what is chosen for some of ROLES turn with head and gaze; returns how many links that is.

    Links of the angles to other bones and objects go where their role is chosen anew: head and neck
    together, eyes together. Links by which a channel such as eyeLookUpLeft turned a chosen eye go too.
    """
    new: dict[str, list[Link]] = {}
    for roles, angles in (((HEAD, NECK), HEAD_ANGLES), ((LEFT_EYE, RIGHT_EYE), GAZE_ANGLES)):
        its = {role: chosen[role] for role in roles if role in chosen}
        if its:
            shares = SHARES if len(its) > 1 and HEAD in its else {}
            for source in angles:
                new[source] = [
                    turn(target, source, *what, share=shares.get(role, 1.0))
                    for role, what in its.items()
                ]
    eyes = {chosen[role] for role in (LEFT_EYE, RIGHT_EYE) if role in chosen}
    former = stored.rig_of(target).links
    for source in {link.source for link in former if link.source.startswith("eyeLook")}:
        its_links = [link for link in former if link.source == source]
        kept = [
            link
            for link in its_links
            if link.kind != TRANSFORM or (link.owner, link.target) not in eyes
        ]
        if kept != its_links:
            new[source] = kept
    changes.replace_sources(target, new)
    return sum(len(links) for source, links in new.items() if not source.startswith("eyeLook"))


def armature_of(target: Any) -> Any | None:
    """The first armature among the character's parts."""
    return next((part for part in parts_of(target) if part.type == "ARMATURE"), None)


def turn(target: Any, source: str, owner: Any, bone: str, *, share: float = 1.0) -> Link:
    """The link by which an angle (one of HEAD_ANGLES or GAZE_ANGLES, radians) turns what is chosen.

    `target` is the character's face, `owner` and `bone` what turns (an empty bone: the object
    itself), by `share` of the angle.
    """
    left, back, up = _character_axes(owner) if bone else _world_axes(target)
    about = {"Pitch": -left, "Yaw": up, "Roll": back}[
        source.removeprefix("head").removeprefix("gaze")
    ]
    if bone:
        own = np.array(owner.data.bones[bone].matrix_local.to_3x3())
    else:
        own = np.array(owner.matrix_world.to_3x3().normalized())
    return Link(
        source, TRANSFORM, owner, bone, weight=share, pose=Pose(rotation=_triple(own.T @ about))
    )


def _character_axes(armature: Any) -> np.ndarray:
    """(3, 3): rows are the character's left, back and up in the armature's space."""
    bones = [offer for offer in offers(armature) if offer.kind == BONE and offer.owner == armature]
    return axes.character_axes(bones)


def _world_axes(target: Any) -> np.ndarray:
    """(3, 3): rows are the character's left, back and up in the world."""
    turned = np.array(target.matrix_world.to_3x3().normalized())
    if target.type == "ARMATURE":
        return np.asarray(_character_axes(target) @ turned.T)
    return turned.T


def _triple(vector: np.ndarray) -> Triple:
    """Rounded, so that axes that are straight stay so."""
    x, y, z = (round(float(number), 7) + 0.0 for number in vector)
    return (x, y, z)
