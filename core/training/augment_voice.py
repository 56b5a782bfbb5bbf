# SPDX-License-Identifier: Apache-2.0
"""Another speaker with the same mouth: pitch, formants, tempo, whisper.

Only one man is filmed, so what his mouth does has to be heard from women, children and deep voices
as well. Pitch and formants move together by playing faster or slower; overlap-and-add on matching
waves (WSOLA) then gives the tempo back, and a warp of the spectrum's envelope moves the formants
alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soxr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
TEMPO = (0.82, 1.25)
# Octaves by which the voice goes down and up: a man's becomes a child's at about +0.9 with formants
# +0.35, which a child's shorter throat gives.
PITCH_OCTAVES = (-0.45, 0.95)
FORMANT_OCTAVES = (-0.2, 0.35)
WHISPER_SHARE = 0.04
# Overlap-and-add: frames of 32 ms, matched within 6 ms (one period of 83 Hz in all).
FRAME, HOP, SEARCH = 512, 256, 96
# Envelope: cepstrum of 32 ms windows, smooth below 1.5 ms of quefrency.
WINDOW, STEP, LIFTER = 512, 128, 24
LARGEST_GAIN = 12.0


@dataclass(frozen=True)
class Disguise:
    """How a voice is changed: factors of tempo, pitch and formants; whether it whispers."""

    tempo: float = 1.0
    pitch: float = 1.0
    formants: float = 1.0
    is_whispered: bool = False


def draw_disguise(generator: np.random.Generator, share: float) -> Disguise:
    """A random disguise in `share` of the draws, otherwise none.

    A third of the disguises play the sound faster or slower, all three factors alike; the others
    take pitch, formants and tempo one by one.
    """
    if generator.random() >= share:
        return Disguise()
    is_whispered = bool(generator.random() < WHISPER_SHARE / share)
    tempo = float(generator.uniform(*TEMPO))
    kind = int(generator.integers(3))
    if kind == 0:
        return Disguise(tempo, tempo, tempo, is_whispered)
    octaves = generator.uniform(*PITCH_OCTAVES)
    # Big voices come from big heads: formants follow pitch loosely.
    follow = 0.35 * octaves + generator.normal(0.0, 0.08)
    formants = float(2.0 ** np.clip(follow, *FORMANT_OCTAVES))
    return Disguise(tempo if kind == 1 else 1.0, float(2.0**octaves), formants, is_whispered)


def disguise(samples: Floats, change: Disguise) -> Floats:
    """The changed voice; it lasts len(samples) / change.tempo."""
    sound = change_speed(samples, change.pitch)
    if abs(change.tempo / change.pitch - 1.0) > 1e-3:
        wanted = round(len(samples) / change.tempo)
        sound = stretch(sound, change.tempo / change.pitch, wanted)
    warp = change.formants / change.pitch
    if abs(warp - 1.0) > 1e-3 or change.is_whispered:
        sound = warp_envelope(sound, warp, is_whispered=change.is_whispered)
    return sound


def change_speed(samples: Floats, factor: float) -> Floats:
    """Play faster (> 1) or slower: pitch, formants and tempo together."""
    if factor == 1.0:
        return samples
    return np.asarray(soxr.resample(samples, RATE_HZ * factor, RATE_HZ, "MQ"), np.float32)


def stretch(samples: Floats, tempo: float, count: int) -> Floats:
    """`count` samples of a sound at another tempo with pitch kept (WSOLA, Verhelst & Roelands 1993)."""
    window = np.hanning(FRAME + 1)[:FRAME]
    padded = np.pad(samples, (FRAME + SEARCH, 3 * FRAME + SEARCH)).astype(np.float64)
    frames = count // HOP + 2
    out = np.zeros(frames * HOP + FRAME)
    last = len(padded) - FRAME - SEARCH - HOP
    place = FRAME + SEARCH - HOP
    for number in range(frames):
        # The middles of the windows correspond, not their starts.
        source = ((number - 1) * HOP + FRAME / 2) * tempo - FRAME / 2
        middle = min(max(round(source) + FRAME + SEARCH, SEARCH), last)
        if number:
            # The frame that would follow the last one is what the next should look like.
            target = padded[place + HOP : place + HOP + FRAME]
            region = padded[middle - SEARCH : middle + SEARCH + FRAME]
            place = middle - SEARCH + int(np.argmax(np.correlate(region, target, "valid")))
        else:
            place = middle
        out[number * HOP : number * HOP + FRAME] += window * padded[place : place + FRAME]
    return out[HOP : HOP + count].astype(np.float32)


def warp_envelope(samples: Floats, factor: float, *, is_whispered: bool = False) -> Floats:
    """Move the formants by a factor and keep the pitch; or whisper: the envelope over noise."""
    spectrum = spectra(samples)
    log_size = np.log(np.abs(spectrum) + 1e-5)
    envelope = _smooth(log_size)
    bins = np.arange(envelope.shape[1])
    below = np.minimum((bins / factor).astype(int), len(bins) - 1)
    moved = envelope[:, below]
    if is_whispered:
        generator = np.random.default_rng(len(samples))
        noise = generator.normal(size=spectrum.shape) + 1j * generator.normal(size=spectrum.shape)
        # A whisper has no low harmonics and falls less towards the treble.
        tilt = np.minimum(bins / 24.0, 1.0)
        changed = np.exp(moved) * noise * tilt
    else:
        changed = spectrum * np.exp(np.clip(moved - envelope, -LARGEST_GAIN, LARGEST_GAIN))
    return from_spectra(changed, len(samples))


def _smooth(log_size: NDArray[np.float64]) -> NDArray[np.float64]:
    cepstrum = np.fft.irfft(log_size, axis=1)
    cepstrum[:, LIFTER : WINDOW - LIFTER + 1] = 0.0
    return np.fft.rfft(cepstrum, axis=1).real


def spectra(samples: Floats) -> NDArray[np.complex128]:
    """(frames, 257) short-time spectra, Hann windows of 32 ms every 8 ms."""
    count = -(-len(samples) // STEP) + WINDOW // STEP
    padded = np.pad(samples, (WINDOW // 2, count * STEP + WINDOW - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::STEP][:count]
    return np.fft.rfft(frames * np.hanning(WINDOW + 1)[:WINDOW], axis=1)


def from_spectra(spectrum: NDArray[np.complex128], count: int) -> Floats:
    """`count` samples from changed short-time spectra."""
    window = np.hanning(WINDOW + 1)[:WINDOW]
    frames = np.fft.irfft(spectrum, WINDOW, axis=1) * window
    out = np.zeros(len(frames) * STEP + WINDOW)
    for part in range(WINDOW // STEP):
        # Frames that do not overlap are added at one stroke.
        rows = frames[part :: WINDOW // STEP]
        out[part * STEP : part * STEP + rows.size] += rows.ravel()
    # Squared Hann windows at a quarter of their length add up to 1.5.
    return np.asarray(out[WINDOW // 2 : WINDOW // 2 + count] / 1.5, np.float32)
