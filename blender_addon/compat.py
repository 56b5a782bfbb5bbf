# SPDX-License-Identifier: GPL-3.0-or-later
"""The one file that knows Blender versions (4.2 LTS to 5.2 LTS).

It asks for features, not for version numbers, because a name is renamed in one release and
removed in a later one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy


@dataclass(frozen=True)
class StripFrames:
    """Where a strip lies, in whole scene frames; ends are exclusive.

    `content_start` is the frame at which the (hard-trimmed) content begins, `trim_start` and
    `trim_end` are the frames cut off the content itself, `content_frames` is its length after
    retiming.
    """

    content_start: int
    content_frames: int
    left: int
    right: int
    trim_start: int
    trim_end: int


def strip_frames(strip: Any) -> StripFrames:
    """Read a strip's place. 5.2 has new names; the old ones warn there and end with 6.0."""
    if "left_handle" in strip.bl_rna.properties:
        return StripFrames(
            content_start=int(strip.content_start),
            content_frames=int(strip.content_duration),
            left=strip.left_handle,
            right=strip.right_handle,
            trim_start=strip.content_trim_start,
            trim_end=strip.content_trim_end,
        )
    return StripFrames(
        content_start=int(strip.frame_start),
        content_frames=strip.frame_duration,
        left=strip.frame_final_start,
        right=strip.frame_final_end,
        trim_start=strip.animation_offset_start,
        trim_end=strip.animation_offset_end,
    )


def sound_offset_seconds(strip: Any) -> float:
    """How much later than its content start a strip's sound begins (4.2 has no such setting)."""
    return float(getattr(strip, "sound_offset", 0.0))


def retiming_frames(strip: Any) -> list[int] | None:
    """Scene frames of a strip's retiming keys; None before 4.4, which has them and hides them."""
    if not hasattr(strip, "retiming_keys"):
        return None
    return [key.timeline_frame for key in strip.retiming_keys]


def strips(owner: Any) -> Any:
    """Strips directly inside a sequence editor or a meta strip (`sequences` before 4.4)."""
    return owner.strips if hasattr(owner, "strips") else owner.sequences


def new_image_strip(editor: Any, name: str, paths: list[str], first_frame: int) -> Any:
    """A strip of pictures above all others, one picture a frame; `paths` lie in one folder."""
    collection = strips(editor)
    channel = max((strip.channel for strip in collection), default=0) + 1
    strip = collection.new_image(name, paths[0], channel, first_frame, fit_method="FIT")
    for path in paths[1:]:
        strip.elements.append(path.replace("\\", "/").rsplit("/", 1)[-1])
    return strip


def sound_strip_type() -> Any:
    """The type of sound strips (`SoundSequence` before 4.4)."""
    return getattr(bpy.types, "SoundStrip", None) or bpy.types.SoundSequence


def all_strips(scene: Any) -> list[Any]:
    """Every strip of a scene, those inside meta strips too; empty without a sequencer."""
    editor = scene.sequence_editor
    if editor is None:
        return []
    return list(editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)


def strip_named(scene: Any, name: str) -> Any:
    """The strip of a scene with a name, be it inside a meta strip, or None."""
    found = strip_search(scene)
    return None if found is None else getattr(*found).get(name)


def strip_search(scene: Any) -> tuple[Any, str] | None:
    """Data and property name for a search field over all strips, or None without a sequencer."""
    editor = scene.sequence_editor
    if editor is None:
        return None
    return editor, "strips_all" if hasattr(editor, "strips_all") else "sequences_all"


def sequencer_scene(context: Any) -> Any:
    """The scene whose strips the sequencer shows: from 5.0 on it may differ from the window's."""
    return getattr(context.workspace, "sequencer_scene", None) or context.scene


def show_in_sequencer(context: Any, scene: Any) -> None:
    """Where the sequencer shows no scene yet (possible from 5.0 on), let it show `scene`."""
    workspace = context.workspace
    if hasattr(workspace, "sequencer_scene") and workspace.sequencer_scene is None:
        workspace.sequencer_scene = scene


