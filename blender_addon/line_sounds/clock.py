# SPDX-License-Identifier: GPL-3.0-or-later
"""Scene frames <-> seconds of a strip's sound file: what is kept in these seconds follows the strip.

Where a strip's speed changes inside it there is no straight map to its file. Its sounds are then
kept in seconds since the strip's content began, which moving and trimming leave as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import compat, strips


@dataclass(frozen=True)
class Clock:
    """Scene frame `frame` hears `second` of the sound; `rate` frames later it hears a second more.

    `mixed` says that the seconds count from the start of the strip's content, not of its file.
    """

    frame: float
    second: float
    rate: float
    mixed: bool = False

    def second_at(self, frame: float) -> float:
        """What second of the sound a frame hears."""
        return self.second + (frame - self.frame) / self.rate

    def frame_at(self, second: float) -> int:
        """The whole frame that is nearest to a second of the sound."""
        return round(self.frame + (second - self.second) * self.rate)


def of_strip(scene: Any, strip: Any) -> Clock:
    """The clock of a strip; it may have to make a scene for a moment, so it is not for drawing.

    Raises:
        AnimatorError: no frame of the strip has sound.
    """
    heard = strips.map_strip(scene, strip)
    if heard.mixed:
        return Clock(compat.strip_frames(strip).content_start, 0.0, heard.grid_fps, mixed=True)
    return Clock(heard.first_frame, heard.start_seconds, heard.grid_fps)


def retiming(scene: Any, strip: Any) -> str:
    """Text that stays the same as long as the strip's speed does; cheap enough for drawing."""
    place = compat.strip_frames(strip)
    keys = compat.retiming_frames(strip) or []
    since = [frame - place.content_start for frame in keys]
    whole = place.content_frames + place.trim_start + place.trim_end
    return f"{strips.scene_fps(scene):.4f} {whole} {since}"


def when_drawn(scene: Any, strip: Any) -> Clock | None:
    """`of_strip` from what the strip keeps of its speed; None when its speed was changed since.

    Cheap, and touches nothing: for panels and overlays.
    """
    line = strip.mien.sounds
    if line.rate <= 0.0 or line.retiming != retiming(scene, strip):
        return None
    place, fps = compat.strip_frames(strip), strips.scene_fps(scene)
    if line.mixed:
        return Clock(place.content_start, 0.0, line.rate, mixed=True)
    begins = place.content_start + compat.sound_offset_seconds(strip) * fps
    return Clock(begins, place.trim_start / fps, line.rate)
