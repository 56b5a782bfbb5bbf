# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever Blender can play becomes a file that the worker reads, with the same timing."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
import soundfile as sf
from bl_ext.devrepo.mien import sounds, strips
from bl_ext.devrepo.mien.problems import AnimatorError
from studio import (
    IMPULSES_SECONDS,
    RATE,
    add_sound,
    mixed_down,
    needs_sound,
    onsets_seconds,
    set_speed,
    trim,
)
from test_strips import CASES, lay

# name, container, codec, worker reads the file itself
FORMATS = {
    "flac": ("FLAC", "FLAC", True),
    "mp3": ("MP3", "MP3", False),
    "ogg": ("OGG", "VORBIS", True),
    "mkv_aac": ("MATROSKA", "AAC", False),
}


def write_format(clicks, folder, container, codec):
    needs_sound()
    import aud

    path = folder / f"clicks.{container.lower()}"
    sample_format = aud.FORMAT_S16 if codec == "FLAC" else aud.FORMAT_FLOAT32
    aud.Sound(str(clicks)).write(
        str(path),
        RATE,
        1,
        sample_format,
        getattr(aud, f"CONTAINER_{container}"),
        getattr(aud, f"CODEC_{codec}"),
        192000,
        4096,
    )
    return path


def onsets_of(path):
    samples, rate = sf.read(path)
    mono = np.abs(samples if samples.ndim == 1 else samples.max(axis=1))
    return onsets_seconds(mono, rate, threshold=0.3 * mono.max())


def write_movie(scene, clicks, folder):
    """An MP4 with the clicks as AAC sound, rendered by the sequencer from a colour strip."""
    add_sound(scene, clicks, frame=0)
    editor = scene.sequence_editor
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    # 5.x gives an effect's length, earlier versions its end.
    given = collection.bl_rna.functions["new_effect"].parameters.keys()
    length = {"length": 240} if "length" in given else {"frame_end": 240}
    collection.new_effect("Grey", "COLOR", 2, 0, **length)
    scene.frame_start, scene.frame_end = 0, 239
    render = scene.render
    render.resolution_x = render.resolution_y = 32
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    render.ffmpeg.format, render.ffmpeg.codec = "MPEG4", "H264"
    render.ffmpeg.audio_codec = "AAC"
    render.filepath = str(folder / "movie.mp4")
    bpy.ops.render.render(animation=True)
    scene.sequence_editor_clear()
    return folder / "movie.mp4"


def meets_what_blender_plays(scene, strip, folder):
    """Clicks in the worker's file, mapped to the scene, against the clicks of the scene's mixdown."""
    work = folder / "work"
    work.mkdir()
    file, heard = sounds.readable_sound(scene, strip, strips.map_strip(scene, strip), work)
    scene.frame_start, scene.frame_end = 0, 300
    samples, rate = mixed_down(scene, folder)
    played = onsets_seconds(samples, rate, threshold=0.3 * samples.max())
    begins = heard.first_frame / 24 - heard.start_seconds
    assert len(played) == len(IMPULSES_SECONDS)
    assert [begins + second for second in onsets_of(file)] == pytest.approx(played, abs=0.003)
    return file


@pytest.mark.parametrize("kind", FORMATS.values(), ids=FORMATS.keys())
def test_any_format_reaches_the_worker_with_blenders_timing(scene, clicks, tmp_path, kind):
    container, codec, direct = kind
    path = write_format(clicks, tmp_path, container, codec)
    file = meets_what_blender_plays(scene, add_sound(scene, path), tmp_path)
    assert (file == path) == direct


def test_the_sound_of_a_movie_reaches_the_worker(scene, clicks, tmp_path):
    path = write_movie(scene, clicks, tmp_path)
    meets_what_blender_plays(scene, add_sound(scene, path), tmp_path)


def test_packed_sound_needs_no_file(scene, clicks, tmp_path):
    copy = tmp_path / "packed.wav"
    copy.write_bytes(clicks.read_bytes())
    strip = add_sound(scene, copy)
    strip.sound.pack()
    copy.unlink()
    heard = strips.map_strip(scene, strip)
    file, heard = sounds.readable_sound(scene, strip, heard, tmp_path)
    assert onsets_of(file) == pytest.approx(IMPULSES_SECONDS, abs=0.001)


