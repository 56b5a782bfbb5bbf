# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import struct

import numpy as np
import pytest
import soundfile

from core.errors import Cancelled, MienError
from core.speech.audio import SAMPLE_RATE_HZ, load_speech


def tone(seconds, rate, hz=440.0):
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


def pitch_of(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)[spectrum.argmax()])


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_every_rate_becomes_16_khz_with_the_same_length_and_pitch(rate, write_sound):
    speech = load_speech(write_sound(tone(1.5, rate), rate))
    assert speech.duration_seconds == pytest.approx(1.5, abs=2e-4)
    assert len(speech.samples) == round(speech.duration_seconds * SAMPLE_RATE_HZ)
    assert pitch_of(speech.samples) == pytest.approx(440, abs=1)
    assert np.abs(speech.samples).max() == pytest.approx(0.5, abs=0.02)
    assert speech.source_rate_hz == rate


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_resampling_keeps_every_event_in_its_place(rate, write_sound):
    clicks = np.zeros(2 * rate)
    clicks[[rate // 4, rate, 7 * rate // 4]] = 0.9
    speech = load_speech(write_sound(clicks, rate))
    for second in (0.25, 1.0, 1.75):
        near = round(second * SAMPLE_RATE_HZ)
        peak = near - 80 + int(np.abs(speech.samples[near - 80 : near + 80]).argmax())
        assert abs(peak - near) <= 1


@pytest.mark.parametrize(
    ("name", "subtype"),
    [
        ("a.wav", "PCM_16"),
        ("a.wav", "PCM_24"),
        ("a.wav", "FLOAT"),
        ("a.flac", "PCM_16"),
        ("a.ogg", "VORBIS"),
        ("a.aiff", "PCM_16"),
        ("a.mp3", "MPEG_LAYER_III"),
        ("Grüße 音声.wav", "PCM_16"),
    ],
)
def test_every_format_is_read(name, subtype, write_sound):
    speech = load_speech(write_sound(tone(1.0, 44_100), 44_100, name, subtype))
    assert pitch_of(speech.samples) == pytest.approx(440, abs=2)
    # mp3 pads to whole packets of 26 ms at both ends.
    assert speech.duration_seconds == pytest.approx(1.0, abs=0.06 if "mp3" in name else 2e-3)


def test_six_channels_are_averaged(write_sound):
    front = tone(0.5, 48_000)
    channels = np.stack([front, front, 2 * front, 0 * front, 0 * front, 0 * front], axis=1) * 0.3
    speech = load_speech(write_sound(channels, 48_000))
    assert speech.source_channels == 6
    assert np.abs(speech.samples).max() == pytest.approx(0.1, abs=0.005)


def test_a_range_is_the_same_sound_as_in_the_whole(recording):
    whole = load_speech(recording).samples
    part = load_speech(recording, 3.5, 2.0)
    assert part.duration_seconds == pytest.approx(2.0, abs=1e-3)
    cut = whole[56_000 : 56_000 + len(part.samples)]
    # At the cut the resampler lacks what came before; 10 ms later both agree.
    assert np.abs(cut - part.samples)[160:-160].max() < 1e-3


def test_a_range_past_the_end_takes_what_is_there(write_sound):
    path = write_sound(tone(1.0, 16_000))
    assert load_speech(path, 0.75, 5.0).duration_seconds == pytest.approx(0.25)


def test_damaged_samples_are_silenced_and_told(write_sound):
    samples = tone(1.0, 16_000).astype(np.float32)
    samples[100:110] = np.nan
    samples[200] = np.inf
    samples[300] = -1e30
    speech = load_speech(write_sound(samples))
    assert np.isfinite(speech.samples).all()
    assert np.abs(speech.samples).max() <= 1.0
    assert "12 damaged samples" in speech.notes[0]


def test_all_nan_is_silence(write_sound):
    speech = load_speech(write_sound(np.full(8_000, np.nan, np.float32)))
    assert not speech.samples.any()


def test_clipped_sound_is_read_as_it_is(write_sound):
    speech = load_speech(write_sound(np.clip(5 * tone(1.0, 16_000), -1, 1)))
    assert speech.notes == ()
    assert np.abs(speech.samples).max() == pytest.approx(1.0)


def test_sixteen_bit_numbers_in_a_float_file_are_turned_down(write_sound):
    speech = load_speech(write_sound(tone(1.0, 16_000) * 65_535))
    assert np.abs(speech.samples).max() == pytest.approx(1.0)
    assert "turned down" in speech.notes[0]


def test_the_shortest_sound_is_one_sample(write_sound):
    assert len(load_speech(write_sound([0.1])).samples) == 1


def code_of(path, *arguments):
    with pytest.raises(MienError) as told:
        load_speech(path, *arguments)
    assert str(path) in told.value.message
    assert told.value.advice.endswith(".")
    return told.value.code


def test_missing_file(tmp_path):
    assert code_of(tmp_path / "gone.wav") == "audio_missing"


def test_folder(tmp_path):
    assert code_of(tmp_path) == "audio_directory"


def test_empty_file(tmp_path):
    path = tmp_path / "empty.wav"
    path.touch()
    assert code_of(path) == "audio_empty"


def test_header_without_sound(write_sound):
    assert code_of(write_sound(np.zeros(0))) == "audio_empty"


@pytest.mark.parametrize("name", ["notes.wav", "notes.txt", "notes.raw", "notes.mp3"])
def test_what_is_no_sound(name, tmp_path):
    path = tmp_path / name
    path.write_text("Dear diary, this is no sound at all. " * 50, encoding="utf-8")
    assert code_of(path) == "audio_unreadable"


def test_cut_off_file(recording, tmp_path):
    path = tmp_path / "cut.flac"
    path.write_bytes(recording.read_bytes()[:50])
    assert code_of(path) == "audio_unreadable"


def test_flac_of_unknown_length(recording, tmp_path):
    """As a stream leaves it: 36 bits of STREAMINFO that count the samples are 0."""
    data = bytearray(recording.read_bytes())
    count = int.from_bytes(data[18:26], "big") >> 36 << 36
    data[18:26] = count.to_bytes(8, "big")
    path = tmp_path / "stream.flac"
    path.write_bytes(data)
    with pytest.raises(MienError, match="does not say how long") as told:
        load_speech(path)
    assert told.value.code == "audio_unreadable"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")
def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    assert code_of(tmp_path / "pipe.wav") == "audio_unreadable"


def test_film_and_aac_containers(tmp_path):
    path = tmp_path / "line.m4a"
    path.write_bytes(b"\x00\x00\x00\x20ftypM4A " + bytes(200))
    assert code_of(path) == "audio_container"
    path = tmp_path / "line.mkv"
    path.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(200))
    assert code_of(path) == "audio_container"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may read all")
def test_file_without_permission(write_sound):
    path = write_sound(tone(0.2, 16_000))
    path.chmod(0)
    assert code_of(path) == "audio_permission"


def test_permission_is_told_apart_from_damage(write_sound, monkeypatch):
    path = write_sound(tone(0.2, 16_000))

    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    assert code_of(path) == "audio_permission"


@pytest.mark.parametrize("rate", [4_000, 384_000])
def test_rate_out_of_range(rate, write_sound):
    assert code_of(write_sound(np.zeros(1_000), rate)) == "audio_rate"


def silent_wav(path, hours):
    """A sparse 8-bit file: hours of sound that take no space on the disk."""
    size = hours * 3600 * 8_000
    header = b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt "
    header += struct.pack("<IHHIIHH", 16, 1, 1, 8_000, 8_000, 1, 8)
    path.write_bytes(header + b"data" + struct.pack("<I", size))
    os.truncate(path, 44 + size)
    assert soundfile.info(path).frames == size
    return path


def test_three_hours_are_refused_at_once_but_a_part_is_read(tmp_path):
    path = silent_wav(tmp_path / "day.wav", 3)
    assert code_of(path) == "audio_too_long"
    assert load_speech(path, 7_200.0, 2.0).duration_seconds == pytest.approx(2.0)


@pytest.mark.parametrize(
    "audio_range", [(1.5, None), (1e308, None), (-1.0, None), (0.0, 0.0), (float("nan"), 1)]
)
def test_a_range_outside_the_sound(audio_range, write_sound):
    assert code_of(write_sound(tone(1.0, 16_000)), *audio_range) == "audio_range"


def test_the_strip_is_named(tmp_path):
    with pytest.raises(MienError, match='"line 12"'):
        load_speech(tmp_path / "gone.wav", name="line 12")


def test_reading_can_be_called_off(recording):
    def stop(_fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        load_speech(recording, on_progress=stop)
