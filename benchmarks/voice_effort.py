# SPDX-License-Identifier: Apache-2.0
"""Does effort tell strong acting from normal acting, whatever the recording's level?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.voice_heard import Heard
from benchmarks.voice_pairs import Pair, find_pairs
from core.training.emotion_scores import clusters_interval

Table = npt.NDArray[np.float64]

# Windows in which less is heard say nothing of effort.
HEARD_CONFIDENCE = 0.15


def effort_of(clip: Heard) -> float:
    """Mean effort of the windows with a voice; 0 without one."""
    heard = clip.voice.confidence > HEARD_CONFIDENCE
    return float(clip.voice.effort[heard].mean()) if heard.any() else 0.0


def effort_lines(heard: Sequence[Heard]) -> list[str]:
    """Effort by strength, the difference within pairs, and how well one take tells it."""
    efforts = np.array([effort_of(clip) for clip in heard])
    strong = np.array([clip.is_strong for clip in heard])
    pairs = find_pairs(heard, lambda c: ((c.actor, c.emotion, c.words), c.is_strong))
    differences = np.array([efforts[p.strong] - efforts[p.normal] for p in pairs])
    actors = np.array([p.actor for p in pairs])
    low, high = clusters_interval(differences, actors)
    lines = [
        "## Vocal effort on RAVDESS, strong against normal acting",
        "",
        (
            f"{len(pairs)} pairs. Difference {differences.mean():+.3f} [{low:+.3f}, {high:+.3f}], "
            f"strong above normal in {np.mean(differences > 0):.2f}; one take against another "
            f"(AUC) {_auc(efforts[strong], efforts[~strong]):.2f}"
        ),
        "",
        "| emotion | normal | strong | difference | strong above normal | AUC |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(name, pairs, efforts) for name in sorted({p.emotion for p in pairs})]
    neutral = np.array([clip.emotion == "neutral" for clip in heard])
    women = np.array([clip.is_woman for clip in heard])
    lines += [
        "",
        (
            f"Neutral clips: women {efforts[neutral & women].mean():+.2f}, "
            f"men {efforts[neutral & ~women].mean():+.2f}, spread {efforts[neutral].std():.2f}; "
            f"all clips: normal {efforts[~strong].mean():+.2f} (spread {efforts[~strong].std():.2f}), "
            f"strong {efforts[strong].mean():+.2f} (spread {efforts[strong].std():.2f})"
        ),
        "",
    ]
    return lines


def _row(emotion: str, pairs: Sequence[Pair], efforts: Table) -> str:
    normal = np.array([efforts[p.normal] for p in pairs if p.emotion == emotion])
    strong = np.array([efforts[p.strong] for p in pairs if p.emotion == emotion])
    return (
        f"| {emotion} | {normal.mean():+.2f} | {strong.mean():+.2f} | {(strong - normal).mean():+.2f} | "
        f"{np.mean(strong > normal):.2f} | {_auc(strong, normal):.2f} |"
    )


def _auc(positive: Table, negative: Table) -> float:
    """How often a positive one is the larger of two."""
    larger = (positive[:, None] > negative[None, :]).mean()
    return float(larger + 0.5 * (positive[:, None] == negative[None, :]).mean())
