# SPDX-License-Identifier: GPL-3.0-or-later
"""Every family of shape keys is found without help, moves, closes its lips, and keeps its sides."""

from __future__ import annotations

import numpy as np
import pytest
from rig_families import FAMILIES, OPEN_AT_CONTACT, SPEECH_ONLY
from rig_studio import (
    LIPS_SHUT,
    gap,
    make_face,
    moved_points,
    pose,
    rig_of,
    still_sources,
    wrong_sides,
)


@pytest.fixture(params=FAMILIES, ids=str)
def tool(request):
    return FAMILIES[request.param] | {"title": request.param}


@pytest.fixture
def face(scene, tool):
    return make_face(scene, tool)


def test_it_is_recognised_and_nothing_expected_is_missing(tool, face):
    rig = rig_of(face)
    assert rig.family == tool["family"]
    assert set(tool["moves"]) - {link.source for link in rig.links} == set()


def test_every_link_moves_the_face_and_none_the_wrong_side(tool, face):
    rig = rig_of(face)
    assert still_sources(face, rig) == []
    assert wrong_sides(face, rig) == []


def test_lips_are_shut_at_p_b_m_and_open_at_aa(tool, face):
    rig = rig_of(face)
    pose(rig.links, **LIPS_SHUT)
    assert gap(face) <= (0.16 if tool["title"] in OPEN_AT_CONTACT else 0.01)
    pose(rig.links, jawOpen=0.7, viseme_aa=1.0)
    assert gap(face) > 0.5


def test_happiness_shows_wherever_there_is_more_than_speech(tool, face):
    rig = rig_of(face)
    pose(rig.links, mouthSmileLeft=1.0, mouthSmileRight=1.0, emotion_happy=1.0)
    assert (np.abs(moved_points(face)).max() > 0.01) == (tool["title"] not in SPEECH_ONLY)
