# SPDX-License-Identifier: Apache-2.0
"""Who speaks in a film, which emotion is acted and how strongly: from a table, or from the file's name.

A table is CSV with a header: `film,speaker,emotion,intensity`; film is the path as given, or its end
(`anna/happy_1.mp4`, `happy_1.mp4`). Without a row, names are read as three corpora write them:

    03-01-05-02-01-01-12.mp4          RAVDESS: emotion 05, strong, actor 12
    M003/video/front/angry/level_3/001.mp4   MEAD: speaker, emotion, level of 3
    anna_happy_0.7_take2.mp4          speaker_emotion[_intensity][_anything]

What no rule reads has the folder's name as speaker and an unknown emotion.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..emotion_names import EMOTION_NAMES
from ..errors import MienError

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN = ""
# Other words for the same, as corpora use them; boredom shows a face at rest.
SYNONYMS = {
    word: emotion
    for emotion, words in {
        "angry": ("anger", "ang"),
        "calm": ("boredom",),
        "contempt": ("contemptuous", "con"),
        "disgusted": ("disgust", "dis"),
        "fearful": ("fear", "fea"),
        "happy": ("happiness", "joy", "hap"),
        "neutral": ("neu",),
        "sad": ("sadness",),
        "surprised": ("surprise", "sur"),
    }.items()
    for word in words
}
RAVDESS = re.compile(r"^0[123]-0[12]-0([1-8])-0([12])-\d\d-\d\d-(\d\d)$")
RAVDESS_EMOTIONS = (
    *("neutral", "calm", "happy", "sad"),
    *("angry", "fearful", "disgusted", "surprised"),
)
RAVDESS_INTENSITIES = {"1": 0.7, "2": 1.0}
MEAD_LEVEL = re.compile(r"^level_([123])$")
MEAD_INTENSITIES = {"1": 0.4, "2": 0.7, "3": 1.0}
HIGHEST_INTENSITY = 1.5


@dataclass(frozen=True)
class FilmLabel:
    """What is known of a film: speaker, emotion of EMOTION_NAMES or UNKNOWN, intensity 0..1.5."""

    speaker: str
    emotion: str
    intensity: float


def label_films(films: list[Path], table: Path | None) -> list[FilmLabel]:
    """Labels of all films.

    Raises:
        MienError: ``film_labels``: the table cannot be read, names an unknown emotion, or has a row
            for no film.
    """
    rows = read_table(table) if table else {}
    labels, used = [], set()
    for film in films:
        matching = [name for name in rows if _is_end(name, film)]
        if matching:
            best = max(matching, key=len)
            used.add(best)
            labels.append(rows[best])
        else:
            labels.append(label_of_name(film))
    unused = sorted(set(rows) - used)
    if unused:
        raise _wrong(f"The table names {unused[0]}, which is none of the films.")
    return labels


def read_table(path: Path) -> dict[str, FilmLabel]:
    """The rows of a table by film."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(f"The table {path} cannot be read ({error}).") from error
    if not rows or not {"film", "speaker", "emotion"} <= set(rows[0]):
        raise _wrong(f"{path.name} has no header film,speaker,emotion,intensity.")
    labels = {}
    for number, row in enumerate(rows, start=2):
        where = f"line {number} of {path.name}"
        film = (row["film"] or "").strip().replace("\\", "/")
        speaker = (row["speaker"] or "").strip()
        emotion = named_emotion((row["emotion"] or "").strip())
        if not film or not speaker:
            raise _wrong(f"In {where} film or speaker is missing.")
        if emotion is None:
            raise _wrong(f"In {where} the emotion is {row['emotion']!r}.")
        labels[film] = FilmLabel(speaker, emotion, _intensity(row.get("intensity"), where))
    return labels


def label_of_name(film: Path) -> FilmLabel:
    """Label by the rules of the module docstring."""
    found = RAVDESS.match(film.stem)
    if found:
        emotion = RAVDESS_EMOTIONS[int(found[1]) - 1]
        return FilmLabel(f"ravdess{found[3]}", emotion, RAVDESS_INTENSITIES[found[2]])
    folders = film.parts[:-1]
    level = MEAD_LEVEL.match(folders[-1]) if len(folders) >= 5 else None
    if level:
        emotion = named_emotion(folders[-2])
        return FilmLabel(folders[-5], emotion or UNKNOWN, MEAD_INTENSITIES[level[1]])
    words = film.stem.split("_")
    emotion = named_emotion(words[1]) if len(words) > 1 else None
    if emotion:
        strength = re.fullmatch(r"[01](\.\d+)?", words[2]) if len(words) > 2 else None
        intensity = min(float(words[2]), HIGHEST_INTENSITY) if strength else 1.0
        return FilmLabel(words[0], emotion, intensity)
    return FilmLabel(film.absolute().parent.name, UNKNOWN, 1.0)


def named_emotion(word: str) -> str | None:
    """One of EMOTION_NAMES for a word or a synonym, UNKNOWN for an empty one, None for any other."""
    lower = word.lower()
    if lower in EMOTION_NAMES or not lower:
        return lower
    return SYNONYMS.get(lower)


def _is_end(name: str, film: Path) -> bool:
    parts = name.split("/")
    own = film.as_posix().split("/")
    return own[-len(parts) :] == parts


def _intensity(text: str | None, where: str) -> float:
    if not (text or "").strip():
        return 1.0
    try:
        value = float(text or "")
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= HIGHEST_INTENSITY:
        raise _wrong(f"In {where} the intensity is {text!r}.")
    return value


def _wrong(message: str) -> MienError:
    return MienError(
        "film_labels",
        message,
        f"Emotions: {', '.join(EMOTION_NAMES)}, or nothing; intensity 0 to {HIGHEST_INTENSITY:g}.",
    )
