# SPDX-License-Identifier: GPL-3.0-or-later
"""The phones that can be spoken: how they are written for the animator, and read back."""

from __future__ import annotations

import json
from pathlib import Path

from ..problems import AnimatorError

_TABLE = json.loads((Path(__file__).parent / "phones.json").read_text(encoding="utf-8"))
VOWELS: dict[str, str] = _TABLE["vowels"]
CONSONANTS: dict[str, str] = _TABLE["consonants"]
EXAMPLES: dict[str, str] = {**VOWELS, **CONSONANTS}
"""Every phone, with a word that has it."""

PAUSE = "sil"
"""The worker's label of silence."""
PAUSE_SHOWN = "-"


def shown(label: str) -> str:
    """How a phone is written in markers and lists: vowels large, consonants small, a pause ``-``."""
    if label == PAUSE:
        return PAUSE_SHOWN
    return label if label in VOWELS else label.lower()


def described(label: str) -> str:
    """A phone with its example word."""
    return "pause" if label == PAUSE else f"{shown(label)} as in {EXAMPLES[label]}"


def read(text: str) -> str:
    """The label that an animator wrote; case, stress digits and spaces around it do not matter.

    Raises:
        AnimatorError: there is no such phone.
    """
    written = text.strip()
    if written == PAUSE_SHOWN or written.lower() == PAUSE:
        return PAUSE
    label = written.upper().rstrip("012")
    if label not in EXAMPLES:
        vowels, consonants = (
            " ".join(shown(name) for name in kind) for kind in (VOWELS, CONSONANTS)
        )
        raise AnimatorError(
            f"There is no sound '{written}'.",
            f"Sounds are {vowels} and {consonants}; {PAUSE_SHOWN} is a pause.",
        )
    return label
