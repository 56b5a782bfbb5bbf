# SPDX-License-Identifier: Apache-2.0
"""Lines of text from the judges' answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.emotion_judges import HELD_OUT, LABELS, TUNING_JUDGES
from benchmarks.emotion_judges_layers import Floats

ASKED_LABEL = {label: label for label in LABELS}
"""The judges' label of an emotion. Contempt and calm have none: their nearest are reported."""

_SHORT = {"pyfeat": "pyfeat", "fer": "fer", "faceplugin": "facepl", HELD_OUT: "*f-api"}
_NAME = 11


def still_lines(
    asked: Sequence[tuple[str, float, str]], answers: Mapping[str, Mapping[str, Floats]]
) -> list[str]:
    """A line for each still: mean answer of the tuning judges, first answer, and who says how much.

    Args:
        asked: (emotion, intensity, mouth) of each still.
        answers: by light and judge, (stills, 7).

    The columns after the bar are the asked label's probability: of the lights, then of each judge.
    A star marks the held-out judge, which is no part of the mean.
    """
    lights = list(answers)
    judges = list(next(iter(answers.values())))
    mean = mean_answer(answers)
    by_light = {light: mean_answer({light: answers[light]}) for light in lights}
    by_judge = {
        name: np.mean([answers[light][name] for light in lights], axis=0) for name in judges
    }
    columns = [label[:5] for label in LABELS]
    sides = [light[:6] for light in lights] + [_SHORT[name] for name in judges]
    lines = []
    last = None
    for number, (emotion, intensity, mouth) in enumerate(asked):
        if (intensity, mouth) != last:
            last = (intensity, mouth)
            head = "".join(f"{column:>6}" for column in columns)
            lines += [
                "",
                f"intensity {intensity:g}, mouth {mouth}: mean of {len(TUNING_JUDGES)} judges",
            ]
            lines.append(f"{'':{_NAME}}{head}  first      |" + "".join(f"{s:>7}" for s in sides))
        label = ASKED_LABEL.get(emotion)
        row = "".join(f"{value:6.2f}" for value in mean[number])
        first = LABELS[int(mean[number].argmax())]
        mark = " " if label in (first, None) else "!"
        line = f"{emotion:{_NAME}}{row} {mark}{first:10} |"
        if label:
            column = LABELS.index(label)
            parts = [by_light[light] for light in lights] + [by_judge[name] for name in judges]
            line += "".join(f"{part[number, column]:7.2f}" for part in parts)
        lines.append(line)
    return lines


def mean_answer(answers: Mapping[str, Mapping[str, Floats]]) -> Floats:
    """Mean probabilities (stills, 7) over lights and tuning judges, each weighing the same."""
    everyone = [of_light[name] for of_light in answers.values() for name in TUNING_JUDGES]
    return np.asarray(np.mean(everyone, axis=0))
