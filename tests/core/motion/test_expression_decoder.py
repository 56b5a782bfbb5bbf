# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import time

import numpy as np
import pytest

from core.motion import expression_decoder
from core.motion.expression_decoder import ExpressionDecoder, follow_flow
from core.motion.prototypes import MOVED_EMOTIONS
from core.motion.take_channels import take_channels
from core.motion.take_conditions import VOICE_NAMES
from core.motion.take_noise import take_noise


@pytest.fixture(scope="module")
def decoder(models_folder):
    return ExpressionDecoder(models_folder)


def told(frames, emotion=None):
    """Voice, features and activation of somebody who speaks and pauses in turn."""
    time_seconds = np.arange(frames) / 25.0
    voice = np.zeros((frames, len(VOICE_NAMES)), np.float32)
    speaking = (time_seconds % 3.0 < 2.0).astype(np.float32)
    voice[:, VOICE_NAMES.index("speech")] = speaking
    voice[:, VOICE_NAMES.index("loudness")] = 0.7 * speaking
    features = np.zeros((frames, 384), np.float32)
    activation = np.zeros((frames, len(MOVED_EMOTIONS)), np.float32)
    if emotion is not None:
        activation[:, MOVED_EMOTIONS.index(emotion)] = 1.0
    return voice, features, activation


def test_the_network_draws_the_columns_of_the_table(decoder):
    assert decoder.channel_names == take_channels().names
    motion = decoder.draw(*told(101), seed=1)
    assert motion.shape == (101, len(take_channels().names))
    assert np.isfinite(motion).all()


def test_a_seed_is_a_take_and_another_is_another(decoder):
    first = decoder.draw(*told(250), seed=1)
    assert first.tobytes() == decoder.draw(*told(250), seed=1).tobytes()
    other = decoder.draw(*told(250), seed=2)
    micro = slice(0, take_channels().column("accent"))
    alike = [
        np.corrcoef(a, b)[0, 1] for a, b in zip(first[:, micro].T, other[:, micro].T, strict=True)
    ]
    assert np.abs(np.mean(alike)) < 0.35


def test_blocks_cannot_be_seen(decoder, monkeypatch):
    whole = decoder.draw(*told(700, "happy"), seed=3)
    monkeypatch.setattr(expression_decoder, "BLOCK_FRAMES", 100)
    assert np.abs(decoder.draw(*told(700, "happy"), seed=3) - whole).max() < 1e-4


def test_a_longer_clip_begins_as_a_shorter_one(decoder):
    short, long = decoder.draw(*told(300), seed=4), decoder.draw(*told(900), seed=4)
    # The last seconds see what comes after them, as they should.
    assert np.abs(short[:150] - long[:150]).max() < 0.02


def test_feelings_move_each_in_their_own_way(decoder):
    def size(emotion, *names):
        columns = [take_channels().column(name) for name in names]
        takes = [decoder.draw(*told(1500, emotion), seed=seed)[:, columns] for seed in range(2)]
        return float(np.mean([take.std(axis=0).mean() for take in takes]))

    head = ("headPitch", "headYaw", "headRoll")
    assert size("angry", *head) > 1.3 * size(None, *head)
    assert size("calm", *head) < 0.85 * size(None, *head)
    assert size("sad", *head) < 0.7 * size("happy", *head)
    assert size("surprised", "browOuter") > 1.2 * size("contempt", "browOuter")
    assert size("happy", "cheek") > 1.3 * size("calm", "cheek")


def test_progress_ends_at_1(decoder):
    seen = []
    decoder.draw(*told(60), seed=0, on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_minute_takes_well_under_a_second_of_one_core(decoder):
    voice, features, activation = told(1500, "happy")
    decoder.draw(voice, features, activation, seed=0)
    costs = []
    for _ in range(3):
        began = time.process_time()
        decoder.draw(voice, features, activation, seed=0)
        costs.append(time.process_time() - began)
    assert min(costs) < 0.7


def test_heuns_rule_follows_a_known_flow():
    """dx/dt = x goes from 1 to e; four steps of Heun's rule miss it by 0.03."""
    end = follow_flow(lambda state, _moment: state, np.ones((2, 3), np.float32), 4)
    assert np.abs(end - np.e).max() < 0.03


def test_the_noise_is_even_coloured_and_begins_alike():
    noise = take_noise(7, 4000, 5)
    assert noise.std(axis=0) == pytest.approx(np.ones(5), abs=0.15)
    # Unit variance at every phase between the knots.
    many = np.stack([take_noise(seed, 60, 5) for seed in range(400)])
    assert np.abs(many.std(axis=(0, 2)) - 1.0).max() < 0.1
    assert np.array_equal(take_noise(7, 100, 5), noise[:100])
    power = np.abs(np.fft.rfft(noise, axis=0)) ** 2
    hertz = np.fft.rfftfreq(4000, 0.04)
    assert power[hertz < 1.0].sum() > 0.5 * power.sum()
    assert power[hertz > 8.0].sum() < 0.1 * power.sum()
