# SPDX-License-Identifier: Apache-2.0
"""Turn film and emotional speech into streams that `train_expression` learns from.

    python -m core.training.prepare_expression WORK --grid GRID --emodb EMODB --spoken SYNTHETIC

Writes WORK/{grid,grid_dev,emodb,spoken}.npz. A stream is several utterances of one voice with pauses
between them: `start` (K + 1,) its frames at 25 Hz, `voice` (T, V) and `features` (T, 384) what the
decoder is told, `film` (T, D) real motion (empty without film), `emotion` (T,) what the speaker acts as
an index into EMOTION_NAMES, -1 where nothing is known. Existing files are kept; the seed is fixed.
GRID is CC BY 4.0, Emo-DB CC0, SYNTHETIC (NAME.flac and phones.json with the voice of each) of
`synthesise`. Folders of `film_clips`, a speaker each, may stand for GRID or beside it; their labels.json
says what is acted, and then the films teach how that feeling moves.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from ..direction import EMOTION_NAMES
from ..face.model import load_face_model
from ..motion.phrasing import find_phrasing
from ..motion.take_channels import RATE_HZ, take_channels
from ..motion.take_conditions import feature_conditions, take_frames, voice_conditions
from ..speech.encoder import SpeechEncoder
from ..speech.prosody import PitchTracker, measure_prosody
from .emodb import read_emodb
from .expression_film import film_motion
from .film_upper import fit_upper
from .fit_grid import nearest_seen, read_tracks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SAMPLE_RATE_HZ = 16_000
FRAME_SAMPLES = round(SAMPLE_RATE_HZ / RATE_HZ)
CLIPS_A_STREAM = 12
SPOKEN_SECONDS = 2400.0
# Pauses between utterances without film, and the level that all are brought to.
PAUSE_SECONDS = (0.2, 2.5)
LEVEL = 0.06
EMODB_EMOTIONS = {
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "happiness": "happy",
    "sadness": "sad",
    "neutral": "neutral",
    "boredom": "calm",
}


@dataclass(frozen=True, eq=False)
class Utterance:
    """One clip: sound (N,) at 16 kHz, what is acted (-1 unknown), and real motion (T, D) or None."""

    samples: Floats
    emotion: int
    film: Floats | None


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--grid", type=Path, nargs="+", required=True)
    parser.add_argument("--emodb", type=Path, required=True)
    parser.add_argument("--spoken", type=Path, required=True)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    readers = {
        "grid": lambda: (s for folder in args.grid for s in grid_streams(folder, "train")),
        "grid_dev": lambda: (s for folder in args.grid for s in grid_streams(folder, "dev")),
        "emodb": lambda: emodb_streams(args.emodb),
        "spoken": lambda: spoken_streams(args.spoken),
    }
    encoder, tracker = SpeechEncoder(), PitchTracker()
    for name, read in readers.items():
        path = args.work / f"{name}.npz"
        if not path.exists():
            np.savez_compressed(path, **condition(read(), encoder, tracker))
            print(path.name, flush=True)


def grid_streams(grid: Path, part: str) -> Iterator[list[Utterance]]:
    """Clips of one part, whose own silences are the pauses."""
    tracks = read_tracks(grid)
    poses = [np.load(grid / f"tracks_{p}.npz")["head_pose"] for p in ("train", "dev")]
    near = nearest_seen(tracks["found"], tracks["start"])
    values = fit_upper(
        tracks["points"],
        index=tracks["landmark_index"],
        start=tracks["start"],
        head_pose=np.concatenate(poses)[near],
        fps=RATE_HZ,
        face=load_face_model(),
    )
    motion = film_motion(values, tracks["start"]).astype(np.float32)
    acted = _acted(grid / "labels.json")
    clips = [
        (name, slice(first, last))
        for name, own, (first, last) in zip(
            tracks["clips"], tracks["part"], pairwise(tracks["start"]), strict=True
        )
        if own == part
    ]
    for group in range(0, len(clips), CLIPS_A_STREAM):
        yield [
            Utterance(
                _sound(grid / "audio" / part / f"{name}.flac"), acted.get(name, 0), motion[frames]
            )
            for name, frames in clips[group : group + CLIPS_A_STREAM]
        ]


def _acted(labels: Path) -> dict[str, int]:
    """Index into EMOTION_NAMES of each clip that a labels.json of `film_clips` names."""
    if not labels.exists():
        return {}
    entries = json.loads(labels.read_text(encoding="utf-8"))
    return {
        name: EMOTION_NAMES.index(entry["emotion"])
        for name, entry in entries.items()
        if entry["emotion"] in EMOTION_NAMES
    }


def emodb_streams(folder: Path) -> Iterator[list[Utterance]]:
    """Emo-DB's utterances speaker by speaker, feelings mixed."""
    chance = np.random.default_rng(1)
    clips = read_emodb(folder)
    for speaker in sorted({clip.speaker for clip in clips}):
        own = [clip for clip in clips if clip.speaker == speaker]
        chance.shuffle(own)
        for group in range(0, len(own), CLIPS_A_STREAM):
            yield [
                Utterance(
                    _sound(clip.audio), EMOTION_NAMES.index(EMODB_EMOTIONS[clip.emotion]), None
                )
                for clip in own[group : group + CLIPS_A_STREAM]
            ]


