# SPDX-License-Identifier: Apache-2.0
"""The renderer knows where the face is: its projection against Blender's own, heads turned."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy", reason="needs the extra 'blender'")
pytest.importorskip("h5py", reason="needs the extra 'judges'")
pytest.importorskip("PIL", reason="needs the extra 'judges'")

from benchmarks import emotion_render  # noqa: E402
from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES  # noqa: E402


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> emotion_render.Studio:
    return emotion_render.open_studio(tmp_path_factory.mktemp("pictures"))


@pytest.mark.parametrize("angles", [(0, 0, 0), (0.15, 0, 0), (0, -0.2, 0), (0.1, 0.1, -0.2)])
def test_points_lie_where_blender_sees_them(
    studio: emotion_render.Studio, angles: tuple[float, float, float]
) -> None:
    import mathutils
    from bpy_extras.object_utils import world_to_camera_view

    row = np.zeros(len(ARKIT_NAMES) + 3)
    row[ARKIT_NAMES.index("jawOpen")] = 0.5
    row[-3:] = angles
    emotion_render._set_face(row, studio)
    bpy.context.view_layer.update()
    resting = studio.face.landmarks68(row[None, : len(ARKIT_NAMES)])[0]
    size = studio.scene.render.resolution_x
    seen = []
    for point in resting:
        placed = studio.head.matrix_world @ mathutils.Vector(point.tolist())
        x, y, _ = world_to_camera_view(studio.scene, studio.scene.camera, placed)
        seen.append((x * size, (1.0 - y) * size))
    assert np.allclose(emotion_render._points(row, studio), seen, atol=0.05)


@pytest.mark.slow
def test_a_picture_is_rendered_once_and_lights_differ(studio: emotion_render.Studio) -> None:
    values = np.zeros((1, len(CHANNEL_NAMES)))
    values[0, ARKIT_NAMES.index("mouthSmileLeft")] = 0.7
    first = {
        light: emotion_render.faces_of(values, light, studio) for light in emotion_render.LIGHTS
    }
    kept = sorted(studio.cache.iterdir())
    assert len(kept) == len(emotion_render.LIGHTS)
    again = emotion_render.faces_of(values, emotion_render.LIGHTS[0], studio)
    assert np.array_equal(again, first[emotion_render.LIGHTS[0]])
    assert sorted(studio.cache.iterdir()) == kept
    difference = np.subtract(*(picture.astype(float) for picture in first.values()))
    assert np.abs(difference).mean() > 5
    assert first[emotion_render.LIGHTS[0]].std() > 20, "the picture is not empty"
