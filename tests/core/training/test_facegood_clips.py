# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import soundfile

from core.motion.phones import BILABIAL, CONTACTS
from core.training.clips import ANIMATOR
from core.training.facegood import TABLE_PATH
from core.training.facegood_clips import facegood_clips

TABLE = json.loads(TABLE_PATH.read_text(encoding="utf-8"))
NAMES = [row["control"] for row in TABLE["controls"]]


def write_take(folder, frames=900):
    """Thirty seconds whose jaw is open in the second half of each second."""
    values = np.zeros((frames, len(NAMES)), np.float32)
    values[:, NAMES.index("mouth_stretch_c")] = 0.5 * (np.arange(frames) % 30 >= 15)
    np.savez(folder / "one.npz", controls=values, control_names=np.array(NAMES), fps=30.0)
    (folder / "audio").mkdir()
    soundfile.write(folder / "audio" / "one.flac", np.zeros(frames * 16_000 // 30), 16_000)


def test_the_last_fifth_is_held_back(tmp_path):
    write_take(tmp_path)
    train, dev = (list(facegood_clips(tmp_path, part)) for part in ("train", "dev"))
    assert sum(len(c.mouth) for c in train) == 720
    assert sum(len(c.mouth) for c in dev) == 180
    assert not {c.name for c in train} & {c.name for c in dev}
    assert all(len(c.samples) == len(c.mouth) * 16_000 // 30 for c in (*train, *dev))
    assert {c.style for c in train} == {ANIMATOR}


def test_contacts_are_unknown_but_for_lips_that_meet_or_part(tmp_path):
    write_take(tmp_path)
    clip = next(facegood_clips(tmp_path, "train"))
    for name in CONTACTS:
        if name != BILABIAL:
            assert (name, 0.0, 6.0) in clip.unsure
    lips = [(start, end) for name, start, end in clip.unsure if name == BILABIAL]
    # At rest in the first half of each second: not told from a closure.
    assert lips[0] == (0.0, 0.5)
    assert not any(start < 0.75 < end for start, end in lips)
    assert clip.phones == (((), 0.0, 6.0),)
