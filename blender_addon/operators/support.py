# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons of the preferences: check the worker's Python, check the models, copy the report."""

from __future__ import annotations

from typing import Any

import bpy

from .. import found_words, model_list, upkeep
from ..avatar import worker as avatar_worker
from ..problems import AnimatorError


class MIEN_OT_check_python(bpy.types.Operator):
    """Start the worker's Python and see whether it has all that Mien needs."""

    bl_idname = "mien.check_python"
    bl_label = "Check Python"
    bl_description = "Start the worker's Python and see whether it has all that Mien needs"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Ask it and show what it says."""
        try:
            words = upkeep.examined().words()
        except AnimatorError as problem:
            found_words.tell_python(context, fault=str(problem))
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        found_words.tell_python(context, words=words)
        self.report({"INFO"}, words)
        return {"FINISHED"}


class MIEN_OT_check_avatar_python(bpy.types.Operator):
    """Start the avatar's Python and see whether it has all that avatars need."""

    bl_idname = "mien.check_avatar_python"
    bl_label = "Check Avatar's Python"
    bl_description = (
        "Start the Python that renders avatars and see whether it has all that it needs. "
        "It takes some seconds"
    )
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Ask it and show what it says."""
        try:
            words = avatar_worker.examined().words()
        except AnimatorError as problem:
            found_words.tell_avatar(context, fault=str(problem))
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        found_words.tell_avatar(context, words=words)
        self.report({"INFO"}, words)
        return {"FINISHED"}


class MIEN_OT_check_models(bpy.types.Operator):
    """Read every model and see whether it is the one that belongs to this version."""

    bl_idname = "mien.check_models"
    bl_label = "Check Models"
    bl_description = "Read every model and see whether it is the one that belongs to this version"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Check the hashes and show a line for each model."""
        try:
            verdicts = upkeep.checked_models()
        except AnimatorError as problem:
            found_words.tell_models(context, fault=str(problem))
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        right = "\n".join(verdict.words() for verdict in verdicts if not verdict.fault)
        wrong = "\n".join(verdict.words() for verdict in verdicts if verdict.fault)
        advice = f"\n{model_list.ADVICE}" if wrong else ""
        found_words.tell_models(context, words=right, fault=wrong + advice)
        self.report({"ERROR" if wrong else "INFO"}, model_list.told(verdicts))
        return {"CANCELLED" if wrong else "FINISHED"}


class MIEN_OT_copy_report(bpy.types.Operator):
    """Copy what somebody who helps needs to know: versions, models, last problem, logs."""

    bl_idname = "mien.copy_report"
    bl_label = "Copy Report"
    bl_description = (
        "Copy versions, models, the last problem and the ends of the logs as text, to send to whoever "
        "helps. Folders are left out of it, names of files are not. It takes some seconds"
    )
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Write it and put it on the clipboard."""
        context.window_manager.clipboard = upkeep.report(context)
        self.report({"INFO"}, "The report is on the clipboard.")
        return {"FINISHED"}


CLASSES = (
    MIEN_OT_check_python,
    MIEN_OT_check_avatar_python,
    MIEN_OT_check_models,
    MIEN_OT_copy_report,
)
