# SPDX-License-Identifier: GPL-3.0-or-later
"""What moves what: the rig's kind and gaps, its links, recording, and what can't be keyed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

from .. import mapping
from ..mapping import access, guide, recording, stored
from ..rigs.links import PROPERTY, SHAPE_KEY, TRANSFORM, Rig
from ..rigs.sources import CHANNELS
from .words import paragraph

# Of a list that cannot be scrolled, before the mapping is the character's own.
ROWS_OF_RECOGNISED = 60
REASONS = 3
# Below this width (pixels at 100 % resolution scale) a row has no room for weight and gain.
WIDE_PIXELS = 340
ICONS = {SHAPE_KEY: "SHAPEKEY_DATA", PROPERTY: "RNA", TRANSFORM: "BONE_DATA"}


def draw_rig(layout: Any, context: Any, settings: Any) -> None:
    """The section that folds away; what can't be keyed stands above it."""
    face = settings.target
    if face is None:
        return
    rig = mapping.rig_of(face)
    _draw_access(layout, context, access.report(face))
    header, body = layout.panel("MIEN_rig", default_closed=True)
    moving = len(CHANNELS) - len(rig.missing)
    text = f"Rig: {rig.family}, {moving} of {len(CHANNELS)}"
    header.label(text=text, icon="OUTLINER_OB_ARMATURE")
    if body is None:
        return
    place = stored.changeable(face)
    if place is not None and place.guide_step != guide.DONE:
        _draw_guide(body, context, face, place)
        return
    if place is None:
        _draw_recognised(body, rig)
        body.operator("mien.mapping_own", icon="DECORATE_LIBRARY_OVERRIDE")
    else:
        _draw_own(body, place)
    _draw_gaps(body, context, rig, place)
    _draw_recording(body, face, place)
    row = body.row(align=True)
    row.operator("mien.choose_turns", icon="HIDE_OFF")
    row.operator("mien.from_pose_assets", icon="ASSET_MANAGER")
    row = body.row(align=True)
    row.operator("mien.mapping_import", text="Import", icon="IMPORT")
    row.operator("mien.mapping_export", text="Export", icon="EXPORT")


def _draw_access(layout: Any, context: Any, found: access.Access) -> None:
    """What can't be keyed and why, and the button that mends it."""
    if not found.blocked and not found.mendable:
        return
    box = layout.box()
    for line in access.lines(found)[:REASONS]:
        paragraph(box, context, f"Can't be keyed: {line}.", "LOCKED")
    if found.mendable:
        box.operator("mien.make_editable", icon="LIBRARY_DATA_OVERRIDE")


def _draw_gaps(layout: Any, context: Any, rig: Rig, place: Any) -> None:
    """What moves nothing, and what is made of other channels; folded away, for it can be long."""
    filled = (
        list(dict.fromkeys(item.source for item in place.links if item.filled)) if place else []
    )
    if not rig.missing and not filled:
        return
    header, body = layout.panel("MIEN_gaps", default_closed=True)
    header.label(
        text=f"{len(rig.missing)} gaps" + (f", {len(filled)} filled" if filled else ""),
        icon="ERROR",
    )
    if body is None:
        return
    if rig.missing:
        paragraph(body, context, f"Move nothing: {', '.join(paired(rig.missing))}", "BLANK1")
    if filled:
        paragraph(body, context, f"Made of other poses: {', '.join(paired(filled))}", "SNAP_FACE")
    body.operator("mien.mapping_fill", icon="SNAP_FACE")


def paired(sources: Sequence[str]) -> list[str]:
    """Names of channels, those of both sides as one: `eyeBlink L R`."""
    stems = [source.removesuffix("Left") for source in sources if source.endswith("Left")]
    both = [stem for stem in stems if f"{stem}Right" in sources]
    names = {f"{stem}{side}": f"{stem} L R" for stem in both for side in ("Left", "Right")}
    return list(dict.fromkeys(names.get(source, source) for source in sources))


def _draw_recognised(layout: Any, rig: Rig) -> None:
    """What was recognised, to look at."""
    column = layout.column(align=True)
    for link in rig.links[:ROWS_OF_RECOGNISED]:
        row = column.row()
        row.label(text=link.source)
        row.label(text=link.target or link.owner.name, icon=ICONS[link.kind])
        test = row.operator("mien.mapping_test", text="", icon="PLAY", emboss=False)
        test.source = link.source
    more = len(rig.links) - ROWS_OF_RECOGNISED
    if more > 0:
        column.label(text=f"... and {more} more")


