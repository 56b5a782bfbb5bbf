# SPDX-License-Identifier: Apache-2.0
"""Does more effort in the voice move the upper face more? The dose, on performances.

Each pair of RAVDESS takes (same actor, statement, repetition and emotion, acted normally and strongly)
is performed with the emotion that is acted asked for and everything else at its default, seed 0, so that
nothing but the voice differs. From a performance's mixed coefficients, blinks are taken out (eyeBlink 0)
and MediaPipe's points are read from the 3DMM, in millimetres from the resting face, while somebody
speaks. For each part (brows, lids, upper cheeks) the amplitude is the root of the mean square of its
points' displacement; the dose of a pair is the mean over the parts of log(strong / normal). Its interval
comes from drawing actors with replacement.

An audit of published systems in 2026 put people at +0.22 [0.089, 0.359] and published systems about 0
(EmoTalk +0.107 [-0.094, 0.382], EmoFace -0.007, EMOTE -0.015, MEDTalk -0.072); it measured filmed faces
and its own composite of the upper face, so the numbers compare in kind.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from benchmarks.voice_pairs import Pair, find_pairs
from core.direction import Direction
from core.face.arkit import ARKIT_NAMES
from core.performance import Models, load_models, perform
from core.training.emotion_clips import RAVDESS_EMOTIONS
from core.training.emotion_scores import clusters_interval

Table = npt.NDArray[np.float64]

FPS = 25.0
# Points of the 478 by part, both sides.
PARTS = {
    "brows": (
        46,
        53,
        52,
        65,
        55,
        70,
        63,
        105,
        66,
        107,
        276,
        283,
        282,
        295,
        285,
        300,
        293,
        334,
        296,
        336,
    ),
    "lids": (160, 159, 158, 144, 145, 153, 387, 386, 385, 373, 374, 380),
    "cheeks": (117, 118, 119, 100, 101, 50, 346, 347, 348, 329, 330, 280),
}
_BLINKS = [n for n, name in enumerate(ARKIT_NAMES) if name.startswith("eyeBlink")]
# What is quieter than this moves nothing and has no ratio.
_LEAST_MM = 1e-3


def dose_lines(folder: Path) -> list[str]:
    """Dose at the default direction, without the voice's effort, and of twice the level."""
    takes = [_named(path) for path in sorted(folder.glob("03-01-*.*"))]
    pairs = find_pairs(takes, lambda take: ((take[3], take[1], take[4]), take[2]))
    models = load_models()
    default = Direction()
    plain = _amplitudes(takes, _taken(pairs), default, models)
    without = _amplitudes(takes, _taken(pairs), replace(default, voice_effort=0.0), models)
    actors = np.array([pair.actor for pair in pairs])
    emotions = np.array([pair.emotion for pair in pairs])
    lines = [
        "## Dose: upper face of performances, strong against normal acting, asked emotion fixed",
        "",
        f"{len(pairs)} pairs, log of the ratio of amplitudes [95 % by actors].",
        "",
        "| part | default | without effort (voice_effort 0) |",
        "|---|---|---|",
    ]
    ratios = {name: _ratios(table, pairs) for name, table in (("on", plain), ("off", without))}
    for column, part in enumerate((*PARTS, "all")):
        cells = []
        for table in ratios.values():
            values = table.mean(axis=1) if part == "all" else table[:, column]
            low, high = clusters_interval(values, actors)
            cells.append(f"{values.mean():+.3f} [{low:+.3f}, {high:+.3f}]")
        lines.append(f"| {part} | {cells[0]} | {cells[1]} |")
    whole = ratios["on"].mean(axis=1)
    by_emotion = [f"{name} {whole[emotions == name].mean():+.2f}" for name in np.unique(emotions)]
    return [*lines, "", "By emotion: " + ", ".join(by_emotion), "", _level_line(takes, models), ""]


Take = tuple[Path, str, bool, str, str]


def _named(path: Path) -> Take:
    _, _, emotion, strength, statement, repetition, actor = path.stem.split("-")
    return path, RAVDESS_EMOTIONS[emotion], strength == "02", actor, f"{statement}-{repetition}"


def _taken(pairs: Sequence[Pair]) -> list[int]:
    """Numbers of all takes that are in a pair."""
    return sorted({number for pair in pairs for number in (pair.normal, pair.strong)})


def _amplitudes(
    takes: list[Take], numbers: list[int], direction: Direction, models: Models
) -> dict[int, Table]:
    return {n: _amplitude(takes[n][0], takes[n][1], direction, models) for n in numbers}


def _amplitude(path: Path, emotion: str, direction: Direction, models: Models) -> Table:
    """Millimetres of each part, (parts,)."""
    made = perform(path, replace(direction, emotion=emotion), FPS, models=models)
    values = made.values[:, : len(ARKIT_NAMES)].copy()
    values[:, _BLINKS] = 0.0
    rest = models.face.landmarks478(np.zeros((1, len(ARKIT_NAMES)), np.float32))
    moved = 1000.0 * (models.face.landmarks478(values) - rest)
    spoken = np.zeros(len(values), bool)
    for phone in made.phones:
        spoken |= (made.time_seconds >= phone.start_seconds) & (
            made.time_seconds <= phone.end_seconds
        )
    if not spoken.any():
        spoken[:] = True
    squares = np.square(moved[spoken]).sum(axis=2)
    return np.array([np.sqrt(squares[:, list(part)].mean()) for part in PARTS.values()])


def _ratios(amplitudes: dict[int, Table], pairs: Sequence[Pair]) -> Table:
    logs = {n: np.log(np.maximum(values, _LEAST_MM)) for n, values in amplitudes.items()}
    return np.array([logs[pair.strong] - logs[pair.normal] for pair in pairs])


def _level_line(takes: list[Take], models: Models) -> str:
    """The same take 6 dB louder: the face is to stay as it is."""
    path, emotion = next(take[:2] for take in takes if take[1] == "angry")
    samples, rate = soundfile.read(path, dtype="float32")
    gain = min(2.0, 0.98 / float(np.abs(samples).max()))
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("soft.wav", "loud.wav")]
        for file, factor in zip(files, (gain / 2.0, gain), strict=True):
            soundfile.write(file, samples * np.float32(factor), rate, subtype="FLOAT")
        soft, loud = (_amplitude(file, emotion, Direction(), models) for file in files)
    return f"One take 6 dB louder: {np.log(loud / soft).mean():+.4f}"
