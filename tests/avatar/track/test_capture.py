# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from film_maker import talking, write_film
from film_studio import opening

from core.avatar.track.capture import capture
from core.avatar.track.faces import Span
from core.cli import main
from core.curves import load_performance
from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from core.face.model import load_face_model

JAW = CHANNEL_NAMES.index("jawOpen")


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return write_film(tmp_path_factory.mktemp("film") / "anna.mp4", *talking(4.0, 30))


def test_the_jaw_of_the_curves_is_the_films(film, tmp_path):
    out = tmp_path / "take.npz"
    assert main(["avatar", "curves", str(film), "-o", str(out), "--fps", "24"]) == 0
    take = load_performance(out)
    assert take.fps == 24.0
    np.testing.assert_allclose(take.time_seconds, np.arange(take.frames) / 24.0)
    assert take.time_seconds[-1] == pytest.approx(119 / 30, abs=1 / 24)
    assert np.corrcoef(take.values[:, JAW], opening(take.time_seconds))[0, 1] > 0.9
    assert take.meta["film"]["found"] == 1.0
    np.testing.assert_allclose(take.lips + take.expression, take.values, atol=1e-6)
    brows = [n for n, name in enumerate(ARKIT_NAMES) if name.startswith("brow")]
    assert not take.lips[:, brows].any()


def test_a_part_of_the_film_at_its_own_rate(film):
    take = capture(film, None, load_face_model(), lambda *_: None, span=Span(1.0, 3.5))
    assert take.fps == pytest.approx(30.0, abs=0.01)
    assert take.time_seconds[-1] == pytest.approx(2.5, abs=0.05)
    assert np.corrcoef(take.values[:, JAW], opening(take.time_seconds + 1.0))[0, 1] > 0.9


def test_live_link_csv(film, tmp_path):
    out = tmp_path / "take.csv"
    short = ["--start", "0", "--duration", "2.2", "--fps", "10"]
    assert main(["avatar", "curves", str(film), "-o", str(out), *short]) == 0
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("Timecode,BlendshapeCount,EyeBlinkLeft")
    assert len(lines) == 1 + 22


@pytest.mark.parametrize("fps", ["0", "-5", "1e9"])
def test_a_frame_rate_that_is_none(film, tmp_path, capsys, fps):
    out = tmp_path / "take.npz"
    assert main(["avatar", "curves", str(film), "-o", str(out), f"--fps={fps}"]) == 1
    assert "frames a second" in capsys.readouterr().err
    assert not out.exists()