def _draw_own(layout: Any, place: Any) -> None:
    """The list, its buttons, and the link that is shown."""
    row = layout.row()
    row.template_list("MIEN_UL_links", "", place, "links", place, "active", rows=6)
    buttons = row.column(align=True)
    buttons.operator("mien.mapping_add", text="", icon="ADD")
    buttons.operator("mien.mapping_remove", text="", icon="REMOVE")
    buttons.separator()
    buttons.operator("mien.mapping_mirror", text="", icon="MOD_MIRROR")
    buttons.operator("mien.mapping_detect", text="", icon="FILE_REFRESH")
    row = layout.row(align=True)
    row.operator("mien.mapping_test", icon="PLAY")
    row.operator("mien.mapping_test", text="Test All", icon="PLAY").every = True
    if place.active < len(place.links):
        _draw_link(layout.column(), place.links[place.active])


def _draw_link(layout: Any, link: Any) -> None:
    layout.prop(link, "source")
    layout.prop(link, "kind")
    layout.prop(link, "material" if link.material else "owner")
    _draw_target(layout, link)
    column = layout.column(align=True)
    for name in ("weight", "gain"):
        column.prop(link, name)
    if link.kind == TRANSFORM:
        header, body = layout.panel("MIEN_link_pose", default_closed=True)
        header.label(text="Pose at 1")
        for name in ("location", "rotation", "scale") if body is not None else ():
            body.column(align=True).prop(link, name)
        return
    column = layout.column(align=True)
    for name in ("low", "high", *(("index", "rest") if link.kind == PROPERTY else ())):
        column.prop(link, name)
    layout.prop(link, "combine")
    layout.prop(link, "stepped")


def _draw_target(layout: Any, link: Any) -> None:
    """A search field, where there is something to search in."""
    owner = link.owner
    key = getattr(getattr(owner, "data", None), "shape_keys", None)
    if link.kind == SHAPE_KEY and key is not None:
        layout.prop_search(link, "target", key, "key_blocks")
    elif link.kind == TRANSFORM and owner is not None and owner.pose is not None:
        layout.prop_search(link, "target", owner.pose, "bones")
    else:
        layout.prop(link, "target")


def _draw_recording(layout: Any, face: Any, place: Any) -> None:
    """Neutral, then pose and press; or all of it guided."""
    column = layout.column(align=True)
    column.operator("mien.guide", icon="ARMATURE_DATA").action = "START"
    row = column.row(align=True)
    row.operator("mien.record_neutral", icon="OUTLINER_OB_ARMATURE")
    if place is None or not recording.has_neutral(face):
        return
    row.operator("mien.to_neutral", icon="LOOP_BACK")
    layout.prop(place, "chosen", placeholder=recording.chosen_source(face) or "jawOpen")
    layout.operator("mien.record_pose", icon="REC")


def _draw_guide(layout: Any, context: Any, face: Any, place: Any) -> None:
    """What to pose now, and where to go from here."""
    at, steps = guide.step_of(face), guide.steps()
    layout.progress(factor=at / len(steps), text=f"Pose {at + 1} of {len(steps)}: {steps[at].name}")
    paragraph(layout, context, steps[at].words, "INFO")
    layout.prop(place, "guide_mirror")
    layout.operator("mien.guide", text="Record and Go On", icon="REC").action = "NEXT"
    row = layout.row(align=True)
    for action, text in (("BACK", "Back"), ("SKIP", "Skip"), ("STOP", "Finish")):
        row.operator("mien.guide", text=text).action = action


class MIEN_UL_links(bpy.types.UIList):
    """Channel, target, weight, gain; a link whose target is gone is marked."""

    def draw_item(
        self,
        context: Any,
        layout: Any,
        _data: Any,
        item: Any,
        _icon: int,
        _active_data: Any,
        _active_name: str,
    ) -> None:
        """One row."""
        link = mapping.link_of(item)
        gone = link.owner is None or access.why_not(link)[0]
        name = link.target or (link.owner.name if link.owner else "gone")
        layout.use_property_split = False
        row = layout.row(align=True)
        row.active = item.enabled
        row.alert = bool(gone)
        row.prop(item, "enabled", text="")
        names = row.split(factor=0.55)
        names.label(text=item.source, icon="SNAP_FACE" if item.filled else "NONE")
        names.label(text=name, icon="ERROR" if gone else ICONS[item.kind])
        if context.region.width > WIDE_PIXELS * context.preferences.system.ui_scale:
            numbers = row.row(align=True)
            numbers.scale_x = 0.8
            numbers.prop(item, "weight", text="", emboss=False)
            numbers.prop(item, "gain", text="", emboss=False)

    def filter_items(self, _context: Any, owner: Any, name: str) -> tuple[list[int], list[int]]:
        """Found by channel or target."""
        items = getattr(owner, name)
        wanted = self.filter_name.lower()
        if not wanted:
            return [], []
        shown = [
            self.bitflag_filter_item if wanted in f"{item.source} {item.target}".lower() else 0
            for item in items
        ]
        return shown, []


CLASSES = (MIEN_UL_links,)
