# SPDX-License-Identifier: GPL-3.0-or-later
"""A take on recorded bones moves them as their sources say, and leaves them as they were when cleared."""

from __future__ import annotations

import pytest
from bl_ext.devrepo.mien import apply, mapping
from bl_ext.devrepo.mien.mapping import mirror, posing, recording
from bl_ext.devrepo.mien.rigs.links import Rig
from mapping_studio import MODES, furthest, make_rig, matrices, play, turn
from take_studio import FRAMES, HEARD, key_take

FRAME = 41


@pytest.mark.parametrize("mode", MODES)
def test_a_take_poses_recorded_bones_as_their_channels_say(scene, mode, performance):
    rig = make_rig(scene)
    for bone in rig.pose.bones:
        bone.rotation_mode = mode
    turn(rig.pose.bones["jaw"], 10, "Y")
    mapping.store(rig, Rig("Mine", (), ()))
    recording.record_neutral(rig)
    for source, bone, degrees in (
        ("jawOpen", "jaw", 40),
        ("mouthSmileLeft", "corner.L", -35),
        ("eyeBlinkLeft", "lid.L", 60),
    ):
        turn(rig.pose.bones[bone], degrees)
        rig.pose.bones[bone].location.x = 0.02
        recording.record(rig, source)
    mirror.mirror(rig)
    neutral = matrices(rig)
    columns = performance(FRAMES)
    row = FRAME - HEARD.first_frame
    asked = {link.source: float(columns[link.source][row]) for link in mapping.rig_of(rig).links}
    assert min(asked.values()) > 0.05
    remembered = play(rig, **asked)
    expected = matrices(rig)
    posing.put_back(remembered)
    key_take("Line 1", HEARD, columns, rig, None, lips=columns)
    scene.frame_set(FRAME)
    # Keys are few: they keep to a hundredth of the motion.
    assert furthest(expected, matrices(rig)) < 0.02
    assert furthest(neutral, matrices(rig)) > 0.2
    apply.clear_takes(rig, None)
    assert furthest(neutral, matrices(rig)) < 1e-6
