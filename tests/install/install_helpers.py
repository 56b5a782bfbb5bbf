# SPDX-License-Identifier: Apache-2.0
"""What the tests of install.py ask again and again."""

from __future__ import annotations


def one_line(process):
    """The single line that install.py answered with."""
    lines = process.stderr.strip().splitlines()
    assert len(lines) == 1, process.stderr
    assert lines[0].startswith("Mien: "), lines
    assert process.returncode == 1
    return lines[0]


def leftovers(folder):
    """Environments, whole or half."""
    return [path.name for path in folder.glob(".venv*")]
