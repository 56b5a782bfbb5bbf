# SPDX-License-Identifier: GPL-3.0-or-later
"""The head's skin folds where its shape keys move it, seen by Cycles."""

from __future__ import annotations

import importlib

import bpy
import numpy as np
import pytest
from studio import PACKAGE

picture = importlib.import_module(f"{PACKAGE}.head.wrinkle_picture")

# EEVEE gives a material no more values of its object than this.
MOST_OBJECT_VALUES = 8
SIDE_PIXELS = 64
# What one key at 1 must take from the light where its lines run, and may take elsewhere.
FOLDED, UNTOUCHED = 0.04, 0.01


@pytest.fixture
def head(scene):
    assert bpy.ops.mesh.mien_head_add() == {"FINISHED"}
    made = bpy.context.object
    made.modifiers.clear()
    camera = bpy.data.objects.new("Front", bpy.data.cameras.new("Front"))
    scene.collection.objects.link(camera)
    camera.data.type = "ORTHO"
    camera.data.ortho_scale = picture.SIDE_MILLIMETRES / 1000
    low = picture.LOW_CORNER_MILLIMETRES[1] / 1000 + camera.data.ortho_scale / 2
    camera.location = (0.0, -1.0, low)
    camera.rotation_euler = (np.pi / 2, 0.0, 0.0)
    scene.camera = camera
    scene.world = bpy.data.worlds.new("White")
    scene.world.color = (1.0, 1.0, 1.0)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 4
    scene.cycles.seed = 1
    scene.cycles.use_denoising = False
    scene.render.resolution_x = scene.render.resolution_y = SIDE_PIXELS
    return made


@pytest.fixture
def front(scene, tmp_path):
    """The head's brightness from the front, (64, 64) from below, with keys set that do not deform."""

    def render(head, **values):
        for key in head.data.shape_keys.key_blocks[1:]:
            key.mute = True
            key.value = values.get(key.name, 0.0)
        head.data.shape_keys.update_tag()
        scene.render.image_settings.file_format = "OPEN_EXR"
        scene.render.filepath = str(tmp_path / "front.exr")
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(scene.render.filepath)
        pixels = np.empty(SIDE_PIXELS**2 * 4, np.float32)
        image.pixels.foreach_get(pixels)
        bpy.data.images.remove(image)
        return pixels.reshape(SIDE_PIXELS, SIDE_PIXELS, 4)[..., :3].mean(axis=2)

    return render


def lines_of(name):
    """Where the group's lines run, at the picture's size: (64, 64) booleans."""
    (group,) = [group for group in picture.read_wrinkles() if group.name == name]
    step = picture.SIDE_PIXELS // SIDE_PIXELS
    fine = group.picture.reshape(SIDE_PIXELS, step, SIDE_PIXELS, step)
    return fine.mean(axis=(1, 3)) > 0.3


def test_lines_are_the_same_on_both_sides_and_within_range():
    for group in picture.read_wrinkles():
        assert 0.5 < group.picture.max() <= 1.0
        assert np.abs(group.picture - group.picture[:, ::-1]).max() < 0.02
        assert 0.002 < (group.picture > 0.3).mean() < 0.1


def test_the_skin_asks_for_keys_that_are_there_and_no_more_than_eevee_gives(head):
    nodes = head.material_slots["Mien skin"].material.node_tree.nodes
    paths = [
        node.attribute_name for node in nodes if getattr(node, "attribute_type", "") == "OBJECT"
    ]
    assert 0 < len(paths) == len(set(paths)) <= MOST_OBJECT_VALUES
    for path in paths:
        assert head.path_resolve(path) == 0.0


@pytest.mark.parametrize(
    ("group", "keys"),
    [
        ("forehead", {"browInnerUp": 1.0}),
        ("furrow", {"browDownLeft": 1.0, "browDownRight": 1.0}),
        ("nose", {"noseSneerLeft": 1.0, "noseSneerRight": 1.0}),
        ("eyes", {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}),
        ("chin", {"mouthShrugLower": 1.0}),
    ],
)
def test_the_keys_deepen_their_lines(group, keys, head, front):
    rest, folded = front(head), front(head, **keys)
    shade = (rest - folded) / rest.max()
    assert shade[lines_of(group)].mean() > FOLDED
    assert np.abs(shade[SIDE_PIXELS // 3 : SIDE_PIXELS // 2, :8]).max() < UNTOUCHED


def test_one_side_folds_alone(head, front):
    rest, folded = front(head), front(head, mouthSmileLeft=1.0)
    shade = np.where(lines_of("fold"), (rest - folded) / rest.max(), 0.0)
    # The character's left lies on the picture's right.
    right, left = shade[:, : SIDE_PIXELS // 2].sum(), shade[:, SIDE_PIXELS // 2 :].sum()
    assert left > 10 * abs(right)


def test_a_copy_wrinkles_for_itself(head, front, scene):
    copy = head.copy()
    copy.data = head.data.copy()
    scene.collection.objects.link(copy)
    head.data.shape_keys.key_blocks["browDownLeft"].value = 1.0
    head.hide_render = True
    smooth = front(copy)
    furrowed = front(copy, browDownLeft=1.0, browDownRight=1.0)
    assert ((smooth - furrowed) / smooth.max())[lines_of("furrow")].mean() > FOLDED
    head.hide_render, copy.hide_render = False, True
    head.data.shape_keys.key_blocks["browDownLeft"].value = 0.0
    assert np.abs(front(head) - smooth).max() < UNTOUCHED
