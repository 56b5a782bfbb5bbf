# SPDX-License-Identifier: Apache-2.0
"""Learn how a mouth moves for phones, to lend that motion to voices without film.

    python -m core.training.teach_mouth WORK --grid GRID
    python -m core.training.teach_mouth WORK --animator

WORK holds grid_fit.npz and grid_phones.json; the first line writes WORK/teacher.pt. It reads phones
and loudness only, so what it says of a synthetic or German voice is GRID's manner of speaking, at
that voice's own times. The second learns an animator's manner from WORK/scenes/facegood_0.npz, with
the phones that the decoder in models/ hears in it, and writes WORK/teacher_animator.pt; it reads no
loudness, because prepared scenes have none. Both take about a minute and print how well they follow
the dev part.
"""

from __future__ import annotations

import argparse
import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..face.model import load_face_model
from ..motion.lips import LipDecoder
from ..motion.mouth_channels import MOUTH_CHANNELS
from ..motion.phones import PHONES
from .clips import Clip, grid_clips
from .lip_network import Teacher
from .losses import mouth_loss, mouth_maps
from .scenes import FRAME_SECONDS, label_clip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

STEPS = 350
BATCH = 48
LENGTH_FRAMES = 145
LOUDNESS_RANGE_DB = 40.0
# GRID's words lack some phones, and others differ only behind the lips: each of these is seen as the
# phones that look like it.
LOOKS_LIKE = {
    "P": ("B",),
    "M": ("B",),
    "V": ("F",),
    "SH": ("JH", "UW"),
    "ZH": ("JH", "UW"),
    "CH": ("JH", "UW"),
    "OY": ("OW",),
    "UH": ("UW",),
    "ER": ("R",),
    "NG": ("N",),
    "HH": ("AH",),
}
# No source shows the tongue; between the teeth it is seen for these only.
TONGUE_OUT = {"TH": 0.4, "DH": 0.3}


@dataclass(frozen=True, eq=False)
class Lesson:
    """One stretch of speech: heard (T, 41) phones and loudness, mouth (T, 16), known (T, 16)."""

    heard: Floats
    mouth: Floats
    known: Floats


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    manner = parser.add_mutually_exclusive_group(required=True)
    manner.add_argument("--grid", type=Path)
    manner.add_argument("--animator", action="store_true")
    args = parser.parse_args()
    torch.manual_seed(0)
    if args.animator:
        train, dev = (animator_lessons(args.work, s) for s in ("facegood", "facegood_dev"))
        path = args.work / "teacher_animator.pt"
    else:
        train, dev = (
            [grid_lesson(c) for c in read_grid(args.work, args.grid, part)]
            for part in ("train", "dev")
        )
        path = args.work / "teacher.pt"
    teacher = train_teacher(train)
    judge(teacher, dev)
    torch.save(teacher.state_dict(), path)


def read_teacher(path: Path) -> Teacher:
    """A teacher that this module wrote."""
    teacher = Teacher()
    teacher.load_state_dict(torch.load(path, weights_only=True))
    return teacher.eval()


def read_grid(work: Path, grid: Path, part: str) -> list[Clip]:
    """GRID clips with phones, and mouths in MOUTH_CHANNELS."""
    fitted = dict(np.load(work / "grid_fit.npz"))
    names = [str(n) for n in fitted["channel_names"]]
    fitted["values"] = mouth_columns(fitted["values"], names)
    fitted["mouth_known"] = known_channels(names)
    phones = json.loads((work / "grid_phones.json").read_text())
    return list(grid_clips(grid, fitted, phones, part))


def mouth_columns(values: Floats, names: list[str]) -> Floats:
    """(T, len(names)) ARKit values -> (T, 16) MOUTH_CHANNELS, sides averaged, 0 where not named."""
    columns = np.zeros((len(values), len(MOUTH_CHANNELS)), np.float32)
    for column, name in enumerate(MOUTH_CHANNELS):
        own = [names.index(s) for s in (name, f"{name}Left", f"{name}Right") if s in names]
        if own:
            columns[:, column] = values[:, own].mean(axis=1)
    return columns


def known_channels(names: list[str]) -> NDArray[np.bool_]:
    """(16,) which MOUTH_CHANNELS the given ARKit names say something of."""
    return np.array([bool({n, f"{n}Left"} & set(names)) for n in MOUTH_CHANNELS])


def grid_lesson(clip: Clip) -> Lesson:
    """A filmed clip with phones; of tongue and forward jaw it is known only that GRID shows none."""
    heard = teacher_input(clip)
    labels = label_clip(clip, np.arange(len(heard)) * FRAME_SECONDS, len(MOUTH_CHANNELS))
    return Lesson(heard, labels.mouth, np.ones_like(labels.mouth))


def animator_lessons(work: Path, source: str) -> list[Lesson]:
    """FACEGOOD's plain scenes; phones are the decoder's."""
    decoder = LipDecoder()
    lessons = []
    with np.load(work / "scenes" / f"{source}_0.npz") as data:
        for first, last in itertools.pairwise(data["start"]):
            features = data["features"][first:last].astype(np.float32)
            phones = decoder.curves(features)[1]
            labels = (data[k][first:last].astype(np.float32) for k in ("mouth", "mouth_weights"))
            lessons.append(Lesson(shares_input(phones), *labels))
    return lessons


