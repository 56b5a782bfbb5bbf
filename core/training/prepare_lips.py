# SPDX-License-Identifier: Apache-2.0
"""Turn the sources into scenes with features and labels, ready for `train_lips`.

    python -m core.training.prepare_lips WORK --grid GRID --emodb EMODB --copies 4

WORK holds grid_fit.npz, grid_phones.json, teacher.pt and synthetic/; writes
WORK/scenes/{SOURCE}_{COPY}.npz; `silence` needs no files. Copy 0 is plain (clip by clip, sound unaltered), the others are
altered scenes. Existing files are kept.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ..motion.mouth_channels import MOUTH_CHANNELS
from ..speech.encoder import SpeechEncoder
from .clips import Clip, emodb_clips, silence_clips, synthetic_clips
from .lip_network import Teacher
from .scenes import Scene, make_scene
from .teach_mouth import imagine_mouth, read_grid

TEACHER_RATE_HZ = 50.0
MOST_CLIPS_A_SCENE = 8


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--grid", type=Path, required=True)
    parser.add_argument("--emodb", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=4)
    args = parser.parse_args()
    (args.work / "scenes").mkdir(exist_ok=True)
    encoder = SpeechEncoder()
    for source, clips in read_sources(args.work, args.grid, args.emodb).items():
        copies = 1 if source == "grid_dev" else args.copies
        for copy in range(copies):
            path = args.work / "scenes" / f"{source}_{copy}.npz"
            if not path.exists():
                save_scenes(path, make_scenes(clips, copy, encoder))
                print(path.name, flush=True)


def read_sources(work: Path, grid: Path, emodb: Path) -> dict[str, list[Clip]]:
    """Clips by source; Emo-DB by speaker, so that a speaker can be left out."""
    teacher = Teacher()
    teacher.load_state_dict(torch.load(work / "teacher.pt", weights_only=True))
    teacher.eval()
    sources = {
        "grid_dev": read_grid(work, grid, "dev"),
        "grid": read_grid(work, grid, "train"),
        "synthetic": [_with_mouth(teacher, c) for c in synthetic_clips(work / "synthetic")],
    }
    still = np.zeros((1, len(MOUTH_CHANNELS)), np.float32)
    sources["silence"] = [replace(c, mouth=still) for c in silence_clips()]
    for clip in emodb_clips(emodb):
        sources.setdefault(f"emodb{clip.speaker}", []).append(_with_mouth(teacher, clip))
    return sources


def _with_mouth(teacher: Teacher, clip: Clip) -> Clip:
    return replace(clip, mouth=imagine_mouth(teacher, clip), mouth_rate_hz=TEACHER_RATE_HZ)


def make_scenes(clips: list[Clip], copy: int, encoder: SpeechEncoder) -> list[Scene]:
    """Every clip once, in random order and company; copy 0 plain and alone."""
    generator = np.random.default_rng(copy)
    channels = len(MOUTH_CHANNELS)
    if copy == 0:
        return [make_scene([c], generator, encoder, channels, is_plain=True) for c in clips]
    order = [clips[i] for i in generator.permutation(len(clips))]
    scenes = []
    while order:
        count = int(generator.integers(1, MOST_CLIPS_A_SCENE + 1))
        scenes.append(make_scene(order[:count], generator, encoder, channels, is_plain=False))
        order = order[count:]
    return scenes


def save_scenes(path: Path, scenes: list[Scene]) -> None:
    """All scenes of one source and copy, end to end, with `start` (scenes + 1,)."""
    labels = [s.labels for s in scenes]
    lengths = [len(s.features) for s in scenes]
    np.savez(
        path,
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
