# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from core.motion.phones import BILABIAL, LABIODENTAL, PHONES, TONGUE_TIP
from core.training.clips import (
    FOREIGN_EDGE_SECONDS,
    aligned_contacts,
    burst_time,
    foreign_clips,
    read_samples,
    synthetic_clips,
)

RATE = 16_000


def stop_and_vowel(burst=0.18, seconds=0.4):
    """A vowel, 80 ms of closure from 0.1 s, a burst of noise and a vowel."""
    times = np.arange(int(seconds * RATE)) / RATE
    tone = 0.1 * np.sin(2 * np.pi * 150 * times) * ((times < 0.1) | (times > burst + 0.02))
    hiss = np.random.default_rng(0).normal(size=len(times))
    near = (times >= burst) & (times < burst + 0.03)
    return (tone + 1e-4 * hiss + 0.1 * hiss * near).astype(np.float32)


@pytest.mark.parametrize("burst", [0.16, 0.18])
def test_a_stop_is_closed_up_to_its_burst(burst):
    found = burst_time(stop_and_vowel(burst), 0.1, 0.22)
    assert found == pytest.approx(burst, abs=0.006)


def test_a_stop_without_burst_is_closed_for_its_first_part():
    assert burst_time(np.zeros(RATE, np.float32), 0.1, 0.2) == pytest.approx(0.17)


def test_contacts_are_certain_unknown_or_absent():
    samples = np.zeros(RATE, np.float32)
    rows = [
        (("M",), 0.0, 0.1),
        (("B", "V"), 0.1, 0.2),
        (("AA",), 0.2, 0.3),
        ((), 0.3, 0.4),
        (("T", "D"), 0.4, 0.5),
    ]
    certain, unsure = aligned_contacts(samples, rows)
    assert certain[0] == (BILABIAL, 0.0, 0.1)
    assert certain[1][0] == TONGUE_TIP
    assert certain[1][2] == pytest.approx(0.47)
    assert {s for s in unsure if s[1] == 0.1} == {(BILABIAL, 0.1, 0.2), (LABIODENTAL, 0.1, 0.2)}
    assert not any(start == 0.2 for _, start, _ in (*certain, *unsure))
    assert len([s for s in unsure if s[1] == 0.3]) == 4


def write_set(folder, phones):
    soundfile.write(folder / "a.flac", np.zeros(RATE), RATE)
    (folder / "phones.json").write_text(json.dumps({"a": {"voice": "v", "phones": phones}}))


def test_synthetic_lines_become_clips(tmp_path):
    write_set(tmp_path, [["M", 0.1, 0.2], ["AA", 0.2, 0.3]])
    (clip,) = synthetic_clips(tmp_path)
    assert clip.phones[0] == ((PHONES.index("M"),), 0.1, 0.2)
    assert clip.contacts == ((BILABIAL, 0.1, 0.2),)
    assert clip.unsure == ()


def test_doubtful_times_of_foreign_sounds_teach_nothing(tmp_path):
    write_set(tmp_path, [[["M"], 0.1, 0.2, False], [["M"], 0.3, 0.4, True]])
    (clip,) = foreign_clips(tmp_path)
    assert clip.phones[0] == ((), 0.1, 0.2)
    assert clip.contacts == ((BILABIAL, 0.3, 0.4),)
    assert (BILABIAL, 0.1, 0.2) in clip.unsure
    assert clip.edge_seconds == FOREIGN_EDGE_SECONDS


def test_another_rate_is_refused(tmp_path):
    soundfile.write(tmp_path / "x.flac", np.zeros(100), 8000)
    with pytest.raises(ValueError, match="8000 Hz"):
        read_samples(tmp_path / "x.flac")
