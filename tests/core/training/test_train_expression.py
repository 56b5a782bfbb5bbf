# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from core.motion.expression_decoder import ExpressionDecoder
from core.motion.prototypes import MOVED_EMOTIONS
from core.motion.take_channels import take_channels
from core.motion.take_conditions import VOICE_NAMES
from core.training import train_expression
from core.training.expression_export import export_and_register
from core.training.expression_lessons import (
    WINDOW_FRAMES,
    Lessons,
    Stream,
    draw_activation,
    read_streams,
)
from core.training.expression_network import REACH_FRAMES, STRIDE, ExpressionNetwork

COLUMNS = len(take_channels().names)


def stream(emotion=0, film=False, frames=400):
    chance = np.random.default_rng(0)
    return Stream(
        chance.random((frames, len(VOICE_NAMES))).astype(np.float32),
        chance.normal(size=(frames, 384)).astype(np.float32),
        chance.normal(size=(frames, COLUMNS)).astype(np.float32) if film else None,
        np.full(frames, emotion),
    )


def network_inputs(frames):
    torch.manual_seed(1)
    sizes = (COLUMNS, len(VOICE_NAMES), 384, len(MOVED_EMOTIONS))
    state, voice, features, activation = (torch.randn(1, frames, size) for size in sizes)
    return [state, torch.tensor([0.4]), voice, features, activation]


def test_a_broken_run_goes_on_as_if_it_had_not_broken(tmp_path, monkeypatch):
    monkeypatch.setattr(train_expression, "SAVE_EVERY", 2)
    monkeypatch.setattr(train_expression, "BATCH", 2)
    torch.set_num_threads(1)
    streams = [stream(film=True), stream(3)]
    whole = train_expression.train(streams, 4, tmp_path / "whole.pt")
    real_save = train_expression.save

    def save_and_break(path, step, *parts):
        real_save(path, step, *parts)
        raise KeyboardInterrupt

    monkeypatch.setattr(train_expression, "save", save_and_break)
    with pytest.raises(KeyboardInterrupt):
        train_expression.train(streams, 4, tmp_path / "broken.pt")
    monkeypatch.setattr(train_expression, "save", real_save)
    resumed = train_expression.train(streams, 4, tmp_path / "broken.pt")
    for name, weights in whole.state_dict().items():
        assert torch.equal(weights, resumed.state_dict()[name]), name


def test_the_network_sees_no_further_than_its_reach():
    network = ExpressionNetwork().eval()
    frames, middle = 240, 120
    inputs = network_inputs(frames)
    with torch.no_grad():
        before = network(*inputs)
        for place in (middle - REACH_FRAMES - STRIDE, middle + REACH_FRAMES + STRIDE):
            changed = [x.clone() for x in inputs]
            changed[0][:, place] += 5.0
            changed[2][:, place] += 5.0
            after = network(*changed)
            assert torch.allclose(before[:, middle], after[:, middle], atol=1e-6)
            assert not torch.allclose(before[:, place], after[:, place], atol=1e-3)


def test_the_exported_decoder_is_the_network(tmp_path):
    network = ExpressionNetwork().eval()
    export_and_register(network, tmp_path)
    assert (tmp_path / "expression_decoder.onnx").stat().st_size < 3e6
    entry = json.loads((tmp_path / "models.json").read_text(encoding="utf-8"))["models"][0]
    assert entry["name"] == "expression_decoder"
    decoder = ExpressionDecoder(tmp_path)
    inputs = network_inputs(160)
    with torch.no_grad():
        wanted = network(*inputs)[0].numpy()
    told = {
        name: values[0].numpy()
        for name, values in zip(("voice", "features", "activation"), inputs[2:], strict=True)
    }
    velocity = decoder._velocity(inputs[0][0].numpy(), 0.4, told)
    assert np.abs(velocity - wanted).max() < 0.02  # weights are stored as float16


def test_streams_are_read_as_they_were_prepared(tmp_path):
    one = stream(2, film=True)
    arrays = {"voice": one.voice, "features": one.features, "film": one.film}
    np.savez(tmp_path / "s.npz", start=np.array([0, 150, 400]), emotion=one.emotion, **arrays)
    streams = read_streams(tmp_path / "s.npz")
    assert [len(s.voice) for s in streams] == [150, 250]
    assert np.array_equal(streams[1].film, one.film[150:])


def test_what_is_felt_adds_up_to_nothing_or_one_and_is_often_what_is_acted():
    acted = MOVED_EMOTIONS.index("fearful") + 1
    felt = np.concatenate(
        [draw_activation(stream(acted, frames=2000), np.random.default_rng(s)) for s in range(5)]
    )
    settled = felt[np.abs(np.diff(felt.sum(axis=1), prepend=0.0)) < 1e-6]
    sums = settled.sum(axis=1)
    assert ((sums < 0.01) | (np.abs(sums - 1.0) < 0.01)).all()
    assert settled[:, acted - 1].mean() > 0.4
    assert (sums < 0.01).any()


def test_lessons_are_windows_of_speech_and_motion():
    lessons = Lessons([stream(film=True)], np.random.default_rng(0))
    lessons.teach_all(0)
    batch = lessons.draw(3)
    assert batch["motion"].shape == (3, WINDOW_FRAMES, COLUMNS)
    assert batch["noise"].std().item() == pytest.approx(1.0, abs=0.25)
    assert batch["features"].shape == (3, WINDOW_FRAMES, 384)
