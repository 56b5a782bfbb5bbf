# SPDX-License-Identifier: GPL-3.0-or-later
"""Films that are written and pictures that are drawn into views."""

from __future__ import annotations

from typing import Any


def set_film(scene: Any) -> None:
    """H.264 and AAC in MP4. From 5.0 on films are listed only once the medium is chosen."""
    image = scene.render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "VIDEO"
    image.file_format = "FFMPEG"
    film = scene.render.ffmpeg
    film.format, film.codec = "MPEG4", "H264"
    film.constant_rate_factor, film.ffmpeg_preset = "HIGH", "GOOD"
    film.audio_codec, film.audio_bitrate = "AAC", 192


def views_take_coded_colours() -> bool:
    """Whether what is drawn into a view is shown as it is; before 5.0 it is taken for linear light."""
    import gpu  # noqa: PLC0415 - there is none without a window

    try:
        gpu.shader.from_builtin("IMAGE_SCENE_LINEAR_TO_REC709_SRGB")
    except ValueError:
        return False
    return True
