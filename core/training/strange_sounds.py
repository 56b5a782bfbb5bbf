# SPDX-License-Identifier: Apache-2.0
"""What the lips do with sounds that are no plain speech: a table for the model card.

    python -m core.training.strange_sounds demo/speech.flac --other EMODB/audio/03a02Fc.flac

The recording is whispered, sung, shouted, made a child's and so on, and mixed with a second voice;
noises without a voice are made. The table gives how many of the plain recording's closures are kept,
the widest opening, the fastest move of it in 20 ms, and how much of its power lies above 8 Hz.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..face.model import FaceModel, load_face_model
from ..mixing.contacts import close_lips
from ..motion.lips import LipDecoder, LipTrack
from ..motion.phones import BILABIAL
from ..speech.audio import load_speech
from ..speech.encoder import SpeechEncoder
from . import augment_noise
from .augment_voice import change_speed, stretch, warp_envelope

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
SHIVER_HZ = 8.0
EVENTS = 60
# A closure counts as kept if another one lies this near to its middle.
NEAR_SECONDS = 0.08


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("speech", type=Path)
    parser.add_argument("--other", type=Path, required=True)
    parser.add_argument("--models", type=Path)
    args = parser.parse_args()
    encoder, decoder = SpeechEncoder(args.models), LipDecoder(args.models)
    face = load_face_model(args.models)
    samples, other = (load_speech(path).samples for path in (args.speech, args.other))
    plain = decoder.decode(encoder.encode(samples))
    print("| sound | closures kept | widest, mm | fastest, mm in 20 ms | over 8 Hz |")
    print("|---|---|---|---|---|")
    for name, (sound, tempo) in {**voices(samples, other), **noises()}.items():
        track = decoder.decode(encoder.encode(sound))
        kept = "" if tempo == 0.0 else f"{kept_closures(plain, track, tempo):.2f}"
        widest, fastest, shiver = motion(track, face)
        print(f"| {name} | {kept} | {widest:.1f} | {fastest:.1f} | {shiver:.3f} |")


def voices(samples: Floats, other: Floats) -> dict[str, tuple[Floats, float]]:
    """Changed recordings: (samples, how many times faster they go)."""
    steps = np.arange(len(samples)) / RATE_HZ
    sung = stretch(samples, 0.5, 2 * len(samples))
    wobble = np.arange(len(sung)) + 30.0 * np.sin(2 * np.pi * 5.5 * np.arange(len(sung)) / RATE_HZ)
    second = np.resize(other, len(samples)) * augment_noise.level_of(samples)
    return {
        "as it is": (samples, 1.0),
        "whispered": (warp_envelope(samples, 1.0, is_whispered=True), 1.0),
        "driven into clipping, as shouted": (np.clip(12.0 * samples, -0.5, 0.5), 1.0),
        "at half speed with vibrato, as sung": (_read(sung, wobble), 0.5),
        "formants and pitch up by 1.35, a child's": (change_speed(samples, 1.35), 1.35),
        "pitch down by 0.75": (change_speed(samples, 0.75), 0.75),
        "telephone, 300 to 3400 Hz": (_band(samples, 300.0, 3400.0), 1.0),
        "radio, ring-modulated at 50 Hz": (
            np.asarray(samples * np.sin(2 * np.pi * 50.0 * steps), np.float32),
            1.0,
        ),
        "two people as loud as each other": (
            np.asarray(samples + second / augment_noise.level_of(other), np.float32),
            1.0,
        ),
    }


def noises() -> dict[str, tuple[Floats, float]]:
    """Made sounds without a voice; their tempo is given as 0."""
    count = 4 * RATE_HZ
    chance = np.random.default_rng(0)
    gap = np.zeros(RATE_HZ // 2, np.float32)
    events = [part for _ in range(EVENTS) for part in (0.3 * augment_noise.event(chance), gap)]
    sounds = {
        "digital silence": np.zeros(count, np.float32),
        "hiss and hum": 0.05 * augment_noise.noise(count, chance),
        "music without a voice": 0.1 * augment_noise.tune(5 * count, chance),
        f"{EVENTS} breaths, coughs, laughs, doors, claps": np.concatenate(events),
    }
    return {name: (np.asarray(sound, np.float32), 0.0) for name, sound in sounds.items()}


def kept_closures(plain: LipTrack, track: LipTrack, tempo: float) -> float:
    """Share of the plain track's closures that the other, `tempo` times faster one, makes too."""
    wanted = [(s.start_seconds + s.end_seconds) / 2 for s in plain.contacts if s.label == BILABIAL]
    reach = NEAR_SECONDS
    made = [
        (s.start_seconds * tempo - reach, s.end_seconds * tempo + reach)
        for s in track.contacts
        if s.label == BILABIAL
    ]
    return float(np.mean([any(a <= at <= b for a, b in made) for at in wanted]))


def motion(track: LipTrack, face: FaceModel) -> tuple[float, float, float]:
    """Widest opening and its fastest move in one frame, mm; share of its power above SHIVER_HZ."""
    values = close_lips(track.values, track.time_seconds, track.contacts, face)
    opening = face.lip_gaps(values)[:, 1].astype(np.float64) * 1e3
    power = np.abs(np.fft.rfft(opening - opening.mean())) ** 2
    hertz = np.fft.rfftfreq(len(opening), float(np.diff(track.time_seconds)[0]))
    shiver = power[hertz > SHIVER_HZ].sum() / max(power.sum(), 1.0)
    return float(opening.max()), float(np.abs(np.diff(opening)).max()), float(shiver)


def _read(samples: Floats, places: NDArray[np.float64]) -> Floats:
    return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.float32)


def _band(samples: Floats, low_hz: float, high_hz: float) -> Floats:
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1.0 / RATE_HZ)
    spectrum[(hertz < low_hz) | (hertz > high_hz)] = 0.0
    return np.asarray(np.fft.irfft(spectrum, len(samples)), np.float32)


if __name__ == "__main__":
    main()
