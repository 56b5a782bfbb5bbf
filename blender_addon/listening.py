# SPDX-License-Identifier: GPL-3.0-or-later
"""From Voice: the chosen strip goes to the worker, the emotion it hears onto the scene's keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np

from . import cast, compat, heard_keys, jobs
from .emotions import EMOTIONS, NEUTRAL
from .problems import AnimatorError

# Below this the answer is a guess, and is told as one.
SURE = 0.5
# A change of intensity that is worth a word.
CHANGE = 0.15


def start(context: Any, settings: Any, strip_name: str = "") -> jobs.Job:
    """Ask the worker what the voice of a strip feels; the job keys the answer on `settings`.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """
    address, scene_name = cast.address(settings), settings.id_data.name
    sequencer_uid = compat.sequencer_scene(context).session_uid
    heard_keys.check_can_be_keyed(settings)

    def request(_strip: Any, sound: jobs.Sound) -> dict[str, Any]:
        return {"type": "emotion", **sound.request()}

    def key(sound: jobs.Sound, message: dict[str, Any]) -> str:
        if not message["speech"]:
            raise AnimatorError(
                f"Nobody speaks in strip '{sound.strip_name}', so nothing was keyed.",
                "Choose a strip with a voice in it.",
            )
        found = cast.find(address)
        if found is None:
            raise AnimatorError(
                f"Scene '{scene_name}' was deleted before its voice was heard.", "Listen again."
            )
        heard_keys.write(found, sound.heard, heard_keys.Heard.from_message(message))
        said = what_was_heard(message)
        _note_on_strip(_find_scene(sequencer_uid), sound.strip_name, said)
        return f"'{sound.strip_name}': {said}."

    return jobs.begin(context, settings, request, key, strip_name=strip_name)


def what_was_heard(message: Mapping[str, Any]) -> str:
    """One line about the worker's emotion_result: which emotion, how sure, and how it goes on."""
    named, share = max(message["utterance"].items(), key=lambda pair: pair[1])
    sure = min(share, message["utterance_confidence"])
    if sure < SURE:
        said = f"Perhaps {_label(named)}, but only {sure:.0%} sure: check the keys"
    else:
        said = f"Sounds {_label(named)} ({sure:.0%} sure)"
    ending = _ending(message["track"], named)
    return f"{said}; {ending} toward the end" if ending else said


def _ending(track: Mapping[str, Any], named: str) -> str:
    """How the last third differs from what came before, and from what was named; else empty."""
    intensity = np.asarray(track["intensity"], np.float64)
    names = list(track["weights"])
    if len(intensity) < 2 or not names:
        return ""
    weights = np.array([track["weights"][name] for name in names], np.float64)
    tail = max(1, len(intensity) // 3)
    early, late = weights[:, :-tail].mean(axis=1), weights[:, -tail:].mean(axis=1)
    last = names[int(late.argmax())]
    if last not in {named, names[int(early.argmax())]}:
        return _label(last)
    moved = [i for i, name in enumerate(names) if name != NEUTRAL]
    felt = intensity * weights[moved].sum(axis=0)
    change = float(felt[-tail:].mean() - felt[:-tail].mean())
    if abs(change) < CHANGE:
        return ""
    return "stronger" if change > 0.0 else "weaker"


def _label(emotion: str) -> str:
    return next(label for name, label, _ in EMOTIONS if name == emotion).lower()


def _find_scene(uid: int) -> Any:
    return next((found for found in bpy.data.scenes if found.session_uid == uid), None)


def _note_on_strip(scene: Any, strip_name: str, said: str) -> None:
    """The strip keeps what was heard in it, to be read in the panel; it may be gone by now."""
    for strip in compat.all_strips(scene) if scene else ():
        if strip.name == strip_name and strip.type == "SOUND":
            strip.mien.heard = said
