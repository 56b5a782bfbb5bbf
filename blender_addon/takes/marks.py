# SPDX-License-Identifier: GPL-3.0-or-later
"""How Mien knows its takes again: a custom property on their Actions.

A take is one Action with a slot for each layer of each data-block, or, before Blender 4.4, an Action
for each of these. The mark is JSON::

    {"strip": name of the strip, "take": id, "label": what the list calls it,
     "slots": {handle of the slot, or "" before 4.4: [layer, number of the data-block]},
     "before": {number of the data-block: its state before Mien (memory.py)},
     "made": {what made it: heard, direction, sound, tolerance; for re-timing and for making it again},
     "off": whether another take of the strip is used, "muted": [layers],
     "keys": fingerprint of the keys as Mien wrote them}

Takes of version 0.1.0 have neither slots nor labels, and one state by type of data-block; they play
as the active Action or on a track without layers.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .. import compat, keying

MARK = "mien"
ACTION_PREFIX = TRACK_NAME = "Mien"
# The layer of a take that was made before there were any, or was baked.
WHOLE = ""


def write_mark(action: Any, content: dict[str, Any]) -> None:
    """Sign an Action as a take's, with its present keys as those that Mien wrote."""
    action[MARK] = json.dumps({**content, "keys": keying.fingerprint(action)})


def change_mark(action: Any, **changes: Any) -> None:
    """Change what a mark says, but not whether the keys count as edited."""
    action[MARK] = json.dumps({**(read_mark(action) or {}), **changes})


def read_mark(action: Any) -> dict[str, Any] | None:
    """The mark of a take, or None when the Action is not Mien's. To be read, not to be changed."""
    text = action.get(MARK) if action is not None else None
    return _parsed(text) if isinstance(text, str) else None


# The panel asks for the same marks again and again; one of a long line takes milliseconds to read.
@functools.lru_cache(maxsize=256)
def _parsed(text: str) -> dict[str, Any]:
    return dict(json.loads(text))


def unmark(action: Any) -> None:
    """Make a take's Action an Action like any other."""
    del action[MARK]


def strip_of(action: Any) -> str:
    """Name of the strip that a take was made from."""
    return str((read_mark(action) or {})["strip"])


def take_id(action: Any) -> str:
    """What all Actions of one take share."""
    return str((read_mark(action) or {})["take"])


def is_edited(action: Any) -> bool:
    """Whether keys, curves or modifiers differ from what Mien wrote."""
    content = read_mark(action)
    return content is not None and content["keys"] != keying.fingerprint(action)


@contextmanager
def writing(actions: Iterable[Any]) -> Iterator[None]:
    """What is written to Actions inside the block is Mien's: it does not make them edited ones."""
    fresh = [action for action in dict.fromkeys(actions) if not is_edited(action)]
    yield
    for action in fresh:
        change_mark(action, keys=keying.fingerprint(action))


def layer_of(content: dict[str, Any], slot: Any) -> str:
    """The layer that a slot (None before 4.4) of a marked Action holds."""
    return str(_entry(content, slot)[0])


def state_before(content: dict[str, Any], slot: Any, datablock: Any) -> dict[str, Any] | None:
    """What a data-block looked like before the take, as far as the mark tells."""
    block = str(_entry(content, slot)[1])
    return content["before"].get(block) or content["before"].get(datablock.id_type)


def _entry(content: dict[str, Any], slot: Any) -> list[Any]:
    slots = content.get("slots", {})
    # An Action from before 4.4 gets a slot when a later Blender reads it.
    return list(slots.get(compat.slot_key(slot)) or slots.get("") or (WHOLE, ""))
