# SPDX-License-Identifier: Apache-2.0
"""The benchmark's figures as rows, and rows as a Markdown table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from benchmarks.lip_classes import best_viseme_lag, mouth_accuracy, viseme_accuracy
from benchmarks.lip_closures import (
    false_closures,
    named_precision,
    named_recall,
    named_timing,
    seen_recall,
    seen_timing,
)
from benchmarks.lip_follow import best_lag, follow, shiver, timing
from benchmarks.lip_measures import MEASURES
from benchmarks.lip_rest import at_film_rate, pause_motion, slcc
from benchmarks.lip_statistics import Figure
from core.motion.phones import BILABIAL, CONTACTS, LABIODENTAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.lip_clips import Clip
    from benchmarks.lip_systems import Answer

Pair = tuple["Clip", "Answer"]
Row = dict[str, Figure]
# Columns of a share, shown in per cent; of seconds, shown in milliseconds; the rest as they are.
PER_CENT = ("visemes", "mouths", "Mien's visemes", "Mien's mouths")
MILLISECONDS = ("MTM", "timing", "lag")


def film_row(pairs: Sequence[Pair]) -> Row:
    """How a system follows the films of one set."""
    lag, at_best = best_lag(pairs, "opening")
    mtm, joined = timing(pairs)
    shivers, film_shivers = shiver(pairs)
    film = pairs[0][0].film
    paced = [(c, at_film_rate(a, film.fps)) for c, a in pairs] if film is not None else []
    effort, film_effort = slcc(paced)
    motion, film_motion = pause_motion(paced)
    return {
        "clips": Figure(float(len(pairs))),
        **{measure: follow(pairs, measure) for measure in MEASURES},
        "opening at best lag": at_best,
        "lag, ms": Figure(lag),
        "MTM, ms": mtm,
        "extremes joined": joined,
        "closures seen": seen_recall(pairs),
        "above 8 Hz": shivers,
        "film's": film_shivers,
        "SLCC": effort,
        "film's SLCC": film_effort,
        "pauses, mm/s": motion,
        "film's pauses": film_motion,
    }


def label_row(pairs: Sequence[Pair]) -> Row:
    """What labels say about a system's visemes and contacts in one set."""
    _, best = best_viseme_lag(pairs)
    return {
        "clips": Figure(float(len(pairs))),
        "visemes, %": viseme_accuracy(pairs),
        "visemes off edges, %": viseme_accuracy(pairs, without_edges=True),
        "visemes at best lag, %": best,
        "mouths of 9, %": mouth_accuracy(pairs),
        "closures seen": seen_recall(pairs),
        "seen timing, ms": seen_timing(pairs),
        "false in open vowels": false_closures(pairs),
        "SLCC": slcc(pairs)[0],
    }


def contact_row(pairs: Sequence[Pair]) -> Row:
    """Named contacts of one set: recall, precision and timing of each kind."""
    row: Row = {}
    for kind in CONTACTS:
        row[f"{kind} recall"] = named_recall(pairs, kind)
        row[f"{kind} precision"] = named_precision(pairs, kind)
        row[f"{kind} timing, ms"] = named_timing(pairs, kind)
    return row


def duel_row(own: Sequence[Pair], miens: Sequence[Pair]) -> Row:
    """A peer's figures and Mien's on the very same clips."""
    asked = {clip.key for clip, _ in own}
    sides = (("", own), ("Mien's ", [(c, a) for c, a in miens if c.key in asked]))
    row: Row = {"clips": Figure(float(len(own)))}
    figures = {
        "opening": lambda pairs: follow(pairs, "opening"),
        "opening at best lag": lambda pairs: best_lag(pairs, "opening")[1],
        "width": lambda pairs: follow(pairs, "width"),
        "MTM, ms": lambda pairs: timing(pairs)[0],
        "visemes, %": viseme_accuracy,
        "mouths of 9, %": mouth_accuracy,
        "closures seen": seen_recall,
        "false in open vowels": false_closures,
        "bilabials named": lambda pairs: named_recall(pairs, BILABIAL),
        "labiodentals named": lambda pairs: named_recall(pairs, LABIODENTAL),
    }
    for name, measure in figures.items():
        for whose, pairs in sides:
            row[f"{whose}{name}"] = measure(pairs)
    return row


def markdown(title: str, rows: dict[str, Row], *, intervals: bool = True) -> list[str]:
    """A table with one line a row; columns without any figure are left out."""
    columns = [
        name
        for name in dict.fromkeys(name for row in rows.values() for name in row)
        if any(not math.isnan(row[name].value) for row in rows.values() if name in row)
    ]
    lines = [f"| {title} | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        cells = [cell(column, row.get(column), intervals=intervals) for column in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def cell(column: str, figure: Figure | None, *, intervals: bool = True) -> str:
    """A figure with its interval in the column's unit."""
    if figure is None or math.isnan(figure.value):
        return ""
    scale, digits = 1.0, 3
    if column.startswith(PER_CENT):
        scale, digits = 100.0, 1
    elif any(word in column for word in MILLISECONDS) and column.endswith("ms"):
        scale, digits = 1e3, 0
    elif column == "clips":
        digits = 0
    elif column in {"pauses, mm/s", "film's pauses"}:
        digits = 2
    elif column in {"above 8 Hz", "film's"}:
        digits = 4
    text = f"{figure.value * scale:.{digits}f}"
    if intervals and not math.isnan(figure.low):
        text += f" ({figure.low * scale:.{digits}f} to {figure.high * scale:.{digits}f})"
    return text


def plain(rows: dict[str, Row]) -> dict[str, dict[str, list[float | None]]]:
    """Rows as JSON data: value, low and high in plain units (shares, seconds, millimetres)."""
    return {
        name: {c: [_number(x) for x in (f.value, f.low, f.high)] for c, f in row.items()}
        for name, row in rows.items()
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)
