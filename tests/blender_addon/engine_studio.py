# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers asked by hand: what they are asked, and what they say until an answer comes."""

from __future__ import annotations

import time

PATIENCE_SECONDS = 60


def request(audio, folder, **changes):
    return {
        "type": "performance",
        "audio": {"path": str(audio), "start_seconds": 0.0, "duration_seconds": None, "name": "L"},
        "direction": {"emotion": "happy"},
        "fps": 24.0,
        "out_path": str(folder / "take.npz"),
        "deadline_seconds": 60,
        **changes,
    }


def answer(engine, until=("result", "cancelled")):
    """Poll until a message of one of the kinds comes; all messages up to it."""
    news = []
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        news += engine.poll()
        if news and news[-1]["type"] in until:
            return news
        time.sleep(0.01)
    raise TimeoutError(news)
