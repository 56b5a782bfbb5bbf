# SPDX-License-Identifier: Apache-2.0
"""Learn from filmed speech how a mouth moves for phones, to lend that motion to voices without film.

    python -m core.training.teach_mouth WORK --grid GRID

WORK holds grid_fit.npz and grid_phones.json; writes WORK/teacher.pt. The teacher reads phones and
loudness only, so what it says of a synthetic or German voice is GRID's manner of speaking, at that
voice's own times. It is trained for about a minute and judged on GRID's dev clips.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..face.model import load_face_model
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


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--grid", type=Path, required=True)
    args = parser.parse_args()
    torch.manual_seed(0)
    train, dev = (read_grid(args.work, args.grid, part) for part in ("train", "dev"))
    teacher = train_teacher(train)
    judge(teacher, dev)
    torch.save(teacher.state_dict(), args.work / "teacher.pt")


def read_grid(work: Path, grid: Path, part: str) -> list[Clip]:
    """GRID clips with phones, and mouths in MOUTH_CHANNELS."""
    fitted = dict(np.load(work / "grid_fit.npz"))
    fitted["values"] = mouth_columns(fitted["values"], [str(n) for n in fitted["channel_names"]])
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


def teacher_input(clip: Clip) -> Floats:
    """(T, 41) at 50 Hz: allowed phones with equal shares, and loudness in 40 dB under the peak."""
    count = len(clip.samples) // 320 + 1
    sets = label_clip(clip, np.arange(count) * FRAME_SECONDS, len(MOUTH_CHANNELS)).phone_sets
    shares = sets / np.maximum(sets.sum(axis=1, keepdims=True), 1) @ looks_matrix()
    power = np.square(np.pad(clip.samples, (160, 480 + 320 * count - len(clip.samples))))
    windows = np.lib.stride_tricks.sliding_window_view(power, 640)[::320][:count].mean(axis=1)
    level = 10.0 * np.log10(windows + 1e-9)
    loud = np.clip((level - np.quantile(level, 0.98)) / LOUDNESS_RANGE_DB + 1.0, 0.0, 1.2)
    return np.concatenate([shares, loud[:, None]], axis=1).astype(np.float32)


def looks_matrix() -> Floats:
    """(40, 40): phone -> the phones it looks like, with equal shares."""
    matrix = np.eye(len(PHONES), dtype=np.float32)
    for phone, likes in LOOKS_LIKE.items():
        row = PHONES.index(phone)
        matrix[row] = 0.0
        matrix[row, [PHONES.index(p) for p in likes]] = 1.0 / len(likes)
    return matrix


def train_teacher(clips: list[Clip]) -> Teacher:
    """Train on clips with a mouth."""
    generator = np.random.default_rng(0)
    maps = mouth_maps(load_face_model())
    teacher = Teacher()
    optimiser = torch.optim.AdamW(teacher.parameters(), lr=3e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    inputs, wanted = zip(*[_pair(c) for c in clips], strict=True)
    for step in range(STEPS):
        chosen = generator.integers(len(clips), size=BATCH)
        length = min(len(inputs[i]) for i in chosen)
        x = torch.from_numpy(np.stack([inputs[i][:length] for i in chosen]))
        y = torch.from_numpy(np.stack([wanted[i][:length] for i in chosen]))
        loss = mouth_loss(teacher(x), y, torch.ones(y.shape), maps)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 100 == 99:
            print(f"step {step + 1} loss {loss.item():.3f}", flush=True)
    return teacher.eval()


def _pair(clip: Clip) -> tuple[Floats, Floats]:
    x = teacher_input(clip)
    return x, label_clip(clip, np.arange(len(x)) * FRAME_SECONDS, len(MOUTH_CHANNELS)).mouth


@torch.no_grad()
def imagine_mouth(teacher: Teacher, clip: Clip) -> Floats:
    """(T, 16) at 50 Hz for a clip with phones."""
    x = torch.from_numpy(teacher_input(clip))[None]
    return np.clip(teacher(x)[0].numpy(), 0.0, 1.0)


def judge(teacher: Teacher, clips: list[Clip]) -> None:
    """Print the teacher's correlation with the dev tracks, and its mean mouth per phone."""
    measures = mouth_maps(load_face_model()).measures.numpy()
    got = np.concatenate([imagine_mouth(teacher, c) for c in clips]) @ measures
    wanted = np.concatenate([_pair(c)[1] for c in clips])
    seen = np.concatenate([teacher_input(c)[:, :-1].argmax(1) for c in clips])
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
