# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a character a take moves: its rig's links, its head object, their data-blocks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from . import layers, mapping, spots, takes
from .mapping import access
from .problems import AnimatorError
from .rigs.links import TRANSFORM, Link, Pose
from .rigs.sources import HEAD, layer_of

# The axes about which an object's head turns: it faces its -Y, +X is the character's left.
HEAD_TURNS = {
    "headPitch": (-1.0, 0.0, 0.0),
    "headYaw": (0.0, 0.0, 1.0),
    "headRoll": (0.0, 1.0, 0.0),
}


@dataclass(frozen=True)
class Character:
    """A face that can be keyed.

    Attributes:
        face: the object that the animator chose.
        links: what drives what, without what cannot be keyed.
        blocked: what cannot be keyed, each with the reason.
    """

    face: Any
    links: tuple[Link, ...]
    blocked: tuple[tuple[str, str], ...]

    @property
    def datablocks(self) -> list[Any]:
        """What the links move, the face's own first."""
        return list(layers.paths_of(self.links))


def check_character(face: Any, head: Any) -> Character:
    """What of `face`, and of `head` (an object that turns with it, or None), can be keyed.

    Raises:
        AnimatorError: nothing is recognised, everything is linked, or a take would not move.
    """
    links = links_of(face, head)
    able = access.of_links(links)
    if not any(layer_of(link.source) != HEAD for link in able.keyable):
        raise AnimatorError(
            f"Nothing of '{face.name}' can be keyed: {access.lines(able)[0]}.",
            "Press Make Editable under Rig in the Mien panel."
            if able.mendable
            else "Free it, or choose another face.",
        )
    for datablock in layers.paths_of(able.keyable):
        takes.check_can_play(datablock, called(datablock))
    return Character(face, able.keyable, able.blocked)


def links_of(face: Any, head: Any) -> tuple[Link, ...]:
    """What drives what on `face` and `head`, be it keyable or not.

    Raises:
        AnimatorError: nothing is recognised.
    """
    if face is None or face.type not in {"MESH", "ARMATURE", "EMPTY", "GPENCIL", "GREASEPENCIL"}:
        raise AnimatorError("No face is chosen.", "Choose its object under Face in the Mien panel.")
    links = (*_links_of_face(face, head), *_head_links(head))
    _check_relative(links)
    return links


def turns_head(settings: Any) -> bool:
    """Whether something turns with the head: an object, or what the rig offers."""
    if settings.head_target is not None:
        return True
    face = settings.target
    return face is not None and any(
        link.source in HEAD_TURNS for link in mapping.rig_of(face).links
    )


def animated_by_takes(face: Any, head: Any) -> list[Any]:
    """Every data-block on which takes of this character may lie, be it keyable or not."""
    links = mapping.rig_of(face).links if face is not None else ()
    found = dict.fromkeys(_datablocks_there(links))
    key = getattr(getattr(face, "data", None), "shape_keys", None)
    # The face's own even where its names have changed, so that nothing of it is known any more.
    found.update(dict.fromkeys(block for block in (key, face, head) if block is not None))
    return list(found)


def called(datablock: Any) -> str:
    """A data-block in an animator's words."""
    if datablock.id_type == "KEY":
        return f"Mesh '{datablock.user.name}'"
    return f"{datablock.bl_rna.name} '{datablock.name}'"


def _links_of_face(face: Any, head: Any) -> tuple[Link, ...]:
    links = [link for link in mapping.rig_of(face).links if _is_there(link)]
    if head is not None:
        links = [link for link in links if layer_of(link.source) != HEAD]
    if not links:
        raise _unrecognised(face)
    return tuple(links)


def _head_links(head: Any) -> Iterable[Link]:
    if head is None:
        return ()
    if head.rotation_mode == "AXIS_ANGLE":
        raise AnimatorError(
            f"Head object '{head.name}' rotates by axis and angle.",
            "Set its rotation mode to XYZ Euler (Object properties > Transform), "
            "or choose no head object.",
        )
    return (
        Link(source, TRANSFORM, head, "", low=-math.inf, high=math.inf, pose=Pose(rotation=axis))
        for source, axis in HEAD_TURNS.items()
    )


def _check_relative(links: Iterable[Link]) -> None:
    for owner in dict.fromkeys(link.owner for link in links):
        key = getattr(owner.data, "shape_keys", None)
        if key is not None and not key.use_relative:
            raise AnimatorError(
                f"The shape keys of '{owner.name}' are absolute.",
                "Enable Relative in the mesh's Shape Keys panel.",
            )


def _is_there(link: Link) -> bool:
    try:
        spots.place_of(link)
    except ValueError:
        return False
    return True


def _datablocks_there(links: Iterable[Link]) -> Iterable[Any]:
    for link in links:
        if _is_there(link):
            yield spots.place_of(link)[0]


def _unrecognised(face: Any) -> AnimatorError:
    key = getattr(face.data, "shape_keys", None)
    if face.type == "MESH" and (key is None or len(key.key_blocks) < 2):
        return AnimatorError(
            f"Mesh '{face.name}' has no shape keys, and no bones or properties of a face were "
            "found with it.",
            "Choose a face with shape keys or face bones, use Guided Mapping under Rig, "
            "or add Add > Mesh > Mien Head.",
        )
    names = [block.name for block in key.key_blocks[1:5]] if key else []
    told = f" (it has {', '.join(names)} ...)" if names else ""
    return AnimatorError(
        f"Nothing on '{face.name}' has a name that Mien knows{told}.",
        "Use Guided Mapping under Rig: pose, then press. It takes a few minutes, once a character.",
    )