def teacher_input(clip: Clip) -> Floats:
    """(T, 41) at 50 Hz: allowed phones with equal shares, and loudness in 40 dB under the peak."""
    count = len(clip.samples) // 320 + 1
    sets = label_clip(clip, np.arange(count) * FRAME_SECONDS, len(MOUTH_CHANNELS)).phone_sets
    heard = shares_input(sets)
    power = np.square(np.pad(clip.samples, (160, 480 + 320 * count - len(clip.samples))))
    windows = np.lib.stride_tricks.sliding_window_view(power, 640)[::320][:count].mean(axis=1)
    level = 10.0 * np.log10(windows + 1e-9)
    loud = (level - np.quantile(level, 0.98)) / LOUDNESS_RANGE_DB + 1.0
    heard[:, -1] = np.clip(loud, 0.0, 1.2)
    return heard


def shares_input(phones: NDArray[np.generic]) -> Floats:
    """(T, 40) allowed phones or probabilities -> (T, 41) what they look like, loudness unknown."""
    amounts = np.asarray(phones, np.float32)
    shares = amounts / np.maximum(amounts.sum(axis=1, keepdims=True), 1e-6) @ looks_matrix()
    return np.pad(shares, ((0, 0), (0, 1))).astype(np.float32)


def looks_matrix() -> Floats:
    """(40, 40): phone -> the phones it looks like, with equal shares."""
    matrix = np.eye(len(PHONES), dtype=np.float32)
    for phone, likes in LOOKS_LIKE.items():
        row = PHONES.index(phone)
        matrix[row] = 0.0
        matrix[row, [PHONES.index(p) for p in likes]] = 1.0 / len(likes)
    return matrix


def train_teacher(lessons: list[Lesson]) -> Teacher:
    """Train on random stretches of the lessons."""
    generator = np.random.default_rng(0)
    maps = mouth_maps(load_face_model())
    teacher = Teacher()
    optimiser = torch.optim.AdamW(teacher.parameters(), lr=3e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    sizes = np.array([len(x.heard) for x in lessons], float)
    for step in range(STEPS):
        chosen = generator.choice(len(lessons), size=BATCH, p=sizes / sizes.sum())
        pieces = [_stretch(lessons[i], generator) for i in chosen]
        heard, mouth, known = (
            torch.from_numpy(np.stack(parts)) for parts in zip(*pieces, strict=True)
        )
        loss = mouth_loss(teacher(heard), mouth, known, maps)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 100 == 99:
            print(f"step {step + 1} loss {loss.item():.3f}", flush=True)
    return teacher.eval()


def _stretch(lesson: Lesson, generator: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    begin = int(generator.integers(max(len(lesson.heard) - LENGTH_FRAMES, 0) + 1))
    missing = max(LENGTH_FRAMES - len(lesson.heard), 0)
    parts = (lesson.heard, lesson.mouth, lesson.known)
    cut = [np.pad(p[begin : begin + LENGTH_FRAMES], ((0, missing), (0, 0))) for p in parts]
    return cut[0], cut[1], cut[2]


def imagine_mouth(teacher: Teacher, clip: Clip) -> Floats:
    """(T, 16) at 50 Hz for a clip with phones."""
    return imagine(teacher, teacher_input(clip))


@torch.no_grad()
def imagine(teacher: Teacher, heard: Floats) -> Floats:
    """(T, 16) for (T, 41) phones and loudness; the tongue comes from TONGUE_OUT."""
    mouth = np.clip(teacher(torch.from_numpy(heard)[None])[0].numpy(), 0.0, 1.0)
    tongue = np.zeros(len(PHONES) + 1, np.float32)
    for phone, amount in TONGUE_OUT.items():
        tongue[PHONES.index(phone)] = amount
    mouth[:, MOUTH_CHANNELS.index("tongueOut")] = heard @ tongue
    return mouth


def lend(teacher: Teacher, scenes: dict[str, NDArray[Any]]) -> None:
    """Give scenes without film (a shard's arrays) the mouth this teacher makes of their phones."""
    for first, last in itertools.pairwise(scenes["start"]):
        heard = shares_input(scenes["phone_sets"][first:last])
        scenes["mouth"][first:last] = imagine(teacher, heard)


def judge(teacher: Teacher, lessons: list[Lesson]) -> None:
    """Print the teacher's correlation with dev, and dev's mean mouth per phone."""
    measures = mouth_maps(load_face_model()).measures.numpy()
    got = np.concatenate([imagine(teacher, x.heard) * (x.known > 0.0) for x in lessons]) @ measures
    wanted = np.concatenate([x.mouth for x in lessons])
    seen = np.concatenate([x.heard[:, :-1].argmax(axis=1) for x in lessons])
    for column, what in enumerate(("opening", "width", "jaw")):
        true = (wanted @ measures)[:, column]
        print(f"{what}: r {np.corrcoef(got[:, column], true)[0, 1]:.3f}")
    print("phone  n   " + " ".join(n.removeprefix("mouth")[:7].rjust(7) for n in MOUTH_CHANNELS))
    for number, phone in enumerate(PHONES):
        if (seen == number).any():
            means = wanted[seen == number].mean(axis=0)
            print(
                f"{phone:4s} {(seen == number).sum():5d}  " + " ".join(f"{m:7.2f}" for m in means)
            )


if __name__ == "__main__":
    main()
