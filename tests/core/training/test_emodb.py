# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from core.training import emodb

# Rows as labels.json has them: each label names the stretch after its own row.
ROWS = [
    [0.0, 0.1, "l"],
    [0.1, 0.2, "a 2"],
    [0.2, 0.3, "p"],
    [0.3, 0.38, "!p +na"],
    [0.38, 0.4, "m +sil"],
    [0.4, 0.5, "b +fr"],
    [0.5, 0.6, "f"],
    [0.6, 0.7, "."],
    [0.7, 1.5, "m"],
    [1.5, 1.6, "."],
]


@pytest.fixture
def clip(tmp_path):
    (tmp_path / "audio").mkdir()
    soundfile.write(tmp_path / "audio" / "x.flac", np.zeros(16000), 16000)
    entry = {"speaker": "03", "emotion": "anger", "phones": ROWS}
    (tmp_path / "labels.json").write_text(json.dumps({"x": entry}))
    (read,) = emodb.read_emodb(tmp_path)
    return read


def test_labels_move_to_the_stretch_they_name(clip):
    assert clip.segments[0] == ("l", 0.1, 0.2)
    assert clip.segments[1] == ("a", 0.2, 0.3)
    assert clip.segments[2] == ("p", 0.3, 0.38)


def test_closures_are_p_b_m_that_closed(clip):
    assert emodb.closures(clip) == [("bilabial", 0.3, 0.38), ("bilabial", 0.4, 0.5)]


def test_labels_end_where_the_sound_ends(clip):
    assert max(end for _, _, end in clip.segments) <= 1.0


def test_open_vowels_and_labiodentals(clip):
    assert emodb.open_vowels(clip) == [("a", 0.2, 0.3)]
    assert ("labiodental", 0.6, 0.7) in emodb.contacts(clip)


def test_a_stop_that_did_not_close_is_neither_closed_nor_open(clip):
    assert emodb.unsure(clip) == [("bilabial", 0.5, 0.6)]


def test_the_tip_of_the_tongue_is_told_too(clip):
    assert ("tongue_tip", 0.1, 0.2) in emodb.contacts(clip)
