# SPDX-License-Identifier: GPL-3.0-or-later
"""An animator's first ten minutes in a real window: install, sound, Generate, preview, direct, key, clear.

`python3 walk.py FOLDER` with mien.zip and line.flac in FOLDER, where blender, Xvfb, openbox, xdotool and ImageMagick
are installed. Pictures and logs are left in FOLDER. Ends with 0 if all that should happen was seen.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from desk import Desk, NotSeenError

DISPLAY = 77
PACKAGE = "bl_ext.user_default.mien"
HEAD = "Mien Head"
# Where to look first for a button that is one of two in its row, in shares of the sidebar's width.
NAVIGATION = {False: "NAVIGATION_BAR", True: "UI"}
IN_PREFERENCES = ("PREFERENCES", "WINDOW")
LEFT_HALF, RIGHT_HALF = (0.25, 0.4), (0.75, 0.6)


def main(folder):
    """Walk all steps; returns the exit code."""
    desk = Desk(folder, DISPLAY)
    try:
        desk.start(Path(__file__).parent / "probe.py")
        print(f"Blender {desk.state()['blender']}", flush=True)
        for step in STEPS:
            began = time.monotonic()
            step(desk)
            told = step.__doc__.splitlines()[0]
            print(f"{time.monotonic() - began:5.1f} s  {told}", flush=True)
    except AssertionError as problem:
        print(f"FAILED: {type(problem).__name__}: {problem}", flush=True)
        desk.picture("failed")
        return 1
    finally:
        desk.stop()
    return 0


def close_the_splash(desk):
    """The splash goes."""
    desk.key("Escape")


def install_the_zip(desk):
    """Action 1: Preferences > Get Extensions > Install from Disk."""
    assert PACKAGE not in desk.state()["addons"]
    desk.point(*desk.middle("VIEW_3D"))
    desk.key("ctrl+comma")
    desk.wait(lambda state: len(state["windows"]) == 2, "the preferences")
    open_section(desk, "EXTENSIONS")
    menu = 'bpy.ops.wm.call_menu(name="USERPREF_MT_extensions_settings"'
    desk.click(*desk.find(menu, "ctrl+c", *IN_PREFERENCES, (0.96, 0.94)))
    # It is the menu's last entry.
    desk.key("Up", "Return")
    choose_file(desk, "mien.zip")
    desk.wait(lambda state: PACKAGE in state["addons"], "the add-on, installed and enabled")
    desk.picture("gui_installed")


def check_in_the_preferences(desk):
    """Preferences > Add-ons > Mien: Python and models are checked in words, the report is copied."""
    open_section(desk, "ADDONS")
    expand = f'bpy.ops.preferences.addon_expand(module="{PACKAGE}"'
    desk.click(*desk.find(expand, "ctrl+c", *IN_PREFERENCES, (0.06, 0.04)))
    for name in ("check_python", "check_models"):
        desk.click(*desk.find(f"bpy.ops.mien.{name}(", "ctrl+c", *IN_PREFERENCES))
    state = desk.wait(lambda state: all(state["mien"]["found"]), "what the checks have found")
    python, models = state["mien"]["found"]
    assert "onnxruntime" in python, python
    assert models.count(": right") == len(models.splitlines()) >= 7, models
    copy = desk.find("bpy.ops.mien.copy_report(", "ctrl+c", *IN_PREFERENCES, (0.85, 0.7))
    desk.click(*copy)
    report = desk.wait(lambda state: state["copied"].startswith("Mien report"), "the report")
    assert state["blender"] in report["copied"]
    assert str(desk.folder) not in report["copied"]
    desk.picture("gui_preferences")
    desk.close_window("PREFERENCES")
    desk.wait(lambda state: len(state["windows"]) == 1, "the preferences, closed")


def open_section(desk, section):
    """Click down the preferences' sections until the wanted one is open."""
    left, top, right, bottom = desk.region("PREFERENCES", NAVIGATION[is_5(desk)])
    for y in range(top + 10, bottom, 15):
        desk.click((left + right) // 2, y)
        if desk.state()["section"] == section:
            return
    raise NotSeenError(f"no section {section} in the preferences")


def is_5(desk):
    """Whether this is Blender 5 or newer."""
    return int(desk.state()["blender"].split(".")[0]) >= 5


def choose_file(desk, name):
    """Type a name into the file browser and press its button."""
    desk.wait(lambda state: has_area(state, "FILES"), "the file browser")
    left, top, right, bottom = desk.region("FILES", "EXECUTE")
    desk.click(left + (right - left) // 4, (top + bottom) // 2)
    desk.key("ctrl+a")
    desk.type(name)
    desk.key("Return")
    desk.click(right - 60, (top + bottom) // 2)
    desk.wait(lambda state: not has_area(state, "FILES"), "the file browser, closed")


def has_area(state, kind):
    """Whether some window shows an area of this type."""
    return any(area["type"] == kind for window in state["windows"] for area in window["areas"])


def open_the_panel(desk):
    """The sidebar's tab Mien."""
    desk.point(*desk.middle("VIEW_3D"))
    desk.key("n")
    desk.wait(lambda state: sidebar(state)["at"][2] > 1, "the sidebar")
    _, top, right, bottom = desk.region("VIEW_3D", "UI")
    for y in range(top + 20, bottom, 30):
        desk.click(right - 8, y)
        if sidebar(desk.state())["tab"] == "Mien":
            return
    raise NotSeenError("no tab Mien in the sidebar")


def sidebar(state):
    """The 3D view's sidebar."""
    areas = [area for window in state["windows"] for area in window["areas"]]
    view = next(area for area in areas if area["type"] == "VIEW_3D")
    return next(region for region in view["regions"] if region["type"] == "UI")


def open_the_sound(desk):
    """Action 2: Open Sound in the panel."""
    desk.click(*desk.button("mien.open_sound"))
    choose_file(desk, "line.flac")
    desk.wait(lambda state: len(state["strips"]) == 1, "the strip")


def generate(desk):
    """Action 3: Generate. There is no face in Blender's first scene, so the Mien Head comes and speaks."""
    desk.click(*desk.button("mien.generate_on_head", LEFT_HALF))
    state = desk.wait(is_keyed, "a take, keyed", 120)
    assert state["mien"]["target"] == HEAD, state["mien"]
    assert state["faces"][HEAD]["animation"]["actions"], state["faces"][HEAD]["animation"]
    assert state["mien"]["problem"] == "", state["mien"]["problem"]
    desk.picture("gui_generated")


def press_generate(desk):
    """The left one of two buttons in a row."""
    desk.click(*desk.button("mien.generate", LEFT_HALF))


def is_keyed(state):
    """Whether the last thing that Mien did was to key a take."""
    return not state["mien"]["running"] and state["mien"]["done"].startswith("Keyed")


def play(desk):
    """Playing, the mouth opens and closes."""
    desk.point(*desk.middle("VIEW_3D"))
    desk.key("space")
    seen = set()
    end = time.monotonic() + 15
    while time.monotonic() < end and len(seen) < 10:
        seen.add(desk.state()["faces"][HEAD]["values"]["jawOpen"])
        time.sleep(0.1)
    desk.key("Escape")
    assert len(seen) >= 10, seen
    assert max(seen) - min(seen) > 0.05, seen


def preview(desk):
    """Preview: another emotion and a slider move the face, and nothing is keyed."""
    before = desk.state()
    desk.click(*desk.button("mien.preview"))
    desk.wait(is_shown, "the preview", 120)
    desk.click(*desk.setting("mien.emotion"))
    # The letter that is underlined in the open menu.
    desk.key("a")
    desk.wait(lambda state: state["mien"]["emotion"] == "angry", "the emotion Angry")
    desk.drag(*desk.setting("mien.intensity"), right=60)
    desk.wait(lambda state: state["mien"]["intensity"] > 1.1, "a higher intensity")
    desk.wait(lambda state: brow(state) > brow(before) + 0.1, "lower brows at once")
    after = desk.wait(is_shown, "the whole take, previewed")
    assert after["actions"] == before["actions"]
    desk.picture("gui_preview")


def is_shown(state):
    """Whether the preview runs and all of it is as the settings ask."""
    preview = state["mien"]["preview"]
    return bool(preview) and not preview["waiting"] and preview["share"] == 1.0


def key_it(desk):
    """Key It: what was previewed is keyed, and the preview makes room for it."""
    previewed = brow(desk.state())
    press_generate(desk)
    desk.wait(is_keyed, "a take, keyed", 120)
    desk.wait(
        lambda state: not state["mien"]["preview"] and abs(brow(state) - previewed) < 0.02,
        "the keyed take as previewed",
    )
    desk.picture("gui_keyed")


def brow(state):
    """How far the left brow is lowered, 0 to 1."""
    return state["faces"][HEAD]["values"]["browDownLeft"]


def key_a_setting(desk):
    """I over a setting keys it."""
    desk.point(*desk.setting("mien.intensity"))
    desk.key("i")
    desk.wait(lambda state: state["keyed_settings"] == ["mien.intensity"], "a key on Intensity")


def clear(desk):
    """Clear: nothing of Mien's is left on the face, and what was keyed by hand stays."""
    desk.click(*desk.button("mien.clear", RIGHT_HALF))
    desk.wait(lambda state: "emoved" in state["mien"]["done"], "Clear, done")
    face = desk.state()["faces"][HEAD]
    assert face["animation"] == {"actions": [], "tracks": 0}, face["animation"]
    moved = {name: value for name, value in face["values"].items() if name != "Basis" and value}
    assert not moved, moved
    assert desk.state()["keyed_settings"] == ["mien.intensity"]
    desk.picture("gui_cleared")


STEPS = (
    close_the_splash,
    install_the_zip,
    check_in_the_preferences,
    open_the_panel,
    open_the_sound,
    generate,
    play,
    preview,
    key_it,
    key_a_setting,
    clear,
)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
