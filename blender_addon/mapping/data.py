# SPDX-License-Identifier: GPL-3.0-or-later
"""The animator's own mapping as Blender stores it: on the character, or in the shot.

A character of this file carries its mapping on its object, so that it goes along when it is linked
or appended. What is linked or overridden cannot carry a new one: Blender 5 loses a group of settings
that the library has not got when the file is saved, and no version lets an override take out what the
library put in. Its mapping is kept with the scene, beside a pointer to it.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..rigs import links
from ..rigs.sources import SOURCES

KINDS = (
    (links.SHAPE_KEY, "Shape Key", "Value of a shape key of a mesh", "SHAPEKEY_DATA", 0),
    (links.PROPERTY, "Property", "A number by its data path, such as a slider", "RNA", 1),
    (links.TRANSFORM, "Transform", "Pose of a bone, or of an object", "BONE_DATA", 2),
)
COMBINATIONS = (
    (links.SUM, "Add", "Links of one target add up", 0),
    (links.MAXIMUM, "Maximum", "The strongest link of a target wins", 1),
)
# Nothing that animates a mapping would be evaluated, so nothing in it can be keyed.
FIXED: set[str] = set()


class MienLink(bpy.types.PropertyGroup):
    """One source moves one target: rigs/links.py says what the numbers mean."""

    enabled: BoolProperty(
        name="Enabled",
        description="Off: this link moves nothing, and is kept",
        default=True,
        options=FIXED,
    )
    source: StringProperty(
        name="Channel",
        description="What moves the target: a channel such as jawOpen, a viseme, a mouth or an emotion",
        options=FIXED,
    )
    kind: EnumProperty(name="Kind", description="What is moved", items=KINDS, options=FIXED)
    owner: PointerProperty(
        name="Object", description="The object that has the target", type=bpy.types.Object
    )
    material: PointerProperty(
        name="Material",
        description="The material whose nodes have the target; empty where an object has it",
        type=bpy.types.Material,
    )
    target: StringProperty(
        name="Target",
        description="Name of the shape key or bone, or data path of the property from its object. "
        "Empty for a transform: the object itself",
        options=FIXED,
    )
    index: IntProperty(
        name="Index",
        description="Which number of a property that has several, from 0; -1 for a single one",
        default=-1,
        min=-1,
        max=31,
        options=FIXED,
    )
    weight: FloatProperty(
        name="Weight",
        description="What the channel is multiplied by, as recognised or recorded. "
        "Factor, 1 moves the target fully",
        default=1.0,
        soft_min=-2.0,
        soft_max=2.0,
        step=5,
        precision=3,
        options=FIXED,
    )
    gain: FloatProperty(
        name="Gain",
        description="Your own factor on top of the weight. 0 (still) to 4, 1 as recognised or recorded",
        default=1.0,
        min=0.0,
        max=4.0,
        soft_max=2.0,
        step=5,
        precision=2,
        options=FIXED,
    )
    rest: FloatProperty(
        name="Rest",
        description="Value of the property while nothing moves it, in the property's unit",
        precision=3,
        options=FIXED,
    )
    low: FloatProperty(
        name="Lowest",
        description="The target is held at or above this, in its own unit",
        default=0.0,
        precision=3,
        options=FIXED,
    )
    high: FloatProperty(
        name="Highest",
        description="The target is held at or below this, in its own unit",
        default=1.0,
        precision=3,
        options=FIXED,
    )
    combine: EnumProperty(
        name="Together",
        description="How several links of this target act together; the same for all of them",
        items=COMBINATIONS,
        options=FIXED,
    )
    stepped: BoolProperty(
        name="Stepped",
        description="The target jumps from value to value: drawn mouths, frames, visibility",
        options=FIXED,
    )
    location: FloatVectorProperty(
        name="Location",
        description="How far the channel at 1 moves the bone or object, in metres, on top of its rest",
        size=3,
        subtype="TRANSLATION",
        precision=4,
        options=FIXED,
    )
    rotation: FloatVectorProperty(
        name="Rotation",
        description="How far the channel at 1 turns the bone or object about its own axes, as axis "
        "times angle in radians",
        size=3,
        subtype="XYZ",
        precision=4,
        options=FIXED,
    )
    scale: FloatVectorProperty(
        name="Scale",
        description="What the channel at 1 adds to the scale. Factor, 0 leaves it",
        size=3,
        subtype="XYZ",
        precision=4,
        options=FIXED,
    )
    filled: BoolProperty(
        name="Filled",
        description="Made of other channels, since this one was not posed",
        options=FIXED,
    )


class MienRig(bpy.types.PropertyGroup):
    """A character's own mapping; unused while `own` is off."""

    own: BoolProperty(
        name="Own Mapping",
        description="This mapping is used, instead of what Mien recognises by itself",
        options=FIXED,
    )
    target: PointerProperty(
        name="Character",
        description="Whose mapping this is, where it is kept with the scene",
        type=bpy.types.Object,
    )
    family: StringProperty(
        name="Family", description="Kind of rig that the mapping began with", options=FIXED
    )
    links: CollectionProperty(type=MienLink, name="Links", description="What moves what")
    active: IntProperty(
        name="Link", description="Which link is shown below the list", min=0, options=FIXED
    )
    chosen: StringProperty(
        name="Channel",
        description="Which channel is recorded: empty takes that of the link that is shown",
        options=FIXED,
        search=lambda _place, _context, edited: [
            each for each in SOURCES if edited.lower() in each.lower()
        ],
    )
    neutral: StringProperty(
        name="Neutral",
        description="The rig at rest as it was recorded: what later poses are compared with",
        options=FIXED,
    )
    guide_step: IntProperty(
        name="Step",
        description="Which pose of the guided mapping is asked for, from 0; -1 for none",
        default=-1,
        min=-1,
        options=FIXED,
    )
    guide_mirror: BoolProperty(
        name="Mirror",
        description="Where only one side is posed, the other one does the same",
        default=True,
        options=FIXED,
    )


CLASSES = (MienLink, MienRig)


def register() -> None:
    """Register the groups, on objects and on scenes."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Object.mien_rig = PointerProperty(type=MienRig)
    bpy.types.Scene.mien_rigs = CollectionProperty(type=MienRig)


def unregister() -> None:
    """Undo `register`, in reverse."""
    del bpy.types.Scene.mien_rigs
    del bpy.types.Object.mien_rig
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)


def place_of(target: Any) -> Any | None:
    """The MienRig that holds `target`'s own mapping, or None if it has none."""
    for scene in bpy.data.scenes:
        for place in scene.mien_rigs:
            if place.target == target and place.own:
                return place
    return target.mien_rig if target.mien_rig.own else None


def new_place(target: Any) -> Any:
    """The MienRig to write `target`'s mapping to: there already, or new."""
    if target.library is None and target.override_library is None:
        return target.mien_rig
    scenes = [*target.users_scene, bpy.context.scene]
    scene = next(scene for scene in scenes if scene.is_editable)
    for found in bpy.data.scenes:
        if found.is_editable:
            _drop_orphans(found)
            for place in found.mien_rigs:
                if place.target == target:
                    return place
    place = scene.mien_rigs.add()
    place.target = target
    return place


def _drop_orphans(scene: Any) -> None:
    """Mappings of characters that are gone."""
    for i in reversed(range(len(scene.mien_rigs))):
        if scene.mien_rigs[i].target is None:
            scene.mien_rigs.remove(i)
