# SPDX-License-Identifier: Apache-2.0
"""Which clips and which systems a run of the lip benchmark has, and what each system answers."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks import lip_film, lip_speech
from benchmarks.lip_clips import spread
from benchmarks.lip_headaudio import HeadAudio
from benchmarks.lip_loudness import loudness_answer
from benchmarks.lip_mien import Mien
from benchmarks.lip_rhubarb import RECOGNISERS, Rhubarb
from benchmarks.lip_systems import System
from core.direction import Direction
from core.motion.lips import LipDecoder

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.lip_clips import Clip
    from benchmarks.lip_systems import Answer
    from core.performance import Models

QUICK_CLIPS = 8
# Rhubarb takes 0.09 and 1.2 s a second of sound: it gets so many seconds of each set.
MOST_SECONDS = {"phonetic": 240.0, "pocketSphinx": 24.0}
MIEN = "Mien"
WITHOUT = "Mien trained without it"


def read_sets(args: Namespace, models: Models) -> dict[str, list[Clip]]:
    """Clips by set, of the sets whose folders were named."""
    most = args.clips or (QUICK_CLIPS if args.quick else None)
    readers = {
        lip_film.GRID: (
            args.grid,
            lambda: lip_film.grid_dev(args.grid, args.fitted, args.phones, models.face, most),
        ),
        lip_film.FACEGOOD: (
            args.facegood,
            lambda: lip_film.facegood_dev(args.facegood, models.face, most),
        ),
        lip_speech.EMODB: (args.emodb, lambda: lip_speech.emodb(args.emodb, most)),
        lip_speech.RAVDESS: (
            args.ravdess,
            lambda: lip_speech.ravdess(args.ravdess, args.cache, most),
        ),
        lip_speech.SAMPLES: (args.samples, lambda: lip_speech.speech_samples(args.samples)),
        lip_speech.LJSPEECH: (
            args.ljspeech,
            lambda: lip_speech.ljspeech(args.ljspeech, args.cache),
        ),
        lip_speech.READ: (args.read, lambda: lip_speech.read_english(args.read, args.cache)),
    }
    begin = tuple(args.sets) if args.sets else ("",)
    return {
        name: read()
        for name, (folder, read) in readers.items()
        if folder is not None and name.startswith(begin)
    }


def main_systems(args: Namespace, models: Models) -> list[System]:
    """All systems of the comparison; those that are not installed say so."""
    mien = Mien(models, args.left_out, lip_speech.EMODB)
    systems = [
        System(MIEN, mien.answer),
        System("Mien, given the text", replace(mien, tell_text=True).answer, needs_text=True),
        System("Mien, mix", replace(mien, layer="mix").answer),
        System("Mien, mix, angry", replace(mien, layer="mix", direction=Direction("angry")).answer),
    ]
    for recogniser in RECOGNISERS:
        name = f"Rhubarb 1.13, {recogniser}"
        if args.rhubarb is None or not args.rhubarb.exists():
            systems.append(System(name, None, "not installed (--rhubarb)"))
            continue
        answer = Rhubarb(args.rhubarb, args.cache, recogniser).answer
        systems.append(System(name, answer, most_seconds=MOST_SECONDS[recogniser]))
    for fixed in (False, True):
        name = f"HeadAudio 0.1.0, {'aa mended' if fixed else 'as published'}"
        if args.headaudio is None or not args.headaudio.exists() or not shutil.which("node"):
            systems.append(System(name, None, "not installed (--headaudio, node)"))
            continue
        systems.append(System(name, HeadAudio(args.headaudio, args.cache, fixed).answer))
    systems.append(System("loudness", loudness_answer))
    begin = tuple(args.systems) if args.systems else ("",)
    return [s for s in systems if s.name == MIEN or s.name.startswith(begin)]


def left_out_system(folder: Path | None, models: Models) -> System:
    """Mien with a decoder that never met the set's source."""
    if folder is None:
        return System(WITHOUT, None, "no decoder named (--no-grid, --no-facegood)")
    decoder = LipDecoder(folder)
    return System(WITHOUT, Mien(replace(models, lip_decoder=decoder)).answer)


def answers(system: System, clips: Sequence[Clip]) -> list[tuple[Clip, Answer]]:
    """A system's answers, to all clips or to as many seconds as it may have."""
    assert system.answer is not None
    if system.needs_text:
        clips = [clip for clip in clips if clip.text]
    if system.most_seconds == float("inf"):
        return [(clip, system.answer(clip)) for clip in clips]
    seconds = [len(clip.samples()) / 16_000 for clip in clips]
    share = min(1.0, system.most_seconds / max(sum(seconds), 1e-9))
    chosen = spread(list(clips), max(round(share * len(clips)), 1))
    return [(clip, system.answer(clip)) for clip in chosen]
