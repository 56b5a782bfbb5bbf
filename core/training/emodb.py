# SPDX-License-Identifier: Apache-2.0
"""Berlin Emo-DB: hand-made phone labels, set right, as phone sets and contacts.

In labels.json every label sits one row early: the rows carry Emo-DB's times, but a label names the
stretch that BEGINS at its row's end. The sound says so on all speakers: rows called `s` have 9 dB
less energy above than below (a vowel's balance), the rows after them 4 dB more (a hiss); rows called
`a` are 10 dB weaker than the rows after them. So label i is read as (end of row i, end of row i + 1).

Read like that, `p` `b` are closures (18 dB under the mean), `!p` `!b` their release bursts (12 ms),
`pasp` the breath after. `+fr` marks a stop that did not close; it counts neither way. `m` is a closure.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import soundfile

from ..motion.phones import BILABIAL, LABIODENTAL, PHONES, ROUNDING, SILENCE, TONGUE_TIP

Segment = tuple[str, float, float]

CLOSURES = frozenset({"p", "b", "m", "mm", "_p", "_b"})
TIP_CLOSURES = frozenset({"t", "d", "_t", "_d", "n", "l"})
LABIODENTALS = frozenset({"f", "v"})
ROUNDED = frozenset(
    {"y", "Y", "u", "U", "o", "O", "9", "OY", "S", "2", "8", "aU", "OU", "AO", "aO"}
)
OPEN_VOWELS = frozenset({"a", "aI", "aU", "E", "6", "a6", "E6", "O", "9"})
NOT_CLOSED_MARK = "+fr"

# German SAMPA -> the English phones that look alike; a label may allow several.
PHONE_SETS: dict[str, tuple[str, ...]] = {
    ".": (SILENCE,),
    **dict.fromkeys(("p", "_p", "!p", "pasp"), ("P",)),
    **dict.fromkeys(("b", "_b", "!b", "basp"), ("B", "P")),
    **dict.fromkeys(("m", "mm"), ("M",)),
    "f": ("F",),
    "v": ("V",),
    **dict.fromkeys(("t", "_t", "!t", "tasp", "d", "_d", "!d", "dasp"), ("T", "D")),
    **dict.fromkeys(("k", "_k", "!k", "kasp", "g", "_g", "!g", "gasp", "x", "X"), ("K", "G", "HH")),
    **dict.fromkeys(("n", "l"), ("N", "L")),
    "N": ("NG", "N"),
    "h": ("HH",),
    **dict.fromkeys(("s", "z"), ("S", "Z")),
    "S": ("SH", "CH", "ZH", "JH"),
    "C": ("SH", "Y", "HH"),
    "j": ("Y", "IY"),
    **dict.fromkeys(("a", "a6"), ("AA", "AH", "AE")),
    "aI": ("AY",),
    "aU": ("AW",),
    "OY": ("OY",),
    **dict.fromkeys(("E", "e", "E6", "@"), ("EH", "EY", "AH", "IH")),
    **dict.fromkeys(("i", "I", "i6", "I6"), ("IY", "IH")),
    **dict.fromkeys(("o", "O"), ("OW", "AO")),
    **dict.fromkeys(("u", "U"), ("UW", "UH")),
    **dict.fromkeys(("y", "Y", "9", "2"), ("UW", "UH", "ER")),
    "6": ("AH", "AA", "ER"),
}


@dataclass(frozen=True)
class EmoDbClip:
    """One utterance.

    Attributes:
        name: file stem, such as ``03a01Fa``.
        speaker: two digits.
        emotion: English word of labels.json.
        audio: path of the sound file (16 kHz).
        segments: (label without its comments, start s, end s), set right as the module says.
        marks: the comments of each label, such as ``+fr``.
    """

    name: str
    speaker: str
    emotion: str
    audio: Path
    segments: tuple[Segment, ...]
    marks: tuple[str, ...]


def read_emodb(folder: Path) -> list[EmoDbClip]:
    """All utterances of a folder with labels.json and audio/."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    return [_clip(folder, name, entry) for name, entry in sorted(labels.items())]


def _clip(folder: Path, name: str, entry: dict[str, object]) -> EmoDbClip:
    rows = entry["phones"]
    assert isinstance(rows, list)
    segments, marks = [], []
    for row, following in itertools.pairwise(rows):
        label, _, comment = str(row[2]).partition(" ")
        segments.append((label, float(row[1]), float(following[1])))
        marks.append(comment)
    audio = folder / "audio" / f"{name}.flac"
    duration = soundfile.info(audio).duration
    # The files hold the first 2 s of each utterance, the labels all of it.
    heard = sum(end <= duration for _, _, end in segments)
    return EmoDbClip(
        name,
        str(entry["speaker"]),
        str(entry["emotion"]),
        audio,
        tuple(segments[:heard]),
        tuple(marks[:heard]),
    )


def closures(clip: EmoDbClip) -> list[Segment]:
    """Stretches with the lips shut by hand label: p, b, m; neighbours that touch are joined."""
    return _made(clip, BILABIAL, CLOSURES)


def unsure(clip: EmoDbClip) -> list[Segment]:
    """Stops that did not close, by hand label: neither closed nor open."""
    return [
        (name, start, end)
        for name, labels in ((BILABIAL, CLOSURES), (TONGUE_TIP, TIP_CLOSURES))
        for (label, start, end), mark in zip(clip.segments, clip.marks, strict=True)
        if label in labels and NOT_CLOSED_MARK in mark and end > start
    ]


def open_vowels(clip: EmoDbClip) -> list[Segment]:
    """Stretches of open and half-open vowels."""
    return [s for s in clip.segments if s[0] in OPEN_VOWELS and s[2] > s[1]]


def contacts(clip: EmoDbClip) -> list[Segment]:
    """All contacts: closures of the lips and of the tongue's tip, labiodentals, rounded sounds."""
    others = [
        (name, start, end)
        for name, labels in ((LABIODENTAL, LABIODENTALS), (ROUNDING, ROUNDED))
        for label, start, end in clip.segments
        if label in labels and end > start
    ]
    return [*closures(clip), *_made(clip, TONGUE_TIP, TIP_CLOSURES), *others]


def _made(clip: EmoDbClip, name: str, labels: frozenset[str]) -> list[Segment]:
    found = [
        (name, start, end)
        for (label, start, end), mark in zip(clip.segments, clip.marks, strict=True)
        if label in labels and NOT_CLOSED_MARK not in mark and end > start
    ]
    return _joined(found)


def phone_set(label: str) -> tuple[int, ...]:
    """Indices into PHONES that a German label allows; empty where nothing is said."""
    return tuple(PHONES.index(p) for p in PHONE_SETS.get(label, ()))


def _joined(segments: list[Segment]) -> list[Segment]:
    result: list[Segment] = []
    for label, start, end in segments:
        if result and start - result[-1][2] < 1e-3:
            result[-1] = (label, result[-1][1], end)
        else:
            result.append((label, start, end))
    return result
