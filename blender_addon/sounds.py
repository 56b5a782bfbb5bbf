# SPDX-License-Identifier: GPL-3.0-or-later
"""A strip's sound -> a file that the worker can read (libsndfile's formats)."""

from __future__ import annotations

import time
import wave
from pathlib import Path
from typing import Any

import bpy

from . import compat
from .problems import AnimatorError
from .strips import StripMap, mixed_map

# First bytes of the formats that libsndfile reads and Blender plays with the same timing (clicks in
# wav, flac and ogg agree to the sample). Not so MP3, whose encoder delay Blender skips twice in the
# sequencer (23 ms), nor video files: for those only Blender's own mixdown is what is heard.
DIRECT_FORMATS = (b"RIFF", b"RF64", b"riff", b"fLaC", b"OggS", b"FORM", b"caff", b".snd")
# The rate that the speech encoder works at; a minute is mixed in 0.5 to 0.9 s.
MIX_RATE_HZ = 16000
# Retimed sound is placed to the block: 8 ms here, 64 ms at the usual 1024 samples.
MIX_BLOCK_SAMPLES = 128
MIX_PATIENCE_SECONDS = 10.0
# What the core takes at once. Asked here too: the mixdown of an hour holds Blender up for 10 to 50 s.
LONGEST_MINUTES = 30


def identity(strip: Any) -> list[Any]:
    """What tells a strip's sound from another one: its file's name, size and time of change."""
    sound = strip.sound
    if sound.packed_file is not None:
        return [sound.filepath, sound.packed_file.size, 0]
    path = Path(bpy.path.abspath(sound.filepath, library=sound.library))
    try:
        told = path.stat()
    except OSError:
        return [sound.filepath, 0, 0]
    return [sound.filepath, told.st_size, told.st_mtime_ns]


def readable_sound(scene: Any, strip: Any, heard: StripMap, folder: Path) -> tuple[Path, StripMap]:
    """A file with the sound of `strip`, and the map into it.

    Files that have to be made lie in `folder`.

    Raises:
        AnimatorError: the sound is too long, missing, unreadable, or cannot be written to `folder`.
    """
    _check_length(strip, heard)
    source = _source_file(strip, folder)
    _check_readable(strip, source)
    if not heard.mixed and _is_direct(source):
        return source, heard
    heard = mixed_map(scene, strip, heard)
    return _mix_down(scene, strip, heard, folder / "mixdown.wav"), heard


def _check_length(strip: Any, heard: StripMap) -> None:
    minutes = heard.duration_seconds / 60
    if minutes > LONGEST_MINUTES:
        raise AnimatorError(
            f"Strip '{strip.name}' lasts {minutes:.0f} minutes; one take may last "
            f"{LONGEST_MINUTES}.",
            f"Cut the strip into parts of {LONGEST_MINUTES} minutes or less.",
        )


def _source_file(strip: Any, folder: Path) -> Path:
    sound = strip.sound
    path = Path(bpy.path.abspath(sound.filepath, library=sound.library))
    if sound.packed_file is not None:
        unpacked = folder / f"packed{path.suffix or '.wav'}"
        try:
            unpacked.write_bytes(sound.packed_file.data)
        except OSError as error:
            raise _cannot_write(unpacked, error) from error
        return unpacked
    if not path.is_file():
        raise AnimatorError(
            f"The sound file of strip '{strip.name}' is missing: {path}",
            "Put the file back, or use File > External Data > Find Missing Files.",
        )
    return path


def _check_readable(strip: Any, source: Path) -> None:
    """Refuse what Blender itself cannot open.

    Blender 4.5 and 5.0 end the whole program when their `aud` module opens a file without sound;
    a sound data-block only says that it has no sample rate.
    """
    if strip.sound.samplerate <= 0 or strip.sound.channels == "INVALID":
        raise AnimatorError(
            f"Blender finds no sound in {source.name}, the file of strip '{strip.name}'.",
            "Check that it plays in Blender; convert it to WAV if it does not.",
        )


def _is_direct(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4).startswith(DIRECT_FORMATS)


def _mix_down(scene: Any, strip: Any, heard: StripMap, target: Path) -> Path:
    """Mix the strip alone, as heard, in a temporary copy of the scene."""
    copy = scene.copy()
    try:
        copy.frame_start = heard.first_frame
        copy.frame_end = heard.first_frame + heard.frames - 1
        copy.audio_volume = 1.0
        _mute_all_but(copy, strip)
        with bpy.context.temp_override(scene=copy):
            bpy.ops.sound.mixdown(
                filepath=str(target),
                container="WAV",
                codec="PCM",
                format="S16",
                mixrate=MIX_RATE_HZ,
                accuracy=MIX_BLOCK_SAMPLES,
            )
        wait_for_wave(target, heard.duration_seconds, MIX_RATE_HZ)
    except (RuntimeError, TimeoutError) as error:
        raise AnimatorError(
            f"Blender could not mix down strip '{strip.name}': {error}",
            "Convert its sound to WAV or FLAC, without changes of speed, and use that.",
        ) from error
    finally:
        bpy.data.scenes.remove(copy)
    return target


def wait_for_wave(path: Path, seconds: float, rate_hz: int) -> None:
    """Return when `path` is whole: some builds (Debian's 5.2) mix on after the operator's end.

    A WAV file tells its length only when it is closed. The mixing scene must live until then.

    Raises:
        TimeoutError: it is not whole after a time in which ten such files could be mixed.
    """
    deadline = time.monotonic() + MIX_PATIENCE_SECONDS + seconds
    while not _is_whole_wave(path, seconds, rate_hz):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} was not finished in time")
        time.sleep(0.01)


def _is_whole_wave(path: Path, seconds: float, rate_hz: int) -> bool:
    try:
        with wave.open(str(path), "rb") as file:
            frames, bytes_each = file.getnframes(), file.getnchannels() * file.getsampwidth()
    except (OSError, EOFError, wave.Error):
        return False
    enough = frames >= int(seconds * rate_hz)
    return enough and frames * bytes_each < path.stat().st_size


def _mute_all_but(scene: Any, strip: Any) -> None:
    """Leave only the strip of that name, and the metas around it, audible, on open channels."""
    heard = {strip.name}
    parent = strip.parent_meta()
    while parent is not None:
        heard.add(parent.name)
        parent = parent.parent_meta()
    every = compat.all_strips(scene)
    for owner in [scene.sequence_editor, *(other for other in every if other.type == "META")]:
        for channel in owner.channels:
            channel.mute = False
    for other in every:
        other.mute = other.name not in heard
        if other.name == strip.name:
            other.volume = 1.0


def _cannot_write(path: Path, error: Exception) -> AnimatorError:
    return AnimatorError(
        f"Mien cannot write its temporary sound {path}: {error}",
        "Free some space, or choose another folder in Preferences > File Paths > Temporary Files.",
    )
