# SPDX-License-Identifier: GPL-3.0-or-later
"""A strip's sound -> a file that the worker can read (libsndfile's formats)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from . import compat
from .problems import AnimatorError
from .strips import StripMap

# First bytes of what libsndfile 1.2 reads and times exactly as Blender does (checked with clicks
# in wav, flac, mp3, ogg and opus). Everything else is decoded by Blender itself.
DIRECT_FORMATS = (b"RIFF", b"RF64", b"riff", b"fLaC", b"OggS", b"FORM", b"caff", b".snd", b"ID3")
MP3_FRAME_SYNC = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")
WRITE_BLOCK_SAMPLES = 4096


def readable_file(scene: Any, strip: Any, heard: StripMap, folder: Path) -> Path:
    """A file with the sound of `strip`; files that had to be made lie in `folder`.

    Raises:
        AnimatorError: the sound is missing, unreadable, or cannot be written to `folder`.
    """
    source = _source_file(strip, folder)
    _check_readable(strip, source)
    if heard.mixed:
        return _mix_down(scene, strip, heard, folder / "mixdown.wav")
    if _is_direct(source):
        return source
    return _decode(strip, source, folder / "decoded.wav")


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
        start = file.read(4)
    return start.startswith(DIRECT_FORMATS + MP3_FRAME_SYNC)


def _decode(strip: Any, source: Path, target: Path) -> Path:
    """Decode from the beginning: seeking inside AAC is off by up to a packet (45 ms)."""
    try:
        import aud  # noqa: PLC0415  some builds of Blender come without it
    except ImportError as error:
        raise AnimatorError(
            f"This Blender cannot decode {source.name}, the file of strip '{strip.name}'.",
            "Convert it to WAV, FLAC, MP3 or OGG.",
        ) from error
    sound = aud.Sound(str(source))
    rate, channels = sound.specs
    try:
        sound.write(
            str(target),
            int(rate),
            int(channels),
            aud.FORMAT_FLOAT32,
            aud.CONTAINER_WAV,
            aud.CODEC_PCM,
            0,
            WRITE_BLOCK_SAMPLES,
        )
    except aud.error as error:
        raise _cannot_write(target, error) from error
    return target


def _mix_down(scene: Any, strip: Any, heard: StripMap, target: Path) -> Path:
    """Mix the strip alone, as heard, in a temporary copy of the scene.

    Accuracy 128 samples: retimed sound is placed to the buffer, 21 ms at the usual 1024.
    """
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
                format="F32",
                mixrate=48000,
                accuracy=128,
            )
    except RuntimeError as error:
        raise AnimatorError(
            f"Strip '{strip.name}' changes speed, and Blender could not mix it down: {error}",
            "Bounce the strip to a sound file of its own and use that.",
        ) from error
    finally:
        bpy.data.scenes.remove(copy)
    return target


def _mute_all_but(scene: Any, strip: Any) -> None:
    """Leave only the strip of that name, and the metas around it, audible."""
    heard = {strip.name}
    parent = strip.parent_meta()
    while parent is not None:
        heard.add(parent.name)
        parent = parent.parent_meta()
    for other in compat.all_strips(scene):
        other.mute = other.name not in heard
        if other.name == strip.name:
            other.volume = 1.0


def _cannot_write(path: Path, error: Exception) -> AnimatorError:
    return AnimatorError(
        f"Mien cannot write its temporary sound {path}: {error}",
        "Free some space, or choose another folder in Preferences > File Paths > Temporary Files.",
    )
