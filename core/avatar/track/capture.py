# SPDX-License-Identifier: Apache-2.0
"""Performance capture: the face of a film as the curves of a performance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ... import __version__
from ...curves import Performance
from ...direction import EMOTION_NAMES
from ...errors import MienError
from ...face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from ...film.landmarks import find_landmarker
from ...progress import stage_part
from .faces import Faces, Span, follow_faces
from .report import lost_spans, told_times
from .track_films import fit_faces

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from ...progress import Report

    Doubles = NDArray[np.float64]

# Share of the run at which each stage ends.
STAGES = {"following the face": 0.6, "fitting the head": 1.0}
# What a performance calls lips: the rest of a filmed face is its expression.
LIP_PREFIXES = ("jaw", "mouth", "tongue")
MOST_FRAMES = 216_000


def capture(
    film: Path,
    fps: float | None,
    face: FaceModel,
    report: Report,
    *,
    span: Span | None = None,
    face_model: Path | None = None,
) -> Performance:
    """Read the curves of the one face in a film.

    Args:
        film: any size, frame rate and rotation; its sound is not needed.
        fps: frames a second of the performance; None for the film's own.
        face: the canonical head.
        report: told 0..1 and the stage; it may raise Cancelled.
        span: the part of the film that is read; None for all of it.
        face_model: MediaPipe's FaceLandmarker; None for the installed one.

    Returns:
        The performance. Frame i is at i / fps after the span's start. `lips` holds jaw, mouth and
        tongue, `expression` the rest; the head's angles are against its median in the shot. Where no
        face is seen the curves go straight from what was before to what comes after; `meta["film"]`
        tells where, in `notes`.

    Raises:
        MienError: of a film that cannot be used, or a model or package that is not there.
    """
    span = span or Span()
    landmarker = find_landmarker(face_model)
    following = stage_part(report, STAGES, "following the face")
    faces = follow_faces([film], landmarker, following, span)
    fit = fit_faces(faces, face, stage_part(report, STAGES, "fitting the head"))
    rate = own_rate(faces) if fps is None else fps
    times = _even_times(film, faces, span, rate)
    values = _at(times + span.start, faces, fit.values)
    lips = np.zeros_like(values)
    columns = [n for n, name in enumerate(CHANNEL_NAMES) if name.startswith(LIP_PREFIXES)]
    lips[:, columns] = values[:, columns]
    expression = values - lips
    moving = len(ARKIT_NAMES)
    return Performance(
        time_seconds=times,
        values=values,
        lips=lips,
        expression=expression,
        landmarks_mix=face.landmarks68(values[:, :moving]),
        landmarks_lips=face.landmarks68(lips[:, :moving]),
        landmarks_expression=face.landmarks68(expression[:, :moving]),
        phones=(),
        contacts=(),
        emotion_names=EMOTION_NAMES,
        emotion=np.zeros((len(times), len(EMOTION_NAMES)), np.float32),
        meta={"mien": __version__, "fps": float(rate), "film": _film_entry(film, faces, span)},
    )


def own_rate(faces: Faces) -> float:
    """Pictures a second of a film, the median where it varies; to a thousandth."""
    step = float(np.median(np.diff(faces.time_seconds)))
    return round(1.0 / step, 3)


def _even_times(film: Path, faces: Faces, span: Span, fps: float) -> Doubles:
    length = faces.time_seconds[-1] - span.start
    frames = int(length * fps + 1e-6) + 1
    if not (fps > 0.0 and 1 <= frames <= MOST_FRAMES):
        raise MienError(
            "bad_fps",
            f"{film.name} cannot be read at {fps:g} frames a second.",
            "Give the frame rate of the scene, such as 24.",
        )
    return np.arange(frames) / fps


def _at(times: Doubles, faces: Faces, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(F, 57) values at other times, in straight lines between pictures that show the face."""
    seen = faces.found
    columns = [np.interp(times, faces.time_seconds[seen], column) for column in values[seen].T]
    return np.stack(columns, axis=1).astype(np.float32)


def _film_entry(film: Path, faces: Faces, span: Span) -> dict[str, Any]:
    lost = lost_spans(faces.found, faces.time_seconds)
    cuts = faces.time_seconds[1:][np.diff(faces.shot_of) != 0]
    notes = []
    if lost:
        notes.append(f"No face is seen at {told_times(lost)}.")
    if len(cuts):
        notes.append(f"The film cuts at {told_times([(float(cut),) for cut in cuts])}.")
    return {
        "path": str(film),
        "start_seconds": span.start,
        "duration_seconds": faces.seconds(),
        "pictures_a_second": own_rate(faces),
        "size": list(faces.size),
        "found": round(float(faces.found.mean()), 4),
        "notes": notes,
    }
