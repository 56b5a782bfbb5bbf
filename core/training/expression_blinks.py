# SPDX-License-Identifier: Apache-2.0
"""When does a filmed speaker blink? Factors against his own mean, as core/motion/blink_hazard.json has them.

    python -m core.training.expression_blinks GRID [GRID ...]

GRID: folders in GRID's form (`film_clips` makes them). Prints blinks a minute and the factor by seconds
from stressed syllables, from the ends of phrases and since the last blink. On GRID s1: 50 a minute, 0.83
in a strongly stressed syllable and 1.17 half a second after it, twice as often within 0.4 s of a blink
(pairs); but also 0.4 to 0.9 after a phrase's end, because he blinks while he reads the prompt, not when
he is done: what the table has there is the literature's.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from ..face.arkit import CHANNEL_NAMES
from ..face.model import load_face_model
from ..motion.phrasing import find_phrasing
from ..runs import runs_of_true
from ..speech.prosody import PitchTracker, measure_prosody
from .film_upper import fit_upper
from .fit_grid import nearest_seen, read_tracks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FPS = 25.0
# A blink begins where a lid has begun to fall, and counts when it falls this far.
BEGUN, SHUT = 0.12, 0.45
# Only strong stresses are asked about: the weak ones stand too close to tell before from after.
STRONG = 0.5
# Blinks of a pair do not come where the speaker decides to blink.
FREE_SECONDS = 0.4
BINS = {
    "stress": (-0.4, -0.2, 0.0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.9),
    "phrase end": (-0.4, -0.2, 0.0, 0.2, 0.4, 0.7, 1.0),
    "last blink": (0.0, 0.24, 0.4, 0.6, 0.8, 1.2, 1.8, 3.0),
}


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    args = parser.parse_args()
    clips = [clip for folder in args.folders for clip in read_blinks(folder)]
    blinks = sum(len(times) for times, _, _ in clips)
    seconds = sum(length for _, _, length in clips)
    print(f"{len(clips)} clips, {blinks / seconds * 60.0:.1f} blinks a minute")
    for name, edges in BINS.items():
        print(f"{name}: " + "  ".join(_cells(edges, factors(clips, name, edges))))


def read_blinks(folder: Path) -> list[tuple[Floats, dict[str, Floats], float]]:
    """Seconds of each clip's blinks, of its stresses and phrase ends, and its length in seconds."""
    tracks = read_tracks(folder)
    poses = [np.load(folder / f"tracks_{part}.npz")["head_pose"] for part in ("train", "dev")]
    values = fit_upper(
        tracks["points"],
        index=tracks["landmark_index"],
        start=tracks["start"],
        head_pose=np.concatenate(poses)[nearest_seen(tracks["found"], tracks["start"])],
        fps=FPS,
        face=load_face_model(),
    )
    columns = [CHANNEL_NAMES.index(f"eyeBlink{side}") for side in ("Left", "Right")]
    lids = values[:, columns].max(axis=1)
    tracker = PitchTracker()
    clips = []
    for name, part, (first, last) in zip(
        tracks["clips"], tracks["part"], pairwise(tracks["start"]), strict=True
    ):
        samples, rate = soundfile.read(folder / "audio" / part / f"{name}.flac", dtype="float32")
        seconds = min(len(samples) / rate, (last - first) / FPS)
        phrasing = find_phrasing(measure_prosody(samples, tracker), seconds)
        strong = phrasing.stress_times[phrasing.stress_strengths > STRONG]
        places = {"stress": strong, "phrase end": phrasing.phrase_ends}
        clips.append((blink_starts(lids[first:last]), places, seconds))
    return clips


def blink_starts(lids: NDArray[np.floating]) -> Floats:
    """Seconds at which lids (T,) begin to fall for a blink."""
    starts = []
    for first, _ in runs_of_true(lids > SHUT):
        frame = first
        while frame > 0 and lids[frame - 1] < lids[frame] and lids[frame] > BEGUN:
            frame -= 1
        starts.append(frame / FPS)
    return np.unique(starts)


def factors(
    clips: Sequence[tuple[Floats, dict[str, Floats], float]], name: str, edges: Sequence[float]
) -> Floats:
    """Blinks by seconds from a kind of place, or from the last blink, against their mean there."""
    counts, exposed = np.zeros(len(edges) - 1), np.zeros(len(edges) - 1)
    for blinks, places, seconds in clips:
        frames = np.arange(round(seconds * FPS)) / FPS
        before = np.searchsorted(blinks, frames - 1e-6)
        since = frames - np.concatenate(([-np.inf], blinks))[before]
        hit = np.zeros(len(frames), bool)
        hit[np.minimum(np.round(blinks * FPS).astype(int), len(frames) - 1)] = True
        free = since > (0.0 if name == "last blink" else FREE_SECONDS)
        offsets = [since] if name == "last blink" else [frames - place for place in places[name]]
        for offset in offsets:
            held = np.digitize(offset, edges) - 1
            for cell in range(len(counts)):
                counts[cell] += (hit & free & (held == cell)).sum()
                exposed[cell] += (free & (held == cell)).sum()
    mean = counts.sum() / max(exposed.sum(), 1.0)
    return np.asarray(counts / np.maximum(exposed, 1.0) / max(mean, 1e-9))


def _cells(edges: Sequence[float], values: Floats) -> list[str]:
    return [f"{a:g} to {b:g} s {v:.2f}" for (a, b), v in zip(pairwise(edges), values, strict=True)]


if __name__ == "__main__":
    main()
