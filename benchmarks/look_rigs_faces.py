# SPDX-License-Identifier: Apache-2.0
"""Characters of several rig families on which one sees a face: what benchmarks/look_rigs.py films."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix, Vector

from benchmarks.look import REPOSITORY, make_head
from benchmarks.look_rigs_recipes import DRAWN, MMD, OCULUS, VRM, Recipe
from core.face.arkit import ARKIT_NAMES
from core.face.landmarks import LIP_GAP_PAIRS
from core.face.model import FaceModel

sys.path[:0] = [str(REPOSITORY / "tests/blender_addon/rigs")]

_INNER_LIPS = LIP_GAP_PAIRS[1]
_NASION, _NOSE_BASE = 27, 33


@dataclass(frozen=True)
class Character:
    """A face to direct.

    Attributes:
        face: what the animator would choose as the character's face.
        opening: metres between the inner lips on the scene's frame, less than 0 where pressed.
        middle, height: where the camera looks, and how much it sees there, in metres.
    """

    face: bpy.types.Object
    opening: Callable[[], float]
    middle: tuple[float, float, float] = (0.0, -0.1, 0.19)
    height: float = 0.24


def characters(model: FaceModel) -> dict[str, Callable[[], Character]]:
    """Name of each family and what makes its character in the scene."""
    return {
        "Mien Head": lambda: _with_keys(model, None),
        "ARKit, five meshes": lambda: _five_meshes(model),
        "VRM 1": lambda: _with_keys(model, VRM, "J_Bip_C_Head"),
        "Oculus visemes": lambda: _with_keys(model, OCULUS, "Head"),
        "MMD": lambda: _with_keys(model, MMD, "頭"),
        "MetaHuman controls": lambda: _metahuman(model),
        "Game bones": lambda: _game_bones(model),
        "Rigify": _rigify,
        "Preston Blair": _drawn,
    }


def mixed(recipe: Recipe) -> dict[str, float]:
    """A recipe by channel: names without side on both."""
    values = {}
    for name, value in recipe.items():
        own = [name] if name in ARKIT_NAMES else [f"{name}Left", f"{name}Right"]
        values.update(dict.fromkeys(own, value))
    return values


def _head(name: str = "Head") -> bpy.types.Object:
    from head.data import checked_head_file, read_head  # noqa: PLC0415  on benchmarks.look's path

    head = make_head(read_head(checked_head_file(REPOSITORY / "models")), name)
    bpy.context.scene.collection.objects.link(head)
    # So that the vertices after the modifiers are those before.
    head.modifiers.remove(head.modifiers["Smooth"])
    return head


def _set_keys(head: bpy.types.Object, model: FaceModel, recipes: dict[str, Recipe]) -> None:
    head.shape_key_clear()
    head.shape_key_add(name="Basis", from_mix=False)
    for name, recipe in recipes.items():
        block = head.shape_key_add(name=name, from_mix=False)
        block.value = 0.0
        weights = mixed(recipe)
        moved = model.vertices + sum(
            weight * model.shape_deltas[ARKIT_NAMES.index(channel)]
            for channel, weight in weights.items()
        )
        block.data.foreach_set("co", np.asarray(moved, np.float32).ravel())


def _opening_of(head: bpy.types.Object, model: FaceModel) -> Callable[[], float]:
    """Measured along the nose, whichever way the head turns."""
    spots = [*_INNER_LIPS, _NASION, _NOSE_BASE]
    corners = model.landmark68_vertices[spots]
    weights = model.landmark68_weights[spots]

    def opening() -> float:
        shown = head.evaluated_get(bpy.context.evaluated_depsgraph_get())
        points = np.empty(len(shown.data.vertices) * 3, np.float32)
        shown.data.vertices.foreach_get("co", points)
        upper, lower, nasion, base = np.einsum(
            "lk,lkx->lx", weights, points.reshape(-1, 3)[corners]
        )
        up = (nasion - base) / np.linalg.norm(nasion - base)
        return float((upper - lower) @ up)

    return opening


def _bend(
    head: bpy.types.Object, armature: bpy.types.Object, groups: dict[str, np.ndarray]
) -> None:
    for bone, weights in groups.items():
        group = head.vertex_groups.new(name=bone)
        for vertex in np.flatnonzero(weights > 1e-3):
            group.add([int(vertex)], float(weights[vertex]), "REPLACE")
    head.modifiers.new("Armature", "ARMATURE").object = armature
    head.parent = armature


def _skeleton(
    head_bone: str, eyes: tuple[str, str] | None = None, more: dict | None = None
) -> bpy.types.Object:
    from rig_studio import make_armature  # noqa: PLC0415  needs the add-on enabled

    bones = {
        "root": ((0, 0.05, -0.4), (0, 0.03, -0.1), 0.0),
        head_bone: ((0, 0.0, 0.09), (0, 0.0, 0.25), 0.0),
        **(more or {}),
    }
    parents = {head_bone: "root", **dict.fromkeys(more or {}, head_bone)}
    for name, x in zip(eyes or (), (0.0295, -0.0295), strict=False):
        bones[name] = ((x, -0.084, 0.207), (x, -0.11, 0.207), 0.0)
        parents[name] = head_bone
    return make_armature(bpy.context.scene, bones, parents=parents)


def _neck_blend(model: FaceModel) -> np.ndarray:
    """How much each vertex turns with the head: not at the neck's cut, wholly above the chin."""
    return np.clip((model.vertices[:, 2] - 0.03) / 0.07, 0.0, 1.0)


