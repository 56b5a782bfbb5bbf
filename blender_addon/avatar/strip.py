# SPDX-License-Identifier: GPL-3.0-or-later
"""The image strip that shows an avatar's frames in step with the scene.

A render puts its frames into the strips that an earlier one has left, however they were cut, moved or
graded; only where there is none it adds one. Where frames were cut away that the new ones are not, a strip
stays as it is, and that is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from .. import compat
from ..opening import HIGHEST_CHANNEL
from ..problems import AnimatorError
from . import strip_place
from .frames import Frames
from .strip_place import FIRST

# On strips: the avatar's name; how far it was scaled to fit into the scene's picture; that Mien muted it.
MARK, FIT, MUTED = "mien_avatar", "mien_fit", "mien_muted"
LOWEST_CHANNEL = 2
RENDERED_INSTEAD = (
    "While the sequencer has pictures, F12 renders it instead of the scene (Output > Post Processing > "
    "Sequencer)."
)


@dataclass(frozen=True)
class Put:
    """What became of frames in the sequencer.

    Attributes:
        strip: that shows them, or the first of those that it was cut into; None where none does.
        left_alone: names of strips that were cut where these frames do not reach.
    """

    strip: Any
    left_alone: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Taken:
    """How Blender's sequencer takes frames.

    Attributes:
        fit: scale at which they fit into the scene's picture.
        colour_space, alpha_mode: of an image strip, in Blender's words.
    """

    fit: float
    colour_space: str
    alpha_mode: str


def put(context: Any, scene: Any, frames: Frames, name: str) -> Put:
    """Put frames into the sequencer, into the strips that an earlier render has put there.

    Args:
        context: Blender's.
        scene: whose sequencer.
        frames: one for each scene frame.
        name: that the strips are known by.

    Raises:
        AnimatorError: there is no room, or Blender's sequencer cannot read the frames.
    """
    editor = scene.sequence_editor or scene.sequence_editor_create()
    taken = _taken(editor, frames)
    _forget_shown(scene)
    former = of_name(scene, name)
    if not former:
        return Put(_add(context, scene, frames, name))
    renewed, left_alone = [], []
    for each in former:
        is_new = _renew(each, taken, frames, compat.strips(each.parent_meta() or editor))
        (renewed if is_new else left_alone).append(each)
    return Put(next(iter(renewed), None), tuple(each.name for each in left_alone))


def of_name(scene: Any, name: str) -> list[Any]:
    """The strips that an earlier render has put there, be they renamed or cut since."""
    return [each for each in all_of(scene) if each[MARK] == name]


def all_of(scene: Any) -> list[Any]:
    """Every strip that shows an avatar."""
    return [each for each in compat.all_strips(scene) if each.type == "IMAGE" and MARK in each]


def mute(scene: Any) -> bool:
    """Mute what shows an avatar, and remember it; False: nothing did."""
    shown = [each for each in all_of(scene) if not each.mute]
    for each in shown:
        each.mute = each[MUTED] = True
    return bool(shown)


def unmute(scene: Any) -> bool:
    """Show what `mute` muted; False: there is nothing of that."""
    _forget_shown(scene)
    muted = [each for each in all_of(scene) if each.get(MUTED)]
    for each in muted:
        each.mute = False
        del each[MUTED]
    return bool(muted)


def has_muted(scene: Any) -> bool:
    """Whether `unmute` has something to show."""
    return any(each.mute and each.get(MUTED) for each in all_of(scene))


def _forget_shown(scene: Any) -> None:
    """What the animator has shown again since is no longer muted by Mien; muted anew it is by them."""
    for each in all_of(scene):
        if MUTED in each and not each.mute:
            del each[MUTED]


def is_rendered_instead(scene: Any) -> bool:
    """Whether F12 renders the sequencer instead of the scene."""
    return bool(scene.render.use_sequencer) and compat.has_pictures(scene)


def _taken(editor: Any, frames: Frames) -> _Taken:
    """How Blender takes frames: read from a strip that is made of the first, and gone again.

    Raises:
        AnimatorError: it cannot read them.
    """
    made = compat.new_image_strip(editor, "", str(frames.paths[0]), 1, frames.first_frame)
    try:
        if not made.elements[0].orig_width:
            raise AnimatorError(
                f"This Blender's sequencer cannot read {frames.paths[0].name} (multilayer OpenEXR is read "
                "by 4.5 and later).",
                "Choose PNG to have the frames there, or Set Up Compositor.",
            )
        return _Taken(
            made.transform.scale_x, str(made.colorspace_settings.name), str(made.alpha_mode)
        )
    finally:
        compat.strips(editor).remove(made)


def _add(context: Any, scene: Any, frames: Frames, name: str) -> Any:
    editor, begin = scene.sequence_editor, frames.first_frame
    end = begin + len(frames.paths)
    channel = _free_channel(compat.strips(editor), None, begin, end, LOWEST_CHANNEL)
    made = compat.new_image_strip(editor, name, str(frames.paths[0]), channel, begin)
    _fill(made, frames)
    made.blend_type = "ALPHA_OVER"
    made[MARK], made[FIRST], made[FIT] = name, begin, made.transform.scale_x
    compat.show_in_sequencer(context, scene)
    return made


def _renew(former: Any, taken: _Taken, frames: Frames, siblings: Any) -> bool:
    """Let a strip show new frames; where the animator cut it, it stays cut, and all else as they set it.

    Args:
        former: the strip.
        taken: how Blender takes the new frames.
        frames: the new ones.
        siblings: the strips that it lies among.

    Returns:
        False where it was left as it is, for it was cut where the new frames do not reach.
    """
    frames = strip_place.joined(former, frames)
    # Of a retimed strip the animator chose which picture is seen when.
    is_timed = bool(compat.retiming_frames(former))
    is_same = strip_place.shows(former, frames)
    is_placed = not is_timed and not is_same
    if is_placed:
        place = strip_place.place(former, frames)
        if place is None:
            return False
        channel = _free_channel(siblings, former, *place[1:], former.channel)
    _fit(former, taken, frames)
    if is_same:
        compat.read_pictures_again(former, frames.stored_folder)
        return True
    _fill(former, frames)
    former[FIRST] = frames.first_frame
    if is_placed:
        compat.place_strip(former, *place)
        if former.channel != channel:
            former.channel = channel
    return True


def _fit(former: Any, taken: _Taken, frames: Frames) -> None:
    """Let files of another format or size be read and scaled as such."""
    if PurePath(former.elements[0].filename).suffix != frames.ending:
        former.colorspace_settings.name, former.alpha_mode = taken.colour_space, taken.alpha_mode
    scale = taken.fit / former.get(FIT, taken.fit)
    former.transform.scale_x *= scale
    former.transform.scale_y *= scale
    former[FIT] = taken.fit


def _fill(strip: Any, frames: Frames) -> None:
    compat.replace_pictures(strip, frames.stored_folder, [path.name for path in frames.paths])


def _free_channel(siblings: Any, strip: Any, left: int, right: int, lowest: int) -> int:
    """The lowest channel that is free from one frame to another, where `strip` itself is in no one's way.

    Raises:
        AnimatorError: there is none.
    """
    taken = set()
    for other in siblings:
        place = compat.strip_frames(other)
        if other != strip and left < place.right and place.left < right:
            taken.add(other.channel)
    free = (channel for channel in range(lowest, HIGHEST_CHANNEL + 1) if channel not in taken)
    found = next(free, None)
    if found is None:
        raise AnimatorError(
            f"Every channel from {lowest} to {HIGHEST_CHANNEL} is taken on frames {left} to {right - 1}.",
            "Make room in the sequencer and render again; finished frames are kept.",
        )
    return found
