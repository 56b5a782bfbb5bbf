# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest

from core.direction import Direction
from core.errors import MienError
from core.face.arkit import CHANNEL_NAMES
from core.styles import STYLE_SETTINGS, find_style, list_styles, read_style

STYLES = {style.key: style for style in list_styles()}


def test_the_styles_say_what_they_are():
    assert len(STYLES) >= 8
    assert next(iter(STYLES)) == "natural"
    for style in STYLES.values():
        assert style.name
        assert style.description.endswith(".")
        assert tuple(style.direction) == tuple(
            name for name in Direction().to_json() if name in STYLE_SETTINGS
        )
    assert len({repr(style.direction) for style in STYLES.values()}) == len(STYLES)


def test_natural_is_how_a_direction_is_by_itself():
    assert Direction(**STYLES["natural"].direction) == Direction()


def test_a_style_never_says_what_is_felt():
    assert not {"emotion", "intensity", "voice_emotion", "seed"} & set(STYLE_SETTINGS)


@pytest.mark.parametrize("key", STYLES)
def test_each_style_acts_within_the_ranges(key, perform):
    take = perform(emotion="angry", intensity=1.5, **STYLES[key].direction)
    assert take.values[:, :52].min() >= 0.0
    assert take.values[:, :52].max() <= 1.0


def test_styles_differ_on_the_face(perform):
    """The broader the style, the further brows and head move."""

    def moved(key):
        values = perform(emotion="angry", intensity=0.5, **STYLES[key].direction).values
        brow = values[:, CHANNEL_NAMES.index("browDownLeft")].mean()
        turns = np.ptp(values[:, CHANNEL_NAMES.index("headPitch") :][:, :2], axis=0)
        return np.array([brow, *turns])

    assert (moved("subtle_film") < moved("natural")).all()
    assert (moved("natural") < moved("theatrical")).all()


def test_an_unknown_style_lists_those_there_are():
    with pytest.raises(MienError) as told:
        find_style("operatic")
    assert told.value.code == "style_unknown"
    for key in STYLES:
        assert key in told.value.advice


def test_an_own_style_is_read_from_its_file(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"name": "Mine", "direction": {"onset": 0}}), encoding="utf-8-sig")
    style = find_style(str(path))
    assert (style.key, style.name, style.direction["onset"]) == ("mine", "Mine", 0.0)
    assert style.direction["decay"] == 1.0


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("{", "bad_style", "cannot be read"),
        ("[]", "bad_style", "is not a style"),
        ('{"direction": 3}', "bad_style", "is not a style"),
        ('{"direction": {"emotion": "sad"}}', "bad_style", "'emotion'"),
        ('{"direction": {"onset": 9}}', "bad_direction", "onset"),
        ("[" * 100_000, "bad_style", "cannot be read"),
    ],
)
def test_what_is_no_style_is_told(text, code, told, tmp_path):
    path = tmp_path / "odd.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MienError, match=told) as error:
        read_style(path)
    assert error.value.code == code
    with pytest.raises(MienError, match="cannot be read"):
        read_style(tmp_path / "gone.json")
