# SPDX-License-Identifier: GPL-3.0-or-later
"""Many strips to many characters: the plan, the run, what fails, what is cancelled, undone, told."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import bpy
import pytest
from bl_ext.devrepo.mien import batch, batch_run, cast, compat, jobs, line_table, takes
from bl_ext.devrepo.mien.operators import batch_takes
from flow_studio import add_character, add_line, key_of
from panel_studio import Layout
from studio import PACKAGE, REPOSITORY, differences, dump


def two_say(scene, names, annas_sound, bobs_sound):
    """Anna and Bob, and a line of each on their channel."""
    scene.render.fps = 24
    add_character(scene, "Anna", names)
    add_character(scene, "Bob", names, at=(2, 0, 0))
    add_line(scene, annas_sound, "Anna 01", frame=1, channel=1)
    add_line(scene, bobs_sound, "Bob 01", frame=40, channel=2)
    return scene


@pytest.fixture
def two(scene, recording, arkit_names):
    return two_say(scene, arkit_names, recording, recording)


# A line of seconds can be ready before the worker hears of a stop, and is made all the same.
@pytest.fixture
def two_of_which_bob_speaks_long(scene, recording, long_recording, arkit_names):
    return two_say(scene, arkit_names, recording, long_recording)


@pytest.fixture
def two_who_speak_long(scene, long_recording, arkit_names):
    return two_say(scene, arkit_names, long_recording, long_recording)


def made(scene):
    """Names of the strips whose takes are on each character's face."""
    return [
        {takes.strip_of(take) for take in takes.takes_on(key_of(settings))}
        for settings in cast.everyone(scene)
    ]


def said():
    return bpy.context.window_manager.mien.done


def places(lines):
    return [(line.strip_name, line.place) for line in lines if not line.problem]


def problems(lines):
    return {line.strip_name: line.problem for line in lines if line.problem}


def test_channels_are_characters(two, recording):
    add_line(two, recording, "Crowd", frame=80, channel=3)
    lines = batch.by_channel(bpy.context)
    assert places(lines) == [("Anna 01", 0), ("Bob 01", 1)]
    assert problems(lines) == {"Crowd": "channel 3, but there are 2 characters"}


def test_names_are_characters_and_the_longest_wins(two, recording, arkit_names):
    add_character(two, "Anna Maria", arkit_names)
    add_line(two, recording, "anna maria 07", frame=80, channel=3)
    add_line(two, recording, "take_bob_2", frame=120, channel=3)
    add_line(two, recording, "Crowd", frame=160, channel=3)
    lines = batch.by_name(bpy.context)
    assert places(lines) == [("Anna 01", 0), ("Bob 01", 1), ("anna maria 07", 2), ("take_bob_2", 1)]
    assert problems(lines) == {"Crowd": "no character's name is in its name"}
    two.mien.character_name = "Bob"
    assert "fits Bob and Bob alike" in problems(batch.by_name(bpy.context))["Bob 01"]


def test_only_the_selected_and_the_audible_take_part(two):
    first, second = compat.all_strips(two)
    first.select, second.select = False, True
    assert places(batch.by_channel(bpy.context, only_selected=True)) == [("Bob 01", 1)]
    second.mute = True
    assert not batch.by_channel(bpy.context, only_selected=True)


TABLE = """strip,character,preset,emotion,intensity,seed,style,text
Anna 01,anna,,Sad,"0,4",7,,
Bob 01,BOB,Deadpan,angry,,,cartoon,Well.
Gone,Anna,,,,,,
Anna 01,Eve,,,,,,
Anna 01,Anna,,hungry,,,,
Anna 01,Anna,,,2,,,
Anna 01,Anna,,,,nan,,
Anna 01,Anna,Nobody,,,,,
Anna 01,Anna,,,,,Nobody,
"""


