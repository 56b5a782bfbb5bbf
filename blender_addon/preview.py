# SPDX-License-Identifier: GPL-3.0-or-later
"""The live preview: a take on the rig in the viewport before any key is written.

Pressing it lets the worker hear the strip once; from then on every change of the direction asks for the
frames around the playhead, then for the rest of the take. `pump`, called by a timer (and by scripts,
for timers do not fire without a window), looks for changes, takes in answers and asks; a handler shows
each frame. Nothing is written to the file: what is covered is given back before saving, marked for undo
(preview_mark), and Mien's own takes are muted meanwhile. There is one preview at a time.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import bpy

from . import (
    cast,
    character,
    compat,
    defaults,
    jobs,
    preview_handlers,
    preview_mark,
    stillness,
    strips,
    takes,
)
from .preview_frames import KnownFrames
from .preview_state import Preview, check_face, hold, let_go, position, row
from .preview_watch import strip_place
from .preview_worker import ask, look, take_in
from .problems import AnimatorError


@dataclass(frozen=True)
class Told:
    """What the panel shows of the preview.

    Attributes:
        strip_name: of the strip that it speaks.
        share: of its frames that are as the direction asks now, 0..1.
        waiting: how far the worker has heard the strip, in words; empty once it shows.
        latency_ms: from the last change to its showing; None before the first.
        shown_changes: how many changes have shown.
        left_alone: what the animator animates, and keeps.
        not_saved: names of linked data that is moved.
        problem: what keeps it from showing what is asked, or empty.
    """

    strip_name: str
    share: float
    waiting: str
    latency_ms: float | None
    shown_changes: int
    left_alone: tuple[str, ...]
    not_saved: tuple[str, ...]
    problem: str


_current: list[Preview] = []
# File, scene and character of a preview that a load has ended.
_resumed: list[tuple[str, str, str]] = []


def start(context: Any, settings: Any) -> None:
    """Let the face of `settings` speak their strip in the viewport, from the next `pump` on.

    Where no face is chosen, the only sensible one is, as Generate does.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """
    stop()
    check_face(settings)
    sequencer = compat.sequencer_scene(context)
    strip = defaults.fill(context, settings).strip
    sound = jobs.ready_sound(sequencer, strip, settings.id_data)
    preview = Preview(
        address=cast.address(settings),
        sequencer_uid=sequencer.session_uid,
        strip_name=strip.name,
        sound=sound,
        strip_place=strip_place(sequencer, strip),
        known=KnownFrames(sound.heard.frames, sound.heard.grid_fps),
    )
    try:
        preview.watch.look(settings, strip, sound.heard)
        hold(preview, settings)
    except BaseException:
        let_go(preview)
        shutil.rmtree(sound.folder, ignore_errors=True)
        raise
    _current.append(preview)
    stillness.add(paused)
    preview_handlers.add(
        preview_handlers.Calls(
            _show, _before_save, _after_save, _after_undo, _before_load, _after_load
        )
    )


def stop(words: str = "") -> None:
    """End the preview, if one runs: the file is as it was before it. `words` say why, if not asked."""
    if not _current:
        return
    preview = _current.pop()
    stillness.remove(paused)
    preview_handlers.remove()
    if preview.asked is not None:
        preview.asked.engine.call_off_quiet()
        preview.asked.engine.quiet_news()
    let_go(preview)
    shutil.rmtree(preview.sound.folder, ignore_errors=True)
    if words:
        bpy.context.window_manager.mien.done = words


def is_on(settings: Any = None) -> bool:
    """Whether a preview runs, or that of one character."""
    return bool(_current) and (settings is None or _current[0].address == cast.address(settings))


def told() -> Told | None:
    """What there is to say about the preview; None while none runs."""
    if not _current:
        return None
    preview = _current[0]
    writer = preview.writer
    linked = [each.name for each in (writer.covered if writer else ()) if not each.is_editable]
    return Told(
        preview.strip_name,
        preview.known.share(preview.version),
        preview.waiting,
        preview.latency_ms,
        preview.shown_changes,
        tuple(writer.left_alone) if writer else (),
        tuple(linked),
        preview.problem,
    )


def pump() -> bool:
    """Go on: look for changes, take in what the worker made, ask for more, show it.

    Returns True while something is on its way from the worker.
    """
    if not _current:
        return False
    preview = _current[0]
    try:
        settings, strip = _found(preview)
        if settings is None:
            return False
        look(preview, settings, strip)
        take_in(preview)
        _show(settings.id_data)
        ask(preview, settings)
    except AnimatorError as problem:
        preview.problem = str(problem)
    return preview.asked is not None


@contextmanager
def paused() -> Iterator[None]:
    """The file as it is without the preview, until the block ends.

    Where the block gave the face another take of Mien, the preview ends: that one is to be seen.
    """
    if not _current:
        yield
        return
    preview = _current[0]
    before = _takes_of(preview)
    let_go(preview)
    try:
        yield
    finally:
        if _current and _current[0] is preview:
            if _takes_of(preview) != before:
                stop()
            else:
                _hold_again(preview)


def _hold_again(preview: Preview) -> None:
    """Cover the rig anew, which may have changed, and show the preview again."""
    settings = cast.find(preview.address)
    try:
        if settings is None:
            raise AnimatorError("Its character is gone.", "")
        check_face(settings)
        hold(preview, settings)
    except AnimatorError as problem:
        stop(f"The preview has ended. {problem.message}")
        return
    _show(settings.id_data)


def _found(preview: Preview) -> tuple[Any, Any]:
    """Settings and strip, or None twice where the preview had to end."""
    settings = cast.find(preview.address)
    sequencer = next((s for s in bpy.data.scenes if s.session_uid == preview.sequencer_uid), None)
    if settings is None or sequencer is None or settings.target is None:
        stop("The preview has ended: its scene or its face is gone.")
        return None, None
    try:
        check_face(settings)
        strip = strips.find_strip(sequencer, preview.strip_name)
    except AnimatorError as problem:
        stop(f"The preview has ended. {problem.message}")
        return None, None
    return settings, strip


def _show(scene: Any) -> None:
    """Show the take at the scene's frame; called by `pump` and before a frame is drawn."""
    if not _current or scene.session_uid != _current[0].address[0]:
        return
    preview = _current[0]
    writer = preview.writer
    if writer is None:
        return
    place = position(preview, scene)
    if preview.shown == (place, preview.version):
        return
    try:
        writer.write(row(preview, place))
    except ReferenceError:
        # Blender's data was made anew; `pump` finds it again.
        preview.writer = None
        return
    frame = min(max(round(place), 0), preview.known.frames - 1)
    if not preview.known.known(frame, preview.version):
        return
    preview.shown = (place, preview.version)
    if preview.changed_at is not None:
        preview.latency_ms = 1000.0 * (time.perf_counter() - preview.changed_at)
        preview.changed_at = None
        preview.shown_changes += 1


