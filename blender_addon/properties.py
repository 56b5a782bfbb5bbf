# SPDX-License-Identifier: GPL-3.0-or-later
"""What the animator sets (stored on the scene and on strips), and what a running job shows (not stored)."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from . import compat, jobs

EMOTIONS = (
    ("neutral", "Neutral", "No emotion: the speaking face alone"),
    ("happy", "Happy", "Raised cheeks and mouth corners"),
    ("sad", "Sad", "Raised inner brows, lowered mouth corners"),
    ("angry", "Angry", "Lowered brows, tense lids and lips"),
    ("fearful", "Fearful", "Raised, drawn brows, wide eyes, stretched mouth"),
    ("disgusted", "Disgusted", "Wrinkled nose, raised upper lip"),
    ("surprised", "Surprised", "Raised brows, wide eyes, dropped jaw"),
    ("contempt", "Contempt", "One tightened, raised mouth corner"),
)


def _is_mesh(_settings: Any, candidate: Any) -> bool:
    return bool(candidate.type == "MESH")


def _is_running(_status: Any) -> bool:
    return jobs.is_running()


def _factor(name: str, description: str, most: float = 2.0) -> Any:
    return FloatProperty(
        name=name, description=description, default=1.0, min=0.0, max=most, step=5, precision=2
    )


def _strength(name: str, moves: str) -> Any:
    return _factor(name, f"{moves}. Factor from 0 (still) to 2, 1 is as performed")


class MienSettings(bpy.types.PropertyGroup):
    """Direction of the next take, on `scene.mien`."""

    strip_name: StringProperty(
        name="Strip", description="Sound strip to speak; empty takes the sequencer's active strip"
    )
    target: PointerProperty(
        name="Face",
        description="Mesh whose shape keys are animated",
        type=bpy.types.Object,
        poll=_is_mesh,
    )
    head_target: PointerProperty(
        name="Head",
        description="Object that turns with the head motion, by its delta rotation; the face "
        "looks along its -Y axis. Empty: no head motion",
        type=bpy.types.Object,
    )
    emotion: EnumProperty(name="Emotion", description="Emotion of the take", items=EMOTIONS)
    intensity: _factor(
        "Intensity",
        "How strongly the emotion shows. Factor from 0 (neutral) to 1.5",
        most=1.5,
    )
    seed: IntProperty(
        name="Seed",
        description="Number of the take: the same number gives the same take, another one "
        "another choice of blinks, glances and accents",
        min=0,
    )
    lip_strength: _strength("Lips", "How far the speaking mouth moves")
    articulation: _factor(
        "Articulation",
        "How clearly the mouth forms its sounds. Factor from 0 (mumbled) over 1 (natural) "
        "to 2 (articulated with care). Lips meet on p, b and m at all of them",
    )
    firmness: _factor(
        "Firmness",
        "How firmly the lips meet on p, b and m, touch the teeth on f and v, and round. "
        "Factor from 0 (as they come, some stay open) over 1 (lips meet) to 2 (lips press)",
    )
    brow_strength: _strength("Brows", "How far the brows move")
    eye_strength: _strength("Eyes", "How far lids and gaze move")
    mouth_emotion_strength: _strength("Mouth Emotion", "The emotion's part in mouth and cheeks")
    head_strength: _strength("Head Motion", "How far the head turns")
    blink_strength: _strength("Blinks", "How often the eyes blink")


class MienLine(bpy.types.PropertyGroup):
    """What one sound strip says, on `strip.mien`; it stays with the strip when that is renamed."""

    text: StringProperty(
        name="Text",
        description="What this strip says, in English, for mouths that fit each word. Optional: when "
        "empty, the lips follow the sound alone, in any language. [Stage directions] in square "
        "brackets are not spoken; write unusual names as they sound. The text stays with its strip",
    )
    use_text: BoolProperty(
        name="Use Text",
        description="Follow this strip's text. Off: keep the text, but follow the sound alone",
        default=True,
    )


class MienStatus(bpy.types.PropertyGroup):
    """What the panel shows of the present or last job, on `window_manager.mien`."""

    # Asked, never stored: a file saved, or the add-on disabled, in mid-run must not say "running".
    running: BoolProperty(get=_is_running)
    cancel_asked: BoolProperty(options={"SKIP_SAVE"})
    fraction: FloatProperty(subtype="FACTOR", min=0.0, max=1.0, options={"SKIP_SAVE"})
    stage: StringProperty(options={"SKIP_SAVE"})
    problem: StringProperty(options={"SKIP_SAVE"})
    advice: StringProperty(options={"SKIP_SAVE"})
    log: StringProperty(options={"SKIP_SAVE"})
    done: StringProperty(options={"SKIP_SAVE"})


CLASSES = (MienSettings, MienLine, MienStatus)


def register() -> None:
    """Register the groups and hang them on scenes, sound strips and the window manager."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.mien = PointerProperty(type=MienSettings)
    compat.sound_strip_type().mien = PointerProperty(type=MienLine)
    bpy.types.WindowManager.mien = PointerProperty(type=MienStatus)


def unregister() -> None:
    """Undo `register`, in reverse."""
    del bpy.types.WindowManager.mien
    del compat.sound_strip_type().mien
    del bpy.types.Scene.mien
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
