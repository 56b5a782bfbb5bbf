# SPDX-License-Identifier: Apache-2.0
"""The bundled recording and its labels belong together."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

CLOSURE_LABELS = {"P", "B", "M"}


@pytest.fixture(scope="module")
def recording(repository):
    return soundfile.read(repository / "demo" / "speech.flac", dtype="float64")


@pytest.fixture(scope="module")
def labels(repository):
    return json.loads((repository / "demo" / "speech_phones.json").read_text())


def test_it_is_mono_short_and_neither_silent_nor_clipped(recording, labels):
    samples, rate = recording
    assert samples.ndim == 1
    assert len(samples) / rate == labels["duration_seconds"] == 11.0
    assert 0.5 < np.abs(samples).max() < 0.99


@pytest.mark.parametrize("kind", ["words", "phones", "closures"])
def test_times_go_forward_and_lie_inside(labels, kind):
    times = np.array([row[:2] for row in labels[kind]])
    assert (times[:, 0] < times[:, 1]).all()
    assert (times[1:, 0] >= times[:-1, 1] - 1e-9).all()
    assert times.min() >= 0
    assert times.max() <= labels["duration_seconds"]


def test_every_p_b_and_m_has_a_closure_inside_it(labels):
    phones = [row for row in labels["phones"] if row[2] in CLOSURE_LABELS]
    assert [row[2] for row in phones] == [row[2] for row in labels["closures"]]
    for phone, closure in zip(phones, labels["closures"], strict=True):
        assert phone[0] <= closure[0]
        assert closure[1] <= phone[1]


def test_shut_lips_are_heard(recording, labels):
    """Behind shut lips little is left above 1 kHz: under a tenth of the usual vowel."""
    samples, rate = recording

    def level(start, end):
        piece = samples[int(start * rate) : int(end * rate)]
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
        return spectrum[np.fft.rfftfreq(len(piece), 1 / rate) > 1000].sum() / len(piece)

    vowels = [row for row in labels["phones"] if row[2][0] in "AEIOU"]
    usual = np.median([level(start, end) for start, end, _ in vowels])
    for start, end, label in labels["closures"]:
        if label != "M":
            assert level(start + 0.005, end - 0.012) < 0.1 * usual, (start, label)
