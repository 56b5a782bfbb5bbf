# SPDX-License-Identifier: GPL-3.0-or-later
"""One turn of the preview's work: notice changes, use what the worker made, ask for more."""

from __future__ import annotations

import shutil
import time
from typing import Any

import bpy

from . import character, jobs, performance_file
from .preview_frames import KnownFrames
from .preview_state import Asked, Preview, hold, let_go, make_rows, position
from .preview_watch import strip_place

# The rig is looked at this often: 1 ms for 52 shape keys.
RIG_SECONDS = 0.1
# A worker that is lost so often in a row is not asked again.
MOST_LOST = 3


def look(preview: Preview, settings: Any, strip: Any) -> None:
    """Notice what the animator has changed since the last time."""
    now = time.perf_counter()
    sequencer = next(s for s in bpy.data.scenes if s.session_uid == preview.sequencer_uid)
    place = strip_place(sequencer, strip)
    if place != preview.strip_place:
        listen_anew(preview, sequencer, strip, settings, place)
    chosen = [each and each.session_uid for each in (settings.target, settings.head_target)]
    is_stale = now - preview.looked_at_rig > RIG_SECONDS or chosen != preview.chosen
    if preview.writer is None or is_stale:
        preview.looked_at_rig, preview.chosen = now, chosen
        links = character.links_of(settings.target, settings.head_target)
        if preview.writer is None or preview.writer.links != links:
            let_go(preview)
            hold(preview, settings)
    if preview.watch.look(settings, strip, preview.sound.heard):
        preview.version += 1
        preview.changed_at, preview.problem = now, ""


def listen_anew(
    preview: Preview, sequencer: Any, strip: Any, settings: Any, place: tuple[Any, ...]
) -> None:
    """The strip was moved, trimmed or retimed. One that was only moved keeps what is known."""
    preview.strip_place = place
    sound = jobs.ready_sound(sequencer, strip, settings.id_data)
    old = preview.sound
    preview.sound = sound
    one, other = ((h.start_seconds, h.grid_fps, h.frames) for h in (old.heard, sound.heard))
    shutil.rmtree(old.folder, ignore_errors=True)
    preview.shown = None
    if one != other or old.path != sound.path:
        preview.known = KnownFrames(sound.heard.frames, sound.heard.grid_fps)
        preview.version += 1
        make_rows(preview, slice(0, preview.known.frames))


def take_in(preview: Preview) -> None:
    """Use what the worker has made."""
    if preview.asked is None:
        return
    for message in preview.asked.engine.quiet_news():
        asked = preview.asked
        if asked is None or message.get("id") != asked.id:
            continue
        kind = message["type"]
        if kind == "progress":
            if preview.waiting:
                preview.waiting = f"Listening {float(message['fraction']):.0%}"
            continue
        preview.asked = None
        if kind == "error":
            # Asked again when the direction changes, not over and over.
            preview.problem = f"{message['message']} {message['advice']}".strip()
        elif kind == "lost":
            preview.lost += 1
            if preview.lost >= MOST_LOST:
                preview.problem = "Mien's worker ended again and again. Look into its log."
        elif kind == "result":
            preview.lost = 0
            use(preview, asked, int(message["first_frame"]))


def use(preview: Preview, asked: Asked, first: int) -> None:
    """Take in frames of a result, from frame `first` of the take on."""
    performed = performance_file.read(asked.path, preview.strip_name)
    asked.path.unlink(missing_ok=True)
    own = preview.known.take_in(first, performed.mix, performed.lips, asked.version)
    preview.waiting = ""
    if preview.writer is not None:
        make_rows(preview, own)
    preview.shown = None


def ask(preview: Preview, settings: Any) -> None:
    """Ask for the next piece, unless the answer to a better one is on its way."""
    worker = jobs.engine()
    if worker.busy or preview.problem:
        return
    at = round(position(preview, settings.id_data))
    piece = preview.known.next_piece(preview.version, at)
    if piece is None:
        return
    asked = preview.asked
    if asked is not None:
        near = preview.known.near(at)
        is_near = asked.piece[0] <= near.stop and asked.piece[1] >= near.start
        if asked.version == preview.version or is_near:
            # An older look around the playhead is done sooner than it is called off.
            return
    path = preview.sound.folder / f"preview-{preview.version}-{piece[0]}.npz"
    request = {
        "type": "performance",
        **preview.sound.request(),
        **preview.watch.asked,
        "window": preview.known.seconds(piece),
        "out_path": str(path),
    }
    preview.asked = Asked(worker, worker.ask_quietly(request), piece, preview.version, path)
