# SPDX-License-Identifier: Apache-2.0
"""The tables say what was asked, and leave out what could not be measured."""

from __future__ import annotations

from benchmarks.avatar_tables import Column, films_table, systems_table

COLUMN = Column("psnr", "PSNR dB", 1, "28")
FIGURES = {
    "avatar": [{"psnr": 30.0}, {"psnr": float("nan")}, {"psnr": 20.0}],
    "mesh": [{"psnr": float("nan")}] * 3,
}


def test_means_leave_out_unknown_figures():
    assert systems_table(FIGURES, (COLUMN,)).splitlines() == [
        "|  | PSNR dB |",
        "| --- | --- |",
        "| asked | 28 |",
        "| avatar | 25.0 |",
        "| mesh | - |",
    ]


def test_films_are_rows_and_systems_columns():
    assert films_table(FIGURES, ["a", "a", "b"], COLUMN).splitlines()[2:] == [
        "| a | 2 | 30.0 | - |",
        "| b | 1 | 20.0 | - |",
    ]
