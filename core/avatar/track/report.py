# SPDX-License-Identifier: Apache-2.0
"""Is a tracked film good enough for an avatar, and what should be filmed otherwise?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from ...face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from ...runs import runs_of_true

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ..film_track import FilmTrack

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

ADVISED_SECONDS, MOST_SECONDS = 10.0, 300.0
# GRID's face has 130 pixels; what is smaller has no lashes, and teeth of a few pixels.
SMALL_FACE_PIXELS = 120.0
DARK, BRIGHT, BURNT_OUT = 0.2, 0.85, 0.1
BLURRED = 0.08
# Spread of the face's brightness over the film, 5th to 95th percentile, that is more than a turn makes.
LIGHT_CHANGE = 0.15
LITTLE_TURN_DEGREES, FAR_TURN_DEGREES = 8.0, 45.0
# Faces lost for less are bridged.
LOST_SECONDS = 0.2
MISFIT_SHARE = 0.03
UPPER_LIP, LOWER_LIP, BROW, CHIN = 13, 14, 10, 152
# Lips meet where their gap is under this share of the face's height.
LIPS_MEET = 0.012
MOST_TIMES_TOLD = 6
# What an avatar should have seen: name, channels of which one should reach the value.
EXPRESSIONS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("an open mouth", ("jawOpen",), 0.25),
    ("a smile", ("mouthSmileLeft", "mouthSmileRight"), 0.3),
    ("rounded lips (oo)", ("mouthPucker", "mouthFunnel"), 0.3),
    ("raised brows", ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"), 0.3),
    ("a frown", ("browDownLeft", "browDownRight"), 0.25),
    ("a blink", ("eyeBlinkLeft", "eyeBlinkRight"), 0.6),
)
MOVED = 0.1


@dataclass(frozen=True)
class Note:
    """Something about a film that its owner should know: what it is, and what to do."""

    code: str
    message: str
    advice: str


def make_report(
    track: FilmTrack, shot_of: NDArray[np.int32], looks: Floats, focal_sureness: float
) -> dict[str, Any]:
    """JSON data about a tracked film, with `notes` for people.

    Args:
        track: what was found.
        shot_of: (T,) which shot a picture is of.
        looks: (T, 3) brightness, burnt_out and sharpness of `picture_looks.PictureLook`; not read
            where no face was found.
        focal_sureness: 0..1, how much of the focal length the film told.
    """
    found = track.found
    points = track.landmarks[found]
    face = float(np.median(np.linalg.norm(points[:, BROW] - points[:, CHIN], axis=1)))
    brightness, burnt_out, sharpness = looks[found].T
    report: dict[str, Any] = {
        "seconds": round(sum(length for length, _ in _films(track)), 3),
        "pictures": len(found),
        "pictures_a_second": [round(rate, 3) for _, rate in _films(track)],
        "size": list(track.size),
        "focal_pixels": round(track.focal_pixels, 1),
        "focal_sureness": round(focal_sureness, 2),
        "face_pixels": round(face, 1),
        "found": round(float(found.mean()), 4),
        "lost": _lost(track),
        "cuts": _cuts(track, shot_of),
        "residual_share_of_face": round(float(np.median(track.residual_pixels[found])) / face, 4),
        "brightness": _spread(brightness),
        "burnt_out": round(float(np.median(burnt_out)), 3),
        "sharpness": _spread(sharpness),
        "lips_meet": round(_closed_share(points), 3),
        "degrees": _turns(track.head_to_camera[found]),
        "channels": {
            name: _spread(track.values[found, column])
            for column, name in enumerate(CHANNEL_NAMES[: len(ARKIT_NAMES)])
        },
    }
    report["notes"] = [asdict(note) for note in _notes(report, track)]
    return report


def _notes(report: dict[str, Any], track: FilmTrack) -> Iterator[Note]:
    yield from _notes_on_length(report)
    yield from _notes_on_pictures(report)
    yield from _notes_on_acting(report)
    yield from _notes_on_times(report, track.films)


def _notes_on_length(report: dict[str, Any]) -> Iterator[Note]:
    seconds = report["seconds"]
    if seconds < ADVISED_SECONDS:
        yield Note(
            "short",
            f"There are {seconds:.1f} s of film.",
            f"Film {ADVISED_SECONDS:g} s to 5 minutes: what was never seen is guessed.",
        )
    if seconds > MOST_SECONDS:
        yield Note(
            "long",
            f"There are {seconds / 60.0:.1f} minutes of film.",
            "More than 5 minutes teach little more and take longer; a part is enough.",
        )


def _notes_on_pictures(report: dict[str, Any]) -> Iterator[Note]:
    brightness, sharpness = report["brightness"], report["sharpness"]
    if report["face_pixels"] < SMALL_FACE_PIXELS:
        yield Note(
            "small_face",
            f"The face is {report['face_pixels']:.0f} pixels high, from brow to chin.",
            "Go nearer or crop the film: from 250 pixels on teeth and lashes can be learned.",
        )
    if brightness["middle"] < DARK:
        yield Note(
            "dark",
            "The face is too dark.",
            "Film with more light from the front, or expose longer.",
        )
    if brightness["middle"] > BRIGHT or report["burnt_out"] > BURNT_OUT:
        yield Note(
            "bright",
            f"{100 * report['burnt_out']:.0f} % of the face is burnt out.",
            "Expose less, or soften the light.",
        )
    if sharpness["middle"] < BLURRED:
        yield Note(
            "blurred",
            "The face is blurred.",
            "Focus on the eyes, hold the camera still and expose no longer than 1/100 s.",
        )
    if brightness["high"] - brightness["low"] > LIGHT_CHANGE:
        yield Note(
            "light_changes",
            "The light on the face changes.",
            "Switch off automatic exposure and white balance, and keep lamps and screens as they are.",
        )
    if report["residual_share_of_face"] > MISFIT_SHARE:
        yield Note(
            "misfit",
            "The head model follows this face badly.",
            "See the contact sheet: something may cover the face, or the lens bends straight lines.",
        )


def _notes_on_acting(report: dict[str, Any]) -> Iterator[Note]:
    channels, yaw = report["channels"], report["degrees"]["yaw"]
    missing = [
        told
        for told, names, least in EXPRESSIONS
        if max(channels[name]["high"] for name in names) < least
    ]
    if report["lips_meet"] == 0.0:
        missing.insert(0, "closed lips")
    if missing:
        still = [
            name for name, spread in channels.items() if spread["high"] - spread["low"] < MOVED
        ]
        yield Note(
            "few_expressions",
            f"The film never shows {', '.join(missing)} (channels that never moved: {', '.join(still)}).",
            "Let the person speak, smile broadly, raise and knit the brows, press the lips and blink.",
        )
    turn = yaw["high"] - yaw["low"]
    if turn < LITTLE_TURN_DEGREES:
        yield Note(
            "little_turn",
            f"The head turns by {turn:.0f} degrees only.",
            "Let it turn slowly to both sides and up and down once: the avatar holds from where it was seen.",
        )
    if max(-yaw["low"], yaw["high"]) > FAR_TURN_DEGREES:
        yield Note(
            "far_turn",
            f"The head turns {max(-yaw['low'], yaw['high']):.0f} degrees away.",
            "Beyond 45 degrees tracking is rough; leave such takes out if the sheet shows misfits.",
        )


def _notes_on_times(report: dict[str, Any], films: tuple[str, ...]) -> Iterator[Note]:
    for film, lost, cuts in zip(films, report["lost"], report["cuts"], strict=True):
        if lost:
            yield Note(
                "lost",
                f"{PurePath(film).name}: no face is seen at {told_times(lost)}.",
                "These pictures are left out; keep hands and hair off the face.",
            )
        if cuts:
            yield Note(
                "cuts",
                f"{PurePath(film).name} cuts at {told_times(cuts)}.",
                "All shots must show one person through one lens; cut out the others and track again.",
            )


def told_times(rows: Sequence[tuple[float, ...]]) -> str:
    """Times for people: ``1.20 s, 1.20-1.90 s and 3 more``."""
    texts = ["-".join(f"{time:.2f}" for time in times) + " s" for times in rows[:MOST_TIMES_TOLD]]
    more = len(rows) - MOST_TIMES_TOLD
    return ", ".join(texts) + (f" and {more} more" if more > 0 else "")


def lost_spans(found: NDArray[np.bool_], times: Doubles) -> list[tuple[float, float]]:
    """First and last second of each stretch of a film without a face, LOST_SECONDS or longer."""
    spans = [
        (float(times[first]), float(times[min(stop, len(times) - 1)]))
        for first, stop in runs_of_true(~found)
    ]
    return [(first, last) for first, last in spans if last - first >= LOST_SECONDS]


def _films(track: FilmTrack) -> Iterator[tuple[float, float]]:
    """Length in seconds and pictures a second of each film."""
    for film in range(len(track.films)):
        times = track.time_seconds[track.film_of == film]
        step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
        yield float(times[-1] - times[0]) + step, 1.0 / step if step > 0.0 else 0.0


def _lost(track: FilmTrack) -> list[list[tuple[float, float]]]:
    """Of each film the stretches without a face, in seconds."""
    of_film = [track.film_of == film for film in range(len(track.films))]
    return [lost_spans(track.found[own], track.time_seconds[own]) for own in of_film]


def _cuts(track: FilmTrack, shot_of: NDArray[np.int32]) -> list[list[tuple[float]]]:
    """Of each film the seconds at which it cuts."""
    cuts = []
    for film in range(len(track.films)):
        own = track.film_of == film
        times = track.time_seconds[own][1:][np.diff(shot_of[own]) != 0]
        cuts.append([(float(time),) for time in times])
    return cuts


def _turns(head_to_camera: Doubles) -> dict[str, dict[str, float]]:
    """Pitch (up) and yaw (to the person's left) of the face against the line to the camera, degrees."""
    looks = -head_to_camera[:, :3, 1]
    to_camera = -head_to_camera[:, :3, 3]
    yaw = _bearing(looks) - _bearing(to_camera)
    pitch = _height(looks) - _height(to_camera)
    return {"pitch": _spread(pitch, 1), "yaw": _spread((yaw + 180.0) % 360.0 - 180.0, 1)}


def _bearing(ways: Doubles) -> Doubles:
    """Degrees to the picture's right of the way out of the picture, in OpenCV's axes."""
    return np.asarray(np.degrees(np.arctan2(ways[:, 0], -ways[:, 2])))


def _height(ways: Doubles) -> Doubles:
    return np.asarray(np.degrees(np.arctan2(-ways[:, 1], np.hypot(ways[:, 0], ways[:, 2]))))


def _closed_share(points: Floats) -> float:
    gap = np.linalg.norm(points[:, UPPER_LIP] - points[:, LOWER_LIP], axis=1)
    tall = np.linalg.norm(points[:, BROW] - points[:, CHIN], axis=1)
    return float((gap < LIPS_MEET * tall).mean())


def _spread(values: Floats | Doubles, digits: int = 3) -> dict[str, float]:
    low, middle, high = np.quantile(values.astype(np.float64), [0.02, 0.5, 0.98])
    return {
        "low": round(float(low), digits),
        "middle": round(float(middle), digits),
        "high": round(float(high), digits),
    }
