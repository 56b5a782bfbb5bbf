# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk with a screen, a mouse and a keyboard, and Blender on it: what a person has, for a program.

Everything goes by real X events (xdotool) to a Blender under Xvfb with software GL. Where areas lie is told by
probe.py inside Blender. Buttons are found by pointing: with the pointer over a button, Blender's own Ctrl C copies the
operator that it runs, and Ctrl Shift C the path of the setting that it shows. So no position is written down here.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from pathlib import Path

SCREEN = (1600, 1080)
WINDOW_MANAGER = """<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
<keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
<applications>
<application class="*"><decor>no</decor><focus>yes</focus></application>
</applications></openbox_config>
"""
# The slowest machine seen draws two pictures a second.
DRAWN_SECONDS = 0.4
PATIENCE_SECONDS = 60.0
START_SECONDS = 120.0
# Rows of a panel are 20 pixels high, with a few between them.
ROW_PIXELS = 13
PLACES_ACROSS = (0.6, 0.25, 0.85, 0.42, 0.12)
MOST_SCREENFULS = 3
ROUNDS = 8
# Of the mouse's wheel, for most of a screenful.
NOTCHES = 12
SHOWN_WIDTH = 1280


class NotSeenError(AssertionError):
    """Something that should have happened or been there was not seen in time."""


def open_region(state, kind, region):
    """The newest window that shows an area's region, and the region's rectangle; None where there is none."""
    for window in reversed(state["windows"]):
        for area in window["areas"]:
            for found in area["regions"]:
                is_open = min(found["at"][2:]) > 1
                if area["type"] == kind and found["type"] == region and is_open:
                    return window, found["at"]
    return None


