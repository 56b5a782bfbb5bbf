# SPDX-License-Identifier: Apache-2.0
"""Pictures for eyes: the opening over the waveform with the phones, beside the film and a peer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from benchmarks.lip_clips import spread
from benchmarks.lip_run import MIEN, main_systems

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from benchmarks.lip_clips import Clip
    from benchmarks.lip_systems import Answer
    from core.performance import Models

    Floats = NDArray[np.float64]

mpl.use("Agg")
from matplotlib import pyplot as plt

CLIPS_A_SET = 3
PEER = "Rhubarb 1.13, phonetic"
# A peer without a head is drawn between these openings, millimetres.
PEER_MILLIMETRES = 12.0
LONGEST_SECONDS = 4.0
COLOURS = {"film": "black", MIEN: "tab:blue", PEER: "tab:orange"}
# Labels whose lips shut or tuck are shaded.
SHADES = {"bilabial": "tab:red", "labiodental": "tab:green"}
WIDE_INCHES, HIGH_INCHES, DOTS_AN_INCH = 11.0, 2.6, 80


def draw_all(args: Namespace, sets: dict[str, list[Clip]], models: Models) -> None:
    """One picture a clip, some clips of each set, into args.plots; and curves.png of the first ones."""
    args.plots.mkdir(parents=True, exist_ok=True)
    chosen = []
    for clips in sets.values():
        own = spread(clips, CLIPS_A_SET)
        chosen.append(own[0])
        for clip in own:
            name = clip.key.replace("/", "_").replace(" ", "_")
            draw([clip], args.plots / f"{name}.png", args, models)
    draw(chosen[:4], args.plots / "curves.png", args, models)


def draw(clips: list[Clip], path: Path, args: Namespace, models: Models) -> None:
    """One row of axes a clip."""
    systems = [s for s in main_systems(args, models) if s.name in COLOURS and s.answer]
    figure, rows = plt.subplots(
        len(clips), figsize=(WIDE_INCHES, HIGH_INCHES * len(clips)), squeeze=False
    )
    for clip, axes in zip(clips, rows[:, 0], strict=True):
        draw_clip(axes, clip, {s.name: s.answer(clip) for s in systems if s.answer})
    rows[0, 0].legend(loc="upper right", fontsize=7, ncols=len(COLOURS))
    figure.tight_layout()
    figure.savefig(path, dpi=DOTS_AN_INCH)
    plt.close(figure)


def draw_clip(axes: Axes, clip: Clip, answers: dict[str, Answer]) -> None:
    """The waveform in grey, labels under it, and every system's opening in millimetres."""
    samples = clip.samples()
    end = min(len(samples) / 16_000, LONGEST_SECONDS)
    times = np.arange(len(samples)) / 16_000
    axes.plot(
        times, samples / (np.abs(samples).max() + 1e-9) * 4.0 - 5.0, color="0.75", linewidth=0.4
    )
    for sound in clip.sounds:
        if sound.start < end and sound.is_speech:
            label = "/".join(sorted(sound.visemes)) if len(sound.visemes) == 1 else ""
            axes.text((sound.start + sound.end) / 2, -9.5, label, fontsize=6, ha="center")
    for kind, start, stop in clip.contacts:
        if kind in SHADES:
            axes.axvspan(start, stop, color=SHADES[kind], alpha=0.15, linewidth=0)
    if clip.film is not None:
        truth = clip.film.measures["opening"]
        axes.plot(clip.film.times, truth, color=COLOURS["film"], label="film", linewidth=1.2)
    for name, answer in answers.items():
        curve = answer.curves["opening"] * (
            1.0 if answer.lip_points is not None else PEER_MILLIMETRES
        )
        wide = 1.4 if name == MIEN else 0.8
        axes.plot(answer.times, curve, color=COLOURS[name], label=name, linewidth=wide)
    axes.set_xlim(0.0, end)
    axes.set_ylim(-11.0, 18.0)
    axes.set_yticks([0, 5, 10, 15])
    axes.set_ylabel("opening, mm", fontsize=7)
    axes.tick_params(labelsize=7)
    axes.set_title(f"{clip.dataset}, {clip.name}", fontsize=8, loc="left")
