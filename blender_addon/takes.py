# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Mien's takes live on a data-block, beside the animator's own animation.

A take is an Action marked by a custom property. Alone on a data-block it is the active Action, so
that its curves show in the editors at once. Beside an Action or NLA tracks of the animator, or a
take of another strip, it plays from an NLA track of Mien's; nothing of the animator's is moved
or rewritten, and channels they animate are left to them. A take whose keys they edited is theirs as
well, and so is one with a fake user: it is taken off the data-block but kept in the file. What else
they keyed into it, the head's location say, goes on playing from an Action of their own. Each mark
remembers what the data-block looked like before the first take, so that clearing gives exactly that
back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import bpy

from . import compat, keying, memory
from .problems import AnimatorError

MARK = "mien"
ACTION_PREFIX = TRACK_NAME = "Mien"


def mark(action: Any, strip_name: str, take_id: str, before: dict[str, Any]) -> None:
    """Sign `action` as Mien's take of a strip, after its keys are written.

    All Actions of one take share its `take_id`; `before` maps id_type to a remembered state.
    """
    content = {"strip": strip_name, "take": take_id, "before": before}
    action[MARK] = json.dumps({**content, "keys": keying.fingerprint(action)})


def read_mark(action: Any) -> dict[str, Any] | None:
    """The mark of a take, or None when the Action is not Mien's."""
    text = action.get(MARK) if action is not None else None
    return json.loads(text) if isinstance(text, str) else None


def strip_of(action: Any) -> str:
    """Name of the strip that a take was made from."""
    return str((read_mark(action) or {})["strip"])


def heads_of(takes: Iterable[Any]) -> list[Any]:
    """Objects that turn with `takes`, whatever they are called by now.

    With slots a face and its head share the Action; in 4.2 and 4.3, and so in files that come from
    there, the take's id joins two of them.
    """
    shared = set(takes)
    ids = {_take_id(take) for take in shared if not compat.is_for_object(take)}
    return [
        candidate
        for candidate in bpy.data.objects
        if any(take in shared or _take_id(take) in ids for take in takes_on(candidate))
    ]


def _take_id(action: Any) -> str:
    return str((read_mark(action) or {})["take"])


def takes_on(datablock: Any) -> list[Any]:
    """Mien's Actions that play on `datablock`, without repeats."""
    animation = datablock.animation_data
    if animation is None:
        return []
    actions = [animation.action]
    actions += [strip.action for track in animation.nla_tracks for strip in track.strips]
    own: list[Any] = []
    for action in actions:
        if read_mark(action) is not None and action not in own:
            own.append(action)
    return own


def takes_of(datablock: Any, strip_name: str) -> list[Any]:
    """Those of Mien's Actions on `datablock` that were made from one strip."""
    return [take for take in takes_on(datablock) if strip_of(take) == strip_name]


def paths_of_others(datablock: Any) -> set[str]:
    """Data paths that the animator's Action, audible NLA strips or drivers already move."""
    animation = datablock.animation_data
    if animation is None:
        return set()
    paths = {driver.data_path for driver in animation.drivers}
    if read_mark(animation.action) is None:
        paths |= compat.animated_paths(animation)
    for track in animation.nla_tracks:
        for strip in track.strips:
            if not (track.mute or strip.mute) and read_mark(strip.action) is None:
                paths |= compat.animated_paths(strip)
    return paths


def check_can_play(datablock: Any, label: str) -> None:
    """Refuse what would be lost on saving, or would be keyed and then not move.

    Raises:
        AnimatorError: linked data, NLA tweak mode, NLA switched off, or a solo track.
    """
    if not datablock.is_editable:
        library = datablock.library.filepath if datablock.library else "another file"
        raise AnimatorError(
            f"{label} is linked from {library}, so keys on it would be lost on saving.",
            "In the Outliner, right-click its mesh or object: Library Override > Make > "
            "Selected; or make it local. Then generate again.",
        )
    animation = datablock.animation_data
    if animation is None:
        return
    if animation.use_tweak_mode:
        raise AnimatorError(
            f"{label} is in the NLA editor's tweak mode.", "Leave it (Tab in the NLA editor)."
        )
    if not _has_others(datablock):
        return
    if not animation.use_nla:
        raise AnimatorError(
            f"{label} has its NLA switched off, so the take would not move beside your Action.",
            "Enable the check box beside its name in the NLA editor.",
        )
    solo = next((track.name for track in animation.nla_tracks if track.is_solo), None)
    if solo is not None:
        raise AnimatorError(
            f"NLA track '{solo}' of {label} plays solo, so the take would not move.",
            "Click the star beside the track's name in the NLA editor.",
        )


