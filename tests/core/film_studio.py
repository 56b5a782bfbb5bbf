# SPDX-License-Identifier: Apache-2.0
"""Films for the tests, made with PyAV: a talking face (three renders of Mien's own head) and its sound."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SHEET = Path(__file__).with_name("faces.jpg")
SOUND_HZ = 44_100
SYLLABLE_SECONDS = 0.32


def faces():
    """The three tiles (300, 300, 3): lips shut, a wide aa, a round oo."""
    with av.open(str(SHEET)) as sheet:
        pixels = next(sheet.decode(video=0)).to_ndarray(format="rgb24")
    return [np.ascontiguousarray(pixels[:, 300 * k : 300 * k + 300]) for k in range(3)]


def opening(seconds):
    """0..1: syllables of uneven length and loudness, the same at any sampling."""
    lots = np.random.default_rng(5).random((400, 2))
    ends = np.cumsum(SYLLABLE_SECONDS * (0.6 + 0.8 * lots[:, 0]))
    number = np.searchsorted(ends, seconds, side="right")
    since = seconds - np.concatenate(([0.0], ends))[number]
    length = np.diff(np.concatenate(([0.0], ends)))[number]
    return lots[number, 1] * np.sin(np.pi * since / length) ** 2


def picture(amount, tiles, kind="one"):
    """A frame of (300, 300): the shut face crossed with the open one."""
    if kind == "none":
        return np.full((300, 300, 3), 90, np.uint8)
    one = ((1.0 - amount) * tiles[0] + amount * tiles[1]).astype(np.uint8)
    return np.concatenate([one, one], axis=1) if kind == "two" else one


def make_film(
    path,
    seconds=4.0,
    fps=30,
    *,
    kind="one",
    has_sound=True,
    lag_seconds=0.0,
    times=None,
    turns=0,
    codec="mpeg4",
):
    """Write a film.

    Args:
        path: its container is told by the suffix.
        seconds: length.
        fps: pictures a second.
        kind: ``one`` face, ``two`` or ``none``.
        has_sound: whether it has a sound track.
        lag_seconds: how much later than the sound the lips come.
        times: of the pictures, for a variable rate; they are in 1/600 s.
        turns: quarter turns by which the pictures lie.
        codec: of the pictures.
    """
    tiles = faces()
    at = np.arange(int(seconds * fps)) / fps if times is None else times
    with av.open(str(path), "w") as film:
        video = film.add_stream(codec, rate=fps if times is None else 600)
        first = np.rot90(picture(0.0, tiles, kind), turns)
        video.height, video.width = first.shape[:2]
        video.pix_fmt = "yuv420p"
        video.bit_rate = 4_000_000
        video.codec_context.time_base = Fraction(1, 600 if times is not None else fps)
        audio = (
            film.add_stream("aac" if path.suffix == ".mp4" else "mp2", rate=SOUND_HZ)
            if has_sound
            else None
        )
        for time in at:
            amount = float(opening(np.array([max(time - lag_seconds, 0.0)]))[0])
            pixels = np.ascontiguousarray(np.rot90(picture(amount, tiles, kind), turns))
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts = round(time / float(video.codec_context.time_base))
            frame.time_base = video.codec_context.time_base
            film.mux(video.encode(frame))
        film.mux(video.encode())
        if audio is not None:
            _add_sound(film, audio, seconds)
    return path


def lay_down(path, turns):
    """Tell an MP4 that its pictures lie by quarter turns counter-clockwise, as phones write it.

    The display matrix stands 40 bytes after the name of the track's header (ISO 14496-12, 8.3.2).
    """
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[turns]
    one = 1 << 16
    matrix = (cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 1 << 30)
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    data[at : at + 36] = struct.pack(">9i", *matrix)
    path.write_bytes(bytes(data))


def _add_sound(film, audio, seconds):
    fine = np.arange(int(seconds * SOUND_HZ)) / SOUND_HZ
    voice = sum(np.sin(2.0 * np.pi * 130.0 * k * fine) / k for k in range(1, 7))
    samples = (0.15 * opening(fine) ** 2 * voice * 32767.0).astype(np.int16)
    for first in range(0, len(samples), 1152):
        piece = samples[first : first + 1152]
        frame = av.AudioFrame.from_ndarray(
            np.stack([piece, piece]).T.reshape(1, -1).copy(), "s16", "stereo"
        )
        frame.rate, frame.pts = SOUND_HZ, first
        frame.time_base = Fraction(1, SOUND_HZ)
        film.mux(audio.encode(_as_wanted(frame, audio)))
    film.mux(audio.encode())


def _as_wanted(frame, audio):
    wanted = audio.codec_context.format.name
    resampler = av.AudioResampler(format=wanted, layout="stereo", rate=SOUND_HZ)
    out = resampler.resample(frame)[0]
    out.pts, out.time_base = frame.pts, frame.time_base
    return out
