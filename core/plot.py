# SPDX-License-Identifier: Apache-2.0
"""Curves of a performance over its sound, for eyes: lips, brows, lids, mouth, head, emotion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .curves import Performance, Span
from .errors import MienError
from .face.arkit import CHANNEL_NAMES
from .speech.audio import SAMPLE_RATE_HZ, Speech

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INCHES_PER_SECOND = 1.1
_CONTACT_COLOURS = {"bilabial": "#d1495b", "labiodental": "#edae49", "rounding": "#66a182"}
_OTHER_CONTACT_COLOUR = "#8d96a3"
_INK = "#22303c"


@dataclass(frozen=True)
class _Row:
    """One panel: its title, the channels drawn in it, and whether they are angles."""

    title: str
    channels: tuple[str, ...]
    is_angle: bool = False


_ROWS = (
    _Row("lips", ("jawOpen", "mouthClose", "mouthPucker", "mouthFunnel", "mouthLowerDownLeft")),
    _Row(
        "mouth's feeling",
        ("mouthSmileLeft", "mouthFrownLeft", "mouthStretchLeft", "mouthPressLeft"),
    ),
    _Row(
        "cheeks, nose", ("cheekSquintLeft", "noseSneerLeft", "mouthUpperUpLeft", "mouthDimpleRight")
    ),
    _Row("brows", ("browInnerUp", "browOuterUpLeft", "browDownLeft")),
    _Row("lids", ("eyeBlinkLeft", "eyeWideLeft", "eyeSquintLeft")),
    _Row("head (degrees)", ("headPitch", "headYaw", "headRoll"), is_angle=True),
    _Row("gaze (degrees)", ("gazePitch", "gazeYaw"), is_angle=True),
)


def plot_performance(performance: Performance, path: Path | str, speech: Speech | None) -> None:
    """Draw a performance into a picture; the ending of `path` chooses its format.

    Solid lines are the mix that is keyed; the lip track lies under it, dotted. Bands are contacts.

    Args:
        performance: what to draw.
        path: such as ``curves.png``.
        speech: the sound of the same range, or None to leave out the waveform.

    Raises:
        MienError: ``plot_needs_matplotlib``, ``bad_out_path`` or ``not_writable``.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise MienError(
            "plot_needs_matplotlib", "Drawing curves needs matplotlib.", "pip install matplotlib"
        ) from error
    formats = FigureCanvasAgg.get_supported_filetypes()
    if Path(path).suffix.lower().removeprefix(".") not in formats:
        raise MienError(
            "bad_out_path",
            f"{path} ends in no picture's ending.",
            f"Use one of {', '.join(formats)}.",
        )
    duration = max(float(performance.time_seconds[-1]), 1.0)
    width = float(np.clip(duration * _INCHES_PER_SECOND, 10.0, 60.0))
    heights = [1.3, *(1.0 for _ in _ROWS), 0.9]
    figure = Figure(figsize=(width, 1.15 * sum(heights)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    _draw_sound(panels[0], performance, speech)
    for panel, row in zip(panels[1:-1], _ROWS, strict=True):
        _draw_row(panel, performance, row)
    _draw_emotion(panels[-1], performance)
    panels[0].set_xlim(0.0, duration)
    panels[-1].set_xlabel("seconds", color=_INK)
    figure.suptitle(_title(performance), color=_INK, fontsize=11)
    try:
        figure.savefig(Path(path), dpi=100)
    except OSError as error:
        raise MienError(
            "not_writable",
            f"The picture cannot be written to {path} ({error}).",
            "Choose another folder.",
        ) from error


def _title(performance: Performance) -> str:
    direction = performance.meta.get("direction", {})
    emotion = direction.get("emotion", "")
    if direction.get("emotion_track"):
        emotion = "emotion over time"
    elif not isinstance(emotion, str):
        emotion = " + ".join(f"{name} {weight:g}" for name, weight in emotion.items())
    heard = direction.get("voice_emotion", 0.0)
    return (
        f"{emotion}{f', {heard:.0%} from the voice' if heard else ''}  ·  intensity {direction.get('intensity', '')}  ·  "
        f"seed {direction.get('seed', '')}  ·  {performance.fps:g} fps"
    )


def _draw_sound(panel: Axes, performance: Performance, speech: Speech | None) -> None:
    _style(panel, "sound", (-1.0, 1.0))
    if speech is not None:
        # About one bar a pixel: lowest and highest sample of each stretch.
        size = max(1, len(speech.samples) // 4000)
        bars = speech.samples[: len(speech.samples) // size * size].reshape(-1, size)
        time = (np.arange(len(bars)) + 0.5) * size / SAMPLE_RATE_HZ
        peak = max(float(np.abs(bars).max(initial=0.0)), 1e-6)
        panel.fill_between(
            time, bars.min(axis=1) / peak, bars.max(axis=1) / peak, color="#9fb4c7", linewidth=0
        )
    _draw_contacts(panel, performance.contacts)
    for phone in performance.phones:
        middle = (phone.start_seconds + phone.end_seconds) / 2
        panel.text(middle, 0.8, phone.label, fontsize=7, ha="center", color=_INK, clip_on=True)
    for label in sorted({contact.label for contact in performance.contacts}):
        panel.fill_between([], [], color=_contact_colour(label), alpha=0.35, label=label)
    if performance.contacts:
        _legend(panel)


def _contact_colour(label: str) -> str:
    return _CONTACT_COLOURS.get(label, _OTHER_CONTACT_COLOUR)


def _draw_contacts(panel: Axes, contacts: tuple[Span, ...]) -> None:
    for contact in contacts:
        panel.axvspan(
            contact.start_seconds,
            contact.end_seconds,
            color=_contact_colour(contact.label),
            alpha=0.28,
            linewidth=0,
        )


def _draw_row(panel: Axes, performance: Performance, row: _Row) -> None:
    time = performance.time_seconds
    for number, name in enumerate(row.channels):
        column = CHANNEL_NAMES.index(name)
        mix = _shown(performance.values[:, column], row)
        (line,) = panel.plot(time, mix, linewidth=1.3, label=name, color=f"C{number}")
        lips = _shown(performance.lips[:, column], row)
        if lips.any():
            panel.plot(time, lips, linewidth=1.0, linestyle=":", color=line.get_color())
    _style(panel, row.title, None if row.is_angle else (-0.03, 1.05))
    if row.title == "lips":
        _draw_contacts(panel, performance.contacts)
    _legend(panel)


def _shown(curve: npt.NDArray[np.float32], row: _Row) -> npt.NDArray[np.float32]:
    return np.asarray(np.degrees(curve), np.float32) if row.is_angle else curve


def _draw_emotion(panel: Axes, performance: Performance) -> None:
    for name, weight in zip(performance.emotion_names, performance.emotion.T, strict=True):
        if name != "neutral" and weight.any():
            panel.fill_between(performance.time_seconds, 0.0, weight, alpha=0.35, label=name)
    _style(panel, "emotion", (0.0, 1.6))
    if panel.collections:
        _legend(panel)


def _legend(panel: Axes) -> None:
    panel.legend(
        loc="upper left", bbox_to_anchor=(1.0, 1.05), fontsize=7, frameon=False, borderpad=0.1
    )


def _style(panel: Axes, title: str, limits: tuple[float, float] | None) -> None:
    panel.set_ylabel(title, fontsize=8, color=_INK)
    panel.tick_params(labelsize=7, colors=_INK)
    panel.grid(visible=True, axis="x", color="#e3e8ed", linewidth=0.6)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
    if limits is not None:
        panel.set_ylim(*limits)
