# SPDX-License-Identifier: Apache-2.0
"""Which device a wish comes to, and what is said of it."""

from __future__ import annotations

import importlib.util

import pytest
import torch

from core.avatar.device import choice_of, choose_device
from core.avatar.splat.cuda import load_kernels
from core.errors import MienError

CARD = "NVIDIA RTX 6000"


def built():
    """Kernels that load."""


@pytest.mark.parametrize(
    ("name", "card", "kind", "words"),
    [
        ("auto", CARD, "cuda", f"the graphics card, {CARD}"),
        ("cuda", CARD, "cuda", f"the graphics card, {CARD}"),
        ("cpu", CARD, "cpu", "the processor"),
        ("auto", None, "cpu", "the processor: there is no CUDA device"),
    ],
)
def test_a_wish_comes_to_a_device(name, card, kind, words):
    choice = choice_of(name, card, built)
    assert (choice.device.type, choice.words, choice.idle_card) == (kind, words, False)


@pytest.mark.skipif(importlib.util.find_spec("gsplat") is not None, reason="gsplat is installed")
def test_a_card_without_kernels_stands_idle_and_that_is_said():
    choice = choice_of("auto", CARD, load_kernels)
    assert choice.device.type == "cpu"
    assert choice.idle_card
    assert f"not on {CARD}" in choice.words
    assert "pip install gsplat" in choice.words
    with pytest.raises(MienError) as told:
        choice_of("cuda", CARD, load_kernels)
    assert told.value.code == "avatar_gsplat_missing"


def test_a_device_of_another_name_is_refused():
    with pytest.raises(MienError, match='no device "gpu"') as told:
        choose_device("gpu")
    assert "auto, cpu, cuda" in told.value.advice


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a graphics card here")
def test_this_computer():
    assert choose_device().device.type == "cpu"
    with pytest.raises(MienError, match="no CUDA device"):
        choose_device("cuda")
