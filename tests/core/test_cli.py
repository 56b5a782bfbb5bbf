# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from core.cli import main
from core.curves import load_performance
from core.live_link import load_live_link_csv


@pytest.fixture(scope="module")
def take(recording, tmp_path_factory):
    path = tmp_path_factory.mktemp("cli") / "take.npz"
    words = ["performance", recording, "--emotion", "angry", "--intensity", 0.8, "--seed", 1]
    assert main([*map(str, words), "--fps", "60", "-o", str(path)]) == 0
    return path


def test_performance_writes_what_was_asked(take):
    performance = load_performance(take)
    assert performance.fps == 60.0
    assert performance.meta["direction"]["emotion"] == "angry"
    assert performance.meta["direction"]["intensity"] == 0.8
    assert performance.meta["seed"] == 1


def test_performance_writes_csv(take, recording, tmp_path):
    path = tmp_path / "take.csv"
    words = ["performance", str(recording), "--emotion", "angry", "--intensity", "0.8"]
    assert main([*words, "--seed", "1", "--fps", "60", "-o", str(path)]) == 0
    _, values = load_live_link_csv(path, 60.0)
    assert np.array_equal(values, load_performance(take).values)


def test_a_direction_file_and_options_over_it(recording, tmp_path):
    file = tmp_path / "direction.json"
    file.write_text(json.dumps({"emotion": "sad", "seed": 4, "head_strength": 0.5}))
    path = tmp_path / "take.npz"
    words = ["performance", recording, "--direction", file, "--emotion", "happy=0.6,sad=0.2"]
    assert main([*map(str, words), "--duration", "1", "-o", str(path)]) == 0
    direction = load_performance(path).meta["direction"]
    assert direction["emotion"] == {"happy": 0.6, "sad": 0.2}
    assert direction["seed"] == 4
    assert direction["head_strength"] == 0.5


def test_a_text_on_the_command_line_and_its_notes(recording, tmp_path, capsys):
    path = tmp_path / "take.npz"
    words = ["performance", str(recording), "--text", "The earliest book printed", "-o", str(path)]
    assert main([*words, "--articulation", "1.5", "--firmness", "2", "--duration", "3.3"]) == 0
    assert "note: Not in the text" in capsys.readouterr().err
    performance = load_performance(path)
    assert [word.label for word in performance.words] == ["The", "earliest", "book", "printed"]
    assert performance.meta["text"]["written"] == "The earliest book printed"
    assert performance.meta["direction"]["articulation"] == 1.5


