# SPDX-License-Identifier: Apache-2.0
"""The names of the visemes, as Oculus LipSync and VRM order them; what they are is in motion.phones."""

from __future__ import annotations

VISEME_LABELS: tuple[str, ...] = (
    *("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U"),
)
