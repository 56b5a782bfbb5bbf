# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Mien's takes live on data-blocks, beside the animator's own animation.

A take lies on NLA tracks of Mien's, one a layer, under the animator's active Action; nothing of the
animator's is moved or rewritten, and channels that their NLA strips or drivers move are left to
them. A take whose keys they edited is theirs as well, and so is one with a fake user: it is taken
off the data-block but kept in the file. Each mark remembers what the data-block looked like before
the first take, so that clearing gives exactly that back.
"""

from .bases import complete_bases
from .leaving import drop, remove_unused
from .marks import (
    ACTION_PREFIX,
    MARK,
    TRACK_NAME,
    change_mark,
    is_edited,
    read_mark,
    strip_of,
    take_id,
    unmark,
    write_mark,
    writing,
)
from .owners import identify, owner_name, present_name
from .pieces import (
    Piece,
    check_can_play,
    everywhere,
    paths_of_others,
    paths_on_top,
    pieces_on,
    remember,
    sharers_of,
    take_ids_on,
    takes_on,
)
from .sampling import sampled, scene_frames, strength
from .tracks import change_takes, follow, leave_tweak_mode, place, settle, unplace

__all__ = [
    "ACTION_PREFIX",
    "MARK",
    "TRACK_NAME",
    "Piece",
    "change_mark",
    "change_takes",
    "check_can_play",
    "complete_bases",
    "drop",
    "everywhere",
    "follow",
    "identify",
    "is_edited",
    "leave_tweak_mode",
    "owner_name",
    "paths_of_others",
    "paths_on_top",
    "pieces_on",
    "place",
    "present_name",
    "read_mark",
    "remember",
    "remove_unused",
    "sampled",
    "scene_frames",
    "settle",
    "sharers_of",
    "strength",
    "strip_of",
    "take_id",
    "take_ids_on",
    "takes_on",
    "unmark",
    "unplace",
    "write_mark",
    "writing",
]
