# SPDX-License-Identifier: Apache-2.0
"""What the lip path costs: processor seconds a second of sound, stage by stage, and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from core.mixing.contacts import close_lips
from core.mixing.resample import read_at
from core.model_files import default_models_folder
from core.speech.audio import load_speech

if TYPE_CHECKING:
    from pathlib import Path

    from core.performance import Models

RATE_HZ = 16_000
FPS = 60.0
SECONDS = 60
REPEATS = 3
LIP_MODELS = ("speech_encoder", "lip_decoder")
# In a fresh process: loads everything, performs a sound, and says how many kilobytes it took. Linux
# hands the peak of the parent on to getrusage across exec, so its own is read where it stands.
MEMORY_SCRIPT = """
import pathlib, re, resource, sys
from core.direction import Direction
from core.performance import load_models, perform
perform(sys.argv[1], Direction(), 60.0, models=load_models(sys.argv[2] or None))
status = pathlib.Path("/proc/self/status")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if status.exists():
    peak = int(re.search(r"VmHWM:\\s*(\\d+)", status.read_text())[1])
print(peak / 1024 if sys.platform == "darwin" else peak)
"""


def stages(models: Models, speech: Path) -> dict[str, float]:
    """Processor seconds a second of sound of each stage of the lip path, medians of REPEATS.

    Args:
        models: loaded.
        speech: any speech; it is repeated to SECONDS.
    """
    once = load_speech(speech).samples
    samples = np.tile(once, SECONDS * RATE_HZ // len(once) + 1)[: SECONDS * RATE_HZ]
    runs: dict[str, list[float]] = {"encoder": [], "decoder": [], "contacts": []}
    for _ in range(REPEATS):
        marks = [time.process_time()]
        features = models.encoder.encode(samples)
        marks.append(time.process_time())
        track = models.lip_decoder.decode(features)
        marks.append(time.process_time())
        times = np.arange(int(SECONDS * FPS)) / FPS
        values = read_at(track.values, track.time_seconds, times)
        close_lips(values, times, track.contacts, models.face)
        marks.append(time.process_time())
        for own, spent in zip(runs.values(), np.diff(marks), strict=True):
            own.append(float(spent) / SECONDS)
    costs = {name: float(np.median(own)) for name, own in runs.items()}
    return {**costs, "lip path": sum(costs.values())}


def peak_memory_megabytes(models_folder: Path | None, speech: Path) -> float:
    """Peak memory of a fresh process that loads everything and performs a sound."""
    command = [sys.executable, "-c", MEMORY_SCRIPT, str(speech), str(models_folder or "")]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(answer) / 1024.0


def model_megabytes(models_folder: Path | None) -> dict[str, float]:
    """Size of each model of the lip path, and of all models together."""
    folder = models_folder or default_models_folder()
    entries = json.loads((folder / "models.json").read_text(encoding="utf-8"))["models"]
    sizes = {e["name"]: e["bytes"] / 1e6 for e in entries}
    lip = {name: sizes[name] for name in LIP_MODELS if name in sizes}
    return {**lip, "all models": sum(sizes.values())}
