# SPDX-License-Identifier: Apache-2.0
"""Which rigs are recognised without help, whether all of it moves, and how long asking takes.

    python benchmarks/rigs.py

Runs in a Python that has bpy. The faces are those of tests/blender_addon/rigs: shape keys named as the
tools name them, on points whose sides are known; skeletons with the tools' bone names; a face that
Rigify generates; drawn mouths; the Mien Head from its file. Prints two tables.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("BLENDER_USER_RESOURCES", tempfile.mkdtemp(prefix="mien-benchmark-user-"))
import bpy
import numpy as np

REPOSITORY = Path(__file__).resolve().parents[1]
FRAMES, LINKS = 3600, 200
ROUNDS = 7


def enable_addon() -> None:
    """Enable the add-on of this repository under the name that the tests use."""
    folder = Path(tempfile.mkdtemp(prefix="mien-benchmark-"))
    (folder / "mien").symlink_to(REPOSITORY / "blender_addon", target_is_directory=True)
    bpy.context.preferences.extensions.repos.new(
        name="devrepo", module="devrepo", custom_directory=str(folder), remote_url=""
    )
    bpy.ops.preferences.addon_enable(module="bl_ext.devrepo.mien")
    sys.path[:0] = [str(REPOSITORY / "tests/blender_addon/rigs"), str(REPOSITORY)]


def empty_scene() -> Any:  # noqa: ANN401  bpy's types differ by version
    """An empty file's scene."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return bpy.context.scene


Row = tuple[str, ...]


def key_rows() -> Iterable[Row]:
    """A row for each set of names that tools give shape keys."""
    from rig_families import FAMILIES  # noqa: PLC0415  exists from here on
    from rig_studio import make_face, rig_of, still_sources, wrong_sides  # noqa: PLC0415

    for title, tool in FAMILIES.items():
        face = make_face(empty_scene(), tool)
        rig = rig_of(face)
        sources = {link.source for link in rig.links}
        yield _row(
            title,
            f"{len(tool['keys'])} keys",
            rig,
            set(tool["moves"]) - sources,
            wrong_sides(face, rig),
            still_sources(face, rig),
        )


def bone_rows() -> Iterable[Row]:
    """A row for each skeleton, over all ways that it may stand and roll; and one for Rigify's face."""
    from rig_skeletons import FACES, SKELETONS, make_rigify  # noqa: PLC0415

    for title, names in {
        **{f"head and eyes, {name}": bones for name, bones in SKELETONS.items()},
        **{f"face bones, {name}": bones for name, bones in FACES.items()},
    }.items():
        yield _skeleton_row(title, names)
    empty_scene()
    yield _rigify_row(make_rigify())


def _skeleton_row(title: str, names: dict[str, str]) -> Row:
    from rig_skeletons import ROLLS, STANDS, make_skeleton  # noqa: PLC0415
    from rig_studio import rig_of  # noqa: PLC0415

    wrong: list[str] = []
    still: list[str] = []
    for stand in STANDS:
        for roll in ROLLS:
            skeleton, into = make_skeleton(empty_scene(), names, stand, roll)
            rig = rig_of(skeleton)
            for source in dict.fromkeys(link.source for link in rig.links):
                bad, moved = _bones_of(source, rig, skeleton, names, into)
                wrong += [source] if bad else []
                still += [] if moved else [source]
    expected = {"headPitch", "headYaw", "headRoll", "gazePitch", "gazeYaw"}
    if "jaw" in names:
        expected |= {"jawOpen", "jawLeft", "jawRight"}
    missing = expected - {link.source for link in rig.links}
    return _row(title, f"{len(names)} bones x 12", rig, missing, wrong, still)


def _bones_of(
    source: str,
    rig: Any,  # noqa: ANN401
    skeleton: Any,  # noqa: ANN401
    names: dict[str, str],
    into: Any,  # noqa: ANN401
) -> tuple[bool, bool]:
    """Whether a source moves bones of the wrong side or way, and whether it moves any."""
    from mathutils import Vector  # noqa: PLC0415
    from rig_skeletons import step_of, turn_of  # noqa: PLC0415
    from rig_studio import pose  # noqa: PLC0415

    pose(rig.links, **{source: 0.5})
    ahead, up = Vector((0, -1, 0)), Vector((0, 0, 1))
    moved: dict[str, float] = {"left": 0.0, "right": 0.0, "": 0.0}
    for place, bone in names.items():
        side = next((word for word in ("left", "right") if place.endswith(word)), "")
        turn = turn_of(skeleton, bone, into)
        step = step_of(skeleton, bone, into)
        moved[side] += step.length + (turn @ ahead - ahead).length
    head = turn_of(skeleton, names["head"], into)
    eye = turn_of(skeleton, names["eye_left"], into)
    signs = {
        "headYaw": (head @ ahead).x,
        "headPitch": (head @ ahead).z,
        "headRoll": (head @ up).x,
        "gazeYaw": (eye @ ahead).x,
        "gazePitch": (eye @ ahead).z,
    }
    own = {"Left": ("left", "right"), "Right": ("right", "left")}
    sided = next((pair for end, pair in own.items() if source.endswith(end)), None)
    bad = signs.get(source, 1.0) <= 0.0 or (
        sided is not None
        and not source.startswith(("jaw", "mouthLeft", "mouthRight"))
        and moved[sided[1]] > moved[sided[0]] + 1e-5
    )
    return bad, sum(moved.values()) > 1e-4


