# SPDX-License-Identifier: GPL-3.0-or-later
"""Camera, lights and render settings that make the head look well: fast for films, slow for stills."""

from __future__ import annotations

import math

import bpy
import mathutils

LENS_MILLIMETRES = 85.0
# The camera looks at the middle of the face from this far; at 85 mm the head fills the height.
_DISTANCE_METRES = 0.56
_AIM = (0.0, -0.11, 0.198)
_TURN_DEGREES = 7.0
_FILM_EXPOSURE_STOPS = 0.45

# name, place and size in metres, power in watts, colour.
_LIGHTS = (
    ("Mien key", (-0.55, -0.85, 0.62), 0.40, 11.0, (1.0, 0.95, 0.88)),
    ("Mien fill", (0.65, -0.80, 0.12), 0.70, 3.0, (0.86, 0.93, 1.0)),
    ("Mien rim", (0.45, 0.50, 0.55), 0.35, 6.0, (1.0, 0.98, 0.95)),
)


def set_stage(scene: bpy.types.Scene, head: bpy.types.Object) -> None:
    """Set the stage for a film: camera, lights, and the fast engine.

    Args:
        scene: gets the camera, the lights, a world and the render settings.
        head: the object made by Add > Mesh > Mien Head.
    """
    add_camera(scene, head)
    add_lights(scene, head)
    use_workbench(scene)


def add_camera(scene: bpy.types.Scene, head: bpy.types.Object) -> bpy.types.Object:
    """Add a portrait camera, a few degrees to the side, and make it the scene's."""
    camera = bpy.data.objects.new("Mien camera", bpy.data.cameras.new("Mien camera"))
    scene.collection.objects.link(camera)
    camera.data.lens = LENS_MILLIMETRES
    camera.data.clip_start = 0.01
    aim = head.matrix_world @ mathutils.Vector(_AIM)
    turn = math.radians(_TURN_DEGREES)
    away = mathutils.Vector((-math.sin(turn), -math.cos(turn), 0.03)) * _DISTANCE_METRES
    camera.location = aim + away
    camera.rotation_euler = (aim - camera.location).to_track_quat("-Z", "Y").to_euler()
    scene.camera = camera
    return camera


def add_lights(scene: bpy.types.Scene, head: bpy.types.Object) -> None:
    """Add key, fill and rim, and a dim blue-grey world."""
    aim = head.matrix_world @ mathutils.Vector((0.0, -0.05, 0.18))
    for name, place, size, power, colour in _LIGHTS:
        light = bpy.data.objects.new(name, bpy.data.lights.new(name, "AREA"))
        scene.collection.objects.link(light)
        light.data.energy, light.data.size, light.data.color = power, size, colour
        light.location = head.matrix_world @ mathutils.Vector(place)
        light.rotation_euler = (aim - light.location).to_track_quat("-Z", "Y").to_euler()
    world = bpy.data.worlds.new("Mien world")
    if not world.node_tree:
        world.use_nodes = True
    background = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = (0.10, 0.115, 0.13, 1.0)
    world.color = (0.075, 0.085, 0.10)
    scene.world = world


def use_workbench(scene: bpy.types.Scene) -> None:
    """Render with Workbench: a soft painted light and the head's own colours."""
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.render.resolution_x = scene.render.resolution_y = 512
    scene.render.resolution_percentage = 100
    scene.display.render_aa = "8"
    scene.view_settings.view_transform = "Standard"
    scene.view_settings.exposure = _FILM_EXPOSURE_STOPS
    # The head's own faces are fine enough at this size; smoothing them would double the time.
    scene.render.use_simplify = True
    scene.render.simplify_subdivision_render = 0
    shading = scene.display.shading
    shading.light = "MATCAP"
    shading.studio_light = soft_light()
    # Blender 5.2's has a gloss that greys the pupils.
    shading.show_specular_highlight = False
    shading.color_type = "VERTEX"
    shading.background_type = "WORLD"
    shading.show_cavity = False


def soft_light() -> str:
    """The name of Blender's plain grey material capture: Blender 5.2 renamed it."""
    names = [
        light.name for light in bpy.context.preferences.studio_lights if light.type == "MATCAP"
    ]
    return next(name for name in ("basic_1.exr", "basic_bright.exr") if name in names)


def use_cycles(scene: bpy.types.Scene, *, size_pixels: int = 512, samples: int = 32) -> None:
    """Render stills with Cycles on the processor: 6 to 11 seconds at 512 pixels on two idle cores."""
    scene.render.engine = "CYCLES"
    scene.render.resolution_x = scene.render.resolution_y = size_pixels
    scene.render.resolution_percentage = 100
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.use_denoising = True
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.exposure = 0.0
    scene.render.use_simplify = False
