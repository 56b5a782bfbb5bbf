# SPDX-License-Identifier: Apache-2.0
"""A performance's mouths as files that other programs read: Rhubarb's, Moho's, Oculus visemes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from .curves import Performance, Span
from .errors import MienError
from .motion.mouths import REST, SHORTEST_SECONDS, mouth_spans, mouths_on_frames
from .motion.visemes import VISEME_NAMES, table, viseme_curves
from .mouth_layer import SHORTEST_FRAMES
from .whole_file import whole_file


def save_mouths(performance: Performance, path: Path) -> None:
    """Write what the path's ending asks for, at the performance's frame rate.

    ``.json`` and ``.tsv`` are Rhubarb Lip Sync's own formats, with the nine mouths A to H and X;
    ``.dat`` is a switch file for Moho (and OpenToonz) with Preston Blair's names, from frame 1;
    ``.csv`` are weights of the 15 Oculus or VRM visemes, a row a frame.

    Raises:
        MienError: ``bad_out_path`` for another ending, or ``not_writable``.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise MienError(
            "bad_out_path",
            f"{path} ends in none of {', '.join(_WRITERS)}.",
            "Name it mouths.json or .tsv (Rhubarb), .dat (Moho) or .csv (Oculus visemes).",
        )
    text = write(performance)
    with whole_file(path, "The mouths") as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def rhubarb_json(performance: Performance) -> str:
    """Rhubarb's JSON: the sound, and cues with start, end and mouth."""
    duration = _duration_seconds(performance)
    cues = [
        {"start": round(s.start_seconds, 2), "end": round(s.end_seconds, 2), "value": s.label}
        for s in _mouths(performance)
    ]
    sound = performance.meta.get("audio", {}).get("path", "")
    data = {
        "metadata": {"soundFile": str(sound), "duration": round(duration, 2)},
        "mouthCues": cues,
    }
    return json.dumps(data, indent=2) + "\n"


def rhubarb_tsv(performance: Performance) -> str:
    """Rhubarb's TSV: a line a cue with its start and mouth, and a last line for the end."""
    rows = [f"{span.start_seconds:.2f}\t{span.label}" for span in _mouths(performance)]
    return "\n".join([*rows, f"{_duration_seconds(performance):.2f}\t{REST}"]) + "\n"


def moho_dat(performance: Performance) -> str:
    """Moho's switch file: the frame, counted from 1, from which each mouth shows."""
    names: dict[str, str] = table()["preston_blair"]
    spans = _mouths(performance)
    frames = mouths_on_frames(spans, performance.fps, performance.frames)
    rows = [
        f"{number + 1} {names[mouth]}"
        for number, mouth in enumerate(frames)
        if not number or mouth != frames[number - 1]
    ]
    return "\n".join(["MohoSwitch1", *rows, f"{performance.frames + 1} {names[REST]}"]) + "\n"


def oculus_csv(performance: Performance) -> str:
    """Weights of the visemes: a head line, then seconds and 15 weights a frame."""
    curves = viseme_curves(performance.phones, performance.time_seconds)
    head = ",".join(("time_seconds", *VISEME_NAMES))
    rows = (
        ",".join([f"{time:.5f}", *(f"{weight:.4f}" for weight in weights)])
        for time, weights in zip(performance.time_seconds, curves, strict=True)
    )
    return "\n".join([head, *rows]) + "\n"


_WRITERS: dict[str, Callable[[Performance], str]] = {
    ".json": rhubarb_json,
    ".tsv": rhubarb_tsv,
    ".dat": moho_dat,
    ".csv": oculus_csv,
}


def _duration_seconds(performance: Performance) -> float:
    audio = performance.meta.get("audio", {})
    return float(audio.get("duration_seconds", performance.frames / performance.fps))


def _mouths(performance: Performance) -> tuple[Span, ...]:
    shortest = max(SHORTEST_SECONDS, SHORTEST_FRAMES / performance.fps - 1e-6)
    return mouth_spans(performance.phones, _duration_seconds(performance), shortest)
