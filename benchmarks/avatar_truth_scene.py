# SPDX-License-Identifier: Apache-2.0
"""The ground truth's scene in Blender: the default head with detail and hair, lights, and Cycles.

What is rendered is `core.avatar.person.posed_vertices`, vertex by vertex and with its triangles: no
shape keys and no subdivision stand between the numbers and the picture.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import bpy
import mathutils
import numpy as np
from numpy.typing import NDArray

from benchmarks.avatar_truth_exr import read_float_exr
from benchmarks.avatar_truth_hair import STRAND_POINTS, Hair, grow_hair, posed_hair, scalp_share
from benchmarks.avatar_truth_materials import (
    BEARD_ATTRIBUTE,
    SHADE_ATTRIBUTE,
    adapt_materials,
    hair_material,
)
from core.avatar.person import PersonMesh, posed_vertices
from core.face.arkit import ARKIT_NAMES

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "blender_addon"))

from head.data import checked_head_file, read_head  # noqa: E402
from head.materials import COLOUR_ATTRIBUTE  # noqa: E402
from head.mesh import make_head  # noqa: E402

Floats = NDArray[np.float32]

# Under hair the skin is dark, as between real strands.
_SCALP_COLOUR = np.array([0.035, 0.018, 0.010], np.float32)
_AIM = (0.0, -0.02, 0.18)
# name, place and size in metres, power in watts, colour. They stand in the root's space.
_LIGHTS = (
    ("Key", (-0.80, -1.10, 0.75), 0.60, 24.0, (1.0, 0.95, 0.88)),
    ("Fill", (0.95, -0.95, 0.20), 0.90, 9.0, (0.86, 0.93, 1.0)),
    ("Rim", (0.60, 0.75, 0.70), 0.50, 16.0, (1.0, 0.98, 0.95)),
)
_WORLD = (0.16, 0.17, 0.18, 1.0)
_EMPTY_DEPTH_METRES = 1e6


@dataclass(frozen=True, eq=False)
class Stage:
    """A Blender scene with the head in it; there is one Blender a process, so make one of these."""

    scene: bpy.types.Scene
    head: bpy.types.Object
    strands: bpy.types.Object | None
    mesh: PersonMesh
    hair: Hair
    scratch: Path


@dataclass(frozen=True, eq=False)
class Shot:
    """One rendered picture.

    Attributes:
        rgba: (H, W, 4) float32, linear colour multiplied by alpha, and alpha.
        depth: (H, W) float32 metres along the camera's axis to the first surface on the ray through
            the pixel's centre; 0 where that ray meets nothing.
    """

    rgba: Floats
    depth: Floats


def open_stage(
    mesh: PersonMesh, scratch: Path, *, samples: int, threads: int = 2, with_hair: bool = True
) -> Stage:
    """Build the scene.

    Args:
        mesh: the canonical person, of `core.face.model.load_face_model`.
        scratch: an existing folder for the renderer's files.
        samples: rays a pixel.
        threads: of the renderer.
        with_hair: False for the bare head.
    """
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    hair = grow_hair(mesh, seed=6)
    head = _add_head(scene, mesh, with_hair=with_hair)
    strands = _add_strands(scene, hair) if with_hair else None
    _add_lights(scene)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    camera.data.clip_start = 0.01
    _use_cycles(scene, samples, threads)
    return Stage(scene, head, strands, mesh, hair, scratch)


def render_shot(stage: Stage, values: Floats, head_to_root: NDArray[np.float64]) -> Shot:
    """Render the face with the scene's camera as it stands.

    Args:
        stage: from `open_stage`.
        values: (52,) ARKit channels.
        head_to_root: (4, 4) rigid.
    """
    _set_face(stage, values, head_to_root)
    path = stage.scratch / "shot.exr"
    stage.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    channels = read_float_exr(path)
    path.unlink()
    layer = stage.scene.view_layers[0].name
    rgba = np.stack([channels[f"{layer}.Combined.{name}"] for name in "RGBA"], axis=2)
    depth = channels[f"{layer}.Depth.Z"]
    return Shot(rgba, np.where(depth < _EMPTY_DEPTH_METRES, depth, 0.0).astype(np.float32))


def set_camera(stage: Stage, camera_to_root: NDArray[np.float64], size: tuple[int, int]) -> None:
    """Place the scene's camera; its axes are Blender's. The picture gets this width and height."""
    stage.scene.camera.matrix_world = mathutils.Matrix(camera_to_root.tolist())
    stage.scene.render.resolution_x, stage.scene.render.resolution_y = size


def lens_of(stage: Stage) -> dict[str, float | str]:
    """What `core.avatar.blender_lens.camera_from_lens` asks about the scene's camera's lens."""
    lens, render = stage.scene.camera.data, stage.scene.render
    return {
        "lens_mm": lens.lens,
        "sensor_width_mm": lens.sensor_width,
        "sensor_height_mm": lens.sensor_height,
        "sensor_fit": lens.sensor_fit,
        "shift_x": lens.shift_x,
        "shift_y": lens.shift_y,
        "pixel_aspect_x": render.pixel_aspect_x,
        "pixel_aspect_y": render.pixel_aspect_y,
    }


def _set_face(stage: Stage, values: Floats, head_to_root: NDArray[np.float64]) -> None:
    data = stage.head.data
    posed = posed_vertices(stage.mesh, values, head_to_root)
    data.vertices.foreach_set("co", posed.ravel())
    data.update()
    for channel, value in zip(ARKIT_NAMES, values, strict=True):
        stage.head[channel] = float(value)
    stage.head.update_tag()
    if stage.strands is not None:
        places = posed_hair(stage.hair, head_to_root)
        stage.strands.data.attributes["position"].data.foreach_set("vector", places.ravel())
        stage.strands.data.update_tag()


def _add_head(scene: bpy.types.Scene, mesh: PersonMesh, *, with_hair: bool) -> bpy.types.Object:
    head = make_head(read_head(checked_head_file(REPOSITORY / "models")), "Head")
    scene.collection.objects.link(head)
    head.shape_key_clear()
    head.modifiers.clear()
    _split_quads(head.data)
    _mark_beard(head.data, mesh)
    if with_hair:
        _darken_scalp(head.data, scalp_share(mesh))
    adapt_materials(head.data)
    return head


def _split_quads(data: bpy.types.Mesh) -> None:
    """Cut each quad from its first corner to its third, as `person_mesh` does."""
    import bmesh  # noqa: PLC0415 - it can be found only once bpy is loaded

    editable = bmesh.new()
    editable.from_mesh(data)
    bmesh.ops.triangulate(editable, faces=editable.faces, quad_method="FIXED")
    editable.to_mesh(data)
    editable.free()


def _mark_beard(data: bpy.types.Mesh, mesh: PersonMesh) -> None:
    """Where stubble grows: lip, chin, jaw and the front of the throat."""
    x, y, z = mesh.vertices.T
    below = np.clip((0.160 - z + 0.25 * np.abs(x)) / 0.015, 0.0, 1.0)
    above = np.clip((z - 0.085) / 0.02, 0.0, 1.0)
    front = np.clip((-0.005 - y) / 0.03, 0.0, 1.0)
    attribute = data.attributes.new(BEARD_ATTRIBUTE, "FLOAT", "POINT")
    share = below * above * front * (mesh.part == 0)
    attribute.data.foreach_set("value", share.astype(np.float32))


def _darken_scalp(data: bpy.types.Mesh, share: Floats) -> None:
    colours = data.color_attributes[COLOUR_ATTRIBUTE].data
    rgba = np.empty(len(share) * 4, np.float32)
    colours.foreach_get("color", rgba)
    rgba = rgba.reshape(-1, 4)
    rgba[:, :3] += share[:, None] * (_SCALP_COLOUR - rgba[:, :3])
    colours.foreach_set("color", rgba.ravel())


def _add_strands(scene: bpy.types.Scene, hair: Hair) -> bpy.types.Object:
    data = bpy.data.hair_curves.new("Hair")
    data.add_curves([STRAND_POINTS] * len(hair.points))
    radius = data.attributes.get("radius") or data.attributes.new("radius", "FLOAT", "POINT")
    radius.data.foreach_set("value", hair.radii.ravel())
    shade = data.attributes.new(SHADE_ATTRIBUTE, "FLOAT", "CURVE")
    shade.data.foreach_set("value", hair.shade)
    data.materials.append(hair_material())
    strands = bpy.data.objects.new("Hair", data)
    scene.collection.objects.link(strands)
    return strands


def _add_lights(scene: bpy.types.Scene) -> None:
    for name, place, size, power, colour in _LIGHTS:
        light = bpy.data.objects.new(name, bpy.data.lights.new(name, "AREA"))
        scene.collection.objects.link(light)
        light.data.energy, light.data.size, light.data.color = power, size, colour
        light.location = place
        toward = mathutils.Vector(_AIM) - light.location
        light.rotation_euler = toward.to_track_quat("-Z", "Y").to_euler()
    world = bpy.data.worlds.new("World")
    if not world.node_tree:
        world.use_nodes = True
    background = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = _WORLD
    scene.world = world


def _use_cycles(scene: bpy.types.Scene, samples: int, threads: int) -> None:
    """Cycles on the processor, always with the same noise, depth beside the colour."""
    render, cycles = scene.render, scene.cycles
    render.engine = "CYCLES"
    render.resolution_percentage = 100
    render.film_transparent = True
    render.use_persistent_data = True
    render.threads_mode, render.threads = "FIXED", threads
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.use_adaptive_sampling = False
    cycles.use_light_tree = False
    cycles.seed = 0
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_prefilter = "FAST"
    cycles.max_bounces = 3
    cycles.diffuse_bounces = 1
    cycles.glossy_bounces = 1
    cycles.caustics_reflective = cycles.caustics_refractive = False
    scene.view_layers[0].use_pass_z = True
    # From Blender 5.0 on.
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "MULTI_LAYER_IMAGE"
    # One part for all passes; Blender 5 else writes a part for each.
    if hasattr(render.image_settings, "use_exr_interleave"):
        render.image_settings.use_exr_interleave = True
    render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
    render.image_settings.color_depth = "32"
    render.image_settings.exr_codec = "NONE"
