# SPDX-License-Identifier: GPL-3.0-or-later
"""A character with face bones of every kind, to be posed and mapped."""

from __future__ import annotations

import math

import bpy
import mathutils
from bl_ext.devrepo.mien import mapping
from bl_ext.devrepo.mien.mapping import posing

# Name -> head, tail, roll (degrees), parent. Left and right are mirrored places with unlike rolls.
BONES = {
    "root": ((0, 0, 0), (0, 0, 1), 0, None),
    "head": ((0, 0, 1), (0, 0.1, 2), 25, "root"),
    "jaw": ((0, 0.1, 1.2), (0, -0.5, 1.0), 40, "head"),
    "lip.M": ((0, -0.5, 1.2), (0, -0.7, 1.2), -15, "head"),
    "corner.L": ((0.3, -0.4, 1.2), (0.4, -0.5, 1.3), 10, "head"),
    "corner.R": ((-0.3, -0.4, 1.2), (-0.4, -0.5, 1.3), 77, "head"),
    "lid.L": ((0.2, -0.3, 1.6), (0.2, -0.5, 1.5), 5, "head"),
    "lid.R": ((-0.2, -0.3, 1.6), (-0.2, -0.5, 1.5), 120, "head"),
    "ball.L": ((0.2, -0.2, 1.6), (0.2, -0.6, 1.6), 33, "head"),
    "ball.R": ((-0.2, -0.2, 1.6), (-0.2, -0.6, 1.6), -64, "head"),
}
MODES = ("QUATERNION", "AXIS_ANGLE", "XYZ", "ZYX", "YXZ")


def make_rig(scene, bones=BONES, name="Rig"):
    owner = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    scene.collection.objects.link(owner)
    bpy.context.view_layer.objects.active = owner
    bpy.ops.object.mode_set(mode="EDIT")
    for bone_name, (head, tail, roll, parent) in bones.items():
        bone = owner.data.edit_bones.new(bone_name)
        bone.head, bone.tail, bone.roll = head, tail, math.radians(roll)
        bone.parent = owner.data.edit_bones.get(parent) if parent else None
    bpy.ops.object.mode_set(mode="OBJECT")
    return owner


def turn(bone, degrees, axis="X"):
    """Turn a pose bone from where it stands, about one of its own axes, in its own mode."""
    start = rotation(bone)
    set_rotation(bone, start @ mathutils.Quaternion(vector(axis), math.radians(degrees)))


def vector(axis):
    return [float(name == axis) for name in "XYZ"]


def rotation(bone):
    if bone.rotation_mode == "QUATERNION":
        return bone.rotation_quaternion.copy()
    if bone.rotation_mode == "AXIS_ANGLE":
        angle, *axis = bone.rotation_axis_angle
        return mathutils.Quaternion(axis, angle)
    return bone.rotation_euler.to_quaternion()


def set_rotation(bone, quaternion):
    if bone.rotation_mode == "QUATERNION":
        bone.rotation_quaternion = quaternion
    elif bone.rotation_mode == "AXIS_ANGLE":
        axis, angle = quaternion.to_axis_angle()
        bone.rotation_axis_angle = (angle, *axis)
    else:
        bone.rotation_euler = quaternion.to_euler(bone.rotation_mode)


def matrices(owner):
    """Evaluated matrices of all bones, in the armature's space."""
    bpy.context.view_layer.update()
    return {bone.name: bone.matrix.copy() for bone in owner.pose.bones}


def furthest(before, after):
    """The largest difference between any two numbers of two sets of matrices."""
    return max(
        abs(a - b)
        for name in before
        for row, other in zip(before[name], after[name], strict=True)
        for a, b in zip(row, other, strict=True)
    )


def play(target, **sources):
    """Pose a character as these sources do; returns what gives back what was there."""
    links, _ = posing.usable(mapping.rig_of(target).links)
    remembered = posing.remember(links)
    posing.pose(links, sources, remembered)
    bpy.context.view_layer.update()
    return remembered
