# SPDX-License-Identifier: GPL-3.0-or-later
"""Faces whose keys move points on known sides, and what a rig's links do to them."""

from __future__ import annotations

import bpy
import numpy as np
from bl_ext.devrepo.mien.rigs import detection, values
from bl_ext.devrepo.mien.rigs import offers as offered
from bl_ext.devrepo.mien.rigs.links import PROPERTY, SHAPE_KEY, TRANSFORM
from mathutils import Quaternion, Vector

# Two points on each side, one in front (face to -Y) and one behind, and the two lips.
POINTS = np.array(
    [
        (1.0, -1.0, 0.0),
        (1.0, 0.0, 0.0),
        (-1.0, -1.0, 0.0),
        (-1.0, 0.0, 0.0),
        (0.0, -1.0, 0.1),
        (0.0, -1.0, -0.1),
    ],
    np.float32,
)
LEFT, RIGHT, UPPER, LOWER = slice(0, 2), slice(2, 4), 4, 5


def step_of(name, side, way, opens):
    """(6, 3): what a key does. Sided keys lift their side, sideways ones shift it, others lift both."""
    step = np.zeros_like(POINTS)
    where = {"L": [LEFT], "R": [RIGHT]}.get(side, [LEFT, RIGHT])
    for points in where:
        if way:
            step[points, 0] = 0.1 * way
        else:
            step[points, 2] = 0.1
    step[LOWER, 2] -= 0.5 * opens
    step[UPPER, 2] += 0.5 * opens
    return step


def make_face(scene, tool, name="Hero", keys=None):
    """A mesh with a tool's shape keys (see rig_names.py)."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(POINTS.tolist(), [], [])
    face = bpy.data.objects.new(name, mesh)
    scene.collection.objects.link(face)
    face.shape_key_add(name="Basis")
    for key_name in tool["keys"] if keys is None else keys:
        block = face.shape_key_add(name=key_name, from_mix=False)
        block.value = 0.0
        block.slider_min = tool.get("lowest", {}).get(key_name, 0.0)
        if key_name not in tool.get("silent", ()):
            step = step_of(
                key_name,
                tool["left"](key_name),
                tool["sideways"].get(key_name, 0),
                tool["opens"].get(key_name, 0.0),
            )
            block.data.foreach_set("co", (POINTS + step).ravel())
    return face


def make_armature(scene, bones, name="Rig", parents=None):
    """bones: name -> (head, tail, roll in radians)."""
    data = bpy.data.armatures.new(name)
    rig = bpy.data.objects.new(name, data)
    scene.collection.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    for bone_name, (head, tail, roll) in bones.items():
        bone = data.edit_bones.new(bone_name)
        bone.head, bone.tail, bone.roll = head, tail, roll
    for child, parent in (parents or {}).items():
        data.edit_bones[child].parent = data.edit_bones[parent]
    bpy.ops.object.mode_set(mode="OBJECT")
    return rig


def rig_of(target):
    return detection.detect(offered.offers(target))


def pose(links, **columns):
    """Set everything to what one frame of `columns` says, as a take would."""
    columns = {"jawOpen": 0.0, **columns}  # A performance has a length even where all is at rest.
    frame = {source: np.array([value], np.float32) for source, value in columns.items()}
    for each in values.target_values(links, frame):
        if each.kind == SHAPE_KEY:
            each.owner.data.shape_keys.key_blocks[each.target].value = each.values[0]
        elif each.kind == PROPERTY:
            _set(each.owner, each.target, each.index, float(each.values[0]))
        elif each.kind == TRANSFORM:
            _move(each)
    for obj in {link.owner for link in links}:
        obj.update_tag()
        if obj.type == "MESH" and obj.data.shape_keys:
            obj.data.shape_keys.update_tag()
    bpy.context.view_layer.update()


def _set(owner, path, index, value):
    head, _, last = path.rpartition(".")
    if path.endswith("]"):
        holder, _, name = path.rpartition("[")
        block = owner.path_resolve(holder) if holder else owner
        name = name.strip('"]')
        block[name] = type(block[name])(value)
        return
    block = owner.path_resolve(head) if head else owner
    if index >= 0:
        getattr(block, last)[index] = value
    elif isinstance(getattr(block, last), bool):
        setattr(block, last, value > 0.5)
    else:
        setattr(block, last, type(getattr(block, last))(value))


def _move(each):
    moved = each.owner.pose.bones[each.target] if each.target else each.owner
    turn = Vector(each.rotation[0])
    rotation = Quaternion(turn.normalized(), turn.length) if turn.length else Quaternion()
    if each.target:
        moved.rotation_mode = "QUATERNION"
        moved.location = each.location[0]
        moved.rotation_quaternion = rotation
    else:
        moved.rotation_mode = "QUATERNION"
        moved.rotation_quaternion = rotation


def moved_points(face):
    """(6, 3): how far the face's points are from where they rest."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    mesh = face.evaluated_get(depsgraph).to_mesh()
    now = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", now)
    return now.reshape(-1, 3)[: len(POINTS)] - POINTS


