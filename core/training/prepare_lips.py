# SPDX-License-Identifier: Apache-2.0
"""Turn the sources into scenes with features and labels, ready for `train_lips`.

    python -m core.training.prepare_lips WORK --grid GRID --emodb EMODB --facegood FACEGOOD \
        --sources grid facegood synthetic foreign emodb silence

WORK holds grid_fit.npz, grid_phones.json, teacher.pt, synthetic/ and foreign/; writes
WORK/scenes/{SOURCE}_{COPY}.npz. Copy 0 is plain (clip by clip, sound unaltered), the others are
altered scenes; dev sources have copy 0 only. Existing files are kept.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..motion.mouth_channels import MOUTH_CHANNELS
from ..speech.encoder import SpeechEncoder
from .clips import Clip, emodb_clips, foreign_clips, synthetic_clips
from .facegood_clips import facegood_clips
from .quiet_clips import silence_clips
from .scenes import Scene, make_scene, plain_scene
from .teach_mouth import imagine_mouth, read_grid, read_teacher

if TYPE_CHECKING:
    from .lip_network import Teacher

TEACHER_RATE_HZ = 50.0
MOST_CLIPS_A_SCENE = 8
SOURCES = ("grid", "facegood", "synthetic", "foreign", "emodb", "silence")
# Film is one man and one woman, so it is heard in more copies and more strange voices than the rest.
COPIES = {"grid": 6, "facegood": 5, "synthetic": 5, "foreign": 3, "emodb": 6, "silence": 3}
# Copies from this number on are scenes in loud places.
FIRST_NOISY_COPY = {"grid": 5, "synthetic": 3, "emodb": 4}
DISGUISE_SHARES = {
    "grid": 0.75,
    "facegood": 0.75,
    "synthetic": 0.35,
    "foreign": 0.45,
    "emodb": 0.45,
    "silence": 0.0,
}


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--grid", type=Path, required=True)
    parser.add_argument("--emodb", type=Path, required=True)
    parser.add_argument("--facegood", type=Path, required=True)
    parser.add_argument("--sources", nargs="+", choices=SOURCES, default=SOURCES)
    args = parser.parse_args()
    (args.work / "scenes").mkdir(exist_ok=True)
    encoder = SpeechEncoder()
    for kind in args.sources:
        for source, clips in read_source(kind, args).items():
            copies = 1 if source.endswith("_dev") else COPIES[kind]
            for copy in range(copies):
                path = args.work / "scenes" / f"{source}_{copy}.npz"
                if not path.exists():
                    save_scenes(path, make_scenes(clips, copy, encoder, kind))
                    print(path.name, flush=True)


def read_source(kind: str, args: argparse.Namespace) -> dict[str, list[Clip]]:
    """Clips of one kind by source; Emo-DB by speaker, so that a speaker can be left out."""
    work: Path = args.work
    if kind == "facegood":
        parts = {"facegood": "train", "facegood_dev": "dev"}
        return {s: list(facegood_clips(args.facegood, part)) for s, part in parts.items()}
    if kind == "silence":
        return {"silence": list(silence_clips())}
    if kind == "grid":
        parts = {"grid": "train", "grid_dev": "dev"}
        return {s: read_grid(work, args.grid, part) for s, part in parts.items()}
    teacher = read_teacher(work / "teacher.pt")
    if kind == "emodb":
        sources: dict[str, list[Clip]] = {}
        for clip in emodb_clips(args.emodb):
            sources.setdefault(f"emodb{clip.speaker}", []).append(lend(teacher, clip))
        return sources
    read = {"synthetic": synthetic_clips, "foreign": foreign_clips}[kind]
    return {kind: [lend(teacher, clip) for clip in read(work / kind)]}


def lend(teacher: Teacher, clip: Clip) -> Clip:
    """The clip with the mouth that GRID's speaker would make for its phones."""
    mouth = imagine_mouth(teacher, clip)
    return replace(clip, mouth=mouth, mouth_rate_hz=TEACHER_RATE_HZ, is_lent=True)


def make_scenes(clips: list[Clip], copy: int, encoder: SpeechEncoder, kind: str) -> list[Scene]:
    """Every clip once, in random order and company; copy 0 plain and alone."""
    generator = np.random.default_rng(copy)
    channels = len(MOUTH_CHANNELS)
    if copy == 0:
        return [plain_scene(clip, encoder, channels) for clip in clips]
    order = [clips[i] for i in generator.permutation(len(clips))]
    is_speech = any(clip.source != "silence" for clip in clips)
    others = [clip.samples for clip in clips] if is_speech else []
    scenes = []
    while order:
        count = int(generator.integers(1, MOST_CLIPS_A_SCENE + 1))
        scenes.append(
            make_scene(
                order[:count],
                generator,
                encoder,
                channels,
                disguise_share=DISGUISE_SHARES[kind],
                others=others,
                is_noisy=copy >= FIRST_NOISY_COPY.get(kind, copy + 1),
            )
        )
        order = order[count:]
    return scenes


def save_scenes(path: Path, scenes: list[Scene]) -> None:
    """All scenes of one source and copy, end to end, with `start` (scenes + 1,) and `style` (scenes,)."""
    labels = [s.labels for s in scenes]
    lengths = [len(s.features) for s in scenes]
    np.savez(
        path,
        style=np.array([s.style for s in scenes], np.float32),
        start=np.concatenate([[0], np.cumsum(lengths)]),
        features=np.concatenate([s.features for s in scenes]),
        phone_sets=np.concatenate([x.phone_sets for x in labels]),
        contacts=np.concatenate([x.contacts for x in labels]).astype(np.float16),
        contact_weights=np.concatenate([x.contact_weights for x in labels]).astype(np.float16),
        mouth=np.concatenate([x.mouth for x in labels]).astype(np.float16),
        mouth_weights=np.concatenate([x.mouth_weights for x in labels]).astype(np.float16),
    )


if __name__ == "__main__":
    main()
