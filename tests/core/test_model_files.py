# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import shutil

import pytest

from core.errors import MienError
from core.model_files import model_hashes, model_path


@pytest.fixture
def folder(tmp_path, models_folder):
    for name in ("models.json", "pitch.onnx"):
        shutil.copy(models_folder / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("part", [".", "research"])
def test_every_listed_model_is_there_with_its_hash_and_card(models_folder, part):
    folder = models_folder / part
    listing = json.loads((folder / "models.json").read_text(encoding="utf-8"))
    assert listing["models"]
    for entry in listing["models"]:
        path = model_path(folder, entry["name"])
        assert path.stat().st_size == entry["bytes"]
        assert (folder / entry["card"]).is_file()


def test_the_shipped_models_are_known_by_name():
    names = {"speech_encoder", "lip_decoder", "pitch", "face_model", "pronunciation"}
    names |= {"emotion_recogniser", "expression_decoder"}
    assert set(model_hashes(None)) == names


def test_a_whole_model_is_found(folder):
    assert model_path(folder, "pitch") == folder / "pitch.onnx"


def test_a_changed_model_is_named(folder):
    content = bytearray((folder / "pitch.onnx").read_bytes())
    content[1000] ^= 1
    (folder / "pitch.onnx").write_bytes(content)
    with pytest.raises(MienError, match=r"pitch\.onnx is damaged") as told:
        model_path(folder, "pitch")
    assert told.value.code == "model_changed"


def test_a_model_that_changes_while_the_process_runs_is_noticed(folder):
    model_path(folder, "pitch")
    (folder / "pitch.onnx").write_bytes(b"other")
    with pytest.raises(MienError, match="damaged"):
        model_path(folder, "pitch")


def test_a_missing_model_is_named(folder):
    (folder / "pitch.onnx").unlink()
    with pytest.raises(MienError, match=r"pitch\.onnx is missing") as told:
        model_path(folder, "pitch")
    assert told.value.code == "model_missing"
    assert "Install Mien again" in told.value.advice


def test_an_unknown_model_is_named(folder):
    with pytest.raises(MienError, match='no model called "nose"'):
        model_path(folder, "nose")


def test_a_folder_without_a_list_is_named(tmp_path):
    with pytest.raises(MienError, match=r"has no models\.json") as told:
        model_path(tmp_path, "pitch")
    assert told.value.code == "models_missing"


@pytest.mark.parametrize(
    "listing",
    ['{"models": [3]}', "[]", "{", '{"models": [{"name": "pitch"}]}', "[" * 100_000, "\x00"],
)
def test_a_broken_list_is_named(listing, folder):
    (folder / "models.json").write_text(listing, encoding="utf-8")
    for read in (model_hashes, lambda folder: model_path(folder, "pitch")):
        with pytest.raises(MienError, match="cannot be read") as told:
            read(folder)
        assert told.value.code == "models_missing"


def test_a_folder_in_a_models_place_is_named(folder):
    (folder / "pitch.onnx").unlink()
    (folder / "pitch.onnx").mkdir()
    with pytest.raises(MienError, match=r"pitch\.onnx is missing or may not be read") as told:
        model_path(folder, "pitch")
    assert told.value.code == "model_missing"
