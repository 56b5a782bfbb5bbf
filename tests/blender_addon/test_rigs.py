# SPDX-License-Identifier: GPL-3.0-or-later
"""ARKit shape keys are found under the spellings that animators meet."""

from __future__ import annotations

import pytest
from bl_ext.devrepo.mien import rigs


def short_side(name, left, right):
    for side, short in (("Left", left), ("Right", right)):
        if name.endswith(side):
            return name[: -len(side)] + short
    return name


SPELLINGS = {
    "apple": lambda name: name,
    "lower_case": str.lower,
    "pascal": lambda name: name[0].upper() + name[1:],
    "underscore_L": lambda name: short_side(name, "_L", "_R"),
    "dot_l": lambda name: short_side(name, ".l", ".r"),
    "bare_L": lambda name: short_side(name, "L", "R"),
    "snake": lambda name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name),
    "underscore_Left": lambda name: short_side(name, "_Left", "_Right"),
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_all_52_channels_are_found_on_their_own_side(arkit_names, spell):
    rig = rigs.detect([spell(name) for name in arkit_names])
    assert rig.missing == ()
    assert {link.channel: link.shape_key for link in rig.links} == {
        name: spell(name) for name in arkit_names
    }


def test_gaps_are_named_and_other_keys_left_alone(arkit_names):
    names = [name for name in arkit_names if name != "tongueOut"] + ["Nose Bigger", "smile"]
    rig = rigs.detect(names)
    assert rig.missing == ("tongueOut",)
    assert len(rig.links) == 51


def test_a_channel_in_two_halves_drives_both():
    rig = rigs.detect(["browInnerUp_L", "browInnerUp_R", "jawOpen"])
    assert [link.shape_key for link in rig.links if link.channel == "browInnerUp"] == [
        "browInnerUp_L",
        "browInnerUp_R",
    ]


def test_the_exact_name_wins_over_another_spelling():
    rig = rigs.detect(["jaw_open", "jawOpen"])
    assert [link.shape_key for link in rig.links] == ["jawOpen"]


def test_the_table_names_the_channels_that_the_core_speaks(arkit_names):
    from core.face.arkit import ARKIT_NAMES

    assert tuple(arkit_names) == tuple(ARKIT_NAMES)