def _with_keys(
    model: FaceModel, recipes: dict[str, Recipe] | None, head_bone: str = ""
) -> Character:
    head = _head()
    if recipes is not None:
        _set_keys(head, model, recipes)
    if head_bone:
        whole = _neck_blend(model)
        _bend(head, _skeleton(head_bone), {head_bone: whole, "root": 1.0 - whole})
    return Character(head, _opening_of(head, model))


def _five_meshes(model: FaceModel) -> Character:
    """Skin, eyes, teeth, tongue and brows apart, each with the keys that move it; a skeleton."""
    armature = _skeleton("head", ("eye.L", "eye.R"))
    whole = _neck_blend(model)
    skin = None
    for title, parts in {
        "Body": ("skin", "lashes"),
        "Eyes": ("eyeLeft", "eyeRight"),
        "Teeth": ("teethUpper", "teethLower"),
        "Tongue": ("tongue",),
        "Brows": ("brows",),
    }.items():
        mesh = _head(f"Hero.{title}")
        own = np.isin(model.vertex_part, [model.part_names.index(part) for part in parts])
        still = [
            name
            for name, delta in zip(ARKIT_NAMES, model.shape_deltas, strict=True)
            if np.abs(delta[own]).max() < 1e-5 or title == "Eyes"
        ]
        groups = {"head": whole, "root": 1.0 - whole}
        if title == "Eyes":
            sides = model.vertices[:, 0] > 0
            groups = {"eye.L": sides.astype(float), "eye.R": (~sides).astype(float)}
        _bend(mesh, armature, groups)
        for name in still:
            mesh.shape_key_remove(mesh.data.shape_keys.key_blocks[name])
        if title == "Eyes":
            mesh.shape_key_clear()
        mesh.vertex_groups.new(name="own").add(np.flatnonzero(own).tolist(), 1.0, "REPLACE")
        mesh.modifiers.new("Own", "MASK").vertex_group = "own"
        if title == "Body":
            skin = mesh
    assert skin is not None
    measured = _measured_copy(skin)
    return Character(skin, _opening_of(measured, model))


def _measured_copy(skin: bpy.types.Object) -> bpy.types.Object:
    """The skin again, unmasked and unseen, on the same keys: to measure on."""
    copy = bpy.data.objects.new("Measured", skin.data)
    bpy.context.scene.collection.objects.link(copy)
    copy.location.y = 50.0
    return copy


