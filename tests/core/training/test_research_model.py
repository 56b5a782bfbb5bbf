# SPDX-License-Identifier: Apache-2.0
"""The research model stays apart: its folder, its licence, and never without being asked for."""

from __future__ import annotations

import json

import pytest

from core.direction import EMOTION_NAMES
from core.model_files import model_path
from core.speech.emotion import EmotionRecogniser
from core.speech.emotion_model import load_emotion_model


@pytest.fixture
def research_folder(models_folder):
    return models_folder / "research"


def test_it_is_whole_and_says_its_licence(research_folder):
    listing = json.loads((research_folder / "models.json").read_text(encoding="utf-8"))
    (entry,) = listing["models"]
    assert entry["licence"] == "CC-BY-NC-SA-4.0"
    assert "RAVDESS" in entry["source"]
    assert model_path(research_folder, entry["name"]).stat().st_size == entry["bytes"]
    assert (research_folder / entry["card"]).is_file()
    licence = (research_folder / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("Creative Commons Attribution-NonCommercial-ShareAlike 4.0")


def test_it_is_loaded_only_where_it_is_asked_for(research_folder, models_folder):
    surprised = EMOTION_NAMES.index("surprised")
    assert surprised in load_emotion_model(research_folder).columns
    assert surprised not in load_emotion_model(models_folder).columns
    assert surprised not in EmotionRecogniser(models_folder)._model.columns
    assert surprised in EmotionRecogniser(research_folder=research_folder)._model.columns


def test_the_default_list_does_not_name_it(models_folder):
    text = (models_folder / "models.json").read_text(encoding="utf-8")
    assert "research" not in text
    assert "RAVDESS" not in text
