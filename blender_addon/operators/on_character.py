# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators on a character's rig have in common: whose rig, when they may run, how they fail."""

from __future__ import annotations

from typing import Any

from .. import cast, defaults, status
from ..problems import AnimatorError
from .asked import CHARACTER, SaysWhyGrey


class OnCharacter(SaysWhyGrey):
    """An operator on the face of one character; `work` does it and returns what to say."""

    character: CHARACTER

    @classmethod
    def why_not(cls, context: Any) -> str:
        """Why the button is grey, or empty text."""
        if context.window_manager.mien.running:
            return "Mien is working; wait, or cancel first"
        if not any(settings.target for settings in cast.everyone(context.scene)):
            return "Choose a face in the Mien panel"
        return ""

    def settings(self, context: Any) -> Any:
        """The settings of the character that is meant.

        Raises:
            AnimatorError: there is none, or it has no face.
        """
        settings = defaults.settings_at(context.scene, self.character)
        if settings.target is None:
            raise AnimatorError(
                "No face is chosen.", "Choose its object under Face in the Mien panel."
            )
        return settings

    def face(self, context: Any) -> Any:
        """The face of the character that is meant; raises as `settings`."""
        return self.settings(context).target

    def work(self, context: Any) -> str:
        """Do it, and return what to say; raises AnimatorError with nothing changed."""
        raise NotImplementedError

    def execute(self, context: Any) -> set[str]:
        """Do it, and say what was done or why not."""
        try:
            text = self.work(context)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        self.report({"INFO"}, text)
        return {"FINISHED"}