def _rigify_row(rigify: Any) -> Row:  # noqa: ANN401
    from rig_studio import pose, rig_of  # noqa: PLC0415

    rig = rig_of(rigify)
    pose(rig.links)
    bones = [bone for bone in rigify.pose.bones if bone.name.startswith("DEF-")]
    rest = {bone.name: bone.head.copy() for bone in bones}
    wrong, still = [], []
    for source in dict.fromkeys(link.source for link in rig.links):
        pose(rig.links, **{source: 1.0})
        steps = {bone.name: (bone.head - rest[bone.name]).length for bone in bones}
        left, right = (max(s for n, s in steps.items() if f".{side}" in n) for side in "LR")
        if not source.startswith(("jaw", "mouthLeft", "mouthRight", "head", "gaze")):
            ends = {"Left": right > left, "Right": left > right}
            wrong += [source] if any(source.endswith(e) and b for e, b in ends.items()) else []
        if max(steps.values()) < 5e-4 and not source.startswith("gaze"):
            still.append(source)
    return _row(
        "Rigify, generated", f"{len(rigify.data.bones)} bones", rig, set(rig.missing), wrong, still
    )


def drawn_rows() -> Iterable[Row]:
    """Rows for drawn mouths in each form."""
    from rig_studio import rig_of  # noqa: PLC0415
    from test_rig_drawn import LETTERS, WORDS, make_mouths, make_pencil  # noqa: PLC0415

    for form, make in (
        ("objects", lambda scene, names: make_mouths(scene, names)[0]),
        ("Grease Pencil layers", make_pencil),
    ):
        for words in ("mouth_A", "six of them", "Preston Blair"):
            rig = rig_of(make(empty_scene(), WORDS[words]))
            # The mouth that shows at rest is hidden by the others and has no source of its own.
            rest = {name for letter, name in WORDS[words].items() if letter == "X"}
            letters = [each for each in LETTERS if WORDS[words][each] not in rest]
            missing = {f"mouth_{each}" for each in letters} - {link.source for link in rig.links}
            yield _row(f"{form}, {words}", "9 mouths", rig, missing, [], [])


def head_row() -> Row:
    """The row of the Mien Head, real geometry from its file (CC0 face units of hm08)."""
    from rig_studio import rig_of, wrong_sides_of_geometry  # noqa: PLC0415

    empty_scene()
    bpy.ops.mesh.mien_head_add()
    rig = rig_of(bpy.context.object)
    wrong = wrong_sides_of_geometry(bpy.context.object, rig)
    return _row("Mien Head (hm08 face units)", "52 keys", rig, set(rig.missing), wrong, [])


def _row(  # noqa: PLR0917  a row's columns
    title: str,
    size: str,
    rig: Any,  # noqa: ANN401
    missing: set[str],
    wrong: list[str],
    still: list[str],
) -> Row:
    sources = {link.source for link in rig.links}
    return (
        title,
        size,
        rig.family,
        f"{len(sources)} / {len(rig.links)}",
        str(len(wrong)),
        str(len(missing)),
        "yes" if sources and not still else f"no: {', '.join(still) or 'nothing'}",
    )


def best_milliseconds(call: Callable[[], object]) -> float:
    """The shortest of some runs, which other load disturbs least."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times) * 1000


def speed_rows() -> Iterable[Row]:
    """Rows of milliseconds: reading and recognising rigs, and values of many links."""
    from bl_ext.devrepo.mien.rigs import detection, links, offers, values  # noqa: PLC0415
    from rig_families import arkit  # noqa: PLC0415
    from rig_skeletons import make_rigify  # noqa: PLC0415
    from rig_studio import make_face  # noqa: PLC0415

    empty_scene()
    for title, target in (
        ("face of 52 keys", make_face(bpy.context.scene, arkit())),
        ("Rigify, 706 bones", make_rigify()),
    ):
        offered = offers.offers(target)

        def fresh(offered: Any = offered) -> None:  # noqa: ANN401
            detection.detect.cache_clear()
            detection.detect(offered)

        yield (
            f"{title}: read",
            f"{best_milliseconds(lambda target=target: offers.offers(target)):.1f}",
        )
        yield f"{title}: recognise", f"{best_milliseconds(fresh):.1f}"
        again = best_milliseconds(lambda offered=offered: detection.detect(offered))
        yield f"{title}: recognise again", f"{again:.2f}"
    generator = np.random.default_rng(1)
    columns = {f"source{i}": generator.random(FRAMES, np.float32) for i in range(57)}
    many = [
        links.Link(f"source{i % 57}", links.SHAPE_KEY, "Head", f"key{i // 2}") for i in range(LINKS)
    ]
    yield (
        f"values of {LINKS} links over {FRAMES} frames",
        f"{best_milliseconds(lambda: values.target_values(many, columns)):.1f}",
    )


def print_table(head: Row, rows: Iterable[Row]) -> None:
    """A table in Markdown, row by row as they come."""
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def main() -> None:
    """Print both tables."""
    enable_addon()
    print(f"Blender {bpy.app.version_string}\n")
    rows = (*key_rows(), *bone_rows(), *drawn_rows(), head_row())
    print_table(
        ("rig", "size", "recognised as", "sources / links", "wrong side", "missing", "moves"), rows
    )
    recognised = sum(row[2] != "Unknown" and row[4:] == ("0", "0", "yes") for row in rows)
    print(f"\n{recognised} of {len(rows)} recognised, whole and on their own sides.\n")
    print_table(("what", "ms"), speed_rows())
    sys.stdout.flush()
    os._exit(0 if recognised == len(rows) else 1)  # Blender's own exit hangs in some wheels.


if __name__ == "__main__":
    main()