def _metahuman(model: FaceModel) -> Character:
    """Raw controls as properties of an armature; drivers carry them to keys."""
    from bl_ext.devrepo.mien.rigs.families import all_families  # noqa: PLC0415

    table = next(each for each in all_families() if each.name == "MetaHuman")
    recipes: dict[str, Recipe] = {}
    for channel in ARKIT_NAMES:
        for target in table.sources.get(channel, ({},))[0]:
            parts = len(table.sources[channel][0])
            recipes.setdefault(target, {})
            recipes[target] = {**recipes[target], channel: 1.0 / parts}
    for corner in ("UL", "UR", "DL", "DR"):
        # Shuts the lips whole at any jaw, which one shape can do for one jaw alone.
        recipes[f"CTRL_expressions_mouthLipsTogether{corner}"] = {"mouthClose": 0.1}
    head = _head()
    _set_keys(head, model, {f"bs_{name[17:]}": recipe for name, recipe in recipes.items()})
    armature = _skeleton("head")
    whole = _neck_blend(model)
    _bend(head, armature, {"head": whole, "root": 1.0 - whole})
    for name in recipes:
        armature[name] = 0.0
        armature.id_properties_ui(name).update(min=0.0, max=1.0)
        block = head.data.shape_keys.key_blocks[f"bs_{name[17:]}"]
        driver = block.driver_add("value").driver
        driver.type = "SUM"
        variable = driver.variables.new()
        variable.targets[0].id = armature
        variable.targets[0].data_path = f'["{name}"]'
    armature.update_tag()
    bpy.context.view_layer.update()
    bpy.context.evaluated_depsgraph_get().update()
    for curve in head.data.shape_keys.animation_data.drivers:
        # Set again after a first evaluation, or Blender follows them only once the file is read anew.
        curve.driver.expression = curve.driver.variables[0].name
    return Character(head, _opening_of(head, model))


def _game_bones(model: FaceModel) -> Character:
    """The head bent by the bones of a game face, with weights from where its own keys move it."""
    from rig_studio import make_armature  # noqa: PLC0415

    at = model.pieces68.neutral
    places = {
        "jaw": (0.0, -0.03, 0.165),
        "eye_l": (0.0295, -0.084, 0.207),
        "eye_r": (-0.0295, -0.084, 0.207),
        "lip_upper": (at[51] + at[62]) / 2,
        "lip_lower": (at[57] + at[66]) / 2,
        "lip_corner_l": at[54],
        "lip_corner_r": at[48],
        "brow_l": at[24],
        "brow_r": at[19],
        "eyelid_upper_l": at[43],
        "eyelid_upper_r": at[37],
        "eyelid_lower_l": at[47],
        "eyelid_lower_r": at[41],
    }
    bones = {
        "root": ((0, 0.05, -0.4), (0, 0.03, -0.1), 0.0),
        "head": ((0, 0, 0.09), (0, 0, 0.25), 0.0),
        **{
            name: (tuple(place), tuple(np.add(place, (0, -0.02, 0))), 0.4)
            for name, place in places.items()
        },
    }
    parents = dict.fromkeys(places, "head") | {"head": "root", "lip_lower": "jaw"}
    armature = make_armature(bpy.context.scene, bones, parents=parents)
    armature.data.bones["lip_corner_l"].use_local_location = False
    head = _head()
    head.shape_key_clear()
    _bend(head, armature, _game_weights(model, places))
    return Character(head, _opening_of(head, model))


def _game_weights(model: FaceModel, places: dict) -> dict[str, np.ndarray]:
    part = model.vertex_part
    skin = np.isin(part, [model.part_names.index(name) for name in ("skin", "brows", "lashes")])
    opened = np.linalg.norm(model.shape_deltas[ARKIT_NAMES.index("jawOpen")], axis=1)
    arm = np.linalg.norm(model.vertices - places["jaw"], axis=1)
    jaw = np.clip(opened / np.maximum(arm * np.radians(20), 1e-4), 0.0, 1.0)
    weights = {"root": 1.0 - _neck_blend(model)}
    free = np.where(skin, 1.0 - weights["root"], 0.0)
    for name, place in places.items():
        if name.startswith(("lip", "brow", "eyelid")):
            away = np.linalg.norm(model.vertices - place, axis=1)
            reach = 0.014 if name.startswith("brow") else 0.009
            own = free * np.exp(-0.5 * (away / reach) ** 2)
            if name.startswith("eyelid"):
                side = "Left" if name.endswith("_l") else "Right"
                delta = model.shape_deltas[ARKIT_NAMES.index(f"eyeBlink{side}"), :, 2]
                way = -delta if "upper" in name else delta
                own = free * np.clip(way / max(float(way.max()), 1e-6), 0.0, 1.0)
            if name in {"lip_upper", "lip_lower"}:
                lower = np.clip(4.0 * jaw - 1.0, 0.0, 1.0)
                near = np.clip(1.8 * np.exp(-0.5 * (away / reach) ** 2), 0.0, 1.0)
                own = free * near * (lower if name == "lip_lower" else 1.0 - lower)
            weights[name] = own
            free = free - own
    weights["jaw"] = jaw * np.where(skin, free, 1.0)
    for name, eye in (("eye_l", "eyeLeft"), ("eye_r", "eyeRight")):
        weights[name] = (part == model.part_names.index(eye)).astype(float)
    taken = sum(weights.values())
    weights["head"] = np.clip(1.0 - taken, 0.0, 1.0)
    return weights


