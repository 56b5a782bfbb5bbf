# SPDX-License-Identifier: Apache-2.0
"""The peer: Rhubarb Lip Sync 1.13's mouth shapes as an opening over time."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Openings of Rhubarb's nine drawings, in the order of its manual: closed, slightly open, open, wide
# open, rounded, puckered, teeth on lip, tongue, rest.
OPENINGS = {
    "A": 0.0,
    "B": 0.2,
    "C": 0.6,
    "D": 1.0,
    "E": 0.5,
    "F": 0.2,
    "G": 0.1,
    "H": 0.5,
    "X": 0.0,
}


RECOGNISERS = ("phonetic", "pocketSphinx")
"""Rhubarb's two: for any language, and for English (14 times slower)."""


def rhubarb_openings(binary: Path, audio: Path, times: Floats, recogniser: str) -> Floats:
    """Opening 0..1 at the given times."""
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder) / "in.wav"
        samples, rate = soundfile.read(audio)
        soundfile.write(wave, samples, rate)
        command = [binary, "-q", "-f", "json", "--threads", "1", "-r", recogniser, wave]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = np.zeros(len(times))
    for cue in json.loads(answer)["mouthCues"]:
        result[(times >= cue["start"]) & (times < cue["end"])] = OPENINGS[cue["value"]]
    return result
