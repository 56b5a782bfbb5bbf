# SPDX-License-Identifier: Apache-2.0
"""How does the head look? Renders neutral, the emotions and some mouth shapes into one picture.

Run it with a Python that has bpy: ``python benchmarks/look.py --out docs/contact_sheet.jpg``. It
prints the seconds per picture. ``--engine workbench`` shows what a film of the demo looks like.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import bpy
import numpy as np

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "blender_addon"), str(REPOSITORY / "demo")]

import stage  # noqa: E402
from head.data import checked_head_file, read_head  # noqa: E402
from head.mesh import make_head  # noqa: E402

_COLUMNS = 5
_JPEG_QUALITY = 82
# Mouth shapes at the middle of a sound, as ARKit channels; a name without side means both.
_MOUTHS = {
    "p b m": {"mouthPress": 0.25, "mouthRollUpper": 0.15, "mouthRollLower": 0.2},
    "f v": {"jawOpen": 0.06, "mouthRollLower": 0.6, "mouthUpperUp": 0.42},
    "aa": {"jawOpen": 0.55, "mouthUpperUp": 0.2, "mouthLowerDown": 0.25},
    "oo": {"mouthPucker": 0.85, "mouthFunnel": 0.3, "jawOpen": 0.08},
    "ee": {
        "jawOpen": 0.1,
        "mouthStretch": 0.45,
        "mouthSmile": 0.3,
        "mouthUpperUp": 0.35,
        "mouthLowerDown": 0.5,
    },
    "eyes closed": {"eyeBlink": 1.0},
}


def poses() -> dict[str, dict[str, float]]:
    """Name of each picture and the channel values it shows, the emotions at intensity 1."""
    table = json.loads((REPOSITORY / "core/motion/prototypes.json").read_text(encoding="utf-8"))
    emotions = {name: entry["weights"] for name, entry in table["emotions"].items()}
    return {"neutral": {}, **emotions, **_MOUTHS}


def staged_head(
    engine: str, size_pixels: int, samples: int
) -> tuple[bpy.types.Scene, bpy.types.Object]:
    """An empty file with the head on its stage, for square pictures by ``cycles`` or ``workbench``."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    head = make_head(read_head(checked_head_file(REPOSITORY / "models")), "Head")
    scene.collection.objects.link(head)
    stage.set_stage(scene, head)
    if engine == "cycles":
        stage.use_cycles(scene, size_pixels=size_pixels, samples=samples)
    scene.render.resolution_x = scene.render.resolution_y = size_pixels
    return scene, head


def set_pose(head: bpy.types.Object, pose: dict[str, float]) -> None:
    """Set the shape keys to a pose and all others to 0."""
    keys = head.data.shape_keys.key_blocks
    for key in keys[1:]:
        key.value = 0.0
    for name, value in pose.items():
        for key_name in [name] if name in keys else [f"{name}Left", f"{name}Right"]:
            keys[key_name].value = value
    head.data.shape_keys.update_tag()


def add_label(scene: bpy.types.Scene) -> bpy.types.Object:
    """Hang a text in front of the camera, in the lower left of the picture."""
    label = bpy.data.objects.new("Label", bpy.data.curves.new("Label", "FONT"))
    scene.collection.objects.link(label)
    label.parent = scene.camera
    label.location = (-0.0385, -0.0385, -0.2)
    label.scale = (0.0062, 0.0062, 0.0062)
    material = bpy.data.materials.new("Label")
    if not material.node_tree:
        material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Emission Color"].default_value = (1.0, 1.0, 1.0, 1.0)
    shader.inputs["Emission Strength"].default_value = 2.0
    label.data.materials.append(material)
    return label


def render_cell(scene: bpy.types.Scene, path: Path) -> np.ndarray:
    """Render and read the picture back: (height, width, 3), display values 0..1, from the bottom up."""
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    picture = bpy.data.images.load(str(path))
    width, height = picture.size
    values = np.empty(width * height * 4, np.float32)
    picture.pixels.foreach_get(values)
    bpy.data.images.remove(picture)
    return values.reshape(height, width, 4)[..., :3]


def save_sheet(cells: list[np.ndarray], path: Path, columns: int = _COLUMNS) -> None:
    """Put the cells in rows and save them as JPEG."""
    height, width, _ = cells[0].shape
    rows = -(-len(cells) // columns)
    sheet = np.zeros((rows * height, columns * width, 4), np.float32)
    sheet[..., 3] = 1.0
    for number, cell in enumerate(cells):
        row, column = rows - 1 - number // columns, number % columns
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width, :3] = cell
    picture = bpy.data.images.new("Sheet", columns * width, rows * height)
    picture.pixels.foreach_set(sheet.ravel())
    picture.file_format = "JPEG"
    picture.filepath_raw = str(path)
    picture.save(quality=_JPEG_QUALITY)


def main() -> None:
    """Read the command line, render all poses, save and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs/contact_sheet.jpg")
    parser.add_argument("--size", type=int, default=320, help="pixels of one picture's side")
    parser.add_argument("--samples", type=int, default=32)
    parser.add_argument("--engine", choices=("cycles", "workbench"), default="cycles")
    parser.add_argument("--only", nargs="*", help="names of the pictures to make")
    options = parser.parse_args()

    scene, head = staged_head(options.engine, options.size, options.samples)
    label = add_label(scene)
    cells = []
    with tempfile.TemporaryDirectory() as folder:
        for name, pose in poses().items():
            if options.only and name not in options.only:
                continue
            set_pose(head, pose)
            label.data.body = name
            start = time.perf_counter()
            cells.append(render_cell(scene, Path(folder) / f"{len(cells)}.png"))
            print(f"{name:12s} {time.perf_counter() - start:6.2f} s", flush=True)
    options.out.parent.mkdir(exist_ok=True, parents=True)
    save_sheet(cells, options.out)
    print(f"{options.out}: {len(cells)} pictures, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
