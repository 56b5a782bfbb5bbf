# SPDX-License-Identifier: Apache-2.0
"""Renders the default head under a fixed camera and two light set-ups, quickly, as judges see it.

Cycles at few samples with its denoiser, as an animator's preview looks: half a second a face on
one core. Pictures are kept by the hash of everything that makes them.
"""

from __future__ import annotations

import hashlib
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import bpy
import mathutils
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.emotion_judges import portrait
from core.face.arkit import ARKIT_NAMES
from core.face.model import FaceModel, load_face_model

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "blender_addon"), str(REPOSITORY / "demo")]

import stage  # noqa: E402
from head.data import checked_head_file, read_head  # noqa: E402
from head.mesh import make_head  # noqa: E402

LIGHTS = ("portrait", "daylight")
"""The demo's key, fill and rim; and a large soft window on the other side in a bright room."""

DEFAULT_CACHE = REPOSITORY / "out" / "emotion_faces"

_SIZE_PIXELS = 144
_SAMPLES = 6
_SUBDIVISION = 1
# From the stage's distance (85 mm shows the head with its neck) the face fills the picture, and its
# middle lies this share of the picture lower than what the camera looks at.
_LENS_MILLIMETRES = 95.0
_SHIFT_DOWN = 0.09
_HEAD = len(ARKIT_NAMES)
# name, place and size in metres, power in watts, colour.
_DAYLIGHT = (
    ("Window", (0.95, -1.0, 0.55), 1.1, 20.0, (0.92, 0.96, 1.0)),
    ("Bounce", (-0.9, -0.7, 0.0), 0.9, 5.0, (1.0, 0.95, 0.9)),
)
_DAYLIGHT_WORLD = (0.26, 0.27, 0.28, 1.0)

Pictures = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Studio:
    """A Blender scene with the head in it; there is one Blender a process, so make one of these."""

    scene: bpy.types.Scene
    head: bpy.types.Object
    face: FaceModel
    lights: dict[str, bpy.types.Collection]
    worlds: dict[str, bpy.types.World]
    cache: Path
    stamp: str


