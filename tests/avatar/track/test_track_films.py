# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from film_maker import placed, talking, write_film
from film_studio import lay_down
from PIL import Image

from core.avatar.track.track_films import track_films
from core.avatar.track_folder import read_track
from core.avatar.track_masks import open_masks
from core.avatar.tracked_film import film_digest
from core.cli import main
from core.errors import Cancelled
from core.face.model import load_face_model

UNEVEN = np.concatenate(([0.0], np.cumsum(np.random.default_rng(0).integers(30, 90, 40) / 600.0)))
LOST = slice(12, 18)
CUT = 26


@pytest.fixture(scope="module")
def tracked(tmp_path_factory):
    """A phone's film held upright, with an uneven rate, a lost face, a cut and no sound."""
    folder = tmp_path_factory.mktemp("phone")
    pictures, times = talking(0, 0, UNEVEN)
    first = placed(pictures[:CUT], (360, 640), (30, 100))
    second = placed(pictures[CUT:], (360, 640), (20, 240), 0.9, background=200)
    upright = first + second
    for number in range(LOST.start, LOST.stop):
        upright[number] = np.full_like(upright[number], 90)
    film = write_film(folder / "anna.mp4", [np.rot90(p, 1) for p in upright], times)
    lay_down(film, 1)
    out = folder / "anna.mientrack"
    assert main(["avatar", "track", str(film), "-o", str(out)]) == 0
    return out, upright


def test_pictures_are_upright_and_keep_their_times(tracked):
    track = read_track(tracked[0])
    assert track.size == (360, 640)
    np.testing.assert_allclose(track.time_seconds, UNEVEN, atol=2e-3)
    np.testing.assert_array_equal(track.picture, np.arange(len(UNEVEN)))
    middle = track.landmarks[5].mean(axis=0)
    assert 130 < middle[0] < 230, "the face is where it was filmed"
    assert 200 < middle[1] < 310


def test_a_track_knows_its_film_again(tracked):
    track = read_track(tracked[0])
    assert track.film_digests == (film_digest(tracked[0].with_name("anna.mp4")),)


def test_a_lost_face_is_not_claimed_and_told(tracked):
    out, _ = tracked
    track = read_track(out)
    assert not track.found[LOST.start + 1 : LOST.stop].any()
    assert track.found[: LOST.start].all()
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    ((first, last),) = report["lost"][0]
    assert UNEVEN[LOST.start - 1] < first < UNEVEN[LOST.start + 2]
    assert UNEVEN[LOST.stop - 1] < last < UNEVEN[LOST.stop + 2]


def test_cuts_are_told(tracked):
    out, _ = tracked
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    cuts = np.array(report["cuts"][0])[:, 0]
    assert np.abs(cuts - UNEVEN[CUT]).min() < 1e-2
    codes = {note["code"] for note in report["notes"]}
    assert {"short", "lost", "cuts", "few_expressions", "little_turn"} <= codes


def test_the_fit_lies_on_the_face(tracked):
    track = read_track(tracked[0])
    face = np.ptp(track.landmarks[:, :, 1], axis=1)
    assert (track.residual_pixels[track.found] < 0.03 * face[track.found]).all()


def test_masks_show_the_head(tracked):
    out, upright = tracked
    track = read_track(out)
    with open_masks(out) as masks:
        window = masks.windows[0]
        for row in (4, CUT + 5):
            mask = masks(0, row)
            full = np.zeros(upright[0].shape[:2], np.uint8)
            full[
                window.top : window.top + window.height, window.left : window.left + window.width
            ] = np.asarray(
                Image.fromarray(mask).resize(
                    (window.width, window.height), Image.Resampling.NEAREST
                )
            )
            x, y = track.landmarks[row].round().astype(int).T
            assert (full[y, x] == 3).mean() > 0.8, "the landmarks lie on the face's skin"
            assert (full[:40] == 0).mean() > 0.95


def test_the_sheet_is_a_picture(tracked):
    with Image.open(tracked[0] / "contact_sheet.png") as sheet:
        assert sheet.format == "PNG"
        assert min(sheet.size) > 400


def stopping(at):
    def report(_fraction, stage):
        if stage == at:
            raise Cancelled

    return report


@pytest.mark.parametrize("stage", ["following the face", "fitting the head", "masks"])
def test_a_run_that_is_stopped_leaves_nothing(tmp_path, stage):
    film = write_film(tmp_path / "a.mp4", *talking(2.4, 8))
    with pytest.raises(Cancelled):
        track_films([film], tmp_path / "a.mientrack", load_face_model(), stopping(stage))
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_several_films_and_4k(tmp_path):
    pictures, times = talking(1.5, 6)
    large = placed(pictures, (3840, 2160), (1200, 300), 4.0)
    films = [write_film(tmp_path / f"{name}.mp4", large, times) for name in ("a", "b")]
    told = []
    track_films(
        films,
        tmp_path / "a.mientrack",
        load_face_model(),
        lambda fraction, _stage: told.append(fraction),
    )
    track = read_track(tmp_path / "a.mientrack")
    assert track.size == (1280, 720)
    assert track.film_of.tolist() == [0] * 9 + [1] * 9
    assert track.picture.tolist() == [*range(9), *range(9)]
    assert all(a <= b + 1e-9 for a, b in pairwise(told))
    assert told[-1] == pytest.approx(1.0)
    with open_masks(tmp_path / "a.mientrack") as masks:
        assert len(masks.windows) == 2
        assert masks(1, 8).max() > 0
