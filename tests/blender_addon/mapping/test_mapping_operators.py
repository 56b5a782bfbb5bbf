# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons: each does one undoable thing, says what it did, and why it can't."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
from bl_ext.devrepo.mien import cast, mapping
from bl_ext.devrepo.mien.mapping import data, guide
from bl_ext.devrepo.mien.operators import mapping_edit, mapping_record, mapping_test
from bl_ext.devrepo.mien.operators.make_editable import MIEN_OT_make_editable
from bl_ext.devrepo.mien.panels import rig as panel
from bl_ext.devrepo.mien.rigs.links import SHAPE_KEY, Link, Pose, Rig
from mapping_studio import make_rig, turn
from panel_studio import Layout
from studio import differences, dump, make_face


@pytest.fixture
def hero(scene, face):
    scene.mien.target = face
    return face


@pytest.fixture
def puppet(scene):
    rig = make_rig(scene)
    scene.mien.target = rig
    mapping.store(rig, Rig("Mine", (), ()))
    return rig


def drawn(scene):
    context = SimpleNamespace(
        scene=scene,
        preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=1.0)),
        region=SimpleNamespace(width=300),
    )
    layout = Layout()
    panel.draw_rig(layout, context, cast.active_settings(scene))
    return layout


def test_own_add_remove_and_detect(hero):
    assert bpy.ops.mien.mapping_own() == {"FINISHED"}
    assert len(hero.mien_rig.links) == 52
    hero.mien_rig.active = 3
    shown = mapping.link_of(hero.mien_rig.links[3])
    bpy.ops.mien.mapping_add()
    assert hero.mien_rig.active == 52
    assert mapping.link_of(hero.mien_rig.links[52]) == shown
    bpy.ops.mien.mapping_remove()
    assert len(hero.mien_rig.links) == 52
    assert hero.mien_rig.active == 51
    bpy.ops.mien.mapping_detect()
    assert not mapping.has_own(hero)


def test_a_button_on_what_is_recognised_makes_it_own_first(hero):
    bpy.ops.mien.mapping_mirror()
    assert mapping.has_own(hero)
    assert len(mapping.rig_of(hero).links) == 52


def test_an_emptied_mapping_can_be_added_to(hero):
    mapping.store(hero, Rig("Mine", (), ()))
    assert not bpy.ops.mien.mapping_remove.poll()
    bpy.ops.mien.mapping_add()
    (link,) = mapping.rig_of(hero).links
    assert (link.source, link.owner) == ("jawOpen", hero)


def test_pose_and_press(puppet):
    assert not bpy.ops.mien.record_pose.poll()
    bpy.ops.mien.record_neutral()
    turn(puppet.pose.bones["jaw"], 30)
    assert bpy.ops.mien.record_pose(source="jawOpen") == {"FINISHED"}
    data.place_of(puppet).chosen = "mouthPucker"
    turn(puppet.pose.bones["lip.M"], 30)
    bpy.ops.mien.record_pose()
    assert [link.source for link in mapping.rig_of(puppet).links] == ["jawOpen", "mouthPucker"]
    with pytest.raises(RuntimeError, match="no channel"):
        bpy.ops.mien.record_pose(source="jawWiggle")
    turn(puppet.pose.bones["jaw"], 10)
    bpy.ops.mien.to_neutral()
    assert tuple(puppet.pose.bones["jaw"].rotation_quaternion) == (1, 0, 0, 0)


def test_nothing_is_keyed_by_recording_or_testing(puppet):
    bpy.context.scene.tool_settings.use_keyframe_insert_auto = True
    bpy.ops.mien.record_neutral()
    turn(puppet.pose.bones["jaw"], 30)
    bpy.ops.mien.record_pose(source="jawOpen")
    bpy.ops.mien.mapping_test(source="jawOpen")
    assert not bpy.data.actions
    assert puppet.animation_data is None


