# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import MienError
from core.training.film_labels import FilmLabel, label_films, label_of_name


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("x/03-01-05-02-01-01-12.mp4", FilmLabel("ravdess12", "angry", 1.0)),
        ("x/01-01-02-01-01-01-03.mp4", FilmLabel("ravdess03", "calm", 0.7)),
        ("MEAD/M003/video/front/disgusted/level_2/007.mp4", FilmLabel("M003", "disgusted", 0.7)),
        ("MEAD/M003/video/front/neutral/level_1/007.mp4", FilmLabel("M003", "neutral", 0.4)),
        ("takes/anna_joy_0.5_take2.mov", FilmLabel("anna", "happy", 0.5)),
        ("takes/anna_surprise.mov", FilmLabel("anna", "surprised", 1.0)),
        ("takes/anna_monday.mov", FilmLabel("takes", "", 1.0)),
        ("takes/interview.mov", FilmLabel("takes", "", 1.0)),
    ],
)
def test_names_are_read_as_corpora_write_them(path, label):
    assert label_of_name(Path(path)) == label


def written(folder, text):
    path = folder / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_wins_over_the_name_and_the_longer_path_over_the_shorter(tmp_path):
    table = written(
        tmp_path,
        "film,speaker,emotion,intensity\n"
        "a_happy.mp4,ben,anger,0.4\nsecond/a_happy.mp4,eve,sadness,\n",
    )
    films = [Path("first/a_happy.mp4"), Path("second/a_happy.mp4"), Path("c_fear.mp4")]
    assert label_films(films, table) == [
        FilmLabel("ben", "angry", 0.4),
        FilmLabel("eve", "sad", 1.0),
        FilmLabel("c", "fearful", 1.0),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("film,speaker,emotion,intensity\na.mp4,ben,furious,1\n", "line 2 .*'furious'"),
        ("film,speaker,emotion,intensity\na.mp4,ben,angry,2\n", "line 2 .*'2'"),
        ("film,speaker,emotion,intensity\na.mp4,ben,angry,nan\n", "line 2 .*'nan'"),
        ("film,speaker,emotion,intensity\nb.mp4,ben,angry,1\n", "b.mp4, which is none"),
        ("film,speaker,emotion,intensity\na.mp4,,angry,1\n", "line 2 .*missing"),
        ("name,emotion\na.mp4,angry\n", "no header"),
    ],
)
def test_a_wrong_table_says_where(tmp_path, text, said):
    with pytest.raises(MienError, match=said) as caught:
        label_films([Path("a.mp4")], written(tmp_path, text))
    assert caught.value.code == "film_labels"
