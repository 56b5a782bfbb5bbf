# SPDX-License-Identifier: Apache-2.0
"""A real worker process and requests for it, as the add-on would send them."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading

PATIENCE_SECONDS = 60


class Worker:
    """A real worker process and its lines."""

    def __init__(
        self, repository, *options, module="core.worker", patience=PATIENCE_SECONDS, **environment
    ):
        self.patience = patience
        # A file, since nobody empties a pipe that the log would fill.
        self.noise = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, options)],
            cwd=repository,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.noise,
            env={**os.environ, **environment},
        )
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.hello = self.next()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def next(self):
        return self.lines.get(timeout=self.patience)

    def rest(self):
        """The lines that nobody has taken yet, once the process has ended."""
        self.reader.join(PATIENCE_SECONDS)
        return [self.lines.get_nowait() for _ in range(self.lines.qsize())]

    def send(self, message):
        raw = message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"
        self.process.stdin.write(raw)
        self.process.stdin.flush()

    def until_end(self, job_id):
        """All lines up to the one that ends the job."""
        lines = []
        while (
            not lines or lines[-1]["type"] in {"progress", "pong"} or lines[-1].get("id") != job_id
        ):
            lines.append(self.next())
        return lines

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(PATIENCE_SECONDS)
        self.reader.join(PATIENCE_SECONDS)
        self.process.stdout.close()
        return code


def request(job_id, sound, target, **changes):
    return {
        "type": "performance",
        "id": job_id,
        "audio": {"path": str(sound), "name": f"strip {job_id}"},
        "direction": {"emotion": "happy", "seed": 1},
        "fps": 24.0,
        "out_path": str(target),
        **changes,
    }