def test_a_recording_is_one_undo_step(puppet):
    bpy.ops.mien.record_neutral()
    turn(puppet.pose.bones["jaw"], 30)
    bpy.ops.ed.undo_push(message="posed")
    posed = tuple(puppet.pose.bones["jaw"].rotation_quaternion)
    bpy.ops.mien.record_pose(source="jawOpen")
    bpy.ops.ed.undo_push(message="recorded")
    bpy.ops.ed.undo()
    rig = bpy.data.objects["Rig"]
    assert mapping.rig_of(rig).links == ()
    assert tuple(rig.pose.bones["jaw"].rotation_quaternion) == posed


def test_the_guide_by_its_buttons(puppet):
    with pytest.raises(RuntimeError, match="No guided mapping"):
        bpy.ops.mien.guide(action="NEXT")
    bpy.ops.mien.guide(action="START")
    turn(puppet.pose.bones["jaw"], 30)
    bpy.ops.mien.guide(action="NEXT")
    bpy.ops.mien.guide(action="SKIP")
    bpy.ops.mien.guide(action="BACK")
    assert guide.step_of(puppet) == 1
    bpy.ops.mien.guide(action="STOP")
    assert guide.step_of(puppet) == guide.DONE
    assert "jawOpen" in {link.source for link in mapping.rig_of(puppet).links}


def test_files_by_their_buttons(hero, tmp_path):
    path = str(tmp_path / "hero")
    bpy.ops.mien.mapping_export(filepath=path)
    hero_links = mapping.rig_of(hero).links
    other = cast.add(bpy.context.scene)
    other.target = make_face(bpy.context.scene, ["jawOpen"], "Other")
    bpy.ops.mien.mapping_import(filepath=f"{path}.json", character=1)
    assert [link.target for link in mapping.rig_of(other.target).links] == ["jawOpen"]
    assert mapping.rig_of(hero).links == hero_links
    with pytest.raises(RuntimeError, match="no character 7"):
        bpy.ops.mien.mapping_import(filepath=f"{path}.json", character=7)


def test_head_and_eyes_by_their_button(puppet):
    bpy.ops.mien.choose_turns(
        head="Rig", head_bone="head", left_eye="Rig", left_eye_bone="ball.L", neck="Rig"
    )
    found = {(link.source, link.target) for link in mapping.rig_of(puppet).links}
    assert found == {
        *((source, "head") for source in ("headPitch", "headYaw", "headRoll")),
        *((source, "ball.L") for source in ("gazePitch", "gazeYaw")),
    }
    for wrong in ({"head": "Nobody"}, {"head": "Rig", "head_bone": "tail"}, {}):
        with pytest.raises(RuntimeError):
            bpy.ops.mien.choose_turns(**wrong)


def test_gaps_are_filled_and_marked(puppet):
    bpy.ops.mien.record_neutral()
    turn(puppet.pose.bones["corner.L"], 30)
    bpy.ops.mien.record_pose(source="mouthSmileLeft")
    bpy.ops.mien.mapping_fill()
    words = " ".join(drawn(bpy.context.scene).words)
    assert "Made of other poses: mouthFrownLeft, mouthDimpleLeft" in words
    assert "Move nothing: eyeBlink L R, eyeLookDown L R" in words


def watched(monkeypatch):
    """The values of the shape keys each time that a test poses them."""
    seen = []
    pose = mapping_test.posing.pose

    def watching(links, sources, rest):
        pose(links, sources, rest)
        blocks = links[0].owner.data.shape_keys.key_blocks[1:]
        seen.append({block.name: block.value for block in blocks if block.value})

    monkeypatch.setattr(mapping_test.posing, "pose", watching)
    return seen


def test_a_test_plays_a_channel_and_puts_all_back(hero, monkeypatch):
    keys = hero.data.shape_keys.key_blocks
    keys["mouthClose"].value = 0.3
    before = dump(hero.data.shape_keys, hero)
    seen = watched(monkeypatch)
    assert bpy.ops.mien.mapping_test(source="jawOpen") == {"FINISHED"}
    assert [frame.get("jawOpen", 0.0) for frame in seen] == pytest.approx([0.5, 1.0, 0.5, 0.0])
    # Alone: what else was posed does not hide it.
    assert all("mouthClose" not in frame for frame in seen)
    assert differences(before, dump(hero.data.shape_keys, hero)) == []


