# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a Blender with a window and only watches: writes down what there is, several times a second.

`blender --python probe.py -- STATE.json`. Where areas and regions lie, what was copied to the clipboard, and what the
scene holds, for a program outside that has no other eyes. It changes nothing but the clipboard, which it empties.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import bpy

SECONDS = 0.05


def rectangle(thing):
    """[left, bottom, width, height] in pixels of the window, from its lower left corner."""
    return [thing.x, thing.y, thing.width, thing.height]


def seen_tab(area, region):
    """The tab of a 3D view's open sidebar; asking regions that have none can end Blender 4.3."""
    if area.type != "VIEW_3D" or region.type != "UI" or region.width <= 1:
        return ""
    return region.active_panel_category


def seen_windows():
    """Windows with their areas and regions."""
    return [
        {
            "size": [window.width, window.height],
            "areas": [
                {
                    "type": area.ui_type,
                    "at": rectangle(area),
                    "regions": [
                        {
                            "type": region.type,
                            "at": rectangle(region),
                            "tab": seen_tab(area, region),
                        }
                        for region in area.regions
                    ],
                }
                for area in window.screen.areas
            ],
        }
        for window in bpy.context.window_manager.windows
    ]


def seen_animation(datablock):
    """Action, slots and NLA of a data-block, and how many keys they hold."""
    animation = datablock.animation_data
    if animation is None:
        return {"actions": [], "tracks": 0}
    strips = [strip for track in animation.nla_tracks for strip in track.strips]
    actions = [holder.action.name for holder in (animation, *strips) if holder.action]
    return {"actions": actions, "tracks": len(animation.nla_tracks)}


def seen_faces():
    """Every mesh with shape keys: values of some, and what animates it."""
    faces = {}
    for thing in bpy.context.scene.objects:
        key = getattr(thing.data, "shape_keys", None)
        if key:
            values = {block.name: round(block.value, 4) for block in key.key_blocks}
            faces[thing.name] = {
                "values": values,
                "turned": [round(angle, 4) for angle in thing.delta_rotation_euler],
                "animation": seen_animation(key),
            }
    return faces


def seen_strips():
    """Names of the sequencer's strips."""
    editor = bpy.context.scene.sequence_editor
    if editor is None:
        return []
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    return [strip.name for strip in strips]


def seen_keyed_settings():
    """Data paths of the scene that its own Action animates."""
    animation = bpy.context.scene.animation_data
    action = animation.action if animation else None
    if action is None:
        return []
    if hasattr(action, "fcurves"):
        curves = list(action.fcurves)
    else:
        bags = [bag for layer in action.layers for part in layer.strips for bag in part.channelbags]
        curves = [curve for bag in bags for curve in bag.fcurves]
    return sorted(curve.data_path for curve in curves)


def seen_mien():
    """What Mien's panel says."""
    status = getattr(bpy.context.window_manager, "mien", None)
    settings = getattr(bpy.context.scene, "mien", None)
    if status is None or settings is None:
        return None
    return {
        "running": status.running,
        "problem": status.problem,
        "done": status.done,
        "emotion": settings.emotion,
        "intensity": round(settings.intensity, 4),
        "target": settings.target.name if settings.target else None,
        "preview": seen_preview(settings),
        "found": [
            bpy.context.window_manager.mien_found.python,
            bpy.context.window_manager.mien_found.models,
        ],
    }


def seen_preview(settings):
    """Whether the live preview runs, and how far it is."""
    module = sys.modules["bl_ext.user_default.mien.preview"]
    if not module.is_on(settings):
        return None
    told = module.told()
    return {"waiting": told.waiting, "share": told.share, "latency_ms": told.latency_ms}


class Probe:
    """Writes the state to a file, whole or not at all."""

    def __init__(self, path):
        self.path = path
        self.count = 0
        self.copies = 0
        self.copied = ""

    def __call__(self):
        self.count += 1
        manager = bpy.context.window_manager
        if manager.clipboard:
            self.copies, self.copied = self.copies + 1, manager.clipboard
            manager.clipboard = ""
        state = {
            "count": self.count,
            "blender": bpy.app.version_string,
            "copies": self.copies,
            "copied": self.copied,
            "windows": seen_windows(),
            "frame": bpy.context.scene.frame_current,
            "objects": [thing.name for thing in bpy.context.scene.objects],
            "actions": [action.name for action in bpy.data.actions],
            "faces": seen_faces(),
            "strips": seen_strips(),
            "keyed_settings": seen_keyed_settings(),
            "section": bpy.context.preferences.active_section,
            "addons": list(bpy.context.preferences.addons.keys()),
            "mien": seen_mien(),
        }
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(state), encoding="utf-8")
        part.replace(self.path)
        return SECONDS


if __name__ == "__main__":
    probe = Probe(Path(sys.argv[sys.argv.index("--") + 1]))
    bpy.app.timers.register(probe, first_interval=SECONDS, persistent=True)