class Desk:
    """One session: from an empty screen to the end of Blender.

    Args:
        folder: for state, logs and pictures; it becomes the home of Blender's user.
        number: of the X display.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.folder = folder
        self.state_path = folder / "state.json"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
            "DISPLAY": f":{number}",
            "HOME": str(folder),
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "XDG_RUNTIME_DIR": str(folder),
            "BLENDER_USER_RESOURCES": str(folder / "blender"),
        }
        self._processes = []
        self._number = number
        # Where buttons were last, to look there first.
        self._places = {}

    # What runs

    def start(self, probe):
        """Put up screen, window manager and Blender; returns when it has drawn."""
        self.folder.mkdir(parents=True, exist_ok=True)
        size = f"{SCREEN[0]}x{SCREEN[1]}x24"
        self._run(
            "Xvfb",
            f":{self._number}",
            "-screen",
            "0",
            size,
            "-nolisten",
            "tcp",
            "+extension",
            "GLX",
        )
        self._wait_for_screen()
        config = self.folder / "openbox.xml"
        config.write_text(WINDOW_MANAGER, encoding="utf-8")
        self._run("openbox", "--config-file", str(config))
        geometry = ["--window-geometry", "0", "0", *map(str, SCREEN)]
        self._run("blender", *geometry, "--python", str(probe), "--", str(self.state_path))
        self.wait(lambda state: state["windows"], "Blender's window", START_SECONDS)
        time.sleep(2 * DRAWN_SECONDS)

    def stop(self):
        """End what was started here, the last one first."""
        for process in reversed(self._processes):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()

    def _run(self, program, *arguments):
        with (self.folder / f"{program}.log").open("wb") as log:
            command = [program, *arguments]
            self._processes.append(
                subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
            )

    def _wait_for_screen(self):
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            asked = subprocess.run(
                ["xdotool", "getdisplaygeometry"],
                env=self.environment,
                capture_output=True,
                check=False,
            )
            if asked.returncode == 0:
                return
            time.sleep(0.1)
        raise NotSeenError("Xvfb does not come up; see Xvfb.log")

    # What is seen

    def state(self):
        """What probe.py wrote last."""
        return json.loads(self.state_path.read_text(encoding="utf-8"))

    def wait(self, seen, what, seconds=PATIENCE_SECONDS):
        """Wait until a state satisfies `seen`; returns that state. Raises NotSeenError."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(FileNotFoundError):
                state = self.state()
                if seen(state):
                    return state
            if self._processes and self._processes[-1].poll() is not None:
                raise NotSeenError(f"Blender ended while waiting for {what}")
            time.sleep(0.05)
        raise NotSeenError(f"{what} was not seen within {seconds:.0f} s")

    def settle(self):
        """Wait until Blender has answered what was done: its timer runs again after the events."""
        count = self.state()["count"]
        self.wait(lambda state: state["count"] >= count + 2, "Blender's answer")

    def picture(self, name):
        """The whole screen as it is, as a small JPEG; returns its path."""
        # Some rounds later all is drawn, views that glide included.
        count = self.state()["count"]
        with contextlib.suppress(NotSeenError):
            self.wait(lambda state: state["count"] >= count + ROUNDS, "a few rounds")
        path = self.folder / f"{name}.jpg"
        options = ["-resize", f"{SHOWN_WIDTH}x", "-define", "jpeg:extent=58kb", "-strip"]
        subprocess.run(
            ["import", "-window", "root", *options, str(path)],
            env=self.environment,
            check=True,
        )
        return path

    # Mouse and keyboard

    def xdo(self, *words):
        """One call of xdotool; returns what it says."""
        done = subprocess.run(
            ["xdotool", *map(str, words)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NotSeenError(f"xdotool {' '.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout

    def point(self, x, y):
        """Move the pointer; a step to the side first, because Blender reacts to moves only."""
        self.xdo("mousemove", x + 3, y + 2, "sleep", 0.03, "mousemove", x, y)
        self.settle()

    def click(self, x, y):
        """Press and release the left button."""
        self.point(x, y)
        self.xdo("click", 1)
        self.settle()

    def drag(self, x, y, right):
        """Press, move to the right by so many pixels in small steps, release."""
        self.point(x, y)
        self.xdo("mousedown", 1)
        for step in range(1, 11):
            self.xdo("mousemove", x + round(right * step / 10), y, "sleep", 0.05)
        self.settle()
        self.xdo("mouseup", 1)
        self.settle()

    def key(self, *names):
        """Press keys one after another, such as "shift+a"."""
        for name in names:
            self.xdo("key", name)
            self.settle()

    def type(self, text):
        """Type a text as a quick person does."""
        self.xdo("type", "--delay", 60, text)
        self.settle()

    def close_window(self, kind):
        """What the cross in the corner does, for the window that shows such an area."""
        window, _ = open_region(self.state(), kind, "WINDOW")
        self.xdo("windowactivate", "--sync", self._window(window)["WINDOW"], "key", "alt+F4")

    # Places

    def region(self, kind, region="WINDOW"):
        """[left, top, right, bottom] of an area's region on the screen, as soon as it is drawn."""
        state = self.wait(
            lambda state: open_region(state, kind, region), f"the {region} of an area {kind}"
        )
        window, at = open_region(state, kind, region)
        return self._on_screen(at, window)

    def middle(self, kind, region="WINDOW"):
        """The middle of an area's region."""
        left, top, right, bottom = self.region(kind, region)
        return (left + right) // 2, (top + bottom) // 2

    def _on_screen(self, at, window):
        """A window's rectangle, from its lower left, as one of the screen, from its upper left."""
        left, bottom, width, height = at
        place = self._window(window)
        x, y = int(place["X"]), int(place["Y"])
        top = y + window["size"][1] - bottom - height
        return [x + left, top, x + left + width, top + height]

    def _window(self, window):
        """X's own words about the window of this size; the newest where there are several."""
        width, height = window["size"]
        for found in reversed(self.xdo("search", "--onlyvisible", "--class", "blender").split()):
            lines = self.xdo("getwindowgeometry", "--shell", found).split()
            values = dict(line.split("=") for line in lines)
            if (int(values["WIDTH"]), int(values["HEIGHT"])) == (width, height):
                return values
        raise NotSeenError(f"no window of {width} x {height} pixels")

    # Buttons

    def under_pointer(self, x, y, keys):
        """What Blender copies of the button at a place, or empty text where there is none."""
        before = self.state()["copies"]
        self.xdo(
            "mousemove", x + 1, y, "sleep", 0.02, "mousemove", x, y, "sleep", 0.08, "key", keys
        )
        self.settle()
        state = self.state()
        return state["copied"] if state["copies"] > before else ""

    def find(self, wanted, keys, kind, region, places_across=PLACES_ACROSS):
        """The place of the button whose copied text begins with `wanted`.

        `places_across` are shares of the region's width at which to look, the likeliest first. Where it
        is not on view, the region is scrolled.
        """
        place = self._places.get(wanted)
        if place and self.under_pointer(*place, keys).startswith(wanted):
            return place
        for _ in range(MOST_SCREENFULS):
            for place in self._places_in(kind, region, places_across):
                # An answer can come late, when the pointer is already elsewhere: it must come twice.
                if all(self.under_pointer(*place, keys).startswith(wanted) for _ in range(2)):
                    self._places[wanted] = place
                    return place
            self.point(*self.middle(kind, region))
            self.xdo("click", "--repeat", NOTCHES, "--delay", 40, 5)
            self.settle()
        raise NotSeenError(f"no button '{wanted}' in {kind} {region}")

    def _places_in(self, kind, region, places_across):
        left, top, right, bottom = self.region(kind, region)
        for across in places_across:
            for y in range(top + ROW_PIXELS, bottom, ROW_PIXELS):
                yield left + round(across * (right - left)), y

    def button(self, operator, places_across=PLACES_ACROSS):
        """The place of an operator's button in the sidebar, such as "mien.generate"."""
        return self.find(f"bpy.ops.{operator}(", "ctrl+c", "VIEW_3D", "UI", places_across)

    def setting(self, path):
        """The place of a setting's field in the sidebar, such as "mien.intensity"."""
        return self.find(path, "ctrl+shift+c", "VIEW_3D", "UI")
