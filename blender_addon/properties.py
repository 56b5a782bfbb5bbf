# SPDX-License-Identifier: GPL-3.0-or-later
"""What the animator sets (stored on the scene and on strips), and what a running job shows (not stored)."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from . import cast, compat, gaze_track, jobs, layers, take_list
from .emotions import CHOICES
from .line_sounds import properties as sound_properties

AIMS = (
    (gaze_track.FREE, "Listener", "The eyes meet a listener in front of the face, and wander"),
    (gaze_track.OBJECT, "Object", "The eyes follow an object, moving or not"),
    (gaze_track.CAMERA, "Camera", "The eyes meet the scene's camera, through all its cuts"),
)


def _can_be_face(_settings: Any, candidate: Any) -> bool:
    return cast.can_be_face(candidate)


def _is_running(_status: Any) -> bool:
    return jobs.is_running()


def _held(name: str, description: str, *, most: float = 2.0, default: float = 1.0) -> Any:
    """A factor that holds for a whole take: it cannot be animated, so that no key is in vain."""
    return FloatProperty(
        name=name,
        description=description,
        default=default,
        min=0.0,
        max=most,
        step=5,
        precision=2,
        options=set(),
    )


def _strength(name: str, moves: str) -> Any:
    return _held(name, f"{moves}. Factor from 0 (still) to 2, 1 is as performed")


def _weight(label: str) -> Any:
    return FloatProperty(
        name=label,
        description=f"Weight of {label.lower()} in the blend, 0 to 1; can be animated and driven. "
        "Weights that sum to more than 1 are scaled down, what is missing to 1 is neutral",
        min=0.0,
        max=1.0,
        step=5,
        precision=2,
    )


class MienSettings(bpy.types.PropertyGroup):
    """One character's face and direction: on `scene.mien` the first one's (cast.py)."""

    character_name: StringProperty(
        name="Name", description="What this character is called; empty takes the face's name"
    )
    strip_name: StringProperty(
        name="Strip", description="Sound strip to speak; empty takes the sequencer's active strip"
    )
    target: PointerProperty(
        name="Face",
        description="The character that speaks: a mesh with shape keys, an armature with face bones, "
        "or an object that its parts are parented to",
        type=bpy.types.Object,
        poll=_can_be_face,
    )
    head_target: PointerProperty(
        name="Head",
        description="Object that turns with the head motion, by its delta rotation; the face "
        "looks along its -Y axis. Empty: no head motion",
        type=bpy.types.Object,
    )
    emotion: EnumProperty(
        name="Emotion",
        description="Emotion of the take. Can be animated: what its keys, or those of a blend's "
        "weights, say over the strip is what the face feels",
        items=[(name, label, what, "NONE", number) for name, label, what, number in CHOICES],
    )
    emotion_happy: _weight("Happy")
    emotion_sad: _weight("Sad")
    emotion_angry: _weight("Angry")
    emotion_fearful: _weight("Fearful")
    emotion_disgusted: _weight("Disgusted")
    emotion_surprised: _weight("Surprised")
    emotion_contempt: _weight("Contempt")
    emotion_calm: _weight("Calm")
    intensity: FloatProperty(
        name="Intensity",
        description="How strongly the emotion shows. Factor from 0 (neutral) to 1.5; can be "
        "animated and driven",
        default=1.0,
        min=0.0,
        max=1.5,
        step=5,
        precision=2,
    )
    voice_confidence: FloatProperty(
        name="How Sure",
        description="How sure From Voice was of the emotion at this frame, 0 (a guess) to 1. It is "
        "keyed beside the emotion to be read; it moves nothing",
        min=0.0,
        max=1.0,
        precision=2,
    )
    seed: IntProperty(
        name="Seed",
        description="Number of the take, from 0: the same number gives the same take, another one "
        "another choice of blinks, glances and accents",
        min=0,
        options=set(),
    )
    key_tolerance: FloatProperty(
        name="Key Tolerance",
        description="How far the keyed curves may lie from the performance, in percent of each "
        "channel's range, 0.1 to 10. More tolerance gives fewer keys; contacts of the lips are met "
        "in any case",
        default=1.0,
        min=0.1,
        max=10.0,
        soft_max=5.0,
        subtype="PERCENTAGE",
        precision=1,
        options=set(),
    )
    key_by_sight: BoolProperty(
        name="By Sight",
        description="Fewer keys: channels that move the face little may lie up to three times as far "
        "from the performance, which to the eye is the same. Off: one tolerance for all",
        options=set(),
    )
    voice_emotion: _held(
        "From the Voice",
        "Share of the emotion heard in the voice against the one asked for here. 0 (only what is "
        "asked) to 1 (only what is heard)",
        most=1.0,
        default=0.0,
    )
    voice_effort: _held(
        "Vocal Effort",
        "How much more the face moves where the voice is raised, and less where it is low. Factor "
        "from 0 (not at all) over 1 (as in people) to 2",
    )
    onset: _held(
        "Onset",
        "How long feelings take to come. Factor from 0 (at once) over 1 (as in people) to 3",
        most=3.0,
    )
    decay: _held(
        "Decay",
        "How long feelings take to go. Factor from 0 (at once) over 1 (as in people) to 3",
        most=3.0,
    )
    brow_strength: _strength("Brows", "How far the brows move")
    eye_strength: _strength("Eyes", "How far lids and gaze move, but for blinks")
    cheek_strength: _strength("Cheeks", "The emotion's part in cheeks and nose")
    mouth_emotion_strength: _strength("Mouth", "The emotion's part in lips and mouth corners")
    jaw_emotion_strength: _strength("Jaw", "The emotion's part in the jaw")
    asymmetry: _held(
        "Asymmetry",
        "How much the two sides of the face differ. Factor from 0 (a mirror's face) over 1 (as "
        "in people) to 2",
    )
    idle_strength: _strength("Idle", "How much the resting face moves, in pauses too")
    gaze_aim: EnumProperty(
        name="Look At", description="What the eyes rest on", items=AIMS, options=set()
    )
    gaze_object: PointerProperty(
        name="Object",
        description="What the eyes follow; its origin is looked at, as far as eyes and head can turn",
        type=bpy.types.Object,
    )
    gaze_hold: _held(
        "Hold",
        "How strictly the eyes keep to the object or camera. 0 (as if it were not there) to 1 (at "
        "all times, but for blinks)",
        most=1.0,
    )
    saccade_strength: _strength("Saccades", "How far the eyes wander")
    blink_strength: _strength("Blinks", "How often the eyes blink")
    head_strength: _strength("Head Motion", "How far the head turns")
    breath_strength: _strength("Breathing", "How much breathing shows")
    lip_strength: _strength("Lips", "How far the speaking mouth moves")
    articulation: _held(
        "Articulation",
        "How clearly the mouth forms its sounds. Factor from 0 (mumbled) over 1 (natural) "
        "to 2 (articulated with care). Lips meet on p, b and m at all of them",
    )
    firmness: _held(
        "Firmness",
        "How firmly the lips meet on p, b and m, touch the teeth on f and v, and round. "
        "Factor from 0 (as they come, some stay open) over 1 (lips meet) to 2 (lips press)",
    )


def _layer_strength(layer: str) -> Any:
    """A slider that reads and sets the strength of a layer of the shown take.

    On the scene, since what is set on the window manager is no step of undo.
    """

    def get(_cast: Any) -> float:
        return take_list.shown_strength(bpy.context, layer)

    def set_to(_cast: Any, value: float) -> None:
        take_list.set_shown_strength(bpy.context, layer, value)

    return FloatProperty(
        name=f"{layers.LABELS[layer]} Strength",
        description="How strongly this layer of the take plays. Factor from 0 (as if it were not "
        "there) to 1; where it is keyed, a change puts a key at the current frame",
        min=0.0,
        max=1.0,
        subtype="FACTOR",
        get=get,
        set=set_to,
        options={"SKIP_SAVE"},
    )


class MienCast(bpy.types.PropertyGroup):
    """Further characters of a scene, on `scene.mien_cast`."""

    members: CollectionProperty(
        type=MienSettings,
        name="Members",
        description="Further characters, after the first one of scene.mien",
    )
    active: IntProperty(
        name="Character",
        description="Which character the panel shows: 0 is the first one, then the members",
        min=0,
        options=set(),
    )
    strength_lips: _layer_strength(layers.LIPS)
    strength_expression: _layer_strength(layers.EXPRESSION)
    strength_gaze: _layer_strength(layers.GAZE)
    strength_head: _layer_strength(layers.HEAD)


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
    identity: StringProperty(
        name="Identity",
        description="What the strip's takes know it by when it is renamed",
        options={"HIDDEN"},
    )
    heard: StringProperty(
        name="Heard",
        description="What From Voice heard in this strip, and how sure it was",
    )
    sounds: PointerProperty(
        name="Sounds",
        description="Phones, words and lip contacts of the strip's last take, and their corrections",
        type=sound_properties.MienLineSounds,
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


CLASSES = (MienSettings, MienCast, MienLine, MienStatus)


def register() -> None:
    """Register the groups and hang them on scenes, sound strips and the window manager."""
    sound_properties.register()
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.mien = PointerProperty(type=MienSettings)
    bpy.types.Scene.mien_cast = PointerProperty(type=MienCast)
    compat.sound_strip_type().mien = PointerProperty(type=MienLine)
    bpy.types.WindowManager.mien = PointerProperty(type=MienStatus)


def unregister() -> None:
    """Undo `register`, in reverse."""
    del bpy.types.WindowManager.mien
    del compat.sound_strip_type().mien
    del bpy.types.Scene.mien_cast
    del bpy.types.Scene.mien
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    sound_properties.unregister()
