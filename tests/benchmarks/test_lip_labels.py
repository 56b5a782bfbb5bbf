# SPDX-License-Identifier: Apache-2.0
"""Labels from TextGrids and aligned rows; the peers' events as curves; the part of RESULTS.md."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.lip_clips import (
    aligned_contacts,
    aligned_open_vowels,
    aligned_sounds,
    pauses_between,
    spread,
)
from benchmarks.lip_headaudio import opening
from benchmarks.lip_speech import textgrid_phones
from benchmarks.lip_statistics import Figure
from benchmarks.lip_systems import frame_times, label_at
from benchmarks.lip_tables import markdown
from benchmarks.lips import HEADING, command, write_section

ROWS = [("M", 0.5, 0.6), ("AA", 0.6, 0.8), ("F", 0.8, 0.9), ("V", 0.9, 1.0), ("UW", 1.6, 1.8)]


def test_a_textgrid_gives_its_phones_without_stress_and_without_noises():
    rows = ["0", "2", '"IntervalTier"', '"phones"', "0", "2", "4"]
    rows += ["0", "0.5", '""', "0.5", "0.8", '"AA1"', "0.8", "1", '"spn"', "1", "2", '"P"']
    assert textgrid_phones("\n".join(rows)) == [("AA", 0.5, 0.8), ("P", 1.0, 2.0)]
    assert textgrid_phones("\n".join(rows).replace("phones", "words")) == []


def test_aligned_rows_become_sounds_contacts_and_vowels():
    silence = np.zeros(32_000, np.float32)
    assert [s.visemes for s in aligned_sounds(ROWS)][:3] == [{"PP"}, {"aa"}, {"FF"}]
    contacts = aligned_contacts(silence, ROWS)
    assert ("bilabial", 0.5, 0.6) in contacts
    assert ("labiodental", 0.8, 1.0) in contacts
    assert ("rounding", 1.6, 1.8) in contacts
    assert aligned_open_vowels(ROWS) == (("AA", 0.6, 0.8),)


def test_a_stop_is_shut_up_to_its_burst_only():
    samples = np.zeros(16_000, np.float32)
    samples[8800:9600] = np.random.default_rng(0).normal(0, 0.1, 800)
    ((_, start, end),) = aligned_contacts(samples, [("P", 0.5, 0.6)])
    assert start == 0.5
    assert end == pytest.approx(0.55, abs=0.01)


def test_pauses_are_what_no_row_fills():
    assert pauses_between(ROWS, 2.5) == ((0.0, 0.5), (1.0, 1.6), (1.8, 2.5))
    assert pauses_between(ROWS, 2.5, shortest=0.65) == ((1.8, 2.5),)


def test_a_part_of_a_set_is_spread_over_it():
    assert spread(range(100), 4) == [0, 25, 50, 75]
    assert spread(range(3), 4) == [0, 1, 2]
    assert spread(range(3), None) == [0, 1, 2]


def test_labels_are_read_at_times():
    times = np.arange(6) * 0.1
    assert label_at((("a", 0.1, 0.3), ("b", 0.3, 0.4)), times, "x").tolist() == list("xaabxx")


def test_headaudios_visemes_rise_and_fall_within_a_tenth_of_a_second():
    times = frame_times(1.0)
    curve = opening((("aa", 0.3, 0.6),), times)
    assert curve[times < 0.29].max() == pytest.approx(0.0, abs=1e-6)
    assert curve[(times > 0.42) & (times < 0.59)].min() == pytest.approx(1.0, abs=1e-6)
    assert curve[times > 0.72].max() == pytest.approx(0.0, abs=1e-6)
    assert (np.diff(curve)[times[1:] < 0.5] >= 0).all()


def test_shares_are_shown_in_per_cent_seconds_in_milliseconds_and_nothing_as_nothing():
    row = {
        "visemes, %": Figure(0.8213, 0.8, 0.85),
        "MTM, ms": Figure(0.0412),
        "SLCC": Figure(float("nan")),
        "bilabial recall": Figure(0.97),
    }
    lines = markdown("set", {"ours": row})
    assert lines[0] == "| set | visemes, % | MTM, ms | bilabial recall |"
    assert lines[2] == "| ours | 82.1 (80.0 to 85.0) | 41 | 0.970 |"


def test_a_new_table_takes_the_old_ones_place_and_nothing_elses(tmp_path):
    path = tmp_path / "RESULTS.md"
    path.write_text(f"## Keys\n\nkeys\n\n{HEADING} (old)\n\nold\n\n## More\n\nmore\n")
    write_section(path, f"{HEADING} (new)\n\nfigures\n")
    text = path.read_text()
    assert "old" not in text
    assert text.index("keys") < text.index("figures") < text.index("more")
    write_section(path, f"{HEADING} (newer)\n\nothers\n")
    assert path.read_text().count(HEADING) == 1


def test_the_command_names_folders_and_tells_no_machines_paths():
    args = Namespace(grid=Path("/home/me/grid"), quick=True, systems=["Mien, mix"], out=None)
    wanted = 'python -m benchmarks.lips --grid GRID --quick --systems "Mien, mix"'
    assert command(args) == wanted