def open_studio(cache: Path = DEFAULT_CACHE, threads: int = 1) -> Studio:
    """Build the scene. Pictures are read from and kept in `cache`."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    head_file = checked_head_file(REPOSITORY / "models")
    head = make_head(read_head(head_file), "Head")
    scene.collection.objects.link(head)
    camera = stage.add_camera(scene, head)
    camera.data.lens = _LENS_MILLIMETRES
    camera.data.shift_y = -_SHIFT_DOWN
    lights, worlds = _add_lights(scene, head)
    stage.use_cycles(scene, size_pixels=_SIZE_PIXELS, samples=_SAMPLES)
    scene.cycles.max_bounces = 4
    scene.cycles.denoising_quality = "FAST"
    scene.cycles.denoising_prefilter = "FAST"
    scene.render.use_persistent_data = True
    scene.render.threads_mode = "FIXED"
    scene.render.threads = threads
    for modifier in head.modifiers:
        if modifier.type == "SUBSURF":
            modifier.render_levels = _SUBDIVISION
    cache.mkdir(parents=True, exist_ok=True)
    face = load_face_model()
    return Studio(scene, head, face, lights, worlds, cache, _stamp(head_file))


def faces_of(values: NDArray[np.floating], light: str, studio: Studio) -> Pictures:
    """Render faces as portraits for judges.

    Args:
        values: (N, 57) as CHANNEL_NAMES (head angles in radians; the eyes follow the look channels),
            or (N, 52) for heads that look straight ahead.
        light: one of LIGHTS.
        studio: from `open_studio`.

    Returns:
        (N, 224, 224, 3) RGB, each cut around its face.
    """
    rows = np.zeros((len(values), _HEAD + 3))
    columns = min(values.shape[1], _HEAD + 3)
    rows[:, :columns] = values[:, :columns]
    rows = rows.round(4)
    return np.stack([portrait(_picture(row, light, studio), _points(row, studio)) for row in rows])


def _picture(row: NDArray[np.float64], light: str, studio: Studio) -> Pictures:
    """One rendered frame, from the cache where it lies there."""
    key = hashlib.sha256(row.tobytes() + f"{light} {studio.stamp}".encode()).hexdigest()
    path = studio.cache / f"{key[:24]}.png"
    if not path.exists():
        _set_face(row, studio)
        _set_light(light, studio)
        # Rendered beside and moved, so that a broken run leaves no half picture.
        beside = path.with_suffix(".part.png")
        studio.scene.render.image_settings.file_format = "PNG"
        studio.scene.render.filepath = str(beside)
        bpy.ops.render.render(write_still=True)
        beside.replace(path)
    return np.asarray(Image.open(path).convert("RGB"))


def _set_face(row: NDArray[np.float64], studio: Studio) -> None:
    keys = studio.head.data.shape_keys
    for name, value in zip(ARKIT_NAMES, row, strict=False):
        keys.key_blocks[name].value = value
    keys.update_tag()
    studio.head.rotation_euler = turn(row[_HEAD:]).to_euler()


def turn(angles: NDArray[np.floating]) -> mathutils.Matrix:
    """Rotation of pitch (up), yaw (to the character's left) and roll (to its left shoulder)."""
    pitch, yaw, roll = (float(angle) for angle in angles)
    rotation = mathutils.Matrix.Rotation
    return rotation(yaw, 3, "Z") @ rotation(-pitch, 3, "X") @ rotation(roll, 3, "Y")


def _points(row: NDArray[np.float64], studio: Studio) -> NDArray[np.float64]:
    """Where the 68 points lie in the picture: (68, 2) pixels, y down."""
    points = studio.face.landmarks68(row[None, :_HEAD])[0] @ np.array(turn(row[_HEAD:])).T
    camera = studio.scene.camera
    seen = (points - np.array(camera.location)) @ np.array(camera.rotation_euler.to_matrix())
    sensor = math.tan(camera.data.angle / 2) * 2
    across, up = seen[:, 0] / -seen[:, 2] / sensor, seen[:, 1] / -seen[:, 2] / sensor
    return np.stack([0.5 + across, 0.5 - up - _SHIFT_DOWN], axis=1) * _SIZE_PIXELS


def _add_lights(
    scene: bpy.types.Scene, head: bpy.types.Object
) -> tuple[dict[str, bpy.types.Collection], dict[str, bpy.types.World]]:
    """Both set-ups, each in a collection that renders or not."""
    lights = {name: bpy.data.collections.new(name) for name in LIGHTS}
    for collection in lights.values():
        scene.collection.children.link(collection)
    stage.add_lights(scene, head)
    for light in [each for each in scene.collection.objects if each.type == "LIGHT"]:
        scene.collection.objects.unlink(light)
        lights["portrait"].objects.link(light)
    for name, place, size, power, colour in _DAYLIGHT:
        light = bpy.data.objects.new(name, bpy.data.lights.new(name, "AREA"))
        light.data.energy, light.data.size, light.data.color = power, size, colour
        light.location = place
        aim = mathutils.Vector((0.0, -0.05, 0.18))
        light.rotation_euler = (aim - light.location).to_track_quat("-Z", "Y").to_euler()
        lights["daylight"].objects.link(light)
    bright = scene.world.copy()
    background = next(node for node in bright.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = _DAYLIGHT_WORLD
    return lights, {"portrait": scene.world, "daylight": bright}


def _set_light(light: str, studio: Studio) -> None:
    for name, collection in studio.lights.items():
        collection.hide_render = name != light
    studio.scene.world = studio.worlds[light]


def _stamp(head_file: Path) -> str:
    """A hash of what makes a picture besides the face: head, materials, stage, settings, Blender."""
    sources = [
        head_file,
        *sorted((REPOSITORY / "blender_addon" / "head").rglob("*.py")),
        *sorted((REPOSITORY / "blender_addon" / "head").rglob("*.json")),
        REPOSITORY / "demo" / "stage.py",
        Path(__file__),
    ]
    digest = hashlib.sha256(bpy.app.version_string.encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()
