# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of tracks share: keys, drivers and NLA strips on the settings, and reading tracks."""

from __future__ import annotations

import bpy
import numpy as np
from bl_ext.devrepo.mien.strips import StripMap

# Frames 11 to 70 hear the second 0.5 to 3.0 of a sound.
HEARD = StripMap(0.5, 24.0, 11, 60)
# What Mien allows itself, and the rounding of what it sends.
ERROR = 0.002 + 1e-4


def set_keys(scene, name, keys, interpolation="BEZIER"):
    """Keys {frame: value} on a setting, made the usual way."""
    for frame, value in keys.items():
        setattr(scene.mien, name, value)
        scene.mien.keyframe_insert(name, frame=frame)
    for point in curve_of(scene, name).keyframe_points:
        point.interpolation = interpolation


def curve_of(scene, name):
    animation = scene.animation_data
    action = animation.action
    if hasattr(action, "slots"):
        curves = action.layers[0].strips[0].channelbag(animation.action_slot).fcurves
    else:
        curves = action.fcurves
    return curves.find(f"mien.{name}")


def keys_of(scene, name):
    curve = curve_of(scene, name)
    return {point.co[0]: point.co[1] for point in curve.keyframe_points} if curve else None


def push_to_nla(scene):
    """The scene's Action as an NLA strip, as the editor's Push Down does."""
    animation = scene.animation_data
    action, slot = animation.action, getattr(animation, "action_slot", None)
    animation.action = None
    strip = animation.nla_tracks.new().strips.new(action.name, int(action.frame_range[0]), action)
    if slot is not None:
        strip.action_slot = slot
    return strip


def add_driver(scene, name, expression):
    driver = scene.driver_add(f"mien.{name}").driver
    driver.type = "SCRIPTED"
    driver.expression = expression


def frames_of(heard):
    return np.arange(heard.first_frame, heard.first_frame + heard.frames)


def played(scene, name, heard):
    """What Blender shows of a setting on every heard frame."""
    values = []
    for frame in frames_of(heard):
        scene.frame_set(int(frame))
        values.append(getattr(scene.mien, name))
    return np.array(values)


def sent(track, name, heard):
    """What a track says on every heard frame: `intensity`, or the weight of an emotion."""
    seconds = (frames_of(heard) - heard.first_frame) / heard.grid_fps
    column = track["intensity"] if name == "intensity" else track["weights"][name]
    return np.interp(seconds, track["time_seconds"], column)


def add_object(scene, name="Aim", place=(0.0, 0.0, 0.0), data=None):
    thing = bpy.data.objects.new(name, data)
    thing.location = place
    scene.collection.objects.link(thing)
    return thing


def add_camera(scene, name, place):
    return add_object(scene, name, place, bpy.data.cameras.new(name))
