# SPDX-License-Identifier: Apache-2.0
"""Turn corpora of emotional and plain speech into features and prosody, ready for `train_emotion`.

    python -m core.training.emotion_places WORK/places.npz SYNTHETIC FOREIGN GRID/audio/train FACEGOOD/audio
    python -m core.training.prepare_emotion WORK --emodb EMODB --copies 13
    python -m core.training.prepare_emotion WORK --ravdess RAVDESS --copies 3
    python -m core.training.prepare_emotion WORK --plain kokoro=SYNTHETIC grid=GRID/audio/train --copies 2

Writes WORK/{CORPUS}_{COPY}.npz. Copy 0 is the sound as it is, the others are heard in other voices
(pitch, formants and tempo, within a third of an octave), rooms, telephones and over noise, and lie
anywhere in recordings of several utterances. Files that exist are kept.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr

from ..speech.encoder import SpeechEncoder
from ..speech.prosody import PitchTracker, measure_prosody
from ..speech.spoken_content import without_places
from .augment_noise import level_of, noise
from .augment_room import colour
from .augment_voice import Disguise, disguise
from .emotion_clips import EMODB_EMOTIONS, PLAIN, RAVDESS_EMOTIONS, read_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
DISGUISE_SHARE, PITCH_OCTAVES, TEMPO = 0.6, 0.33, (0.87, 1.18)
FORMANTS_FOLLOW, FORMANTS_SPREAD = 0.35, 0.06
COLOUR_SHARE = 0.8
NOISE_SHARE, SNR_DB = 0.4, (8.0, 35.0)
# Recordings of several takes: how many, the pauses between them, their levels, the hiss below.
COMPANY, GAP_SECONDS, HISS_DECADES = 5, (0.1, 2.5), (-5.0, -3.0)
LEVEL, LEVEL_DB = 0.1, (-6.0, 3.0)
FRAME_SAMPLES = 320
# A plain corpus gives at most this many clips, evenly taken; longer ones are cut.
MOST_PLAIN_CLIPS, LONGEST_PLAIN_SECONDS = 240, 4.0


@dataclass(frozen=True)
class Take:
    """One recording: where it lies, who speaks, what feeling is acted, and how strongly."""

    path: Path
    speaker: str
    emotion: str
    strength: str = ""
    text: str = ""
    start_seconds: float = 0.0


@dataclass(frozen=True, eq=False)
class Ears:
    """The nets that hear, and the mean feature at each place of the encoder's window."""

    encoder: SpeechEncoder
    tracker: PitchTracker
    places: Floats

    def features(self, samples: Floats) -> NDArray[np.float16]:
        """Features of a recording without their places."""
        heard = without_places(self.encoder.encode(samples), self.places)
        return heard.astype(np.float16)


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--emodb", type=Path)
    parser.add_argument("--ravdess", type=Path)
    parser.add_argument("--plain", nargs="*", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--copies", type=int, default=1)
    args = parser.parse_args()
    corpora: dict[str, list[Take]] = {}
    if args.emodb:
        corpora["emodb"] = emodb_takes(args.emodb)
    if args.ravdess:
        corpora["ravdess"] = ravdess_takes(args.ravdess)
    for name, folder in (entry.split("=", 1) for entry in args.plain):
        corpora[name] = plain_takes(name, Path(folder))
    args.work.mkdir(parents=True, exist_ok=True)
    ears = Ears(SpeechEncoder(), PitchTracker(), read_places(args.work))
    for copy in range(args.copies):
        for name, takes in corpora.items():
            path = args.work / f"{name}_{copy}.npz"
            if not path.exists():
                save(path, takes, copy, ears)
                print(path.name, len(takes), flush=True)


def emodb_takes(folder: Path) -> list[Take]:
    """Emo-DB: audio/ and labels.json."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    return [
        Take(
            folder / "audio" / f"{name}.flac",
            str(entry["speaker"]),
            EMODB_EMOTIONS[entry["emotion"]],
            text=name[2:5],
        )
        for name, entry in sorted(labels.items())
    ]


def ravdess_takes(folder: Path) -> list[Take]:
    """RAVDESS: files named 03-01-emotion-intensity-statement-repetition-actor."""
    takes = []
    for path in sorted(folder.glob("03-01-*.flac")):
        _, _, emotion, strength, statement, repetition, actor = path.stem.split("-")
        takes.append(
            Take(path, actor, RAVDESS_EMOTIONS[emotion], strength, f"{statement}-{repetition}")
        )
    return takes


def plain_takes(name: str, folder: Path) -> list[Take]:
    """Speech without a label; of long recordings, a piece every LONGEST_PLAIN_SECONDS."""
    takes = []
    for path in sorted((*folder.rglob("*.flac"), *folder.rglob("*.wav"))):
        seconds = soundfile.info(path).duration
        pieces = max(1, int(seconds / LONGEST_PLAIN_SECONDS))
        takes += [
            Take(path, name, PLAIN, start_seconds=number * LONGEST_PLAIN_SECONDS)
            for number in range(pieces)
        ]
    step = max(1.0, len(takes) / MOST_PLAIN_CLIPS)
    return [takes[int(n * step)] for n in range(min(len(takes), MOST_PLAIN_CLIPS))]


def read_take(take: Take) -> Floats:
    """Samples at 16 kHz, mono; a plain one is cut to LONGEST_PLAIN_SECONDS."""
    rate = soundfile.info(take.path).samplerate
    frames = round(LONGEST_PLAIN_SECONDS * rate) if take.emotion == PLAIN else -1
    samples, _ = soundfile.read(
        take.path,
        frames=frames,
        start=round(take.start_seconds * rate),
        dtype="float32",
        always_2d=True,
    )
    mono = samples.mean(axis=1)
    return mono if rate == RATE_HZ else np.asarray(soxr.resample(mono, rate, RATE_HZ), np.float32)


def alter(samples: Floats, generator: np.random.Generator) -> Floats:
    """The same feeling in another voice, another place, another recording."""
    if generator.random() < DISGUISE_SHARE:
        octaves = generator.uniform(-PITCH_OCTAVES, PITCH_OCTAVES)
        formants = FORMANTS_FOLLOW * octaves + generator.normal(0.0, FORMANTS_SPREAD)
        tempo = float(generator.uniform(*TEMPO))
        samples = disguise(samples, Disguise(tempo, float(2.0**octaves), float(2.0**formants)))
    if generator.random() < COLOUR_SHARE:
        samples = colour(samples, generator)
    if generator.random() < NOISE_SHARE:
        ratio = 10.0 ** (-generator.uniform(*SNR_DB) / 20.0)
        samples = samples + noise(len(samples), generator) * np.float32(level_of(samples) * ratio)
    return np.asarray(samples, np.float32)


def encode_in_company(
    sounds: list[Floats], ears: Ears, generator: np.random.Generator
) -> list[NDArray[np.float16]]:
    """Features of sounds that lie anywhere in longer recordings.

    The encoder knows where in its window a sound lies: three seconds of silence before an utterance
    moved the first recogniser's logits by two. `spoken_content` takes away most of it; for the rest,
    what is learned from has to begin anywhere.
    """
    features: list[NDArray[np.float16]] = [np.zeros((0, 384), np.float16)] * len(sounds)
    order = generator.permutation(len(sounds))
    for first in range(0, len(order), COMPANY):
        group = order[first : first + COMPANY]
        parts, starts, place = [], [], 0
        for number in group:
            gap = _whole_frames(generator.uniform(*GAP_SECONDS) * RATE_HZ)
            level = LEVEL * 10.0 ** (generator.uniform(*LEVEL_DB) / 20.0)
            loud = sounds[number] * np.float32(level / (level_of(sounds[number]) + 1e-9))
            length = _whole_frames(len(loud))
            parts += [np.zeros(gap, np.float32), loud, np.zeros(length - len(loud), np.float32)]
            starts.append(place + gap)
            place += gap + length
        recording = np.concatenate(parts)
        hiss = generator.normal(0.0, 10.0 ** generator.uniform(*HISS_DECADES), len(recording))
        heard = ears.features(recording + hiss.astype(np.float32))
        for number, start in zip(group, starts, strict=True):
            begin = start // FRAME_SAMPLES
            features[number] = heard[
                begin : begin + _whole_frames(len(sounds[number])) // FRAME_SAMPLES
            ]
    return features


def _whole_frames(samples: float) -> int:
    return int(np.ceil(samples / FRAME_SAMPLES)) * FRAME_SAMPLES


def save(path: Path, takes: list[Take], copy: int, ears: Ears) -> None:
    """All takes of one corpus and copy, end to end; see `emotion_clips.read_clips`."""
    generator = np.random.default_rng((copy, len(takes)))
    sounds = [read_take(take) for take in takes]
    if copy:
        sounds = [alter(samples, generator) for samples in sounds]
        features = encode_in_company(sounds, ears, generator)
    else:
        features = [ears.features(samples) for samples in sounds]
    prosodies = [measure_prosody(samples, ears.tracker) for samples in sounds]
    fresh = path.with_suffix(".new.npz")
    np.savez(
        fresh,
        feature_start=np.concatenate(([0], np.cumsum([len(f) for f in features]))),
        features=np.concatenate(features),
        prosody_start=np.concatenate(([0], np.cumsum([len(p.speech) for p in prosodies]))),
        curves=np.concatenate(
            [
                np.stack((p.loudness_db, p.speech, p.voicing, p.pitch_semitones), 1)
                for p in prosodies
            ]
        ).astype(np.float32),
        bands_db=np.concatenate([p.bands_db for p in prosodies]).astype(np.float16),
        prominence_db=np.concatenate([p.prominence_db for p in prosodies]),
        median_pitch_hz=np.array([p.median_pitch_hz for p in prosodies]),
        level_dbfs=np.array([p.level_dbfs for p in prosodies]),
        name=np.array([t.path.stem for t in takes]),
        speaker=np.array([t.speaker for t in takes]),
        emotion=np.array([t.emotion for t in takes]),
        strength=np.array([t.strength for t in takes]),
        text=np.array([t.text for t in takes]),
    )
    fresh.replace(path)


if __name__ == "__main__":
    main()