def gap(face):
    """How far the lips are apart, 0 at rest."""
    moved = moved_points(face)
    return float(moved[UPPER, 2] - moved[LOWER, 2])


SIDEWAYS = {
    "jawLeft": 1,
    "mouthLeft": 1,
    "jawRight": -1,
    "mouthRight": -1,
    "eyeLookOutLeft": 1,
    "eyeLookInRight": 1,
    "eyeLookOutRight": -1,
    "eyeLookInLeft": -1,
}


def wrong_sides(face, rig):
    """Sources that move the other side more than their own, or shift things the wrong way."""
    wrong = []
    for source in dict.fromkeys(link.source for link in rig.links):
        pose(rig.links, **{source: 1.0})
        moved = moved_points(face)
        left, right = np.abs(moved[LEFT]).max(), np.abs(moved[RIGHT]).max()
        if (source in SIDEWAYS and moved[:4, 0].sum() * SIDEWAYS[source] <= 0) or (
            source.endswith("Left") and source not in SIDEWAYS and right > left + 1e-6
        ):
            wrong.append(source)
        if source.endswith("Right") and source not in SIDEWAYS and left > right + 1e-6:
            wrong.append(source)
    pose(rig.links)
    return wrong


def still_sources(face, rig):
    """Sources that move nothing on the face."""
    still = []
    for source in dict.fromkeys(link.source for link in rig.links):
        pose(rig.links, **{source: 1.0})
        if np.abs(moved_points(face)).max() < 1e-5:
            still.append(source)
    pose(rig.links)
    return still


# A frame of p, b or m as Mien performs it: the jaw not quite shut, the lips brought together.
LIPS_SHUT = {
    "jawOpen": 0.15,
    "mouthClose": 0.15,
    "mouthPressLeft": 0.3,
    "mouthPressRight": 0.3,
    "mouthRollLower": 0.2,
    "mouthRollUpper": 0.1,
    "viseme_PP": 1.0,
    "mouth_A": 1.0,
}


def wrong_sides_of_geometry(face, rig):
    """Of a real head (+X its left): channels whose keys move the other side more than their own."""
    keys = face.data.shape_keys.key_blocks
    rest = np.empty(len(face.data.vertices) * 3, np.float32)
    keys[0].data.foreach_get("co", rest)
    across = rest[0::3]
    wrong = []
    for link in rig.links:
        moved = np.empty_like(rest)
        keys[link.target].data.foreach_get("co", moved)
        step = (moved - rest).reshape(-1, 3)
        size = np.linalg.norm(step, axis=1)
        left, right = size[across > 0].sum(), size[across < 0].sum()
        if size.max() < 1e-5:
            wrong.append(link.source)
        elif link.source in {"jawLeft", "mouthLeft"}:
            wrong += [link.source] if step[:, 0].sum() <= 0 else []
        elif link.source in {"jawRight", "mouthRight"}:
            wrong += [link.source] if step[:, 0].sum() >= 0 else []
        elif link.source.endswith("Left"):
            wrong += [link.source] if left <= right else []
        elif link.source.endswith("Right"):
            wrong += [link.source] if right <= left else []
    return wrong
