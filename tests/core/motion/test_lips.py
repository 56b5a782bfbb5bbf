# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest

from core.curves import Span
from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model
from core.mixing.contacts import close_lips
from core.motion import lips as lips_module
from core.motion.lips import LipDecoder
from core.motion.spans import best_path, threshold_spans
from core.speech.audio import load_speech
from core.speech.encoder import SpeechEncoder

CLOSED_METRES = 0.5e-3


@pytest.fixture(scope="module")
def encoder():
    return SpeechEncoder()


@pytest.fixture(scope="module")
def decoder():
    return LipDecoder()


@pytest.fixture(scope="module")
def face():
    return load_face_model()


@pytest.fixture(scope="module")
def features(encoder, recording):
    return encoder.encode(load_speech(recording).samples)


@pytest.fixture(scope="module")
def track(decoder, features):
    return decoder.decode(features)


@pytest.fixture(scope="module")
def truth(repository):
    return json.loads((repository / "demo" / "speech_phones.json").read_text())


def resampled(track, fps):
    times = np.arange(int(track.time_seconds[-1] * fps)) / fps
    columns = [np.interp(times, track.time_seconds, c) for c in track.values.T]
    return times, np.stack(columns, axis=1).astype(np.float32)


@pytest.mark.parametrize("fps", [24.0, 29.97, 60.0])
def test_lips_close_for_the_known_p_b_m_of_the_recording(track, truth, face, fps):
    times, values = resampled(track, fps)
    gaps = face.lip_gaps(close_lips(values, times, track.contacts, face)).max(axis=1)
    half = 0.5 / fps
    made = [
        bool((gaps[(times >= a - half) & (times <= b + half)] < CLOSED_METRES).any())
        for a, b, _ in truth["closures"]
    ]
    assert sum(made) >= len(made) - 1, [
        c for c, ok in zip(truth["closures"], made, strict=True) if not ok
    ]


def test_open_vowels_stay_open(track, truth, face):
    times, values = resampled(track, 60.0)
    gaps = face.lip_gaps(close_lips(values, times, track.contacts, face))[:, 1]
    opened = [
        gaps[(times >= a + 0.03) & (times <= b - 0.03)].min()
        for a, b, label in truth["phones"]
        if label in {"AA", "AE", "AY", "AW", "AO", "EH", "EY"} and b - a > 0.08
    ]
    assert len(opened) >= 5
    assert np.mean(np.array(opened) > 1e-3) > 0.8


def test_contacts_are_bilabials_of_the_recording_and_few_others(track, truth):
    spans = [s for s in track.contacts if s.label == "bilabial"]
    hits = [
        any(
            s.start_seconds < b + 0.02 and s.end_seconds > a - 0.02 for a, b, _ in truth["closures"]
        )
        for s in spans
    ]
    assert np.mean(hits) > 0.75


def test_phones_are_mostly_those_of_the_recording(track, truth):
    at = np.arange(0.0, 10.5, 0.02)

    def read(rows):
        names = np.full(len(at), "sil", dtype="<U4")
        for start, end, label in rows:
            names[(at >= start) & (at < end)] = label
        return names

    heard = read([(s.start_seconds, s.end_seconds, s.label) for s in track.phones])
    wanted = read(truth["phones"])
    speech = wanted != "sil"
    assert np.mean(heard[speech] == wanted[speech]) > 0.7


@pytest.mark.parametrize("sound", ["silence", "hiss"])
def test_lips_stay_shut_and_still_without_speech(encoder, decoder, sound):
    samples = np.zeros(48_000, np.float32)
    if sound == "hiss":
        samples += np.random.default_rng(0).normal(0.0, 1e-3, 48_000).astype(np.float32)
    track = decoder.decode(encoder.encode(samples))
    assert track.values.max() < 0.02
    assert not [s for s in track.contacts if s.label == "bilabial"]


def test_a_fifth_of_a_second_is_enough_to_decode(encoder, decoder):
    track = decoder.decode(encoder.encode(np.zeros(3200, np.float32)))
    assert track.values.shape == (len(track.time_seconds), len(ARKIT_NAMES))


def test_blocks_join_exactly(decoder, features, monkeypatch):
    whole = decoder.curves(features)
    monkeypatch.setattr(lips_module, "BLOCK_FRAMES", 130)
    for part, all_at_once in zip(decoder.curves(features), whole, strict=True):
        np.testing.assert_allclose(part, all_at_once, atol=2e-4)


def lip_opening(face, values):
    return face.lip_gaps(values)[:, 1]


def test_articulation_widens_and_narrows_the_motion(decoder, features, face, track):
    spread = {
        a: lip_opening(face, decoder.decode(features, articulation=a).values).std()
        for a in (-1.0, 0.0, 1.0)
    }
    assert spread[-1.0] < 0.95 * spread[0.0]
    assert spread[1.0] > 1.05 * spread[0.0]


@pytest.mark.parametrize("articulation", [-1.0, 1.0])
def test_contacts_are_the_same_and_closed_at_every_articulation(
    decoder, features, face, track, articulation
):
    other = decoder.decode(features, articulation=articulation)
    assert [s.label for s in other.contacts] == [s.label for s in track.contacts]
    times, values = resampled(other, 24.0)
    gaps = face.lip_gaps(close_lips(values, times, other.contacts, face)).max(axis=1)
    for span in other.contacts:
        if span.label == "bilabial":
            near = np.abs(times - (span.start_seconds + span.end_seconds) / 2) < 0.5 / 24 + 1e-6
            assert gaps[near].min() < CLOSED_METRES


def test_known_phones_lead(decoder, features, truth):
    known = tuple(Span(label, start, end) for start, end, label in truth["phones"])
    track = decoder.decode(features, phones=known)
    assert track.phones == known
    middles = [(s.start_seconds + s.end_seconds) / 2 for s in known if s.label in {"P", "B", "M"}]
    closed = [s for s in track.contacts if s.label == "bilabial"]
    for middle in middles:
        assert any(s.start_seconds - 0.07 < middle < s.end_seconds + 0.07 for s in closed)
    assert len(closed) <= len(middles)


def test_values_are_in_range_and_only_of_the_lower_face(track):
    assert track.values.min() >= 0.0
    assert track.values.max() <= 1.0
    still = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith(("eye", "brow", "nose"))]
    assert track.values[:, still].max() == 0.0


def test_flicker_makes_no_spans():
    curve = np.array([0.1, 0.45, 0.1, 0.45, 0.1, 0.7, 0.9, 0.6, 0.1], np.float32)
    spans = threshold_spans("x", curve, 0.02, enter=0.5, leave=0.4, shortest_seconds=0.02)
    assert len(spans) == 1
    assert 0.08 < spans[0].start_seconds < 0.1
    assert 0.14 < spans[0].end_seconds < 0.16


def test_the_best_path_prefers_to_stay():
    rows = np.array([[0.9, 0.1], [0.45, 0.55], [0.9, 0.1], [0.1, 0.9], [0.1, 0.9]], np.float32)
    assert best_path(rows, 1.5).tolist() == [0, 0, 0, 1, 1]
    assert best_path(rows, 0.0).tolist() == [0, 1, 0, 1, 1]


def test_phones_that_look_alike_speak_with_one_voice(decoder):
    names = decoder.phone_names
    chances = np.full((1, len(names)), 1e-4, np.float32)
    for name, chance in (("P", 0.28), ("B", 0.3), ("T", 0.4)):
        chances[0, names.index(name)] = chance
    assert names[int(lips_module.by_viseme(chances, names).argmax())] == "B"
