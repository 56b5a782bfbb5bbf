# SPDX-License-Identifier: Apache-2.0
"""Is a tracked film good enough to learn from? Faces, size, pose, and picture against sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MienError
from ..speech.prosody import smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..film.resample import FaceTrack

    Floats = NDArray[np.float64]

UPPER_LIP, LOWER_LIP, BROW, CHIN = 13, 14, 10, 152
SOUND_HZ = 16_000
LEAST_FOUND = 0.5
# Where the report warns. GRID's face has 132 pixels; beyond 30 degrees the far corner of the mouth hides.
SMALL_FACE_PIXELS, TURNED_DEGREES, OFTEN_FOUND = 100.0, 30.0, 0.95
# Sound is judged within so much to either side, and only over this much film: GRID's sentences of 3 s
# agree best anywhere within 0.3 s, 12 s of them at 0 to 1 frame, never with a gain over 0.17.
MOST_LAG_SECONDS, REFUSED_LAG_SECONDS, ENOUGH_SECONDS = 0.6, 0.16, 10.0
CERTAIN_R, CERTAIN_GAIN = 0.3, 0.2
# Speech is faster than this; what is slower (a mouth that stays open, a louder sentence) misleads.
SLOW_SECONDS = 0.12
LOUDNESS_RANGE_DB = 35.0
LENGTHS_APART_SECONDS = 0.5


@dataclass(frozen=True)
class Quality:
    """What the report says of one film.

    Attributes:
        seconds: length at the training's rate.
        pictures_a_second: of the film itself, mean.
        found: share of frames with a face.
        face_pixels: median height of the face.
        yaw_degrees: 95th percentile of |yaw| against the camera.
        lag_seconds: by how much the lips come after the sound, at the best agreement.
        agreement: Pearson's r of opening and loudness at that lag.
        agreement_at_none: the same without a lag.
        warnings: sentences for people.
    """

    seconds: float
    pictures_a_second: float
    found: float
    face_pixels: float
    yaw_degrees: float
    lag_seconds: float
    agreement: float
    agreement_at_none: float
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Step:
    """Opening of the lips and loudness of the sound at the same moments, each (T,), slow parts removed."""

    opening: Floats
    loudness: Floats
    fps: float


def judge(
    name: str, track: FaceTrack, pictures_a_second: float, samples: NDArray[np.float32]
) -> Quality:
    """Measure a film's track at the training's rate.

    Raises:
        MienError: ``film_no_face``, ``film_silent``, ``film_out_of_step``.
    """
    if len(track.times) < 2:
        raise MienError("film_short", f"{name} is too short.", "Give films of at least 1 s.")
    found = float(track.found.mean())
    if found < LEAST_FOUND:
        raise MienError(
            "film_no_face",
            f"{name} shows a face in {100 * found:.0f} % of its time only.",
            "Give films in which the face is seen throughout.",
        )
    if len(samples) < SOUND_HZ // 2 or float(np.abs(samples).max()) < 1e-3:
        raise MienError(
            "film_silent", f"The sound of {name} is empty.", "Give films whose speech can be heard."
        )
    seen = track.landmarks[track.found]
    height = float(np.median(np.linalg.norm(seen[:, BROW] - seen[:, CHIN], axis=1)))
    forward = track.head_pose[track.found][:, :3, 2]
    yaw = np.degrees(np.abs(np.arctan2(forward[:, 0], forward[:, 2])))
    turned = float(np.quantile(yaw, 0.95))
    step = measure_step(track, samples)
    lag, agreement, at_none = lag_of(step)
    refuse_out_of_step(name, [step])
    apart = abs(len(samples) / SOUND_HZ - len(track.times) / step.fps)
    warnings = [
        text
        for is_so, text in (
            (found < OFTEN_FOUND, f"no face in {100 * (1 - found):.0f} % of the time"),
            (height < SMALL_FACE_PIXELS, f"the face is {height:.0f} pixels high"),
            (turned > TURNED_DEGREES, f"the head turns {turned:.0f} degrees away"),
            (apart > LENGTHS_APART_SECONDS, f"sound and picture differ in length by {apart:.1f} s"),
        )
        if is_so
    ]
    return Quality(
        len(track.times) / step.fps,
        pictures_a_second,
        found,
        height,
        turned,
        lag,
        agreement,
        at_none,
        tuple(warnings),
    )


def measure_step(track: FaceTrack, samples: NDArray[np.float32]) -> Step:
    """What tells whether lips and sound go together, from a track at the training's rate."""
    fps = float(1.0 / (track.times[1] - track.times[0]))
    curves = [
        curve - smooth(curve, SLOW_SECONDS * fps)
        for curve in (_opening(track), loudness(samples, track.times))
    ]
    return Step(curves[0], curves[1], fps)


