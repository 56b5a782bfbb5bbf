# SPDX-License-Identifier: Apache-2.0
"""GRID's face tracks -> channel values of the canonical head, checked against the tracks.

    python -m core.training.fit_grid GRID OUT.npz

OUT: clips, start (clip i is frames start[i]:start[i + 1]), part, channel_names, values (T, C) at
`fps`, found (T,), identity, and the tracks' own opening, width and jaw (T,) in canonical metres.
Where `found` is False the tracker saw no face (the first half second of eleven films is black);
values and measures of the clip's nearest seen frame stand there, and should count nothing.

Values say how the mouth differs from the speaker's rest over all clips. The closed mouth differs
from clip to clip (width 0.6 mm, jaw 0.75 mm standard deviation), but little of that lasts into
speech (of the width 0.4, of the jaw 0.1): taking each clip's own rest off would put an error that
is constant in a clip into its speech (r of the width to the tracks 0.94 instead of 0.99).

What the tracks do not show is left out of `channel_names`, so that nobody learns a zero from it:
`tongueOut` (not tracked), `jawForward` and any measure of protrusion (a tracker from one camera
guesses depth by its average face: between oo and ay its upper lip comes forward 0.4 mm, where
people's comes several). `mouthFrown` and `cheekPuff` are left out because they only soak up what
the channels of speech should do.
"""

from __future__ import annotations

import argparse
import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..face.arkit import ARKIT_NAMES
from ..face.fit import STABLE_POINTS_478, Prices, align_rigidly, fit_channels, fit_identity
from ..face.model import FaceModel, load_face_model
from ..motion.mouth_channels import MOUTH_CHANNELS, spread_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

