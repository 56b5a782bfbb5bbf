# SPDX-License-Identifier: Apache-2.0
"""A tracked film with what tells it from another: a changed track, mask or film must not pass unnoticed."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MienError
from ..model_files import file_sha256
from .track_files import MASKS, TRACK, present
from .track_folder import read_track
from .track_masks import open_masks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .film_track import FilmTrack

# A film may have gigabytes. Of the same length and with the same beginning and end it is the same: encoders
# write the tables of all pictures' sizes to one of the two.
EDGE_BYTES = 1 << 20


@dataclass(frozen=True, eq=False)
class TrackedFilm:
    """A track as it lies on disk.

    Attributes:
        folder: NAME.mientrack.
        track: what it says.
        digests: hex sha256 by what they are of: the track, the masks, each of the films.
    """

    folder: Path
    track: FilmTrack
    digests: Mapping[str, str]


def read_tracked_film(folder: Path | str) -> TrackedFilm:
    """Read a track whose films are all there.

    Raises:
        MienError: of `read_track` and `track_digests`.
    """
    track = read_track(folder)
    return TrackedFilm(Path(folder), track, track_digests(folder, track, range(len(track.films))))


def track_digests(folder: Path | str, track: FilmTrack, films: Iterable[int]) -> dict[str, str]:
    """Digests of a track, its masks and some of its films, which are looked at: are they those tracked?

    Args:
        folder: NAME.mientrack.
        track: read from it.
        films: their numbers.

    Raises:
        MienError: of `open_masks`; ``film_missing``, ``film_unreadable``; ``film_changed``, when a film is
            not the tracked one any more.
    """
    with open_masks(folder) as masks:
        digests = {TRACK: file_sha256(present(folder, TRACK)), MASKS: masks.digest()}
    for number in films:
        path = Path(track.films[number])
        digest = film_digest(path)
        if track.film_digests and track.film_digests[number] != digest:
            raise MienError(
                "film_changed",
                f"{path} is not the film that {folder} was made of: it has changed since.",
                "Put the tracked film back in its place, or track this one.",
            )
        digests[f"film {number + 1}, {path.name}"] = digest
    return digests


def film_digest(path: Path) -> str:
    """Hex sha256 of a film's length, its first and its last megabyte.

    Raises:
        MienError: ``film_missing``, ``film_unreadable``.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            digest = hashlib.sha256(f"{size} ".encode() + file.read(EDGE_BYTES))
            file.seek(max(0, size - EDGE_BYTES))
            digest.update(file.read(EDGE_BYTES))
    except FileNotFoundError as error:
        raise MienError(
            "film_missing", f"There is no film {path}.", "Put it back there."
        ) from error
    except OSError as error:
        raise MienError(
            "film_unreadable",
            f"{path} cannot be read ({error.strerror or error}).",
            "Make it readable, or copy it anew.",
        ) from error
    return digest.hexdigest()