def test_the_emotion_of_a_voice_is_written_and_performed(recording, tmp_path, capsys):
    track, path = tmp_path / "track.json", tmp_path / "take.npz"
    assert main(["emotion", str(recording), "-o", str(track)]) == 0
    assert "keys; the whole:" in capsys.readouterr().out
    written = json.loads(track.read_text())
    words = ["performance", recording, "--track", track, "--duration", "1", "-o", path]
    assert main([*map(str, words)]) == 0
    assert load_performance(path).meta["direction"]["emotion_track"] == written["track"]
    # The columns alone are a track too.
    track.write_text(json.dumps(written["track"]))
    assert main([*map(str, words)]) == 0
    assert main(["emotion", str(recording), "--duration", "2"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed[printed.index("{") :])["speech"] is True


def test_a_style_under_a_direction_file_under_options(recording, tmp_path):
    file, path = tmp_path / "direction.json", tmp_path / "take.npz"
    file.write_text(json.dumps({"emotion": "sad", "head_strength": 0.25}))
    words = ["performance", recording, "--style", "cartoon", "--direction", file, "--onset", "1.5"]
    assert main([*map(str, words), "--duration", "1", "-o", str(path)]) == 0
    direction = load_performance(path).meta["direction"]
    assert direction["emotion"] == "sad"
    assert (direction["head_strength"], direction["onset"]) == (0.25, 1.5)
    assert direction["brow_strength"] == 2.0  # the style's


def test_an_emotion_in_words_takes_the_place_of_a_track_in_the_file(recording, tmp_path):
    file, path = tmp_path / "direction.json", tmp_path / "take.npz"
    track = {"time_seconds": [0.0], "weights": {"angry": [1.0]}}
    file.write_text(json.dumps({"emotion_track": track}))
    words = ["performance", recording, "--direction", file, "--emotion", "calm", "--duration", "1"]
    assert main([*map(str, words), "-o", str(path)]) == 0
    direction = load_performance(path).meta["direction"]
    assert (direction["emotion"], direction["emotion_track"]) == ("calm", None)


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_plot_draws_a_picture(ending, take, tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / f"curves.{ending}"
    assert main(["plot", str(take), "-o", str(path)]) == 0
    assert path.stat().st_size > 20_000


def test_an_unknown_kind_of_picture_is_told(take, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    assert main(["plot", str(take), "-o", str(tmp_path / "curves.xyz")]) == 1
    assert "png" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["performance", "gone.wav", "-o", "a.npz"], "does not exist"),
        (["performance", "gone.wav", "-o", "a.mp4"], "neither in .npz nor in .csv"),
        (["performance", "gone.wav", "-o", "a.npz", "--emotion", "furious"], "furious"),
        (["performance", "gone.wav", "-o", "a.npz", "--emotion", "happy=x"], "happy=x"),
        (["performance", "gone.wav", "-o", "a.npz", "--intensity", "9"], "intensity"),
        (["performance", "gone.wav", "-o", "a.npz", "--direction", sys.executable], "be read"),
        (["performance", "gone.wav", "-o", "a.npz", "--firmness", "3"], "firmness"),
        (["performance", "gone.wav", "-o", "a.npz", "--text-file", "gone.txt"], "gone.txt"),
        (["performance", "gone.wav", "-o", "a.npz", "--style", "operatic"], "newsreader"),
        (["performance", "gone.wav", "-o", "a.npz", "--style", "gone.json"], "gone.json"),
        (["performance", "gone.wav", "-o", "a.npz", "--track", "gone.json"], "gone.json"),
        (["performance", "gone.wav", "-o", "a.npz", "--voice-emotion", "2"], "voice_emotion"),
        (["emotion", "gone.wav"], "does not exist"),
        (["mouths", "gone.npz", "-o", "a.json"], "gone.npz"),
        (["plot", "gone.npz", "-o", "a.png"], "gone.npz"),
    ],
)
def test_what_goes_wrong_is_told_in_two_lines(words, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    message = capsys.readouterr().err
    assert told in message
    assert len(message.strip().splitlines()) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_told(recording, tmp_path, capsys, monkeypatch):
    for name in [
        name
        for name in sys.modules
        if name.startswith(("core.performance", "core.hearing", "soxr"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "soxr", None)
    monkeypatch.delitem(sys.modules, "core.speech.audio", raising=False)
    assert main(["performance", str(recording), "-o", str(tmp_path / "a.npz")]) == 1
    assert "soxr" in capsys.readouterr().err


def test_it_runs_as_a_module_from_the_repository(repository):
    run = subprocess.run(
        [sys.executable, "-m", "core.cli", "performance", "--help"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--mouth-emotion-strength" in run.stdout


def test_a_take_is_made_like_a_face(take, recording, tmp_path, capsys):
    face, like = tmp_path / "face.npz", tmp_path / "like.npz"
    assert main(["landmarks", str(take), "-o", str(face)]) == 0
    words = ["performance", str(recording), "--seed", "1", "--fps", "60"]
    assert main([*words, "-o", str(tmp_path / "plain.npz")]) == 0
    plain = load_performance(tmp_path / "plain.npz")
    asked = [*words, "--landmarks", str(face), "-o", str(like)]
    assert main([*asked, "--likeness", "0"]) == 0
    assert like.read_bytes() == (tmp_path / "plain.npz").read_bytes()
    assert main([*asked, "--likeness", "1"]) == 0
    pulled = load_performance(like)
    angry = load_performance(take).landmarks_mix[:, 17:27].mean(axis=0)
    brows = plain.landmarks_mix[:, 17:27].mean(axis=0)
    moved = pulled.landmarks_mix[:, 17:27].mean(axis=0) - brows
    # Neighbours explain most of a resting brow; what they cannot is pulled their way.
    assert (moved * (angry - brows)).sum() > 0.03 * ((angry - brows) ** 2).sum()
    assert pulled.meta["likeness"] == {"database": str(face), "share": 1.0}
    for bad in (["--likeness", "0.3"], ["--landmarks", str(face), "--likeness", "2"]):
        assert main([*words, *bad, "-o", str(tmp_path / "bad.npz")]) == 1
    assert "likeness" in capsys.readouterr().err
    assert not (tmp_path / "bad.npz").exists()
