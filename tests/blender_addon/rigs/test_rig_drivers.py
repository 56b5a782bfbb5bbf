# SPDX-License-Identifier: GPL-3.0-or-later
"""Shape keys that drivers move are keyed where the drivers read, or left alone."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien.rigs.links import PROPERTY
from rig_families import plain
from rig_skeletons import SKELETONS, make_skeleton
from rig_studio import make_face, pose, rig_of


@pytest.fixture
def face(scene):
    rig, _ = make_skeleton(scene, SKELETONS["plain"])
    face = make_face(scene, plain("", ["jawOpen", "mouthSmileLeft", "mouthSmileRight"], ()))
    face.parent = rig
    return face


def drive(face, key, owner, path, expression=None, *, kind="SCRIPTED"):
    driver = face.data.shape_keys.key_blocks[key].driver_add("value").driver
    driver.type = kind
    variable = driver.variables.new()
    variable.name = "smile"
    variable.targets[0].id_type = owner.id_type
    variable.targets[0].id = owner
    variable.targets[0].data_path = path
    if expression:
        driver.expression = expression
    return driver


def slider(owner, name, low=0.0, high=1.0):
    owner[name] = 0.0
    owner.id_properties_ui(name).update(min=low, max=high, soft_min=low, soft_max=high)


def value(face, key="jawOpen"):
    bpy.context.view_layer.update()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    return face.evaluated_get(depsgraph).data.shape_keys.key_blocks[key].value


def links_of(face, source="jawOpen"):
    return [link for link in rig_of(face).links if link.source == source]


@pytest.mark.parametrize(
    ("kind", "expression"), [("SUM", None), ("AVERAGE", None), ("SCRIPTED", "smile")]
)
def test_a_driver_that_passes_a_property_on(face, kind, expression):
    rig = face.parent
    slider(rig, "open")
    drive(face, "jawOpen", rig, '["open"]', expression, kind=kind)
    (link,) = links_of(face)
    assert (link.kind, link.owner, link.target) == (PROPERTY, rig, '["open"]')
    pose([link], jawOpen=0.6)
    assert value(face) == pytest.approx(0.6, abs=1e-5)


def test_a_property_of_the_armature_s_data(face):
    rig = face.parent
    slider(rig.data, "open")
    drive(face, "jawOpen", rig.data, '["open"]', "smile")
    (link,) = links_of(face)
    assert (link.owner, link.target) == (rig, 'data["open"]')
    pose([link], jawOpen=0.6)
    assert value(face) == pytest.approx(0.6, abs=1e-5)


def test_a_property_of_a_pose_bone(face):
    rig = face.parent
    slider(rig.pose.bones["head"], "open")
    drive(face, "jawOpen", rig, 'pose.bones["head"]["open"]', "smile")
    (link,) = links_of(face)
    assert link.target == 'pose.bones["head"]["open"]'
    pose([link], jawOpen=0.6)
    assert value(face) == pytest.approx(0.6, abs=1e-5)


def test_a_control_of_a_face_panel_that_is_pushed_up_and_down(face):
    rig = face.parent
    drive(face, "jawOpen", rig, 'pose.bones["head"].location[1]', "smile * -5")
    (link,) = links_of(face)
    assert (link.target, link.index) == ('pose.bones["head"].location', 1)
    assert link.weight == pytest.approx(-0.2)
    pose([link], jawOpen=0.5)
    assert rig.pose.bones["head"].location[1] == pytest.approx(-0.1)
    assert value(face) == pytest.approx(0.5, abs=1e-5)


def test_the_same_by_a_transform_channel(face):
    rig = face.parent
    driver = drive(face, "jawOpen", rig, "", "smile / 0.25")
    variable = driver.variables[0]
    variable.type = "TRANSFORMS"
    variable.targets[0].id = rig
    variable.targets[0].bone_target = "head"
    variable.targets[0].transform_type = "LOC_X"
    variable.targets[0].transform_space = "LOCAL_SPACE"
    (link,) = links_of(face)
    pose([link], jawOpen=0.8)
    assert rig.pose.bones["head"].location[0] == pytest.approx(0.2)
    assert value(face) == pytest.approx(0.8, abs=1e-5)


def test_two_keys_on_the_two_ways_of_one_slider(face):
    rig = face.parent
    slider(rig, "corner", -1.0, 1.0)
    drive(face, "mouthSmileLeft", rig, '["corner"]', "max(smile, 0)")
    drive(face, "mouthSmileRight", rig, '["corner"]', "max(-smile, 0)")
    links = [*links_of(face, "mouthSmileLeft"), *links_of(face, "mouthSmileRight")]
    pose(links, mouthSmileLeft=0.4)
    assert value(face, "mouthSmileLeft") == pytest.approx(0.4, abs=1e-5)
    pose(links, mouthSmileRight=0.7)
    assert value(face, "mouthSmileRight") == pytest.approx(0.7, abs=1e-5)
    assert value(face, "mouthSmileLeft") == 0.0


def test_a_driver_of_a_driver(face):
    rig = face.parent
    slider(rig, "open")
    slider(rig.data, "passed")
    driver = rig.data.driver_add('["passed"]').driver
    driver.type = "SCRIPTED"
    variable = driver.variables.new()
    variable.targets[0].id = rig
    variable.targets[0].data_path = '["open"]'
    driver.expression = variable.name
    drive(face, "jawOpen", rig.data, '["passed"]', "smile")
    (link,) = links_of(face)
    assert link.target == '["open"]'
    pose([link], jawOpen=0.6)
    assert value(face) == pytest.approx(0.6, abs=1e-5)


def test_a_property_that_counts_per_cent(face):
    rig = face.parent
    slider(rig, "open", 0.0, 100.0)
    drive(face, "jawOpen", rig, '["open"]', "smile / 100")
    (link,) = links_of(face)
    pose([link], jawOpen=0.6)
    assert rig["open"] == pytest.approx(60.0)
    assert value(face) == pytest.approx(0.6, abs=1e-5)


@pytest.mark.parametrize(
    "expression", ["smile + 0.5", "smile ** 2", "sin(smile)", "frame / 10", "0"]
)
def test_a_driver_that_is_not_in_proportion_is_left_alone(face, expression):
    rig = face.parent
    slider(rig, "open")
    drive(face, "jawOpen", rig, '["open"]', expression)
    found = rig_of(face)
    assert links_of(face) == []
    assert "jawOpen" in found.missing


def test_a_driver_with_two_variables_is_left_alone(face):
    rig = face.parent
    slider(rig, "open")
    driver = drive(face, "jawOpen", rig, '["open"]', "smile")
    driver.variables.new()
    assert links_of(face) == []


def test_several_meshes_on_one_property_are_keyed_once(scene, face):
    rig = face.parent
    teeth = make_face(scene, plain("", ["jawOpen"], ()), name="Teeth")
    teeth.parent = rig
    slider(rig, "open")
    for mesh in (face, teeth):
        drive(mesh, "jawOpen", rig, '["open"]', "smile")
    assert [link.target for link in links_of(face)] == ['["open"]']


def test_custom_properties_named_as_channels_are_keyed(scene, arkit_names):
    rig, _ = make_skeleton(scene, SKELETONS["plain"])
    for name in arkit_names:
        slider(rig, name)
    found = rig_of(rig)
    assert found.family == "ARKit"
    assert found.missing == ()
    assert {link.kind for link in found.links if link.source in arkit_names} == {PROPERTY}


def test_metahuman_controls_as_properties(scene):
    from rig_names import METAHUMAN

    rig, _ = make_skeleton(scene, SKELETONS["Unreal"])
    for name in METAHUMAN:
        slider(rig.pose.bones["head"], name)
    found = rig_of(rig)
    assert (found.family, found.missing) == ("MetaHuman", ())
    pose(found.links, mouthSmileLeft=0.5)
    assert rig.pose.bones["head"]["CTRL_expressions_mouthCornerPullL"] == pytest.approx(0.5)
    assert rig.pose.bones["head"]["CTRL_expressions_mouthCornerPullR"] == 0.0