def set_film(scene: Any) -> None:
    """H.264 and AAC in MP4. From 5.0 on films are listed only once the medium is chosen."""
    image = scene.render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "VIDEO"
    image.file_format = "FFMPEG"
    film = scene.render.ffmpeg
    film.format, film.codec = "MPEG4", "H264"
    film.constant_rate_factor, film.ffmpeg_preset = "HIGH", "GOOD"
    film.audio_codec, film.audio_bitrate = "AAC", 192


def has_slots(action: Any) -> bool:
    """True from 4.4 on, where one Action can animate several data-blocks."""
    return hasattr(action, "slots")


def new_fcurves(action: Any, datablock: Any) -> Any:
    """The empty collection of F-curves in `action` meant for `datablock`; makes its slot."""
    if not has_slots(action):
        action.id_root = datablock.id_type
        return action.fcurves
    slot = action.slots.new(id_type=datablock.id_type, name=datablock.name)
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True).fcurves


def new_slot_fcurves(action: Any, datablock: Any, name: str) -> tuple[Any, Any]:
    """The empty collection of F-curves for `datablock`, and its slot called `name` (None before 4.4)."""
    if not has_slots(action):
        return new_fcurves(action, datablock), None
    slot = action.slots.new(id_type=datablock.id_type, name=name)
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True).fcurves, slot


def slot_of(owner: Any) -> Any:
    """The slot that AnimData or an NLA strip plays; None before 4.4."""
    return getattr(owner, "action_slot", None)


def slot_key(slot: Any) -> str:
    """A text that stands for a slot inside its Action, through renaming and saving."""
    return "" if slot is None else str(slot.handle)


def slot_fcurves(action: Any, slot: Any) -> Any:
    """The collection of F-curves of one slot of an Action (all of them before 4.4); may be empty."""
    if not has_slots(action):
        return action.fcurves
    if slot is None or not action.layers:
        return ()
    bag = action.layers[0].strips[0].channelbag(slot)
    return bag.fcurves if bag else ()


def slot_for(action: Any, datablock: Any) -> Any:
    """The slot of an Action with the name of a data-block (None before 4.4)."""
    if not has_slots(action):
        return None
    kind, name = datablock.id_type, datablock.name
    fitting = [slot for slot in action.slots if slot.target_id_type == kind]
    return next((slot for slot in fitting if slot.name_display == name), fitting[0])


def assign_action_of(datablock: Any, action: Any) -> None:
    """Make `action` the active one of `datablock`, with the slot of its name."""
    animation = datablock.animation_data_create()
    animation.action = action
    if has_slots(action):
        animation.action_slot = slot_for(action, datablock)


def choose_strip(track: Any, strip: Any) -> None:
    """Make a strip the one of its track that tweak mode opens: it opens the selected, active one."""
    for other in track.strips:
        other.select = other == strip


def set_strip_slot(nla_strip: Any, slot: Any) -> None:
    """Let an NLA strip play a slot of its Action."""
    if slot is not None:
        nla_strip.action_slot = slot


def grease_pencils() -> Any:
    """The data-blocks of grease pencil objects, old ones before 4.3 and new ones from then on."""
    return getattr(bpy.data, "grease_pencils_v3", None) or bpy.data.grease_pencils


def all_fcurves(action: Any) -> list[Any]:
    """Every F-curve of an Action, whichever data-block it is for."""
    if not has_slots(action):
        return list(action.fcurves)
    return [
        curve
        for layer in action.layers
        for strip in layer.strips
        for bag in strip.channelbags
        for curve in bag.fcurves
    ]


def fcurves_for(action: Any, datablock: Any) -> Any:
    """The collection of F-curves in a take's `action` that are for `datablock`; may be empty."""
    if not has_slots(action):
        return action.fcurves
    slot = _slot_for(action, datablock)
    bag = action.layers[0].strips[0].channelbag(slot) if slot else None
    return bag.fcurves if bag else ()