def test_a_table_says_how_each_line_is_played(two):
    lines = batch.by_table(bpy.context, line_table.parse(TABLE, "table"))
    anna, bob, *bad = lines
    assert (anna.place, dict(anna.asked)) == (0, {"emotion": "sad", "intensity": 0.4, "seed": 7})
    assert anna.text is None
    assert (bob.place, bob.text) == (1, "Well.")
    # The preset first, then what its own cells say.
    assert (bob.asked["emotion"], bob.asked["brow_strength"]) == ("angry", 2.0)
    words = ["no such sound strip", "no character 'Eve'", "no emotion 'hungry'", "intensity is '2'"]
    words += ["seed is 'nan'", "no preset 'Nobody'", "no style 'Nobody'"]
    for number, (line, told) in enumerate(zip(bad, words, strict=True), start=4):
        assert line.problem.startswith(f"row {number}: ")
        assert told in line.problem


def test_the_list_shows_all_before_anything_happens(two, recording):
    add_line(two, recording, "Crowd", frame=80, channel=3)
    before = made(two)
    dialog = SimpleNamespace(
        layout=Layout(), by="CHANNEL", only_selected=False, use_dialogue=True, listening=0.5
    )
    dialog.plan = lambda context: batch_takes._Batch.plan(dialog, context)
    batch_takes.MIEN_OT_batch_list.draw(dialog, bpy.context)
    words = dialog.layout.words
    assert words[0] == "4 takes to make, 1 that cannot be"
    assert words[1] == "Crowd: channel 3, but there are 2 characters"
    assert "Bob 01: Bob" in words
    assert "Anna listens to Bob 01" in words
    assert made(two) == before


def test_every_line_gets_its_take_and_keeps_the_characters_settings(two, recording, tmp_path):
    add_line(two, recording, "Crowd", frame=80, channel=3)
    two.mien.emotion, two.mien.seed = "calm", 1
    report = tmp_path / "report.json"
    assert bpy.ops.mien.batch(by="NAME", report_path=str(report)) == {"FINISHED"}
    assert made(two) == [{"Anna 01"}, {"Bob 01"}]
    assert said().startswith("2 of 3 takes made. failed: Crowd (no character's name is in its name")
    assert (two.mien.emotion, two.mien.seed) == ("calm", 1)
    told = json.loads(report.read_text())
    assert [line["state"] for line in told["lines"]] == ["done", "done", "failed"]
    assert told["lines"][1]["character"] == "Bob"


def test_a_table_directs_the_takes(two, tmp_path):
    bpy.data.texts.new("Lines").write(
        "strip,character,emotion,intensity,text\nAnna 01,Anna,happy,1.4,\nBob 01,Bob,sad,1,\n"
    )
    assert bpy.ops.mien.batch(by="TABLE", table_text="Lines") == {"FINISHED"}
    first = {name: smile(settings) for name, settings in zip("AB", cast.everyone(two), strict=True)}
    assert first["A"] > first["B"] + 0.1


def smile(settings):
    """How far a face smiles over its take, at most."""
    scene, most = settings.id_data, 0.0
    for frame in range(1, 70, 3):
        scene.frame_set(frame)
        most = max(most, key_of(settings).key_blocks["mouthSmileLeft"].value)
    return most


def test_a_line_that_fails_in_the_worker_does_not_stop_the_others(two, tmp_path):
    bpy.data.texts.new("Lines").write(
        "strip,character,text\nAnna 01,Anna,Meanwhile somebody stole my favourite umbrella.\n"
        "Bob 01,Bob,\n"
    )
    assert bpy.ops.mien.batch(by="TABLE", table_text="Lines") == {"FINISHED"}
    assert made(two) == [set(), {"Bob 01"}]
    assert "1 of 2 takes made. failed: Anna 01 (" in said()
    with pytest.raises(RuntimeError, match="1 of 2 takes made"):
        bpy.ops.mien.batch(by="TABLE", table_text="Lines", strict=True)
    assert made(two) == [set(), {"Bob 01"}]


