# SPDX-License-Identifier: GPL-3.0-or-later
"""Links and columns become what each target does."""

from __future__ import annotations

import numpy as np
import pytest
from bl_ext.devrepo.mien.rigs.links import MAXIMUM, PROPERTY, SHAPE_KEY, TRANSFORM, Link, Pose
from bl_ext.devrepo.mien.rigs.values import target_values


def column(*numbers):
    return np.array(numbers, np.float32)


def test_links_of_one_target_add_up_with_their_gains_within_its_range():
    links = [
        Link("jawOpen", SHAPE_KEY, "Head", "open", weight=0.5),
        Link("viseme_aa", SHAPE_KEY, "Head", "open", weight=1.0, gain=2.0),
        Link("jawOpen", SHAPE_KEY, "Teeth", "open"),
    ]
    head, teeth = target_values(
        links, {"jawOpen": column(0, 1, 0.2, 0), "viseme_aa": column(0, 0, 0.3, 0.9)}
    )
    assert head.values == pytest.approx([0.0, 0.5, 0.7, 1.0])
    assert head.sources == ("jawOpen", "viseme_aa")
    assert (teeth.owner, teeth.values.tolist()) == ("Teeth", column(0, 1, 0.2, 0).tolist())


def test_the_farthest_from_rest_wins_where_links_do_not_add():
    links = [
        Link("mouthClose", SHAPE_KEY, "Head", "together", weight=2.0, combine=MAXIMUM),
        Link("viseme_PP", SHAPE_KEY, "Head", "together", combine=MAXIMUM),
    ]
    (together,) = target_values(
        links, {"mouthClose": column(0.1, 0.4), "viseme_PP": column(0.5, 0.2)}
    )
    assert together.values == pytest.approx([0.5, 0.8])


def test_a_hidden_object_shows_for_any_of_its_mouths():
    links = [
        Link(
            source,
            PROPERTY,
            "A",
            "hide_render",
            weight=-1.0,
            rest=1.0,
            combine=MAXIMUM,
            stepped=True,
        )
        for source in ("mouth_A", "mouth_X")
    ]
    (hidden,) = target_values(
        links, {"mouth_A": column(1, 0, 0), "mouth_X": column(0, 1, 0), "mouth_B": column(0, 0, 1)}
    )
    assert hidden.values.tolist() == [0.0, 0.0, 1.0]
    assert hidden.stepped


def test_columns_that_are_not_there_count_as_nothing():
    links = [Link("tongueOut", PROPERTY, "Rig", '["tongue"]', rest=0.25, high=2.0)]
    (tongue,) = target_values(links, {"jawOpen": column(1, 1)})
    assert tongue.values == pytest.approx([0.25, 0.25])


def test_numbers_of_an_array_are_targets_of_their_own():
    links = [
        Link("jawLeft", PROPERTY, "Rig", 'pose.bones["jaw"].location', index=0, low=-1.0),
        Link(
            "jawRight",
            PROPERTY,
            "Rig",
            'pose.bones["jaw"].location',
            index=0,
            weight=-1.0,
            low=-1.0,
        ),
        Link("jawOpen", PROPERTY, "Rig", 'pose.bones["jaw"].location', index=1),
    ]
    columns = {"jawLeft": column(0, 1), "jawRight": column(0.5, 0), "jawOpen": column(1, 0)}
    across, down = target_values(links, columns)
    assert (across.index, across.values.tolist()) == (0, [-0.5, 1.0])
    assert (down.index, down.values.tolist()) == (1, [1.0, 0.0])


def test_poses_of_several_links_add_their_parts():
    links = [
        Link("headPitch", TRANSFORM, "Rig", "head", pose=Pose(rotation=(-1.0, 0.0, 0.0))),
        Link("headYaw", TRANSFORM, "Rig", "head", weight=0.5, pose=Pose(rotation=(0.0, 0.0, 1.0))),
        Link(
            "jawOpen", TRANSFORM, "Rig", "head", pose=Pose((0.0, 0.1, 0.0), scale=(0.2, 0.0, 0.0))
        ),
    ]
    columns = {
        "headPitch": column(-0.3, 0.2),
        "headYaw": column(1.0, -1.0),
        "jawOpen": column(0.0, 2.0),
    }
    (head,) = target_values(links, columns)
    assert head.values is None
    assert head.rotation == pytest.approx(np.array([[0.3, 0.0, 0.5], [-0.2, 0.0, -0.5]]))
    assert head.location == pytest.approx(np.array([[0.0, 0.0, 0.0], [0.0, 0.2, 0.0]]))
    assert head.scale == pytest.approx(np.array([[0.0, 0.0, 0.0], [0.4, 0.0, 0.0]]))


def test_poses_by_maximum_keep_the_larger_of_each_number():
    links = [
        Link("viseme_O", TRANSFORM, "Rig", "lip", combine=MAXIMUM, pose=Pose((0.0, -0.1, 0.02))),
        Link("viseme_U", TRANSFORM, "Rig", "lip", combine=MAXIMUM, pose=Pose((0.0, -0.05, -0.04))),
    ]
    (lip,) = target_values(links, {"viseme_O": column(1.0), "viseme_U": column(1.0)})
    assert lip.location == pytest.approx(np.array([[0.0, -0.1, -0.04]]))


def test_nothing_gives_nothing():
    assert target_values([], {"jawOpen": column(1)}) == []
    (empty,) = target_values([Link("jawOpen", SHAPE_KEY, "Head", "open")], {})
    assert empty.values.shape == (0,)