def drop_other_slots(action: Any, datablock: Any) -> None:
    """Leave in a take's `action` only what is for `datablock`."""
    if has_slots(action):
        kept = _slot_for(action, datablock)
        for slot in [slot for slot in action.slots if slot != kept]:
            action.slots.remove(slot)


def _slot_for(action: Any, datablock: Any) -> Any:
    """A take has one slot for each type of data-block that it animates."""
    kind = datablock.id_type
    return next((slot for slot in action.slots if slot.target_id_type == kind), None)


def assign_action(datablock: Any, action: Any) -> None:
    """Make `action` the active one of `datablock`, with the slot made for it."""
    animation = datablock.animation_data_create()
    animation.action = action
    if has_slots(action):
        animation.action_slot = _slot_for(action, datablock)


def slot_memory(animation: Any) -> str | None:
    """What AnimData remembers of its last slot (4.4 on), or None."""
    return getattr(animation, "last_slot_identifier", None)


def restore_slot_memory(animation: Any, identifier: str | None) -> None:
    """Put back what `slot_memory` read."""
    if identifier is not None and animation.action is None:
        animation.last_slot_identifier = identifier


def animated_paths(owner: Any) -> set[str]:
    """Data paths animated by AnimData's active Action or by an NLA strip (`owner` is either)."""
    return {curve.data_path for curve in playing_fcurves(owner)}


def playing_fcurves(owner: Any) -> list[Any]:
    """F-curves that AnimData's active Action or an NLA strip (`owner` is either) plays."""
    action = owner.action
    if action is None:
        return []
    if not has_slots(action):
        return list(action.fcurves)
    slot = owner.action_slot
    return [
        curve
        for layer in action.layers
        for strip in layer.strips
        for bag in [strip.channelbag(slot) if slot else None]
        if bag
        for curve in bag.fcurves
    ]


def own_fcurve_collections(animation: Any) -> list[Any]:
    """Collections of F-curves that AnimData's own Action, NLA strips and drivers play for it."""
    owners = [animation, *(strip for track in animation.nla_tracks for strip in track.strips)]
    found = [animation.drivers]
    for owner in owners:
        if owner.action is None or not owner.action.is_editable:
            continue
        if not has_slots(owner.action):
            found.append(owner.action.fcurves)
            continue
        for layer in owner.action.layers:
            for strip in layer.strips:
                bag = strip.channelbag(owner.action_slot) if owner.action_slot else None
                if bag is not None:
                    found.append(bag.fcurves)
    return found


def audible_fcurves(owner: Any) -> list[Any]:
    """Those of `playing_fcurves` that are neither muted nor empty."""
    return [
        curve
        for curve in playing_fcurves(owner)
        if not (curve.mute or curve.is_empty or (curve.group and curve.group.mute))
    ]


def editable_fcurves(datablock: Any) -> Any:
    """The collection of F-curves that new keys of `datablock` go to, made where there is none."""
    animation = datablock.animation_data_create()
    if animation.action is None:
        action = bpy.data.actions.new(f"{datablock.name}Action")
        fcurves = new_fcurves(action, datablock)
        assign_action(datablock, action)
        return fcurves
    action = animation.action
    if not has_slots(action):
        return action.fcurves
    if animation.action_slot is None:
        animation.action_slot = action.slots.new(datablock.id_type, datablock.name)
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(animation.action_slot, ensure=True).fcurves


def blender_version() -> str:
    """Blender's version in words, for people, such as "4.5.15 LTS"."""
    return str(bpy.app.version_string)


def is_grease_pencil(candidate: Any) -> bool:
    """True of a Grease Pencil object, of the old kind (to 4.2) or the new one."""
    return bool(candidate.type in {"GPENCIL", "GREASEPENCIL"})


