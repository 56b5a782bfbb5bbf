# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of earlier versions keep what the animator set in them.

data/settings_of_0_1_0.blend is a scene with the settings of Mien 0.1.0, saved by Blender 4.3.
"""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from bl_ext.devrepo.mien.directions import direction
from track_studio import HEARD

FILE = Path(__file__).parent / "data" / "settings_of_0_1_0.blend"
STRENGTHS = (
    "lip_strength",
    "articulation",
    "firmness",
    "brow_strength",
    "eye_strength",
    "mouth_emotion_strength",
    "head_strength",
    "blink_strength",
)


@pytest.fixture
def old(scene):
    with bpy.data.libraries.load(str(FILE)) as (_, into):
        into.scenes = ["Shot 4"]
    return into.scenes[0]


def test_settings_of_0_1_0_survive(old):
    settings = old.mien
    assert (settings.strip_name, settings.seed) == ("Line 3", 17)
    assert settings.head_target.name == "Neck"
    assert (settings.emotion, settings.intensity) == ("contempt", 1.25)
    assert [getattr(settings, name) for name in STRENGTHS] == [0.25 * i for i in range(8)]


def test_what_0_1_0_did_not_have_is_as_if_it_were_not_there(old):
    from core.direction import Direction

    asked = direction(old.mien, HEARD)
    assert "emotion_track" not in asked
    assert "gaze_track" not in asked
    default = Direction()
    new = set(asked) - {*STRENGTHS, "emotion", "intensity", "seed"}
    assert len(new) > 8
    assert {name: asked[name] for name in new} == {name: getattr(default, name) for name in new}
