# SPDX-License-Identifier: Apache-2.0
"""Clips of real speech with labelled sounds: hand-made, of a TextGrid, or aligned from the text.

English labels by alignment come from PocketSphinx (10 ms off on clean speech); they are made once
and kept in the cache folder, because the aligner is slow and only in the training environment.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import soundfile

from benchmarks.lip_clips import (
    VISEME_OF,
    Clip,
    Sound,
    Stretch,
    aligned_contacts,
    aligned_open_vowels,
    aligned_sounds,
    pauses_between,
    spread,
)
from core.motion.phones import CONTACTS, PHONES, SILENCE
from core.speech.audio import load_speech
from core.training.emodb import contacts, open_vowels, phone_set, read_emodb

if TYPE_CHECKING:
    from pathlib import Path

EMODB, RAVDESS = "Emo-DB (German, acted)", "RAVDESS (English, acted)"
SAMPLES, LJSPEECH, READ = "MFA samples (English)", "LJ Speech", "others, read English"
STATEMENTS = {"01": "kids are talking by the door", "02": "dogs are sitting by the door"}
EMOTIONS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
LEAST_PAUSE_SECONDS = 0.4


def emodb(folder: Path, most: int | None = None) -> list[Clip]:
    """Emo-DB with its hand labels, set right as `core.training.emodb` says."""
    entries = read_emodb(folder)
    labelled = {kind for entry in entries for kind, _, _ in contacts(entry)}
    kinds = tuple(kind for kind in CONTACTS if kind in labelled)
    clips = []
    for entry in spread(entries, most):
        sounds = tuple(
            Sound(frozenset(VISEME_OF[PHONES[i]] for i in phone_set(label)), start, end)
            for label, start, end in entry.segments
            if end > start
        )
        clips.append(
            Clip(
                entry.name,
                EMODB,
                entry.speaker,
                entry.audio,
                group=entry.emotion,
                sounds=sounds,
                contacts=tuple(contacts(entry)),
                contact_kinds=kinds,
                open_vowels=tuple(open_vowels(entry)),
            )
        )
    return clips


def ravdess(folder: Path, cache: Path, most: int | None = None) -> list[Clip]:
    """One of the two statements of every actor, emotion and intensity, in turns; 240 of 960."""
    paths = [p for p in folder.glob("*.flac") if _is_in_turn(p.stem)]
    paths.sort(key=lambda path: (path.stem[-2:], path.stem))
    clips = []
    for path in spread(paths, most):
        _, _, emotion, intensity, statement, _, actor = path.stem.split("-")
        name = f"{EMOTIONS[int(emotion) - 1]}{', strong' if intensity == '02' else ''}"
        text = STATEMENTS[statement]
        clips += _aligned(path, text, cache, dataset=RAVDESS, speaker=actor, group=name)
    return clips


def _is_in_turn(stem: str) -> bool:
    _, _, emotion, intensity, statement, repetition, actor = stem.split("-")
    turn = (int(emotion) + int(intensity) + int(actor)) % 2
    return repetition == "01" and int(statement) == 1 + turn


def ljspeech(folder: Path, cache: Path) -> list[Clip]:
    """LJ Speech's clips whose text is in metadata.csv, but for the two that demo/ carries."""
    clips = []
    for line in (folder / "metadata.csv").read_text(encoding="utf-8").splitlines():
        name, _, text = line.split("|")
        text = text.replace("woodcutters", "wood cutters")  # PocketSphinx's dictionary lacks it
        path = folder / "wavs" / f"{name}.wav"
        clips += _aligned(path, text, cache, dataset=LJSPEECH, speaker="LJ")
    return clips


def read_english(folder: Path, cache: Path) -> list[Clip]:
    """Any folder of SPEAKER_CLIP.wav or .flac, each with its words in SPEAKER_CLIP.lab."""
    clips = []
    for words in sorted(folder.glob("*.lab")):
        audio = next(words.parent.glob(f"{words.stem}.[wf]*"))
        text, speaker = words.read_text(encoding="utf-8"), words.stem.split("_")[0]
        clips += _aligned(audio, text, cache, dataset=READ, speaker=speaker)
    return clips


def speech_samples(folder: Path) -> list[Clip]:
    """The recordings whose TextGrid has a tier of phones (the Montreal Forced Aligner's own)."""
    clips = []
    for path in sorted(folder.glob("*.TextGrid")):
        rows = textgrid_phones(path.read_text(encoding="utf-8"))
        if rows:
            audio = path.with_suffix(".wav")
            speaker = "one man, a cold" if "cold" in path.stem else "one man"
            clips.append(labelled_clip(audio, rows, dataset=SAMPLES, speaker=speaker))
    return clips


def textgrid_phones(text: str) -> list[Stretch]:
    """Rows of the tier called phones of a short TextGrid, without stress; [] if there is none."""
    lines = [line.strip() for line in text.splitlines()]
    if '"phones"' not in lines:
        return []
    at = lines.index('"phones"')
    rows = []
    for first in range(at + 4, at + 4 + 3 * int(lines[at + 3]), 3):
        start, end, quoted = lines[first : first + 3]
        label = re.sub(r"[0-9\"]", "", quoted)
        if label in VISEME_OF:
            rows.append((label, float(start), float(end)))
    return rows


def labelled_clip(
    audio: Path, rows: list[Stretch], *, dataset: str, speaker: str, group: str = "", text: str = ""
) -> Clip:
    """A clip of a whole file with ARPAbet rows."""
    samples = load_speech(audio).samples
    spoken = [row for row in rows if row[0] != SILENCE]
    return Clip(
        audio.stem,
        dataset,
        speaker,
        audio,
        group=group,
        sounds=aligned_sounds(rows),
        contacts=aligned_contacts(samples, spoken),
        contact_kinds=CONTACTS,
        open_vowels=aligned_open_vowels(rows),
        pauses=pauses_between(spoken, soundfile.info(audio).duration, LEAST_PAUSE_SECONDS),
        text=text,
    )


def _aligned(
    path: Path, text: str, cache: Path, *, dataset: str, speaker: str, group: str = ""
) -> list[Clip]:
    """The clip with its aligned rows; none if the text does not fit the sound."""
    rows = aligned_rows(path, text, cache)
    if not rows:
        return []
    return [labelled_clip(path, rows, dataset=dataset, speaker=speaker, group=group, text=text)]


def aligned_rows(path: Path, text: str, cache: Path) -> list[Stretch]:
    """ARPAbet rows of a text in a file, kept in the cache; [] if it cannot be aligned."""
    kept = cache / "aligned" / f"{path.stem}.json"
    if not kept.exists():
        from core.training.align import align  # noqa: PLC0415 - needs PocketSphinx

        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            rows = align(load_speech(path).samples, text)
        except ValueError:
            rows = []
        kept.write_text(json.dumps(rows), encoding="utf-8")
    return [
        (str(p), float(a), float(b)) for p, a, b in json.loads(kept.read_text(encoding="utf-8"))
    ]
