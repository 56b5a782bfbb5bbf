# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import csv
import itertools
import json

import numpy as np
import pytest

from core.cli import main
from core.curves import load_performance, save_performance
from core.motion.mouths import MOUTH_NAMES
from core.motion.visemes import VISEME_NAMES


@pytest.fixture(scope="module")
def take(perform, tmp_path_factory):
    path = tmp_path_factory.mktemp("take") / "take.npz"
    save_performance(perform(), path)
    return path


def written(take, path):
    assert main(["mouths", str(take), "-o", str(path)]) == 0
    return path.read_text()


def test_rhubarbs_json(take, tmp_path):
    data = json.loads(written(take, tmp_path / "mouths.json"))
    assert data["metadata"]["soundFile"].endswith("speech.flac")
    assert data["metadata"]["duration"] == pytest.approx(11.0, abs=0.01)
    cues = data["mouthCues"]
    assert cues[0]["start"] == 0.0
    assert cues[-1]["end"] == data["metadata"]["duration"]
    assert {cue["value"] for cue in cues} <= set(MOUTH_NAMES)
    assert {"A", "B", "C", "G", "X"} <= {cue["value"] for cue in cues}
    assert all(a["end"] == b["start"] for a, b in itertools.pairwise(cues))


def test_rhubarbs_tsv(take, tmp_path):
    rows = [line.split("\t") for line in written(take, tmp_path / "mouths.tsv").splitlines()]
    starts = [float(start) for start, _ in rows]
    assert starts == sorted(starts)
    assert rows[-1] == ["11.00", "X"]


def test_mohos_switches_count_frames_from_one(take, tmp_path):
    head, *rows = written(take, tmp_path / "mouths.dat").splitlines()
    assert head == "MohoSwitch1"
    frames = [int(row.split()[0]) for row in rows]
    assert frames[0] == 1
    assert frames == sorted(set(frames))
    assert frames[-1] == load_performance(take).frames + 1
    assert {row.split()[1] for row in rows} <= {
        "AI",
        "E",
        "etc",
        "FV",
        "L",
        "MBP",
        "O",
        "U",
        "rest",
    }


def test_oculus_weights_have_a_row_a_frame(take, tmp_path):
    rows = list(csv.reader(written(take, tmp_path / "visemes.csv").splitlines()))
    assert rows[0] == ["time_seconds", *VISEME_NAMES]
    values = np.array(rows[1:], float)
    assert len(values) == load_performance(take).frames
    assert np.allclose(values[:, 1:].sum(axis=1), 1.0, atol=1e-3)


def test_another_ending_is_told_and_writes_nothing(take, tmp_path, capsys):
    assert main(["mouths", str(take), "-o", str(tmp_path / "mouths.xml")]) == 1
    assert "ends in none of" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
