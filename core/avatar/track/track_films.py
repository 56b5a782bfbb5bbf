# SPDX-License-Identifier: Apache-2.0
"""Films of a person -> the folder NAME.mientrack from which an avatar is trained."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...film.external_models import find_external_model
from ...film.landmarks import find_landmarker
from ...film.read import read_pictures
from ...progress import stage_part
from ..film_track import FilmTrack
from ..track_folder import check_track_place, write_track
from ..track_masks import MASK_SIDE, MaskWindow
from ..tracked_film import film_digest
from .align_pictures import refine_poses
from .contact_sheet import choose_pictures, draw_tile, fitted_points, put_together
from .faces import Faces, follow_faces
from .fit_film import fit_film
from .fit_result import FilmLandmarks
from .masks import head_window, parse_pictures
from .picture_looks import look_at_face
from .report import make_report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from ...progress import Part, Report
    from .fit_result import Fit

    Mask = NDArray[np.uint8]

# Share of the run at which each stage ends: 16, 4, 25 and 62 ms a picture on two cores.
STAGES = {
    "following the face": 0.15,
    "fitting the head": 0.19,
    "holding it still": 0.42,
    "masks": 1.0,
}


@dataclass(frozen=True, eq=False)
class Seen:
    """What the second look at the films gives.

    Attributes:
        masks: deflated category maps by row of the track.
        looks: (T, 3) brightness, burnt_out and sharpness; 0 where no face was found.
        tiles: drawn pictures of the contact sheet by row.
    """

    masks: dict[int, bytes]
    looks: NDArray[np.float32]
    tiles: dict[int, NDArray[np.uint8]]


def track_films(
    films: Sequence[Path],
    out: Path,
    face: FaceModel,
    report: Report,
    *,
    face_model: Path | None = None,
    person_model: Path | None = None,
) -> dict[str, Any]:
    """Track films of one person and write the folder, whole or not at all.

    Args:
        films: files, one person and one camera; 10 s to 5 min together are advised.
        out: NAME.mientrack.
        face: the canonical head.
        report: told 0..1 and the stage; it may raise Cancelled.
        face_model: MediaPipe's FaceLandmarker; None for the installed one.
        person_model: its multi-class segmenter; None for the installed one.

    Returns:
        The report that was written: `core.avatar.track.report.make_report`.

    Raises:
        MienError: of a film that cannot be used, of a model or package that is not there, or of a
            folder that cannot be written.
    """
    check_track_place(out)
    landmarker = find_landmarker(face_model)
    segmenter = find_external_model("person_masks", person_model)
    faces = follow_faces(films, landmarker, stage_part(report, STAGES, "following the face"))
    fit = fit_faces(faces, face, stage_part(report, STAGES, "fitting the head"))
    track = film_track(films, faces, fit)
    aligned = refine_poses(
        track,
        lambda: (picture.pixels for film in films for picture in read_pictures(film)),
        face,
        progress=stage_part(report, STAGES, "holding it still"),
    )
    track = replace(
        track,
        head_to_camera=aligned.head_to_camera,
        film_digests=tuple(film_digest(Path(film)) for film in films),
    )
    windows = [
        head_window(track.landmarks[track.found & (track.film_of == film)], track.size)
        for film in range(len(films))
    ]
    chosen = choose_pictures(track)
    lines = {choice.row: fitted_points(track, choice.row, face) for choice in chosen}
    seen = _look_again(track, windows, lines, segmenter, stage_part(report, STAGES, "masks"))
    told = make_report(track, faces.shot_of, seen.looks, fit.person.focal_sureness)
    sheet = put_together((seen.tiles[choice.row], choice.label) for choice in chosen)
    write_track(out, track, _unpacked(track, seen), told, sheet, windows=windows)
    return told


def fit_faces(faces: Faces, face: FaceModel, progress: Part) -> Fit:
    """Fit the head to followed faces; nothing is smoothed across a cut."""
    landmarks = FilmLandmarks(
        pixels=faces.landmarks,
        times=faces.time_seconds,
        found=faces.found,
        film_of=faces.shot_of,
        size=faces.size,
    )
    return fit_film(landmarks, face, progress=progress)


def film_track(films: Sequence[Path], faces: Faces, fit: Fit) -> FilmTrack:
    """What was followed and fitted, together."""
    return FilmTrack(
        films=tuple(str(Path(film).resolve()) for film in films),
        film_of=faces.film_of,
        picture=faces.picture,
        time_seconds=faces.time_seconds,
        found=faces.found,
        size=faces.size,
        focal_pixels=float(fit.person.focal_pixels),
        identity=fit.person.identity,
        offsets=fit.person.offsets,
        values=fit.values,
        head_to_camera=fit.head_to_camera,
        landmarks=faces.landmarks[..., :2].astype(np.float32),
        residual_pixels=fit.residual_pixels,
    )


def _look_again(
    track: FilmTrack,
    windows: Sequence[MaskWindow],
    lines: Mapping[int, NDArray[np.float32]],
    segmenter: Path,
    progress: Part,
) -> Seen:
    """Masks, looks and the sheet's tiles, from a second reading of the films.

    Args:
        track: of the films.
        windows: what the masks of each film show.
        lines: of the pictures on the sheet, by row: where the fitted head has its landmarks.
        segmenter: the model's file.
        progress: told 0..1.
    """
    masks: dict[int, bytes] = {}
    tiles: dict[int, NDArray[np.uint8]] = {}
    looks = np.zeros((len(track.found), 3), np.float32)
    row = 0
    for film, window in enumerate(windows):
        pictures = read_pictures(Path(track.films[film]))
        for picture, mask in parse_pictures(pictures, window, segmenter):
            masks[row] = zlib.compress(mask.tobytes(), 1)
            points = track.landmarks[row]
            if track.found[row]:
                look = look_at_face(picture.pixels, points)
                looks[row] = look.brightness, look.burnt_out, look.sharpness
            if row in lines:
                tiles[row] = draw_tile(picture.pixels, mask, window, points, lines[row])
            row += 1
            progress(row / len(track.found))
    return Seen(masks, looks, tiles)


def _unpacked(track: FilmTrack, seen: Seen) -> Iterator[tuple[int, int, Mask]]:
    for row, packed in seen.masks.items():
        mask = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(MASK_SIDE, MASK_SIDE)
        yield int(track.film_of[row]), int(track.picture[row]), mask