def _takes_of(preview: Preview) -> set[str]:
    """Ids of Mien's takes on the character."""
    settings = cast.find(preview.address)
    if settings is None:
        return set()
    animated = character.animated_by_takes(settings.target, settings.head_target)
    return {take for datablock in animated for take in takes.take_ids_on(datablock)}


def _before_save() -> None:
    """The file gets nothing of the preview."""
    if _current:
        let_go(_current[0])


def _after_save() -> None:
    if _current:
        _hold_again(_current[0])


def _after_undo() -> None:
    """The file is as it was at another step, which may have been made while a preview showed."""
    if _current:
        _current[0].covered, _current[0].writer, _current[0].shown = [], None, None
    preview_mark.mend()
    if _current:
        _hold_again(_current[0])


def _before_load() -> None:
    """Remember what runs: where the same file is read again, it goes on."""
    if not _current:
        return
    uid, path = _current[0].address
    scene = next((s.name for s in bpy.data.scenes if s.session_uid == uid), "")
    _resumed[:] = [(bpy.data.filepath, scene, path)]
    stop()


def _after_load() -> None:
    if not _resumed:
        return
    filepath, scene_name, path = _resumed.pop()
    scene = bpy.data.scenes.get(scene_name)
    if not filepath or bpy.data.filepath != filepath or scene is None:
        return
    try:
        settings = scene.path_resolve(path)
        start(bpy.context, settings)
    except (AnimatorError, ValueError, IndexError) as problem:
        bpy.context.window_manager.mien.done = f"The preview has ended. {problem}"
