# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of lines as spreadsheets write them."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien import line_table
from bl_ext.devrepo.mien.problems import AnimatorError

TABLES = {
    "commas": 'strip,character,text\nL1,Anna,"Well, no."\nL2,Bob,\n',
    "semicolons": "Strip;Character;Text\nL1;Anna;Well, no.\n\nL2;Bob;\n",
    "tabs": "strip\tcharacter\ttext\n# the first scene\nL1\tAnna\tWell, no.\nL2\tBob\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES.keys())
def test_a_table_is_read_as_it_was_written(text):
    first, second = line_table.parse(text, "table")
    assert (first.cell("strip"), first.cell("character")) == ("L1", "Anna")
    assert first.cell("text") == "Well, no."
    assert (second.cell("strip"), second.cell("text"), second.cell("seed")) == ("L2", "", "")
    assert first.number < second.number


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no column 'strip'"),
        ("name,emotion\nL1,sad", "names no column 'strip'"),
        ("strip,mood\nL1,sad", "a column mood, which means nothing"),
        ("strip,seed,seed\nL1,1,2", "a column seed more than once"),
    ],
)
def test_a_table_that_is_none_says_why(text, words):
    with pytest.raises(AnimatorError, match=words):
        line_table.parse(text, "table")


def test_it_comes_from_a_file_or_from_a_text_of_the_blend(scene, tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text("strip;seed\nLüge;3\n", encoding="utf-8-sig")
    assert line_table.read_table(str(path), "")[0].cells == {"strip": "Lüge", "seed": "3"}
    bpy.data.texts.new("Lines").write("strip\nL1\n")
    assert line_table.read_table("", "Lines")[0].cell("strip") == "L1"
    path.write_bytes("strip\nLüge\n".encode("latin-1"))
    with pytest.raises(AnimatorError, match="not in UTF-8"):
        line_table.read_table(str(path), "")
    for table, words in (("", "No table is chosen"), (str(tmp_path / "no.csv"), "cannot be read")):
        with pytest.raises(AnimatorError, match=words):
            line_table.read_table(table, "")
    with pytest.raises(AnimatorError, match="no text 'Gone'"):
        line_table.read_table("", "Gone")
