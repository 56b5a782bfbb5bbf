# SPDX-License-Identifier: GPL-3.0-or-later
"""A table of lines: which strip, which character, how. From a CSV file or from a text in the file.

The first row names the columns: `strip` and any of the others, in any order. An empty cell leaves the
matter as the character's settings have it. Commas, semicolons or tabs part the cells, as spreadsheets
write them.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from .problems import AnimatorError

COLUMNS = ("strip", "character", "preset", "emotion", "intensity", "seed", "style", "text")
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Row:
    """One line of the table: its number in the file, from 1, and its cells, without blanks around."""

    number: int
    cells: dict[str, str]

    def cell(self, column: str) -> str:
        """The cell, empty where the table has none."""
        return self.cells.get(column, "")


def read_table(path: str, text_name: str) -> list[Row]:
    """The rows of the file at `path`, or of the text data-block `text_name` where that is given.

    Raises:
        AnimatorError: there is none, it cannot be read, or it is no table of lines.
    """
    if text_name:
        text = bpy.data.texts.get(text_name)
        if text is None:
            raise AnimatorError(f"There is no text '{text_name}' in this file.", "Choose another.")
        return parse(text.as_string(), f"text '{text_name}'")
    if not path:
        raise AnimatorError("No table is chosen.", "Choose a CSV file or a text of this file.")
    file = Path(bpy.path.abspath(path))
    try:
        return parse(file.read_text(encoding="utf-8-sig"), str(file))
    except OSError as error:
        raise AnimatorError(
            f"The table {file} cannot be read: {error}.", "Choose another."
        ) from error
    except UnicodeDecodeError as error:
        raise AnimatorError(
            f"The table {file} is not in UTF-8.", "Save it as 'CSV UTF-8' in the spreadsheet."
        ) from error


def parse(text: str, name: str) -> list[Row]:
    """The rows of a table that `name` names in messages; empty rows and those with # are left out.

    Raises:
        AnimatorError: it has no column `strip`, or one that means nothing.
    """
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(DELIMITERS, key=first.count)
    reader: Any = csv.reader(io.StringIO(text), delimiter=delimiter)
    head = [cell.strip().casefold() for cell in next(reader, [])]
    if "strip" not in head:
        raise AnimatorError(
            f"The first row of {name} names no column 'strip'.",
            f"Columns are: {', '.join(COLUMNS)}.",
        )
    unknown = [cell for cell in head if cell and cell not in COLUMNS]
    twice = sorted({cell for cell in head if cell and head.count(cell) > 1})
    if unknown or twice:
        raise AnimatorError(
            f"{name} has a column {', '.join(unknown or twice)}"
            + (", which means nothing to Mien." if unknown else " more than once."),
            f"Columns are: {', '.join(COLUMNS)}.",
        )
    rows = []
    for cells in reader:
        if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#"):
            named = zip(head, (cell.strip() for cell in cells), strict=False)
            rows.append(Row(reader.line_num, {column: cell for column, cell in named if column}))
    return rows