def test_nothing_to_do_says_so(scene):
    scene.sequence_editor_create()
    with pytest.raises(RuntimeError, match="There is no line to make"):
        bpy.ops.mien.batch()
    with pytest.raises(RuntimeError, match="No table is chosen"):
        bpy.ops.mien.batch(by="TABLE")
    assert not jobs.is_running()


def run_to(run, count):
    while len(run.outcomes) < count:
        assert not run.poll()
        assert jobs.is_running()


def test_cancelling_keeps_what_is_done(two_of_which_bob_speaks_long):
    scene = two_of_which_bob_speaks_long
    run = batch_run.start(bpy.context, batch.by_channel(bpy.context))
    ended = []
    run.at_end = lambda: ended.append(True)
    run_to(run, 1)
    assert 0.5 <= run.fraction < 1.0
    assert run.stage.startswith("2 of 2: ")
    run.cancel()
    while not run.poll():
        pass
    assert made(scene) == [{"Anna 01"}, set()]
    assert run.said == "1 of 2 takes made. stopped before 1."
    assert not run.cancelled
    assert ended == [True]
    assert not jobs.is_running()


def test_cancelling_at_once_changes_nothing(two_who_speak_long):
    scene = two_who_speak_long
    before = dump(*(key_of(settings) for settings in cast.everyone(scene)))
    run = batch_run.start(bpy.context, batch.by_channel(bpy.context))
    run.cancel()
    while not run.poll():
        pass
    assert run.cancelled
    after = dump(*(key_of(settings) for settings in cast.everyone(scene)))
    assert differences(before, after) == []


@pytest.mark.parametrize("end", ["abandon", "disable"])
def test_a_batch_ends_with_its_file_or_the_addon(two, end):
    run = batch_run.start(bpy.context, batch.by_channel(bpy.context))
    ended = []
    run.at_end = lambda: ended.append(True)
    if end == "abandon":
        run.abandon()
    else:
        bpy.ops.preferences.addon_disable(module=PACKAGE)
        bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert ended == [True]
    assert run.poll()
    assert not jobs.is_running()


def test_a_batch_is_one_undo_step(two):
    bpy.ops.ed.undo_push(message="before")
    undo = True
    assert bpy.ops.mien.batch("EXEC_DEFAULT", undo, by="CHANNEL") == {"FINISHED"}
    assert made(bpy.context.scene) == [{"Anna 01"}, {"Bob 01"}]
    bpy.ops.ed.undo()
    assert made(bpy.context.scene) == [set(), set()]


FARM = """
import os, sys
sys.path.insert(0, {tests!r})
import conftest, bpy
bpy.ops.wm.open_mainfile(filepath={blend!r})
code = 0
try:
    bpy.ops.mien.batch(by="CHANNEL", strict=True, report_path={report!r})
except RuntimeError as error:
    print(error)
    code = 2
bpy.ops.wm.save_as_mainfile(filepath={blend!r})
sys.stdout.flush()
os._exit(code)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("channel", "code"), [(2, 0), (3, 2)])
def test_a_farm_reads_the_exit_code(two, recording, tmp_path, channel, code):
    add_line(two, recording, "Last", frame=80, channel=channel)
    blend, report = str(tmp_path / "shot.blend"), str(tmp_path / "report.json")
    bpy.ops.wm.save_as_mainfile(filepath=blend)
    tests = str(REPOSITORY / "tests/blender_addon")
    script = FARM.format(tests=tests, blend=blend, report=report)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == code, done.stdout + done.stderr
    states = [line["state"] for line in json.loads((tmp_path / "report.json").read_text())["lines"]]
    assert states == ["done", "done", "done" if code == 0 else "failed"]
    bpy.ops.wm.open_mainfile(filepath=blend)
    assert {"Bob 01"} <= made(bpy.context.scene)[1]
