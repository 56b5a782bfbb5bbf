# SPDX-License-Identifier: GPL-3.0-or-later
"""All that differs between the Blenders Mien runs in (4.2 LTS to 5.2 LTS); a module for each topic.

It asks for features, not for version numbers, because a name is renamed in one release and
removed in a later one. Callers say `compat.name`; nothing outside imports its modules.
"""

from .compositor import (
    alpha_over_inputs,
    compositor_output,
    compositor_tree,
    compositor_tree_there,
    drop_compositor,
    new_math_node,
    render_layers,
    set_plain_z_combine,
)
from .fcurves import (
    all_fcurves,
    animated_paths,
    audible_fcurves,
    editable_fcurves,
    own_fcurve_collections,
    playing_fcurves,
)
from .grease_pencil import grease_pencils, is_grease_pencil, layer_names
from .pictures import set_film, views_take_coded_colours
from .program import blender_version
from .sequencer import (
    StripFrames,
    all_strips,
    new_image_strip,
    retiming_frames,
    sequencer_scene,
    show_in_sequencer,
    sound_offset_seconds,
    sound_strip_type,
    strip_frames,
    strip_named,
    strip_search,
    strips,
)
from .slots import (
    assign_action,
    assign_action_of,
    choose_strip,
    drop_other_slots,
    fcurves_for,
    has_slots,
    new_fcurves,
    new_slot_fcurves,
    restore_slot_memory,
    set_strip_slot,
    slot_fcurves,
    slot_for,
    slot_key,
    slot_memory,
    slot_of,
)

__all__ = [
    "StripFrames",
    "all_fcurves",
    "all_strips",
    "alpha_over_inputs",
    "animated_paths",
    "assign_action",
    "assign_action_of",
    "audible_fcurves",
    "blender_version",
    "choose_strip",
    "compositor_output",
    "compositor_tree",
    "compositor_tree_there",
    "drop_compositor",
    "drop_other_slots",
    "editable_fcurves",
    "fcurves_for",
    "grease_pencils",
    "has_slots",
    "is_grease_pencil",
    "layer_names",
    "new_fcurves",
    "new_image_strip",
    "new_math_node",
    "new_slot_fcurves",
    "own_fcurve_collections",
    "playing_fcurves",
    "render_layers",
    "restore_slot_memory",
    "retiming_frames",
    "sequencer_scene",
    "set_film",
    "set_plain_z_combine",
    "set_strip_slot",
    "show_in_sequencer",
    "slot_fcurves",
    "slot_for",
    "slot_key",
    "slot_memory",
    "slot_of",
    "sound_offset_seconds",
    "sound_strip_type",
    "strip_frames",
    "strip_named",
    "strip_search",
    "strips",
    "views_take_coded_colours",
]