def _rigify() -> Character:
    """The face that Rigify generates, its deforming bones as rods."""
    from rig_skeletons import make_rigify  # noqa: PLC0415

    rig = make_rigify()
    for bone in rig.data.bones:
        if bone.use_deform and bone.head_local.z > 1.55 and bone.head_local.y < 0.05:
            _rod(rig, bone)
    for other in list(bpy.context.scene.objects):
        if other.type == "ARMATURE" and other is not rig:
            other.hide_render = True

    def opening() -> float:
        posed = rig.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
        across = posed["DEF-lip.T.L"].head - posed["DEF-lip.B.L"].head
        return float(across @ posed["DEF-nose"].matrix.to_3x3().col[1].normalized() * -1.0)

    middle = rig.data.bones["lips.L"].head_local
    return Character(rig, opening, (0.0, middle.y, middle.z + 0.04), 0.24)


def _rod(rig: bpy.types.Object, bone: bpy.types.Bone) -> None:
    import bmesh  # noqa: PLC0415  only Rigify's face needs it

    form = bmesh.new()
    thick = 0.011 if "lip" in bone.name or "lid" in bone.name else 0.006
    bmesh.ops.create_cone(
        form, cap_ends=True, segments=8, radius1=thick / 4, radius2=thick / 4, depth=bone.length
    )
    mesh = bpy.data.meshes.new(bone.name)
    form.to_mesh(mesh)
    form.free()
    rod = bpy.data.objects.new(f"rod {bone.name}", mesh)
    bpy.context.scene.collection.objects.link(rod)
    link = rod.constraints.new("COPY_TRANSFORMS")
    link.target, link.subtarget = rig, bone.name
    link.head_tail = 0.5
    mesh.transform(Matrix.Rotation(np.pi / 2, 4, "X"))
    colour = (0.9, 0.25, 0.2, 1) if "lip" in bone.name else (0.85, 0.75, 0.6, 1)
    rod.color = (0.3, 0.5, 0.9, 1) if "lid" in bone.name else colour


def _drawn() -> Character:
    """A flat face with a mesh for every mouth of Preston Blair's, of which one shows."""
    face = _disc("Toon", (0.085, 0.11), 0.0, (0.95, 0.8, 0.6, 1))
    face.location = (0.0, -0.1, 0.19)
    mouths = {}
    for name, (width, height) in DRAWN.items():
        mouth = _disc(f"mouth_{name}", (width / 2, height / 2), -0.01, (0.35, 0.05, 0.08, 1))
        mouth.parent, mouth.location = face, (0.0, 0.0, -0.045)
        mouth.hide_render = name != "rest"
        mouths[name] = mouth
    for x in (-0.03, 0.03):
        eye = _disc("spot", (0.012, 0.016), -0.01, (0.05, 0.05, 0.05, 1))
        eye.parent, eye.location = face, (x, 0.0, 0.025)

    def opening() -> float:
        shown = [name for name, mouth in mouths.items() if not mouth.hide_render]
        assert len(shown) == 1, shown
        return DRAWN[shown[0]][1]

    return Character(face, opening)


def _disc(
    name: str, radii: tuple[float, float], y: float, colour: tuple[float, float, float, float]
) -> bpy.types.Object:
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    points = [Vector((radii[0] * np.cos(a), y, radii[1] * np.sin(a))) for a in angles]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points, [], [tuple(range(len(points)))])
    disc = bpy.data.objects.new(name, mesh)
    disc.color = colour
    bpy.context.scene.collection.objects.link(disc)
    return disc
