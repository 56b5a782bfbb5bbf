# SPDX-License-Identifier: GPL-3.0-or-later
"""A strip spoken again with corrected sounds: the mouth changes around them, all else stays."""

from __future__ import annotations

from typing import Any

from . import character, compat, performing, regenerate, regions, retiming, strips
from .directions import direction
from .jobs import Job
from .line_sounds import clock
from .line_sounds.corrections import Corrections
from .problems import AnimatorError

# Lips prepare a sound and leave it within half a second; the new part fades in outside of that.
AROUND_SECONDS = 0.5 + regenerate.FADE_SECONDS


def start(context: Any, settings: Any, strip: Any, corrected: Corrections) -> Job:
    """Ask for the corrected take, as it was directed; a strip without a take gets a whole one.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """
    scene = compat.sequencer_scene(context)
    able = character.check_character(settings.target, settings.head_target)
    try:
        content = regenerate.used_pieces(able, strip.name)[0].content
    except AnimatorError:
        content = None
    part = _part(scene, strip, corrected, content)
    if content is None or part is None or not retiming.fits(scene, strip, content):
        return performing.start(context, settings, strip.name, corrected=corrected)
    asked = content["made"]["direction"]
    return regenerate.start(
        context,
        settings,
        strip.name,
        part,
        directed=lambda now, heard: retiming.as_before(asked, direction(now, heard)),
        corrected=corrected,
    )


def _part(
    scene: Any, strip: Any, corrected: Corrections, content: dict[str, Any] | None
) -> regenerate.Part | None:
    """The frames around what is corrected, or was in the take; None where nothing is."""
    spans = [[span.start, span.end] for span in (*corrected.phones, *corrected.words)]
    spans += (content or {"made": {}})["made"].get("corrected", [])
    if not spans:
        return None
    now = clock.of_strip(scene, strip)
    heard = strips.map_strip(scene, strip)

    def frame_at(second: float) -> float:
        return now.frame + (second - now.second) * now.rate

    around = AROUND_SECONDS * heard.grid_fps
    first = min(frame_at(start) for start, _ in spans) - around
    last = max(frame_at(end) for _, end in spans) + around
    whole = (heard.first_frame, heard.first_frame + heard.frames - 1)
    mouth = frozenset({regions.SPEECH, regions.MOUTH})
    return regenerate.Part(max(whole[0], int(first)), min(whole[1], int(last) + 1), mouth)
