# SPDX-License-Identifier: Apache-2.0
"""How fast and how lean the road from sound to performance is, on one core.

    python benchmarks/speed.py [--models DIR] [--minutes 10]

Speed is measured in this process, after loading, at 60 frames a second; memory and cold start in
real worker processes. Everything is pinned to one core where the system can pin.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from core.direction import Direction  # noqa: E402
from core.performance import load_models, perform  # noqa: E402

RECORDING = REPOSITORY / "demo" / "speech.flac"
FPS = 60.0
SPEED_SECONDS = 120.0
COLD_SECONDS = 10.0
REPEATS = 3


@dataclass(frozen=True)
class Result:
    """One line of the table; `value` should not be above `target`."""

    name: str
    value: float
    target: float | None
    unit: str


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=None, help="folder with models.json")
    parser.add_argument("--minutes", type=float, default=10.0, help="length for the memory test")
    options = parser.parse_args()
    pinned = _pin_to_one_core()
    with tempfile.TemporaryDirectory(prefix="mien-speed-") as folder:
        results = [
            *measure_speed(options.models, Path(folder)),
            *measure_cold_start(options.models, Path(folder)),
            *measure_memory(options.models, Path(folder), options.minutes),
        ]
    print(f"{_machine()}; {'pinned to one core' if pinned else 'NOT pinned to one core'}")
    print_table(results)


def _pin_to_one_core() -> bool:
    """Pin this process and those it starts."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return True


def write_speech(folder: Path, seconds: float) -> Path:
    """The bundled recording, repeated to a length, at its own rate."""
    samples, rate = soundfile.read(RECORDING, dtype="float32")
    frames = round(seconds * rate)
    path = folder / f"speech_{seconds:g}s.wav"
    with soundfile.SoundFile(path, "w", rate, 1) as file:
        for start in range(0, frames, len(samples)):
            file.write(samples[: frames - start])
    return path


def measure_speed(models_folder: Path | None, folder: Path) -> list[Result]:
    """Computing time a second of sound after loading, in all and a stage."""
    sound = write_speech(folder, SPEED_SECONDS)
    models = load_models(models_folder)
    perform(RECORDING, Direction(), FPS, models=models)
    runs = []
    for _ in range(REPEATS):
        spent: dict[str, float] = {}
        last = started = time.process_time()

        def note(_fraction: float, stage: str) -> None:
            nonlocal last
            now = time.process_time()
            spent[stage] = spent.get(stage, 0.0) + now - last  # noqa: B023 - called within the round
            last = now

        perform(sound, Direction("happy"), FPS, on_progress=note, models=models)
        runs.append((time.process_time() - started, spent))
    total, stages = sorted(runs, key=lambda run: run[0])[len(runs) // 2]
    return [
        Result("sound to performance", total / SPEED_SECONDS, 0.05, "s a second of sound"),
        *(
            Result(f"  {stage}", seconds / SPEED_SECONDS, None, "s a second of sound")
            for stage, seconds in stages.items()
        ),
    ]


def measure_cold_start(models_folder: Path | None, folder: Path) -> list[Result]:
    """From starting the process to its greeting, and to the result for 10 s of sound."""
    sound = write_speech(folder, COLD_SECONDS)
    greetings, results = [], []
    for _ in range(REPEATS):
        greeting, result, _ = run_worker(models_folder, sound, folder / "cold.npz")
        greetings.append(greeting)
        results.append(result)
    return [
        Result("worker: start to greeting", statistics.median(greetings), None, "s"),
        Result("worker: start to result, 10 s", statistics.median(results), 3.0, "s"),
    ]


def measure_memory(models_folder: Path | None, folder: Path, minutes: float) -> list[Result]:
    """Highest resident memory of a worker over one long performance."""
    sound = write_speech(folder, minutes * 60.0)
    _, seconds, peak_mb = run_worker(models_folder, sound, folder / "long.npz")
    return [
        Result(f"worker: peak memory, {minutes:g} min", peak_mb, 500.0, "MB"),
        Result(f"worker: start to result, {minutes:g} min", seconds, None, "s"),
    ]


def run_worker(models_folder: Path | None, sound: Path, target: Path) -> tuple[float, float, float]:
    """Start a worker for one request: seconds to the greeting and to the result, and peak MB."""
    command = [sys.executable, "-m", "core.worker"]
    if models_folder is not None:
        command += ["--models", str(models_folder.resolve())]
    request = {
        "type": "performance",
        "id": "1",
        "audio": {"path": str(sound)},
        "direction": {"emotion": "happy"},
        "fps": FPS,
        "out_path": str(target),
    }
    started = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        json.loads(worker.stdout.readline())
        greeting = time.monotonic() - started
        worker.stdin.write(json.dumps(request) + "\n")
        worker.stdin.flush()
        for line in worker.stdout:
            message = json.loads(line)
            if message["type"] != "progress":
                break
        seconds = time.monotonic() - started
        if message["type"] != "result":
            raise SystemExit(f"the worker failed: {message}")
        peak_mb = _peak_mb(worker.pid)
        worker.stdin.close()
    return greeting, seconds, peak_mb


def _peak_mb(pid: int) -> float:
    """Highest resident memory of a running process in MB; NaN where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return float("nan")
    for line in status.read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _machine() -> str:
    cpu = platform.processor() or platform.machine()
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                cpu = line.partition(":")[2].strip()
                break
    return f"{cpu}, {platform.system()}, Python {platform.python_version()}, numpy {np.__version__}"


def print_table(results: list[Result]) -> None:
    """Print measured values beside their targets."""
    print(f"{'what':<34}{'measured':>10}  {'target':>8}  unit")
    for result in results:
        target = "" if result.target is None else f"{result.target:g}"
        verdict = "" if result.target is None or result.value <= result.target else "  MISSED"
        print(f"{result.name:<34}{result.value:>10.4g}  {target:>8}  {result.unit}{verdict}")


if __name__ == "__main__":
    main()