def remember(datablock: Any, paths: Iterable[str]) -> dict[str, Any]:
    """The state of `datablock` before Mien: values at `paths`, and whether it was animated.

    What an earlier take on the same data-block remembers wins over the present.
    """
    state = memory.look(datablock, paths)
    for take in takes_on(datablock):
        earlier = (read_mark(take) or {})["before"].get(datablock.id_type)
        if earlier is not None:
            values = {**state["values"], **earlier["values"]}
            state = {**earlier, "values": values}
    return state


def arrange(datablock: Any, takes: list[Any]) -> None:
    """Let exactly `takes` play on `datablock`, in no other place than a take needs."""
    _unplace(datablock)
    if takes and (len(takes) > 1 or _has_others(datablock)):
        _lay_on_tracks(datablock, takes)
    elif takes:
        compat.assign_action(datablock, takes[0])
    datablock.update_tag(refresh={"TIME"})


def drop(datablock: Any, dropped: Iterable[Any]) -> None:
    """Take `dropped` off `datablock` and give back the values that they animated.

    The Actions themselves stay until `remove_unused`.
    """
    gone = [take for take in takes_on(datablock) if take in set(dropped)]
    for take in gone:
        _give_back_curves(datablock, take)
    arrange(datablock, [take for take in takes_on(datablock) if take not in gone])
    for take in gone:
        state = (read_mark(take) or {})["before"].get(datablock.id_type)
        if state is not None:
            keyed = {curve.data_path for curve in compat.fcurves_for(take, datablock)}
            memory.restore(datablock, state, keyed)


def _give_back_curves(datablock: Any, take: Any) -> None:
    """Move curves that Mien never writes out of a take, into an active Action of the animator's.

    Blender puts new keys of a data-block, its location say, into the Action that is active.
    """
    before = (read_mark(take) or {})["before"].get(datablock.id_type)
    paths = before["values"] if before else {}
    curves = compat.fcurves_for(take, datablock)
    foreign = [curve for curve in curves if curve.data_path not in paths]
    if not foreign or datablock.animation_data.action != take:
        return
    own = take.copy()
    own.name = f"{datablock.name}Action"
    del own[MARK]
    compat.drop_other_slots(own, datablock)
    own_curves = compat.fcurves_for(own, datablock)
    for curve in [curve for curve in own_curves if curve.data_path in paths]:
        own_curves.remove(curve)
    for curve in foreign:
        curves.remove(curve)
    compat.assign_action(datablock, own)


def _has_others(datablock: Any) -> bool:
    """True when the animator has an Action or NLA tracks here."""
    animation = datablock.animation_data
    if animation is None:
        return False
    own_action = animation.action is None or read_mark(animation.action) is not None
    return not own_action or any(not _is_own_track(track) for track in animation.nla_tracks)


def _is_own_track(track: Any) -> bool:
    return len(track.strips) > 0 and all(
        read_mark(strip.action) is not None for strip in track.strips
    )


def _unplace(datablock: Any) -> None:
    animation = datablock.animation_data
    if animation is None:
        return
    if read_mark(animation.action) is not None:
        animation.action = None
    for track in list(animation.nla_tracks):
        for strip in list(track.strips):
            if read_mark(strip.action) is not None:
                track.strips.remove(strip)
                if len(track.strips) == 0:
                    animation.nla_tracks.remove(track)


def _lay_on_tracks(datablock: Any, takes: list[Any]) -> None:
    """One strip per take, in order of time; takes that overlap get tracks of their own."""
    animation = datablock.animation_data_create()
    active = animation.nla_tracks.active
    free_from: list[tuple[Any, float]] = []
    for take in sorted(takes, key=lambda action: action.frame_range[0]):
        start, end = take.frame_range
        at = next((i for i, (_, free) in enumerate(free_from) if free <= start), None)
        if at is None:
            track = animation.nla_tracks.new()
            track.name = TRACK_NAME
            free_from.append((track, end))
            at = len(free_from) - 1
        track = free_from[at][0]
        strip = track.strips.new(take.name, int(start), take)
        compat.assign_strip_slot(strip, datablock)
        strip.extrapolation = "HOLD" if len(track.strips) == 1 else "HOLD_FORWARD"
        free_from[at] = (track, max(end, strip.frame_end))
    animation.nla_tracks.active = active


def remove_unused(actions: Iterable[Any]) -> tuple[str, ...]:
    """Delete those of Mien's Actions that nothing plays any more.

    A take that the animator has edited, or protected by a fake user, is kept as an Action of
    theirs; returns the names of those.
    """
    kept = []
    for action in actions:
        if action.users - int(action.use_fake_user) > 0:
            continue
        content = read_mark(action)
        edited = content is not None and content["keys"] != keying.fingerprint(action)
        if edited or action.use_fake_user:
            del action[MARK]
            action.use_fake_user = True
            action.name += " edited" if edited else " kept"
            kept.append(action.name)
        else:
            bpy.data.actions.remove(action)
    return tuple(kept)