def test_all_channels_are_tested_one_by_one(hero, monkeypatch, arkit_names):
    seen = watched(monkeypatch)
    bpy.ops.mien.mapping_test(every=True)
    full = [name for frame in seen for name, value in frame.items() if value > 0.99]
    assert full == arkit_names
    assert all(len(frame) <= 1 for frame in seen)


def test_a_test_is_put_back_when_it_fails(hero, monkeypatch):
    before = dump(hero.data.shape_keys)
    pose = mapping_test.posing.pose

    def failing(*arguments):
        pose(*arguments)
        raise ZeroDivisionError

    monkeypatch.setattr(mapping_test.posing, "pose", failing)
    with pytest.raises(RuntimeError):
        bpy.ops.mien.mapping_test(source="jawOpen")
    assert differences(before, dump(hero.data.shape_keys)) == []


def test_a_channel_that_moves_nothing_is_said(hero):
    hero.shape_key_remove(hero.data.shape_keys.key_blocks["jawOpen"])
    with pytest.raises(RuntimeError, match="jawOpen moves nothing on 'Hero'"):
        bpy.ops.mien.mapping_test(source="jawOpen")


@pytest.mark.parametrize(
    "operator",
    [*mapping_edit.CLASSES, *mapping_test.CLASSES, *mapping_record.CLASSES, MIEN_OT_make_editable],
    ids=lambda operator: operator.__name__,
)
def test_grey_buttons_say_why(scene, operator):
    assert operator.why_not(bpy.context) == "Choose a face in the Mien panel"


def test_the_panel_shows_what_is_recognised_and_offers_to_own_it(hero):
    layout = drawn(bpy.context.scene)
    assert "mien.mapping_own" in layout.buttons
    assert layout.buttons.count("mien.mapping_test") == 52
    assert "mien.make_editable" not in layout.buttons
    assert "Rig: ARKit, 52 of 52" in layout.words


def test_the_panel_shows_the_own_list_its_link_and_recording(puppet):
    bpy.ops.mien.record_neutral()
    turn(puppet.pose.bones["jaw"], 30)
    bpy.ops.mien.record_pose(source="jawOpen")
    layout = drawn(bpy.context.scene)
    assert {"source", "kind", "owner", "weight", "gain", "location", "rotation", "scale"} <= set(
        layout.shown
    )
    assert {"mien.record_pose", "mien.guide", "mien.mapping_export", "mien.mapping_mirror"} <= set(
        layout.buttons
    )


def test_the_panel_guides(puppet):
    bpy.ops.mien.guide(action="START")
    layout = drawn(bpy.context.scene)
    assert "Open the jaw" in " ".join(layout.words)
    assert set(layout.buttons) == {"mien.guide"}
    assert list(layout.shown) == ["guide_mirror"]


def test_the_panel_says_what_cannot_be_keyed(scene, hero):
    hero.data.shape_keys.key_blocks["jawOpen"].driver_add("value")
    mapping.store(hero, Rig("Mine", (Link("jawOpen", SHAPE_KEY, hero, "jawOpen"),), ()))
    words = " ".join(drawn(scene).words)
    assert "Can't be keyed: shape key 'jawOpen' of 'Hero': a driver moves it." in words


@pytest.mark.parametrize(("width", "numbers"), [(200, set()), (600, {"weight", "gain"})])
def test_a_row_of_the_list_shows_its_numbers_where_there_is_room(puppet, width, numbers):
    links = (
        Link("jawOpen", SHAPE_KEY, puppet, "gone"),
        Link("headYaw", "TRANSFORM", puppet, "head", pose=Pose(rotation=(0, 0, 1))),
    )
    place = mapping.store(puppet, Rig("Mine", links, ()))
    context = SimpleNamespace(
        region=SimpleNamespace(width=width),
        preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=1.0)),
    )
    for item, words in zip(place.links, (["jawOpen", "gone"], ["headYaw", "head"]), strict=True):
        layout = Layout()
        panel.MIEN_UL_links.draw_item(None, context, layout, place, item, 0, place, "active")
        assert layout.words == words
        assert set(layout.shown) == {"enabled", *numbers}
