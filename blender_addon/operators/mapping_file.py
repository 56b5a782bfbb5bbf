# SPDX-License-Identifier: GPL-3.0-or-later
"""A mapping to a file and from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty

from ..mapping import exchange
from .on_character import OnCharacter

SUFFIX = ".json"
# How many misfits a report names.
NAMED = 4


class _File(OnCharacter):
    """An operator that asks for a file."""

    filepath: StringProperty(
        name="File", description="JSON file of the mapping", subtype="FILE_PATH"
    )
    filter_glob: StringProperty(default=f"*{SUFFIX}", options={"HIDDEN"})

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file."""
        if not self.filepath:
            self.filepath = f"mapping{SUFFIX}"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}


class MIEN_OT_mapping_export(_File, bpy.types.Operator):
    """Write the character's mapping to a file."""

    bl_idname = "mien.mapping_export"
    bl_label = "Export Mapping"
    bl_description = (
        "Write this character's mapping, with recorded poses, to a file: for another scene with the "
        "same character, or one built alike"
    )

    def work(self, context: Any) -> str:
        """Write it."""
        path = Path(bpy.path.ensure_ext(bpy.path.abspath(self.filepath), SUFFIX))
        count = exchange.to_file(self.face(context), path)
        return f"Wrote {count} links to {path}."


class MIEN_OT_mapping_import(_File, bpy.types.Operator):
    """Read the character's mapping from a file."""

    bl_idname = "mien.mapping_import"
    bl_label = "Import Mapping"
    bl_description = "Make the mapping of a file this character's own. The file is checked before anything changes"
    bl_options = {"UNDO"}

    def work(self, context: Any) -> str:
        """Read it, and name what is not here."""
        done = exchange.from_file(self.face(context), Path(bpy.path.abspath(self.filepath)))
        if not done.unfitted:
            return f"Read {done.fitted} links."
        named = ", ".join(done.unfitted[:NAMED]) + (" ..." if len(done.unfitted) > NAMED else "")
        return f"Read {done.fitted} links. Not on this character: {named}."


CLASSES = (MIEN_OT_mapping_export, MIEN_OT_mapping_import)
