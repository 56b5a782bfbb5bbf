# SPDX-License-Identifier: Apache-2.0
"""One entry to set Mien up: `demo`, `test`, `blender`, `zip`, `avatar`, `gui`, `lint`.

Only the standard library is used. This file runs on any Python from 3.6, so that a wrong one gets an answer instead
of a traceback; the work is done by Python 3.11 or 3.13, because Blender's wheels are built for those two.
"""

import argparse
import io
import signal
import sys
from pathlib import Path

if sys.version_info < (3, 8):  # noqa: UP036 - it is not outdated for whoever starts the wrong one
    sys.exit(
        f"Mien: this is Python {sys.version_info[0]}.{sys.version_info[1]}, and Blender's wheels need Python 3.11 or "
        "3.13. Install one of them and run: python3.11 install.py demo"
    )

from tools_install.console import Problem, explain_os_error
from tools_install.pythons import SUPPORTED, hand_over

ROOT = Path(__file__).resolve().parent


def parse_arguments(arguments: "list[str] | None" = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="install.py", description="Set up, try, test and pack Mien."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.required = True

    demo = commands.add_parser(
        "demo", help="make a speaking head: out/demo.blend, out/demo.mp4, out/demo_curves.png"
    )
    demo.add_argument(
        "--audio", metavar="FILE", help="your own recording (default: the bundled one)"
    )
    demo.add_argument("--emotion", default="happy", metavar="NAME", help="default: happy")
    demo.add_argument(
        "--intensity", type=float, default=0.8, metavar="X", help="0 to 1.5, default 0.8"
    )
    demo.add_argument(
        "--out",
        default=str(ROOT / "out"),
        metavar="DIR",
        help="where the results go (default: out)",
    )
    demo.add_argument("--again", action="store_true", help="make it anew even if nothing changed")

    test = commands.add_parser("test", help="run the whole test suite in a real Blender")
    test.add_argument(
        "--all",
        action="store_true",
        help="in every Blender version this computer's Pythons can run",
    )
    test.add_argument(
        "pytest", nargs="*", metavar="PYTEST_ARGUMENT", help="given after --: passed on to pytest"
    )

    commands.add_parser("lint", help="ruff and mypy, with the versions the project is pinned to")

    blender = commands.add_parser(
        "blender", help="install the add-on into the Blender(s) on this computer"
    )
    blender.add_argument("--blender", metavar="PATH", help="this Blender only")

    pack = commands.add_parser("zip", help="build the extension zip into dist/")
    pack.add_argument(
        "--platform", metavar="NAME", help="linux-x64, windows-x64, macos-arm64, macos-x64"
    )
    pack.add_argument("--all", action="store_true", help="one zip for each platform")
    commands.add_parser(
        "avatar", help="make the Python that tracks, trains and renders avatars of filmed people"
    )
    window = commands.add_parser(
        "gui", help="click through the add-on in a real window (Linux, root; no GPU or display)"
    )
    window.add_argument(
        "--suite",
        default="trixie",
        choices=("trixie", "sid"),
        help="Debian's Blender: trixie has 4.3, sid the newest (default: trixie)",
    )
    window.add_argument("--folder", metavar="DIR", help="where the Debian is kept (2 GB)")
    window.add_argument("--out", default=str(ROOT / "out" / "gui"), metavar="DIR")
    window.add_argument(
        "--if-possible", action="store_true", help="say so and pass where it cannot be run"
    )
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asks. Returns the exit code; raises Problem."""
    # Imported here: these modules are written for the two supported Pythons.
    from tools_install import avatar, blenders, demo, extension_zip, gui, suite  # noqa: PLC0415

    commands = {
        "demo": lambda: demo.run(ROOT, options),
        "test": lambda: suite.run_tests(
            ROOT, everything=options.all, pytest_arguments=options.pytest
        ),
        "lint": lambda: suite.run_lint(ROOT),
        "blender": lambda: blenders.run(ROOT, options.blender),
        "avatar": lambda: avatar.run(ROOT),
        "gui": lambda: gui.run(
            ROOT,
            options.suite,
            Path(options.folder) if options.folder else gui.default_folder(),
            Path(options.out),
            if_possible=options.if_possible,
        ),
        "zip": lambda: extension_zip.run(ROOT, options.platform, everything=options.all),
    }
    return commands[options.command]()


def interrupt(_number: int, _frame: object) -> None:
    """Make a polite kill end like Ctrl+C: what is half made is removed."""
    raise KeyboardInterrupt


def main() -> int:
    """Run one command; every foreseeable trouble is one line and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Paths and what tests say may hold letters that a pipe's encoding under Windows lacks.
            stream.reconfigure(errors="backslashreplace")
    options = parse_arguments()
    signal.signal(signal.SIGTERM, interrupt)
    try:
        if sys.version_info[:2] not in SUPPORTED:
            return hand_over(Path(__file__), sys.argv[1:])
        return run(options)
    except Problem as problem:
        print(f"Mien: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Mien: {explain_os_error(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nMien: stopped; nothing half-made is left.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