UPPER_LIP, LOWER_LIP, CORNERS, CHIN, BRIDGE = (82, 13, 312), (87, 14, 317), (61, 291), 152, 6
LIP_POINTS = frozenset(
    {0, 13, 14, 17, 37, 39, 40, 61, 78, 80, 81, 82, 84, 87, 88, 91, 95, 146, 178, 181, 185, 191}
    | {267, 269, 270, 291, 308, 310, 311, 312, 314, 317, 318, 321, 324, 375, 402, 405, 409, 415}
)
JAW_POINTS = frozenset({148, 149, 150, 152, 175, 176, 199, 200, 377, 378, 379, 400})
LIP_WEIGHT, JAW_WEIGHT, OTHER_WEIGHT = 2.0, 2.0, 0.5
# Weights of the squares of lip gaps (each of three), width and jaw drop, mm^2. Chosen where the
# fitted head repeats the film's closures to 0.1 mm and the points' own residual grows least.
GAP_WEIGHT, WIDTH_WEIGHT, DROP_WEIGHT = 100.0, 60.0, 100.0
# These two lie on the wrong side of the lip in the embedding's source; 61 and 291 carry the corners.
LEFT_OUT = frozenset({78, 308})
PRICES_PATH = Path(__file__).parent / "data" / "channel_prices.json"
CLOSED_SHARE = 0.3
SPREAD = spread_matrix()


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("grid", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    face = load_face_model()
    tracks = read_tracks(args.grid)
    fitted = fit_tracks(tracks, face)
    np.savez_compressed(args.out, **fitted)
    report(fitted, face)


def read_tracks(grid: Path) -> dict[str, Any]:
    """Both parts joined: clips, part, start, found, words and points (T, N, 3), canonical axes."""
    parts = [np.load(grid / f"tracks_{part}.npz") for part in ("train", "dev")]
    starts = [parts[0]["start"], parts[1]["start"][1:] + parts[0]["start"][-1]]
    pixels = np.concatenate([p["landmarks_px_x16"] for p in parts], axis=2).transpose(2, 0, 1)
    # Picture axes are right, down, away from the camera; the subject faces it.
    points = pixels[:, :, [0, 2, 1]].astype(np.float64) / 16.0 * np.array([1.0, 1.0, -1.0])
    found = np.concatenate([p["face_found"] for p in parts])
    start = np.concatenate(starts)
    points = points[nearest_seen(found, start)]
    words: dict[str, Any] = {}
    for part in ("train", "dev"):
        words |= json.loads((grid / f"words_{part}.json").read_text(encoding="utf-8"))
    return {
        "clips": np.concatenate([p["clips"] for p in parts]),
        "part": np.repeat(["train", "dev"], [len(p["clips"]) for p in parts]),
        "start": start,
        "found": found,
        "fps": float(parts[0]["fps"]),
        "points": points,
        "landmark_index": parts[0]["landmark_index"],
        "words": words,
    }


def nearest_seen(found: NDArray[np.bool_], start: NDArray[np.int64]) -> NDArray[np.int64]:
    """(T,) for each frame the nearest frame with a face in its own clip, itself where it has one.

    Raises:
        ValueError: a clip without any face.
    """
    nearest = np.arange(len(found))
    for first, last in pairwise(start):
        seen = first + np.flatnonzero(found[first:last])
        if len(seen) == 0:
            raise ValueError(f"no face in the clip of frames {first} to {last}")
        for frame in first + np.flatnonzero(~found[first:last]):
            nearest[frame] = seen[np.argmin(np.abs(seen - frame))]
    return nearest


def read_prices(names: tuple[str, ...]) -> Prices:
    """The prices of channel_prices.json for the given channels."""
    table = json.loads(PRICES_PATH.read_text(encoding="utf-8"))
    pairs = tuple(
        (i, names.index(name[:-4] + "Right"))
        for i, name in enumerate(names)
        if name.endswith("Left") and name not in {"jawLeft", "mouthLeft"}
    )
    square = np.array([table["square"].get(_stem(n), table["square_default"]) for n in names])
    linear = np.array([table["linear"].get(_stem(n), table["linear_default"]) for n in names])
    return Prices(square, linear, pairs, float(table["pair_tie"]))


def _stem(name: str) -> str:
    if name in {"jawLeft", "jawRight", "mouthLeft", "mouthRight"}:
        return name
    return name.removesuffix("Left").removesuffix("Right")


def fitted_channel_names() -> tuple[str, ...]:
    """The lower-face channels that these tracks decide (see the module docstring), ARKit's order."""
    return tuple(
        name
        for name in ARKIT_NAMES
        if name.startswith(("jaw", "mouth")) and _stem(name) not in {"jawForward", "mouthFrown"}
    )


def fit_tracks(tracks: dict[str, Any], face: FaceModel) -> dict[str, Any]:
    """All frames of one speaker; see the module docstring for what comes out."""
    index = tracks["landmark_index"]
    position = {int(n): i for i, n in enumerate(index)}
    stable = np.array([position[n] for n in STABLE_POINTS_478 if n in position])
    groups = np.repeat(np.arange(len(tracks["clips"])), np.diff(tracks["start"]))
    neutral = face.pieces478.neutral[index].astype(np.float64)
    aligned = align_rigidly(tracks["points"], neutral, stable, groups)
    opening, width, jaw = measures(aligned, position)
    silent = silent_frames(tracks)
    closed = silent & (opening <= np.quantile(opening[silent], CLOSED_SHARE))
    identity = fit_identity(
        np.median(aligned[closed], axis=0),
        neutral,
        face.identity_landmarks478()[:, index].astype(np.float64),
    )
    names = fitted_channel_names()
    columns = [ARKIT_NAMES.index(n) for n in names]
    per_channel = face.pieces478.per_channel[columns][:, index].astype(np.float64)
    weights = np.array([_point_weight(int(n)) for n in index])
    motion = aligned - identity.rest
    values = fit_channels(motion, per_channel, weights, read_prices(names), measure_rows(position))
    return {
        "clips": tracks["clips"],
        "part": tracks["part"],
        "start": tracks["start"],
        "fps": tracks["fps"],
        "found": tracks["found"],
        "channel_names": np.array(names),
        "values": values.astype(np.float32),
        "identity": identity.values.astype(np.float32),
        "opening": opening.astype(np.float32),
        "width": width.astype(np.float32),
        "jaw": jaw.astype(np.float32),
    }


def _point_weight(number: int) -> float:
    if number in LEFT_OUT:
        return 0.0
    if number in LIP_POINTS:
        return LIP_WEIGHT
    return JAW_WEIGHT if number in JAW_POINTS else OTHER_WEIGHT


def measures(points: Floats, position: dict[int, int]) -> tuple[Floats, Floats, Floats]:
    """Inner-lip opening, mouth width and jaw drop (T,) of (T, N, 3) points, same unit."""
    upper = points[:, [position[n] for n in UPPER_LIP], 2].mean(axis=1)
    lower = points[:, [position[n] for n in LOWER_LIP], 2].mean(axis=1)
    right, left = (points[:, position[n]] for n in CORNERS)
    jaw = points[:, position[BRIDGE], 2] - points[:, position[CHIN], 2]
    return upper - lower, np.linalg.norm(left - right, axis=1), jaw


def measure_rows(position: dict[int, int]) -> Floats:
    """(5, N, 3) three lip gaps, width and jaw drop as sums of coordinates, times root weights."""
    rows = np.zeros((len(UPPER_LIP) + 2, len(position), 3))
    for row, upper, lower in zip(rows, UPPER_LIP, LOWER_LIP, strict=False):
        row[position[upper], 2], row[position[lower], 2] = 1.0, -1.0
    rows[-2, [position[n] for n in CORNERS], 0] = -1.0, 1.0
    rows[-1, [position[BRIDGE], position[CHIN]], 2] = 1.0, -1.0
    roots = np.sqrt([*[GAP_WEIGHT] * len(UPPER_LIP), WIDTH_WEIGHT, DROP_WEIGHT])
    return np.asarray(rows * roots[:, None, None])


def silent_frames(tracks: dict[str, Any]) -> NDArray[np.bool_]:
    """(T,) frames with a face, within silence by at least 0.1 s."""
    silent = np.zeros(len(tracks["found"]), bool)
    for number, name in enumerate(tracks["clips"]):
        first, last = tracks["start"][number : number + 2]
        times = np.arange(last - first) / tracks["fps"]
        for start, end, word in tracks["words"].get(str(name), []):
            if word == "sil":
                silent[first:last] |= (times >= start + 0.1) & (times <= end - 0.1)
    return np.asarray(silent & tracks["found"])


def report(fitted: dict[str, Any], face: FaceModel) -> None:
    """Print how well the values give back the tracks' own measures, and who does it.

    Sides are averaged first, as in everything that learns from these values: a mouth that is
    right only while it is crooked would be wrong there.
    """
    names = [str(n) for n in fitted["channel_names"]]
    values = np.zeros((len(fitted["values"]), len(ARKIT_NAMES)), np.float32)
    for column, name in enumerate(MOUTH_CHANNELS):
        sides = [n for n in (name, f"{name}Left", f"{name}Right") if n in names]
        if sides:
            mean = fitted["values"][:, [names.index(n) for n in sides]].mean(axis=1)
            values += mean[:, None] * SPREAD[column]
    points = face.landmarks478(values).astype(np.float64)
    position = {n: n for n in range(478)}
    good = fitted["found"]
    for what, got in zip(("opening", "width", "jaw"), measures(points, position), strict=True):
        truth = fitted[what]
        slope = np.polyfit(truth[good], got[good], 1)[0]
        r = np.corrcoef(truth[good], got[good])[0, 1]
        print(f"{what:8s} r {r:.3f} slope {slope:.2f} range {np.ptp(truth[good]) * 1e3:.1f} mm")
    for column, name in enumerate(names):
        low, mean, high = np.quantile(fitted["values"][good, column], [0.5, 0.9, 0.995])
        print(f"  {name:22s} median {low:.3f} p90 {mean:.3f} p99.5 {high:.3f}")


if __name__ == "__main__":
    main()
