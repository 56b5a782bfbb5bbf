# SPDX-License-Identifier: Apache-2.0
"""The folder NAME.mientrack of a tracked film: its track, its masks, and what people look at.

``track.npz`` is `core.avatar.track_arrays`'s, ``masks.zip`` `core.avatar.track_masks`'s; ``report.json`` and
``contact_sheet.png`` are for people. Numpy alone is needed, and nothing is unpickled.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from ..whole_folder import check_place, whole_folder
from .track_arrays import read_track_arrays, track_arrays
from .track_files import FILES, MASKS, REPORT, SHEET, TRACK, present
from .track_masks import MaskWindow, write_masks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from .film_track import FilmTrack
    from .track_masks import Mask

WHAT = "The tracked film"


def write_track(
    folder: Path | str,
    track: FilmTrack,
    masks: Iterable[tuple[int, int, Mask]],
    report: Mapping[str, Any],
    contact_sheet: bytes,
    *,
    windows: Sequence[MaskWindow] | None = None,
) -> None:
    """Write the folder, whole or not at all; an older one is replaced when the new one is finished.

    Args:
        folder: NAME.mientrack.
        track: what was found.
        masks: (film number, picture number, (256, 256) uint8 map) in any order; taken one by one.
        report: JSON data.
        contact_sheet: a PNG.
        windows: what the maps of each film show; None for whole pictures.

    Raises:
        MienError: ``not_writable``, ``folder_in_the_way``.
        ValueError: the track's arrays do not fit together, or a map is none.
    """
    arrays = track_arrays(track)
    with whole_folder(folder, WHAT, FILES) as fresh:
        with (fresh / TRACK).open("wb") as file:
            np.savez_compressed(file, **arrays)
        shown = windows or [MaskWindow(0, 0, *track.size)] * len(track.films)
        write_masks(fresh / MASKS, masks, shown)
        text = json.dumps(dict(report), indent=1, ensure_ascii=False)
        (fresh / REPORT).write_text(text + "\n", encoding="utf-8")
        (fresh / SHEET).write_bytes(contact_sheet)


def check_track_place(folder: Path | str) -> None:
    """Find out before a long run whether a tracked film can be written there.

    Raises:
        MienError: ``not_writable``, ``folder_in_the_way``.
    """
    check_place(folder, WHAT, FILES)


def read_track(folder: Path | str) -> FilmTrack:
    """Read what `write_track` wrote, but for its masks (`core.avatar.track_masks.open_masks`).

    Raises:
        MienError: ``track_missing``, ``track_damaged``.
    """
    return read_track_arrays(present(folder, TRACK))
