# SPDX-License-Identifier: GPL-3.0-or-later
"""Skeletons with the bone names of real tools, standing in any way a file may bring them."""

from __future__ import annotations

import contextlib
import io
import math

import bpy
from mathutils import Matrix, Vector
from rig_studio import make_armature

# Bone -> where its head and tail are on a character that looks to -Y, Z up, X its left; metres.
PLACES = {
    "hips": ((0, 0, 1.0), (0, 0, 1.1)),
    "spine": ((0, 0, 1.1), (0, 0.02, 1.4)),
    "neck": ((0, 0.02, 1.4), (0, -0.01, 1.5)),
    "head": ((0, -0.01, 1.5), (0, -0.01, 1.7)),
    "jaw": ((0, -0.02, 1.55), (0, -0.1, 1.5)),
    "eye_left": ((0.03, -0.08, 1.6), (0.03, -0.12, 1.6)),
    "eye_right": ((-0.03, -0.08, 1.6), (-0.03, -0.12, 1.6)),
    "lip_upper": ((0, -0.1, 1.53), (0, -0.11, 1.53)),
    "lip_lower": ((0, -0.1, 1.52), (0, -0.11, 1.52)),
    "corner_left": ((0.025, -0.09, 1.525), (0.025, -0.1, 1.525)),
    "corner_right": ((-0.025, -0.09, 1.525), (-0.025, -0.1, 1.525)),
    "brow_left": ((0.03, -0.1, 1.63), (0.03, -0.11, 1.63)),
    "brow_right": ((-0.03, -0.1, 1.63), (-0.03, -0.11, 1.63)),
    "lid_up_left": ((0.03, -0.11, 1.61), (0.03, -0.12, 1.61)),
    "lid_up_right": ((-0.03, -0.11, 1.61), (-0.03, -0.12, 1.61)),
    "lid_low_left": ((0.03, -0.11, 1.59), (0.03, -0.12, 1.59)),
    "lid_low_right": ((-0.03, -0.11, 1.59), (-0.03, -0.12, 1.59)),
}
PARENTS = {
    "spine": "hips",
    "neck": "spine",
    "head": "neck",
    "lip_lower": "jaw",
    **{
        name: "head"
        for name in PLACES
        if name not in {"hips", "spine", "neck", "head", "lip_lower"}
    },
}
BODY = ("hips", "spine", "neck", "head", "eye_left", "eye_right")
SKELETONS = {
    "plain": dict(zip(BODY, ("hips", "spine", "neck", "head", "eye_l", "eye_r"), strict=True)),
    "Mixamo": {
        "hips": "mixamorig:Hips",
        "spine": "mixamorig:Spine",
        "neck": "mixamorig:Neck",
        "head": "mixamorig:Head",
        "eye_left": "mixamorig:LeftEye",
        "eye_right": "mixamorig:RightEye",
    },
    "Ready Player Me": dict(
        zip(BODY, ("Hips", "Spine", "Neck", "Head", "LeftEye", "RightEye"), strict=True)
    ),
    "Unreal": dict(
        zip(
            BODY,
            ("pelvis", "spine_01", "neck_01", "head", "FACIAL_L_Eye", "FACIAL_R_Eye"),
            strict=True,
        )
    ),
    "Reallusion": {
        "hips": "CC_Base_Hip",
        "spine": "CC_Base_Spine01",
        "neck": "CC_Base_NeckTwist01",
        "head": "CC_Base_Head",
        "eye_left": "CC_Base_L_Eye",
        "eye_right": "CC_Base_R_Eye",
    },
    "VRoid": {
        "hips": "J_Bip_C_Hips",
        "spine": "J_Bip_C_Spine",
        "neck": "J_Bip_C_Neck",
        "head": "J_Bip_C_Head",
        "eye_left": "J_Adj_L_FaceEye",
        "eye_right": "J_Adj_R_FaceEye",
    },
    "Daz": dict(zip(BODY, ("hip", "abdomen", "neckLower", "head", "lEye", "rEye"), strict=True)),
    "MPFB": dict(zip(BODY, ("root", "spine01", "neck01", "head", "eye.L", "eye.R"), strict=True)),
    "MMD": dict(zip(BODY, ("センター", "上半身", "首", "頭", "左目", "右目"), strict=True)),
}
FACES = {
    "plain": {
        **SKELETONS["plain"],
        "jaw": "jaw",
        "lip_upper": "lip_upper",
        "lip_lower": "lip_lower",
        "corner_left": "lip_corner_l",
        "corner_right": "lip_corner_r",
        "brow_left": "brow_l",
        "brow_right": "brow_r",
        "lid_up_left": "eyelid_upper_l",
        "lid_up_right": "eyelid_upper_r",
        "lid_low_left": "eyelid_lower_l",
        "lid_low_right": "eyelid_lower_r",
    },
    "MetaHuman": {
        **SKELETONS["Unreal"],
        "jaw": "FACIAL_C_Jaw",
        "lip_upper": "FACIAL_C_LipUpper",
        "lip_lower": "FACIAL_C_LipLower",
        "corner_left": "FACIAL_L_LipCorner",
        "corner_right": "FACIAL_R_LipCorner",
        "lid_up_left": "FACIAL_L_EyelidUpperA",
        "lid_up_right": "FACIAL_R_EyelidUpperA",
        "lid_low_left": "FACIAL_L_EyelidLowerA",
        "lid_low_right": "FACIAL_R_EyelidLowerA",
    },
    "Daz": {
        **SKELETONS["Daz"],
        "jaw": "lowerJaw",
        "lip_upper": "LipUpperMiddle",
        "lip_lower": "LipLowerMiddle",
        "corner_left": "lLipCorner",
        "corner_right": "rLipCorner",
    },
    "a jaw alone": {**SKELETONS["plain"], "jaw": "Jaw"},
}
# From the character's space to the armature's, and the armature object's own place.
STANDS = {
    "as Blender's": (Matrix.Identity(4), Matrix.Identity(4)),
    "Y up, in centimetres": (
        Matrix.Scale(100, 4) @ Matrix.Rotation(math.radians(-90), 4, "X"),
        Matrix.Rotation(math.radians(90), 4, "X") @ Matrix.Scale(0.01, 4),
    ),
    "facing +X": (Matrix.Rotation(math.radians(90), 4, "Z"), Matrix.Identity(4)),
    "facing +Y, walked off": (
        Matrix.Rotation(math.radians(180), 4, "Z"),
        Matrix.Translation((3, 1, 0)) @ Matrix.Rotation(0.7, 4, "Z"),
    ),
}
ROLLS = (0.0, 0.9, -2.3)


