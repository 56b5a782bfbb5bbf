# SPDX-License-Identifier: GPL-3.0-or-later
"""All operators on a character's rig."""

from __future__ import annotations

from . import (
    make_editable,
    mapping_edit,
    mapping_file,
    mapping_record,
    mapping_test,
    mapping_turns,
)

CLASSES = (
    *mapping_edit.CLASSES,
    *mapping_test.CLASSES,
    *mapping_record.CLASSES,
    *mapping_turns.CLASSES,
    *mapping_file.CLASSES,
    *make_editable.CLASSES,
)
