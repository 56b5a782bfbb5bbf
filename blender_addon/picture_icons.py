# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of emotions, styles and presets, for the panel (benchmarks/preset_pictures.py makes them).

They are loaded when first drawn and freed at unregister. A picture that is missing leaves its button
without one, and a line in Blender's console.
"""

from __future__ import annotations

import logging
from pathlib import Path

import bpy
import bpy.utils.previews

FOLDER = Path(__file__).parent / "pictures"
EMOTION, STYLE, PRESET = "emotion", "style", "preset"
_log = logging.getLogger(__name__)
_loaded: list[bpy.utils.previews.ImagePreviewCollection] = []
_missing: set[str] = set()


def icon(kind: str, key: str) -> int:
    """The icon's number for a layout; 0, which draws nothing, where there is no picture or no window.

    Args:
        kind: EMOTION, STYLE or PRESET.
        key: its short name, as in the file's name.
    """
    found = picture(kind, key)
    return 0 if found is None else int(found.icon_id)


def picture(kind: str, key: str) -> bpy.types.ImagePreview | None:
    """The picture, loaded at its first use; None where there is no file."""
    name = f"{kind}_{key}"
    if name in _missing:
        return None
    if not _loaded:
        _loaded.append(bpy.utils.previews.new())
    collection = _loaded[0]
    if name not in collection:
        path = FOLDER / f"{name}.png"
        if not path.is_file():
            _missing.add(name)
            _log.warning("Mien has no picture %s; its button goes without.", path)
            return None
        collection.load(name, str(path), "IMAGE")
    return collection[name]


def unregister() -> None:
    """Free the pictures."""
    while _loaded:
        bpy.utils.previews.remove(_loaded.pop())
    _missing.clear()