def make_skeleton(scene, names, stand="as Blender's", roll=0.0, name="Rig"):
    """An armature of `names` (place -> bone name), and the matrix from the character's space to it."""
    into, own = STANDS[stand]
    bones = {
        bone: (into @ Vector(PLACES[place][0]), into @ Vector(PLACES[place][1]), roll)
        for place, bone in names.items()
    }
    parents = {
        names[child]: names[above]
        for child, above in PARENTS.items()
        if {child, above} <= set(names)
    }
    rig = make_armature(scene, bones, name, parents)
    rig.matrix_world = own
    return rig, into.to_3x3().normalized()


def turn_of(rig, bone, into):
    """(3, 3) how a bone is turned from its rest, in the character's own axes."""
    pose, rest = rig.pose.bones[bone], rig.data.bones[bone]
    turned = pose.matrix.to_3x3().normalized() @ rest.matrix_local.to_3x3().inverted()
    return into.inverted() @ turned @ into


def step_of(rig, bone, into):
    """How far a bone's head is from its rest, in the character's axes and metres."""
    pose, rest = rig.pose.bones[bone], rig.data.bones[bone]
    step = into.inverted() @ (pose.head - rest.head_local)
    return step * (0.01 if rest.head_local.length > 20 else 1.0)


def make_rigify():
    """A rig that Rigify generates from its own human metarig."""
    bpy.ops.preferences.addon_enable(module="rigify")
    bpy.ops.object.armature_human_metarig_add()
    with contextlib.redirect_stdout(io.StringIO()):
        bpy.ops.pose.rigify_generate()
    return bpy.context.object
