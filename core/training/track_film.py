# SPDX-License-Identifier: Apache-2.0
"""Follow the face in your own films, so that Mien can learn to act from them.

    python -m core.training.track_film FILM... -o anna.npz --labels labels.csv

Any films with one face and its speech: every size, frame rate (also a variable one), rotation. Writes
anna.npz in the layout of GRID's tracks (clips, start, landmarks_px_x16 of `landmark_index`,
blendshapes, head_pose, face_found at 25 frames a second) with speaker, emotion and intensity of each
clip (`film_labels`), and anna_sound/CLIP.flac at 16 kHz. Prints what it thinks of each film. All or
nothing: a film that cannot be used stops the run before anything is written, with `--skip-bad` it
is left out and named. Then go on with `core.training.film_clips`; docs/training.md has the whole way.

About 10 ms a picture on one core. Run actors side by side, each into a file of its own.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from ..errors import MienError
from ..film.landmarks import SCORE_NAMES, find_landmarker, track_faces
from ..film.read import SOUND_HZ, read_pictures, read_sound
from ..film.resample import FPS, FaceTrack, resample
from ..whole_file import whole_file
from .film_checks import ENOUGH_SECONDS, Quality, judge, measure_step, refuse_out_of_step
from .film_labels import UNKNOWN, FilmLabel, label_films

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINTS_PATH = Path(__file__).parent / "data" / "film_points.json"
# int16 holds pixels x 16 up to 2047.
POINT_SCALE = 16.0


@dataclass(frozen=True, eq=False)
class TrackedFilm:
    """One film, ready to be written."""

    clip: str
    label: FilmLabel
    track: FaceTrack
    image_size: tuple[int, int]
    samples: NDArray[np.float32]
    quality: Quality


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", nargs="+", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--labels", type=Path, help="CSV: film,speaker,emotion,intensity")
    parser.add_argument("--face-model", type=Path, help="face_landmarker.task of MediaPipe")
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave films out that cannot be used"
    )
    args = parser.parse_args()
    try:
        tracked = track_films(
            args.films, args.labels, find_landmarker(args.face_model), skip_bad=args.skip_bad
        )
        write_tracks(args.out, tracked)
    except MienError as error:
        sys.exit(f"{error.message} {error.advice}")


def track_films(
    films: list[Path], table: Path | None, model: Path, *, skip_bad: bool = False
) -> list[TrackedFilm]:
    """Track all films.

    Args:
        films: files.
        table: labels, see `film_labels`.
        model: MediaPipe's FaceLandmarker.
        skip_bad: leave films out that cannot be used, instead of stopping at the first.

    Raises:
        MienError: of the film that stopped the run, or when none can be used.
    """
    labels = label_films(films, table)
    tracked: list[TrackedFilm] = []
    taken: set[str] = set()
    for film, label in zip(films, labels, strict=True):
        clip = _clip_name(film, taken)
        try:
            tracked.append(track_film(film, clip, label, model))
        except MienError as error:
            if not skip_bad:
                raise
            print(f"{clip:24s} left out: {error.message}", flush=True)
            continue
        print(_line(tracked[-1]), flush=True)
    if not tracked:
        raise MienError("film_none", "None of the films can be used.", "See what is said of each.")
    for speaker in sorted({film.label.speaker for film in tracked}):
        own = [film for film in tracked if film.label.speaker == speaker]
        refuse_out_of_step(
            f"the films of {speaker}", [measure_step(f.track, f.samples) for f in own]
        )
    return tracked


def track_film(film: Path, clip: str, label: FilmLabel, model: Path) -> TrackedFilm:
    """Track one film; the sound is read first, because that is quick and often what is missing."""
    sound = read_sound(film)
    raw, size = track_faces(read_pictures(film), model, film.name)
    rate = (len(raw.times) - 1) / max(raw.times[-1], 1e-6)
    track = resample(raw)
    quality = judge(film.name, track, rate, sound.samples)
    return TrackedFilm(clip, label, track, size, sound.samples, quality)


def write_tracks(out: Path, tracked: list[TrackedFilm]) -> None:
    """Write OUT, the folder of sounds beside it and the report, whole or not at all.

    Raises:
        MienError: ``not_writable``.
    """
    index = np.array(json.loads(POINTS_PATH.read_text(encoding="utf-8"))["points"], np.int64)
    sounds = sound_folder(out)
    fresh = sounds.with_name(f".{sounds.name}-{uuid.uuid4().hex}")
    try:
        with whole_file(out, "The tracks") as path:
            fresh.mkdir()
            for film in tracked:
                soundfile.write(fresh / f"{film.clip}.flac", film.samples, SOUND_HZ)
            report = {f.clip: asdict(f.label) | asdict(f.quality) for f in tracked}
            (fresh / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
            with path.open("wb") as file:
                np.savez_compressed(file, **_arrays(tracked, index))
            if sounds.exists():
                shutil.rmtree(sounds)
            fresh.rename(sounds)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def sound_folder(out: Path) -> Path:
    """Where the sounds of a file of tracks lie."""
    return out.with_name(f"{out.stem}_sound")


def _arrays(tracked: list[TrackedFilm], index: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
    tracks = [film.track for film in tracked]
    pixels = np.concatenate([t.landmarks[:, index] for t in tracks]) * POINT_SCALE
    limits = np.iinfo(np.int16)
    return {
        "clips": np.array([f.clip for f in tracked]),
        "start": np.concatenate([[0], np.cumsum([len(t.times) for t in tracks])]),
        "fps": np.float32(FPS),
        "image_size": np.array(tracked[0].image_size),
        "image_sizes": np.array([f.image_size for f in tracked]),
        "landmark_index": index,
        "landmarks_px_x16": np.clip(np.round(pixels), limits.min, limits.max)
        .astype(np.int16)
        .transpose(1, 2, 0),
        "blendshapes": np.concatenate([t.blendshapes for t in tracks]).astype(np.float16),
        "blendshape_names": np.array(SCORE_NAMES),
        "head_pose": np.concatenate([t.head_pose for t in tracks]).astype(np.float32),
        "face_found": np.concatenate([t.found for t in tracks]),
        "speaker": np.array([f.label.speaker for f in tracked]),
        "emotion": np.array([f.label.emotion for f in tracked]),
        "intensity": np.array([f.label.intensity for f in tracked]),
    }


def _clip_name(film: Path, taken: set[str]) -> str:
    """The film's stem, with its folders where another film has the same; fit for a file's name."""
    parts = film.with_suffix("").parts
    for count in range(1, len(parts) + 1):
        name = "_".join(part.strip("/\\:") for part in parts[-count:])
        if name not in taken:
            break
    taken.add(name)
    return name


def _line(film: TrackedFilm) -> str:
    q = film.quality
    feeling = f"{film.label.emotion} {film.label.intensity:g}"
    return (
        f"{film.clip:24s} {film.label.speaker}, "
        f"{feeling if film.label.emotion != UNKNOWN else 'emotion unknown'}; {q.seconds:.1f} s at "
        f"{q.pictures_a_second:.3g} a second, face {q.face_pixels:.0f} px, "
        f"found {100 * q.found:.0f} %"
        + (f", lips {q.lag_seconds * 1e3:+.0f} ms" if q.seconds >= ENOUGH_SECONDS else "")
        + "".join(f"; {warning}" for warning in q.warnings)
    )


if __name__ == "__main__":
    main()
