# SPDX-License-Identifier: Apache-2.0
"""The benchmark's part on faces: do strangers read the asked emotion while the head speaks?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.emotion_faces_measures import first_shares, interval, mean_of, rises
from benchmarks.emotion_faces_road import INTENSITIES, Shots
from benchmarks.emotion_judges import HELD_OUT, JUDGES, LABELS, TUNING_JUDGES
from benchmarks.emotion_judges_layers import Floats
from core.direction import EMOTION_NAMES

_PANELS = {
    "three judges of tuning": TUNING_JUDGES,
    "face-api alone (held out)": (HELD_OUT,),
    "all four": JUDGES,
}
_FULL = 1.0


@dataclass(frozen=True, eq=False)
class Verdict:
    """Shots and what each judge says of them: light -> judge -> (N, 7)."""

    shots: Shots
    answers: Mapping[str, Mapping[str, Floats]]

    def panel(self, judges: Sequence[str], lights: Sequence[str] | None = None) -> Floats:
        """Mean (N, 7) of some judges over some lights; None for all lights."""
        chosen = lights or list(self.answers)
        return np.asarray(
            np.mean([mean_of(self.answers[light], judges) for light in chosen], axis=0)
        )

    @property
    def judges(self) -> tuple[str, ...]:
        """Who was asked, the held-out judge last."""
        return tuple(next(iter(self.answers.values())))

    def asked_share(self, probabilities: Floats, emotion: str, intensity: float) -> float:
        """Mean probability of the asked label."""
        rows = self.shots.chosen(emotion, intensity)
        return float(probabilities[rows, LABELS.index(emotion)].mean())


def faces_lines(verdict: Verdict) -> list[str]:
    """All tables on faces as Markdown."""
    lines = ["### Faces: what strangers read", ""]
    lines += _summary(verdict)
    lines += _confusion(verdict)
    lines += _by_intensity(verdict)
    lines += _by_judge_and_light(verdict)
    return lines


def _summary(verdict: Verdict) -> list[str]:
    lines = [
        (
            f"| intensity 1, {len(verdict.shots.chosen('happy', _FULL))} frames an emotion, "
            f"{len(verdict.answers)} lights | asked label first | mean probability of it | "
            "0.3 < 0.7 < 1.0 |"
        ),
        "|---|---|---|---|",
    ]
    for name, judges in _panels(verdict).items():
        panel = verdict.panel(judges)
        firsts = sum(_mean_answer(verdict, panel, label).argmax() == n for n, label in _labels())
        low, high = interval(_groups(verdict), lambda rows, p=panel: _mean_asked(verdict, p, rows))
        mean = _mean_asked(verdict, panel, np.arange(len(panel)))
        rising = [rises(_shares(verdict, panel, label)) for _, label in _labels()[:-1]]
        lines.append(
            f"| {name} | {firsts} of {len(LABELS)} | {mean:.2f} ({low:.2f} to {high:.2f}) | "
            f"{sum(rising)} of {len(rising)} |"
        )
    return [*lines, ""]


def _panels(verdict: Verdict) -> dict[str, tuple[str, ...]]:
    """The panels of which everybody was asked."""
    asked = set(verdict.judges)
    return {name: judges for name, judges in _PANELS.items() if asked.issuperset(judges)}


def _labels() -> list[tuple[int, str]]:
    return list(enumerate(LABELS))


def _mean_answer(verdict: Verdict, panel: Floats, emotion: str, intensity: float = _FULL) -> Floats:
    return np.asarray(panel[verdict.shots.chosen(emotion, intensity)].mean(axis=0))


def _shares(verdict: Verdict, panel: Floats, emotion: str) -> list[float]:
    return [verdict.asked_share(panel, emotion, intensity) for intensity in INTENSITIES]


def _groups(verdict: Verdict) -> NDArray[np.intp]:
    """A group for each sound, emotion and intensity: the bootstrap draws frames within them."""
    keys = [(s.sound, s.emotion, s.intensity) for s in verdict.shots.shots]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], np.intp)


def _mean_asked(verdict: Verdict, panel: Floats, rows: NDArray[np.intp]) -> float:
    """Mean over the seven labels of the asked one's probability at full intensity."""
    counts = np.bincount(rows, minlength=len(panel))
    means = []
    for column, label in _labels():
        chosen = verdict.shots.chosen(label, _FULL)
        means.append(np.average(panel[chosen, column], weights=counts[chosen]))
    return float(np.mean(means))


def _confusion(verdict: Verdict) -> list[str]:
    panel = verdict.panel(verdict.judges)
    head = " | ".join(LABELS)
    lines = [
        (
            "Mean probability of the judges below, intensity 1; in brackets the share of frames at which it "
            "is their first answer."
        ),
        "",
        f"| asked | {head} |",
        "|---|" + "---|" * len(LABELS),
    ]
    for emotion in EMOTION_NAMES:
        rows = verdict.shots.chosen(emotion, _FULL)
        cells = [
            f"{'**' if label == emotion else ''}{mean:.2f}{'**' if label == emotion else ''} ({first:.2f})"
            for label, mean, first in zip(
                LABELS, panel[rows].mean(axis=0), first_shares(panel[rows]), strict=True
            )
        ]
        lines.append(f"| {emotion} | {' | '.join(cells)} |")
    return [*lines, ""]


def _by_intensity(verdict: Verdict) -> list[str]:
    lines = ["Probability of the asked label by intensity.", ""]
    panels = _panels(verdict)
    lines += ["| asked | " + " | ".join(panels) + " |", "|---|" + "---|" * len(panels)]
    for _, label in _labels()[:-1]:
        cells = []
        for judges in panels.values():
            shares = _shares(verdict, verdict.panel(judges), label)
            mark = "" if rises(shares) else " not rising"
            cells.append(" ".join(f"{share:.2f}" for share in shares) + mark)
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return [*lines, ""]


def _by_judge_and_light(verdict: Verdict) -> list[str]:
    lights = list(verdict.answers)
    columns = [(name, (name,), lights) for name in verdict.judges]
    columns += [(f"{light} light", verdict.judges, [light]) for light in lights]
    lines = [
        (
            "Probability of the asked label at intensity 1, by judge and by light; `!` where another label "
            "comes first."
        ),
        "",
        "| asked | " + " | ".join(name for name, _, _ in columns) + " |",
        "|---|" + "---|" * len(columns),
    ]
    panels = [verdict.panel(judges, chosen) for _, judges, chosen in columns]
    for number, label in _labels():
        answers = [_mean_answer(verdict, panel, label) for panel in panels]
        cells = [f"{a[number]:.2f}{'' if a.argmax() == number else '!'}" for a in answers]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return [*lines, ""]
