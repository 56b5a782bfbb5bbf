# SPDX-License-Identifier: Apache-2.0
"""The peer HeadAudio 0.1.0 (npm @met4citizen/headaudio): 15 visemes by Gaussian prototypes.

Version 0.1.0 never shows `aa`: viseme 0 is taken for "no viseme" (`if (viseme)`). It is measured as
it is and with that test mended. Events carry the middle of their analysis window, so the peer's own
delay of 16 ms is not held against it; the easing of its curves (100 ms up and down, as its audio node
has) is kept.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lip_systems import FPS, Answer, frame_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.lip_clips import Clip, Stretch

    Floats = NDArray[np.float64]

RUNNER = Path(__file__).with_name("headaudio.mjs")
VISEMES = (
    *("aa", "E", "I", "O", "U", "PP", "SS", "TH", "DD", "FF", "kk", "nn", "RR", "CH", "sil"),
)
EASE_SECONDS = 0.1
EASE_SHARPNESS = 5.0
# Opening of each viseme on Oculus's reference head, jaw and lips together, 0..1.
OPENINGS = {
    "aa": 1.0,
    "E": 0.6,
    "I": 0.4,
    "O": 0.6,
    "U": 0.3,
    "PP": 0.0,
    "SS": 0.15,
    "TH": 0.3,
    "DD": 0.3,
    "FF": 0.1,
    "kk": 0.35,
    "nn": 0.25,
    "RR": 0.3,
    "CH": 0.3,
}
# Its visemes that are contacts of the lips or the tongue tip.
CONTACTS = {
    "PP": "bilabial",
    "FF": "labiodental",
    "O": "rounding",
    "U": "rounding",
    "CH": "rounding",
    "DD": "tongue_tip",
    "nn": "tongue_tip",
    "TH": "tongue_tip",
}


@dataclass(frozen=True)
class HeadAudio:
    """The peer in its npm folder.

    Attributes:
        folder: of the package.
        cache: where answers are kept.
        fixed: whether `aa` is let through.
    """

    folder: Path
    cache: Path
    fixed: bool

    def answer(self, clip: Clip) -> Answer:
        """Its visemes and eased curves for a clip."""
        samples = clip.samples()
        heard = self._events(samples)
        events = [
            (float(t), int(v)) for t, v in heard["events"] if self.fixed or VISEMES[int(v)] != "aa"
        ]
        times = frame_times(len(samples) / 16_000)
        stretches = _stretches(events, float(times[-1]) + 1.0 / FPS)
        return Answer(
            times=times,
            curves={"opening": opening(stretches, times)},
            visemes=stretches,
            contacts=tuple((CONTACTS[v], a, b) for v, a, b in stretches if v in CONTACTS),
            spent_seconds=heard["seconds"],
        )

    def _events(self, samples: NDArray[np.float32]) -> dict[str, object]:
        digest = hashlib.sha256(samples.tobytes()).hexdigest()[:24]
        kept = self.cache / "headaudio" / f"{digest}.json"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory() as name:
                raw, listing, out = (Path(name) / n for n in ("a.f32", "list.json", "out.json"))
                raw.write_bytes(samples.astype("<f4").tobytes())
                listing.write_text(json.dumps([str(raw)]), encoding="utf-8")
                subprocess.run(["node", RUNNER, self.folder, listing, out], check=True)
                kept.write_text(json.dumps(json.loads(out.read_text(encoding="utf-8"))[0]))
        answer: dict[str, object] = json.loads(kept.read_text(encoding="utf-8"))
        return answer


def _stretches(events: list[tuple[float, int]], end: float) -> tuple[Stretch, ...]:
    """Each viseme holds until the next event; silence is left free."""
    found: list[Stretch] = []
    for number, (start, viseme) in enumerate(events):
        until = events[number + 1][0] if number + 1 < len(events) else end
        name = VISEMES[viseme]
        if viseme < 0 or until <= start:
            continue
        if found and found[-1][0] == name and abs(found[-1][2] - start) < 1e-6:
            found[-1] = (name, found[-1][1], until)
        else:
            found.append((name, start, until))
    return tuple(found)


def opening(stretches: tuple[Stretch, ...], times: Floats) -> Floats:
    """Opening (T,) of the eased visemes: each rises to 1 within EASE_SECONDS and falls as slowly."""
    result = np.zeros(len(times))
    step = 1.0 / (FPS * EASE_SECONDS)
    for name, share in OPENINGS.items():
        active = np.zeros(len(times), bool)
        for viseme, start, end in stretches:
            if viseme == name:
                first, last = np.searchsorted(times, [start, end])
                active[first:last] = True
        level, levels = 0.0, np.zeros(len(times))
        for frame, on in enumerate(active):
            level = min(level + step, 1.0) if on else max(level - step, 0.0)
            levels[frame] = level
        result += share * _ease(levels)
    return result


def _ease(level: Floats) -> Floats:
    """Sigmoid from 0 to 1."""
    shape = 1.0 / (1.0 + np.exp(-EASE_SHARPNESS * (2.0 * level - 1.0))) - 0.5
    return shape * 0.5 / (1.0 / (1.0 + np.exp(-EASE_SHARPNESS)) - 0.5) + 0.5