def refuse_out_of_step(name: str, steps: list[Step]) -> None:
    """Stop where films that belong together are certainly out of step.

    Args:
        name: what the message calls them.
        steps: of one film, or of all films of one speaker.

    Raises:
        MienError: ``film_out_of_step``.
    """
    joined = Step(
        np.concatenate([s.opening for s in steps]),
        np.concatenate([s.loudness for s in steps]),
        steps[0].fps,
    )
    lag, agreement, at_none = lag_of(joined)
    certain = agreement >= CERTAIN_R and agreement - at_none >= CERTAIN_GAIN
    enough = len(joined.opening) >= ENOUGH_SECONDS * joined.fps
    if enough and certain and abs(lag) > REFUSED_LAG_SECONDS:
        raise MienError(
            "film_out_of_step",
            f"In {name} the lips come {abs(lag):.2f} s {'after' if lag > 0 else 'before'} the sound "
            f"(agreement {agreement:.2f} there, {at_none:.2f} as it is).",
            "Shift the sound in an editor and export again.",
        )


def lag_of(step: Step) -> tuple[float, float, float]:
    """Lag of the lips in seconds at which r is highest, that r, and r without a lag."""
    most = round(MOST_LAG_SECONDS * step.fps)
    count = len(step.opening)
    scores = {
        lag: _correlation(
            step.opening[max(lag, 0) : count + min(lag, 0)],
            step.loudness[max(-lag, 0) : count + min(-lag, 0)],
        )
        for lag in range(-most, most + 1)
    }
    best = max(scores, key=lambda lag: (scores[lag], -abs(lag)))
    return best / step.fps, scores[best], scores[0]


def loudness(samples: NDArray[np.float32], times: Floats) -> Floats:
    """(T,) level at each time over 40 ms, in units of LOUDNESS_RANGE_DB under the clip's loudest."""
    window = round(0.04 * SOUND_HZ)
    power = np.convolve(
        np.square(samples.astype(np.float64)), np.full(window, 1.0 / window), "same"
    )
    at = np.clip(np.round(times * SOUND_HZ).astype(int), 0, len(power) - 1)
    level = 10.0 * np.log10(power[at] + 1e-10)
    level[np.round(times * SOUND_HZ) >= len(power)] = -100.0
    return np.asarray(np.clip((level - level.max()) / LOUDNESS_RANGE_DB + 1.0, 0.0, 1.0))


def _opening(track: FaceTrack) -> Floats:
    """(T,) gap of the inner lips by the face's height; unseen frames hold their neighbours'."""
    seen = np.flatnonzero(track.found)
    points = track.landmarks[seen]
    gap = np.linalg.norm(points[:, UPPER_LIP] - points[:, LOWER_LIP], axis=1)
    tall = np.linalg.norm(points[:, BROW] - points[:, CHIN], axis=1)
    return np.interp(np.arange(len(track.times)), seen, gap / np.maximum(tall, 1e-6))


def _correlation(left: Floats, right: Floats) -> float:
    if len(left) < 5 or left.std() < 1e-9 or right.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])
