# SPDX-License-Identifier: Apache-2.0
"""How well the lips follow real people: filmed openings, and closures labelled by hand.

    python -m benchmarks.lips --fitted WORK/grid_fit.npz --grid GRID
    python -m benchmarks.lips --emodb EMODB --left-out WORK/left_out
    python -m benchmarks.lips --grid GRID --fitted ... --rhubarb PATH/rhubarb

Everything is measured on the final track: the decoder's channels, resampled, after `close_lips`, as
lip landmarks of the canonical head. `--write` appends the table to benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lip_closures import closure_rows
from benchmarks.lip_rhubarb import RECOGNISERS, rhubarb_openings
from core.face.model import FaceModel, load_face_model
from core.mixing.contacts import close_lips
from core.motion.lips import LipDecoder
from core.speech.audio import load_speech
from core.speech.encoder import SpeechEncoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESULTS = Path(__file__).parent / "RESULTS.md"
MEASURES = ("opening", "width", "jaw")
UPPER_LIP, LOWER_LIP, CORNERS, CHIN, BRIDGE = (61, 62, 63), (67, 66, 65), (48, 54), 8, 27
MOST_LAG_FRAMES = 3
# More than this of the signal's power above 8 Hz is shiver, not speech.
SHIVER_HZ = 8.0


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--grid", type=Path)
    parser.add_argument("--fitted", type=Path, help="grid_fit.npz of core.training.fit_grid")
    parser.add_argument("--emodb", type=Path)
    parser.add_argument("--left-out", type=Path, help="folder of core.training.train_contacts")
    parser.add_argument("--rhubarb", type=Path, help="the peer's binary")
    parser.add_argument("--models", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    if not (args.grid and args.fitted) and not (args.emodb and args.left_out):
        parser.error("name --grid and --fitted, or --emodb and --left-out, or all four")
    lines: list[str] = []
    if args.grid and args.fitted:
        lines += grid_table(args.grid, args.fitted, args.models, args.rhubarb)
    if args.emodb and args.left_out:
        lines += closure_rows(args.emodb, args.left_out, args.models)
    print("\n".join(lines))
    if args.write:
        today = dt.datetime.now(tz=dt.UTC).date()
        heading = f"\n## Lips ({today}, {platform.machine()}, one thread)\n\n"
        with RESULTS.open("a", encoding="utf-8") as stream:
            stream.write(heading + "\n".join(lines) + "\n")


def measures(face: FaceModel, values: NDArray[np.float32]) -> dict[str, Floats]:
    """Opening, width and jaw drop (T,) in millimetres of (T, 52) channel values."""
    points = face.landmarks68(values).astype(np.float64) * 1e3
    opening = points[:, UPPER_LIP, 2].mean(axis=1) - points[:, LOWER_LIP, 2].mean(axis=1)
    width = np.linalg.norm(points[:, CORNERS[1]] - points[:, CORNERS[0]], axis=1)
    jaw = points[:, BRIDGE, 2] - points[:, CHIN, 2]
    return {"opening": opening, "width": width, "jaw": jaw}


def grid_table(
    grid: Path, fitted_path: Path, models: Path | None, rhubarb: Path | None
) -> list[str]:
    """Correlations with GRID's dev tracks, pooled over frames, at no lag and at the best lag."""
    fitted = np.load(fitted_path)
    face = load_face_model(models)
    encoder, decoder = SpeechEncoder(models), LipDecoder(models)
    got: dict[str, list[Floats]] = {name: [] for name in MEASURES}
    true: dict[str, list[Floats]] = {name: [] for name in MEASURES}
    peer: dict[str, list[Floats]] = {name: [] for name in RECOGNISERS if rhubarb}
    seconds = spent = 0.0
    for number in np.flatnonzero(fitted["part"] == "dev"):
        first, last = fitted["start"][number : number + 2]
        if not fitted["found"][first:last].all():
            continue
        path = grid / "audio" / "dev" / f"{fitted['clips'][number]}.flac"
        samples = load_speech(path).samples
        seconds += len(samples) / 16_000
        began = time.process_time()
        track = decoder.decode(encoder.encode(samples))
        times = np.arange(last - first) / float(fitted["fps"])
        values = resample(track.values, track.time_seconds, times)
        values = close_lips(values, times, track.contacts, face)
        spent += time.process_time() - began
        for name, curve in measures(face, values).items():
            got[name].append(curve)
            true[name].append(fitted[name][first:last].astype(np.float64))
        for name, openings in peer.items():
            assert rhubarb is not None
            openings.append(rhubarb_openings(rhubarb, path, times, name))
    lines = ["| GRID s1 dev, 25 fps | r | r at best lag | lag, frames |", "|---|---|---|---|"]
    lines += [_row(f"{name}", got[name], true[name]) for name in MEASURES]
    lines += [_row(f"opening, Rhubarb 1.13 {n}", c, true["opening"]) for n, c in peer.items()]
    shiver = [shiver_share(np.concatenate(c["opening"])) for c in (got, true)]
    summary = (
        f"Power of the opening above {SHIVER_HZ:.0f} Hz: {shiver[0]:.4f} (tracks: {shiver[1]:.4f}). "
        f"Lip path, one core: {spent / seconds:.4f} s per second of audio."
    )
    return [*lines, "", summary, ""]


def resample(values: NDArray[np.float32], have: Floats, wanted: Floats) -> NDArray[np.float32]:
    """Channels (T, C) read at other times, by straight lines."""
    columns = [np.interp(wanted, have, values[:, c]) for c in range(values.shape[1])]
    return np.stack(columns, axis=1).astype(np.float32)


def _row(name: str, got: list[Floats], true: list[Floats]) -> str:
    at = {lag: _correlation(got, true, lag) for lag in range(-MOST_LAG_FRAMES, MOST_LAG_FRAMES + 1)}
    best = max(at, key=lambda lag: at[lag])
    return f"| {name} | {at[0]:.3f} | {at[best]:.3f} | {best:+d} |"


def _correlation(got: list[Floats], true: list[Floats], lag: int) -> float:
    """Pearson r over all frames, `got` moved later by `lag` frames within its clip."""
    pairs = [
        (g[max(-lag, 0) : len(g) - max(lag, 0)], t[max(lag, 0) : len(t) - max(-lag, 0)])
        for g, t in zip(got, true, strict=True)
    ]
    left, right = (np.concatenate([p[i] for p in pairs]) for i in (0, 1))
    return float(np.corrcoef(left, right)[0, 1])


def shiver_share(curve: Floats, rate_hz: float = 25.0) -> float:
    """Share of the power above SHIVER_HZ."""
    power = np.abs(np.fft.rfft(curve - curve.mean())) ** 2
    hertz = np.fft.rfftfreq(len(curve), 1.0 / rate_hz)
    return float(power[hertz > SHIVER_HZ].sum() / power.sum())


if __name__ == "__main__":
    main()