def test_changing_speed_is_mixed_down_as_heard(scene, clicks, tmp_path):
    strip = add_sound(scene, clicks)
    set_speed(scene, strip, 200)
    bpy.ops.sequencer.retiming_key_add(timeline_frame=61)
    trim(strip, 10, 0)
    other = add_sound(scene, clicks, name="Other", frame=5, channel=3)
    before = (len(bpy.data.scenes), len(bpy.data.sounds), other.mute)
    heard = strips.map_strip(scene, strip)
    file, heard = sounds.readable_sound(scene, strip, heard, tmp_path)
    assert (len(bpy.data.scenes), len(bpy.data.sounds), other.mute) == before
    # The other strip is not in it; sample 0 is the strip's first frame, 11.
    other.mute = True
    scene.frame_start, scene.frame_end = 0, 300
    played = [second - 11 / 24 for second in onsets_seconds(*mixed_down(scene, tmp_path))]
    assert len(played) == 5
    assert onsets_of(file) == pytest.approx(played, abs=0.5 / 24)


RETIMED = {name: case for name, case in CASES.items() if case.speed_percent != 100}


@pytest.mark.parametrize("case", RETIMED.values(), ids=RETIMED.keys())
def test_a_retimed_strip_is_read_as_blender_plays_it(scene, clicks, tmp_path, case):
    """From its keys where Blender shows them, from its mixdown where it hides them."""
    strip = lay(scene, clicks, case)
    fps = strips.scene_fps(scene)
    played = [scene.frame_start / fps + at for at in onsets_seconds(*mixed_down(scene, tmp_path))]
    file, heard = sounds.readable_sound(scene, strip, strips.map_strip(scene, strip), tmp_path)
    ends = heard.start_seconds + (heard.frames - 1) / heard.grid_fps
    read = [
        (heard.first_frame + (at - heard.start_seconds) * heard.grid_fps) / fps
        for at in onsets_of(file)
        if heard.start_seconds <= at <= ends
    ]
    # Blender plays nothing before frame 0.
    read = [at for at in read if at >= 0.0]
    assert len(read) >= 2
    assert read == pytest.approx(played, abs=0.5 / fps)


def test_muted_strips_channels_and_metas_are_heard_all_the_same(scene, clicks, tmp_path):
    """Muting is for listening; the mouth speaks what the strip holds."""
    path = write_format(clicks, tmp_path, "MP3", "MP3")
    editor = scene.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    meta = collection.new_meta("Scene 4", 2, 1)
    inside = meta.strips if hasattr(meta, "strips") else meta.sequences
    strip = inside.new_sound("Line 1", str(path), 1, 1)
    trim(meta, 0, -100)
    for muted in (strip, meta, meta.channels[1], editor.channels[2]):
        muted.mute = True
    heard = strips.map_strip(scene, strip)
    file, _ = sounds.readable_sound(scene, strip, heard, tmp_path)
    assert len(onsets_of(file)) >= 2
    assert strip.mute
    assert meta.mute
    assert meta.channels[1].mute
    assert editor.channels[2].mute


def test_an_hour_is_refused_before_it_is_mixed_down(scene, clicks, tmp_path):
    strip = add_sound(scene, clicks)
    hour = strips.StripMap(0.0, 24.0, 1, 24 * 3600, mixed=True)
    with pytest.raises(AnimatorError, match="'Line 1' lasts 60 minutes; one take may last 30"):
        sounds.readable_sound(scene, strip, hour, tmp_path)
    assert not list(tmp_path.iterdir())


def test_missing_file_is_said(scene, clicks, tmp_path):
    copy = tmp_path / "gone.wav"
    copy.write_bytes(clicks.read_bytes())
    strip = add_sound(scene, copy)
    heard = strips.map_strip(scene, strip)
    copy.unlink()
    with pytest.raises(AnimatorError, match="'Line 1' is missing") as caught:
        sounds.readable_sound(scene, strip, heard, tmp_path)
    assert "Find Missing Files" in caught.value.advice


def test_a_file_without_sound_is_said_and_does_not_end_blender(scene, tmp_path):
    path = tmp_path / "notes.mp4"
    path.write_text("not a movie")
    strip = add_sound(scene, path)
    heard = strips.StripMap(0.0, 24.0, 1, 10)
    with pytest.raises(AnimatorError, match=r"no sound in notes\.mp4"):
        sounds.readable_sound(scene, strip, heard, tmp_path)


def test_a_folder_that_cannot_be_written_is_said(scene, clicks, tmp_path):
    strip = add_sound(scene, clicks)
    strip.sound.pack()
    heard = strips.map_strip(scene, strip)
    with pytest.raises(AnimatorError, match="cannot write its temporary sound"):
        sounds.readable_sound(scene, strip, heard, tmp_path / "no such folder")
