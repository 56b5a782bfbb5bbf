# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables themselves: every source is one of a performance's, and left mirrors right."""

from __future__ import annotations

import re

import pytest
from bl_ext.devrepo.mien.rigs import families, sources, spelling
from bl_ext.devrepo.mien.rigs.families import BONES

# Angles have a sign instead of sides, and the letters of drawn mouths are none.
ONE_SIDED = {*sources.HEAD_ANGLES, *sources.GAZE_ANGLES, *sources.MOUTHS}
TABLES = {family.name: family for family in families.all_families()}


@pytest.fixture(params=TABLES, ids=str)
def table(request):
    return TABLES[request.param]


def test_a_table_says_where_it_is_from(table):
    assert len(table.source) > 20
    assert len(table.comment) > 40


def test_a_table_speaks_of_columns_that_there_are(table):
    assert set(table.sources) <= set(sources.SOURCES)


SIDE_WORD = re.compile(r"Left|Right|left|right")
SIDE_LETTER = re.compile(r"(?<=[a-uw-z_.UD])[LR](?=$|[_.])|(?<=_)[LR](?=_)")
OTHER = {"Left": "Right", "Right": "Left", "left": "right", "right": "left", "L": "R", "R": "L"}


def other_target(target):
    """eyesHoriz@left, Eye_L_Look_R, lips.L, Mouth_L, mouthSmileLeft: every side in the name swapped.

    A letter after v is none: eCTRLvL is the sound l.
    """
    if "ウィンク" in target:
        return target.removesuffix("右") if target.endswith("右") else target + "右"
    words = SIDE_WORD.sub(lambda match: OTHER[match[0]], target)
    return SIDE_LETTER.sub(lambda match: OTHER[match[0]], words)


def other_source(source):
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if source.endswith(side):
            return source[: -len(side)] + other
    return source


def mirrored(alternative, table):
    if table.kind == BONES:
        return {other_target(target): flipped(moves) for target, moves in alternative.items()}
    return {other_target(target): weight for target, weight in alternative.items()}


def flipped(moves):
    """Left becomes right: steps to the left, yaw and roll change their sign."""
    flips = {"move": (-1, 1, 1), "turn": (1, -1, -1), "follow": (1, -1, -1)}
    return {
        name: [sign * number + 0.0 for sign, number in zip(flips[name], value, strict=True)]
        if name in flips
        else ([other_target(value[0]), value[1]] if name == "toward" else value)
        for name, value in moves.items()
    }


def test_left_mirrors_right(table):
    for source, alternatives in table.sources.items():
        if source in ONE_SIDED:
            continue
        assert other_source(source) in table.sources, source
        twins = table.sources[other_source(source)]
        assert [mirrored(each, table) for each in alternatives] == [dict(twin) for twin in twins], (
            source
        )


def test_other_names_of_left_are_other_names_of_right(table):
    for target, names in (table.also or {}).items():
        if other_target(target) != target and target[-1] == "L":
            others = table.also[other_target(target)]
            for name, other in zip(names, others, strict=True):
                assert spelling.other_side(name) == spelling.other_side(spelling.other_side(other))


def test_weights_of_visemes_stay_within_one(table):
    for source, alternatives in table.sources.items():
        for alternative in alternatives if source.startswith("viseme_") else ():
            assert all(0.0 < weight <= 1.0 for weight in alternative.values()), source


def test_the_channels_are_the_core_s():
    from core.face.arkit import ARKIT_NAMES

    assert tuple(ARKIT_NAMES) == sources.CHANNELS


def test_the_visemes_are_the_core_s():
    from core.motion.visemes import VISEME_NAMES

    assert tuple(f"viseme_{name}" for name in VISEME_NAMES) == sources.VISEMES


def test_each_source_has_its_layer():
    layers = {source: sources.layer_of(source) for source in sources.SOURCES}
    assert layers["jawOpen"] == layers["viseme_PP"] == layers["mouth_A"] == sources.LIPS
    assert layers["browInnerUp"] == layers["emotion_sad"] == layers["eyeBlinkLeft"] == "EXPRESSION"
    assert layers["eyeLookInLeft"] == layers["gazeYaw"] == sources.GAZE
    assert layers["headRoll"] == sources.HEAD
    with pytest.raises(KeyError):
        sources.layer_of("jawopen")