def layer_names(pencil: Any) -> list[str]:
    """Names of a Grease Pencil object's layers (`info` to 4.2, `name` since)."""
    return [getattr(layer, "name", None) or layer.info for layer in pencil.data.layers]


# On a compositor's tree that Mien has switched on: how many nodes it had then.
SWITCHED_ON = "mien_switched_on"


def compositor_tree_there(scene: Any) -> Any:
    """The node tree of a scene's compositor, or None where it has none (or does not use it)."""
    if hasattr(scene, "compositing_node_group"):
        return scene.compositing_node_group
    return scene.node_tree if scene.use_nodes else None


def compositor_tree(scene: Any) -> Any:
    """The node tree of a scene's compositor, made where there is none (a node group from 5.0 on)."""
    there = compositor_tree_there(scene)
    if there is not None:
        return there
    if hasattr(scene, "compositing_node_group"):
        tree = bpy.data.node_groups.new(f"{scene.name} Compositor", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        scene.compositing_node_group = tree
    else:
        scene.use_nodes = True
        tree = scene.node_tree
    output = compositor_output(tree)
    if not output.inputs[0].is_linked:
        tree.links.new(render_layers(tree).outputs["Image"], output.inputs[0])
    tree[SWITCHED_ON] = len(tree.nodes)
    return tree


def drop_compositor(scene: Any) -> None:
    """Undo `compositor_tree`, where it switched the compositor on and nothing was added since."""
    tree = compositor_tree_there(scene)
    if tree.get(SWITCHED_ON) != len(tree.nodes):
        return
    if hasattr(scene, "compositing_node_group"):
        bpy.data.node_groups.remove(tree)
    else:
        del tree[SWITCHED_ON]
        scene.use_nodes = False


def render_layers(tree: Any) -> Any:
    """The node that gives the scene's render; made where there is none."""
    kind = "CompositorNodeRLayers"
    there = next((node for node in tree.nodes if node.bl_idname == kind), None)
    return there or tree.nodes.new(kind)


def compositor_output(tree: Any) -> Any:
    """The node whose first input is the picture that the compositor gives; made where there is none."""
    is_group = "compositing_node_group" in bpy.types.Scene.bl_rna.properties
    kind = "NodeGroupOutput" if is_group else "CompositorNodeComposite"
    found = [node for node in tree.nodes if node.bl_idname == kind]
    active = next((node for node in found if getattr(node, "is_active_output", True)), None)
    return active or tree.nodes.new(kind)


def alpha_over_inputs(node: Any) -> tuple[Any, Any]:
    """Background and foreground of an Alpha Over node (the factor comes first before 5.0)."""
    sockets = [socket for socket in node.inputs if socket.type == "RGBA"]
    return sockets[0], sockets[1]


def new_math_node(tree: Any, operation: str) -> Any:
    """A Math node in a compositor (5.0 took the compositor's own kind away)."""
    kind = "CompositorNodeMath" if hasattr(bpy.types, "CompositorNodeMath") else "ShaderNodeMath"
    node = tree.nodes.new(kind)
    node.operation = operation
    return node


def set_plain_z_combine(node: Any) -> None:
    """Let a Z Combine node choose by depth alone, with soft edges (inputs instead of settings since 4.5)."""
    for name, value in (("Use Alpha", False), ("Anti-Alias", True)):
        if name in node.inputs:
            node.inputs[name].default_value = value
        else:
            setattr(node, {"Use Alpha": "use_alpha", "Anti-Alias": "use_antialias_z"}[name], value)


def views_take_coded_colours() -> bool:
    """Whether what is drawn into a view is shown as it is; before 5.0 it is taken for linear light."""
    import gpu  # noqa: PLC0415 - there is none without a window

    try:
        gpu.shader.from_builtin("IMAGE_SCENE_LINEAR_TO_REC709_SRGB")
    except ValueError:
        return False
    return True