def spoken_streams(folder: Path) -> Iterator[list[Utterance]]:
    """Synthetic lines voice by voice, up to SPOKEN_SECONDS in all."""
    lines = json.loads((folder / "phones.json").read_text(encoding="utf-8"))
    voices: dict[str, list[str]] = {}
    for name, line in lines.items():
        voices.setdefault(line["voice"], []).append(name)
    seconds = 0.0
    for voice in sorted(voices):
        names = voices[voice][:CLIPS_A_STREAM]
        if len(names) < CLIPS_A_STREAM // 2 or seconds > SPOKEN_SECONDS:
            continue
        stream = [Utterance(_sound(folder / f"{name}.flac"), -1, None) for name in names]
        seconds += sum(len(utterance.samples) for utterance in stream) / SAMPLE_RATE_HZ
        yield stream


def condition(
    streams: Iterator[list[Utterance]], encoder: SpeechEncoder, tracker: PitchTracker
) -> dict[str, NDArray[np.generic]]:
    """The arrays of the module docstring."""
    chance = np.random.default_rng(0)
    rows: dict[str, list[NDArray[np.generic]]] = {
        name: [] for name in ("voice", "features", "film", "emotion")
    }
    start = [0]
    for stream in streams:
        samples, film, emotion = _joined(stream, chance)
        prosody = measure_prosody(samples, tracker)
        seconds = len(samples) / SAMPLE_RATE_HZ
        frames = min(take_frames(seconds), len(emotion))
        voice = voice_conditions(prosody, find_phrasing(prosody, seconds), frames)
        rows["voice"].append(voice.astype(np.float16))
        features = feature_conditions(encoder.encode(samples), frames)
        rows["features"].append(features.astype(np.float16))
        rows["film"].append(film[:frames].astype(np.float16))
        rows["emotion"].append(emotion[:frames])
        start.append(start[-1] + frames)
    arrays = {name: np.concatenate(parts) for name, parts in rows.items()}
    return {"start": np.array(start), **arrays}


def _joined(
    stream: list[Utterance], chance: np.random.Generator
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Sound, motion (T, D or 0) and emotion (T,) of a stream, frames and sound in step."""
    sounds, films, emotions = [], [], []
    for utterance in stream:
        seconds = 0.0 if utterance.film is not None else chance.uniform(*PAUSE_SECONDS)
        frames = -(-len(utterance.samples) // FRAME_SAMPLES) + round(seconds * RATE_HZ)
        if utterance.film is not None:
            frames = len(utterance.film)
            films.append(utterance.film)
        sound = np.zeros(frames * FRAME_SAMPLES, np.float32)
        heard = utterance.samples[: len(sound)]
        sound[: len(heard)] = heard
        sounds.append(sound)
        emotions.append(np.full(frames, utterance.emotion))
    count = sum(len(e) for e in emotions)
    film = np.concatenate(films) if films else np.zeros((count, 0), np.float32)
    assert not films or film.shape == (count, len(take_channels().names))
    return np.concatenate(sounds), film, np.concatenate(emotions)


def _sound(path: Path) -> Floats:
    samples, _ = soundfile.read(path, dtype="float32")
    level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    return np.asarray(samples * np.float32(LEVEL / max(level, 1e-4)), np.float32)


if __name__ == "__main__":
    main()
