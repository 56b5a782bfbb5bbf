# SPDX-License-Identifier: Apache-2.0
"""`install.py zip`: stage the extension, then let Blender's own builder pack and validate it."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path

from .console import Problem, log_tail, run_logged, step
from .disk import only_one
from .environment import ensure, remove
from .suite import main_environment
from .wheels import TAGS, fetch, sha256_of, this_platform

STAGE = Path("build") / "extension"
# An animator waits for each of them; a wheel too many shows here.
LARGEST_BYTES = 120_000_000
# Whoever else packs is done before that; tests in two Blenders do so at the same time.
PACKING_SECONDS = 120.0
# Training needs torch and its data, and never runs inside Blender. Films and the avatar travel: their
# worker runs from the add-on's folder, with the Python of an environment apart.
LEFT_OUT_OF_CORE = ("training", "__pycache__", "*.pyc")
BUILDER = "scripts/addons_core/bl_pkg/cli/blender_ext.py"


def run(root: Path, platform_name: str | None, *, everything: bool = False) -> int:
    """Build the zip of one platform, this computer's unless named, or of each; say where they are."""
    if platform_name and platform_name not in TAGS:
        raise Problem(f"there is no platform {platform_name!r}: choose one of {', '.join(TAGS)}")
    python = ensure(root, main_environment(root, ("blender",)))
    for name in TAGS if everything else (platform_name or this_platform(),):
        path = build_zip(root, python, name)
        print(f"{path}  ({path.stat().st_size / 1e6:.1f} MB)")
    print(
        "In Blender: Edit > Preferences > Get Extensions > arrow at the top right > Install from Disk."
    )
    return 0


def build_zip(root: Path, python: Path, platform_name: str) -> Path:
    """The validated extension zip for one platform, in dist/, by a Python that has bpy. Raises Problem."""
    with only_one(root, PACKING_SECONDS):
        with step(f"wheels for {platform_name}, checked against wheels.lock.json"):
            wheels = fetch(root, python, platform_name)
        with step("extension: staging, building, validating"):
            version = stage(root, root / STAGE, platform_name, wheels)
            return pack(
                root, python, root / STAGE, root / "dist" / f"mien-{version}-{platform_name}.zip"
            )


def build_bare_zip(root: Path, python: Path) -> Path:
    """A zip without wheels, for a Blender whose own Python is neither 3.11 nor 3.13 but holds the packages.

    Linux distributions build such Blenders; Blender refuses a zip with wheels that do not fit its Python.
    """
    with (
        only_one(root, PACKING_SECONDS),
        step("extension without wheels: staging, building, validating"),
    ):
        version = stage(root, root / STAGE, this_platform(), ())
        return pack(root, python, root / STAGE, root / "dist" / f"mien-{version}-bare.zip")


def stage(root: Path, folder: Path, platform_name: str, wheels: Sequence[Path]) -> str:
    """Lay out what travels: add-on, core, models, licences, wheels, and a manifest that lists the wheels.

    Returns the version. Raises Problem if a model is not the one that models.json names.
    """
    remove(folder)
    shutil.copytree(
        root / "blender_addon", folder, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    shutil.copytree(
        root / "core", folder / "core", ignore=shutil.ignore_patterns(*LEFT_OUT_OF_CORE)
    )
    shutil.copytree(root / "LICENSES", folder / "LICENSES")
    shutil.copy2(root / "LICENSE", folder / "LICENSE")
    stage_models(root / "models", folder / "models")
    (folder / "wheels").mkdir()
    for wheel in wheels:
        shutil.copy2(wheel, folder / "wheels" / wheel.name)
    manifest = folder / "blender_manifest.toml"
    text = with_wheels(
        manifest.read_text(encoding="utf-8"), platform_name, [wheel.name for wheel in wheels]
    )
    manifest.write_text(text, encoding="utf-8")
    return str(tomllib.loads(text)["version"])


def stage_models(source: Path, target: Path) -> None:
    """Copy exactly what models.json names, with the cards, after checking each hash."""
    target.mkdir()
    shutil.copy2(source / "models.json", target / "models.json")
    for row in json.loads((source / "models.json").read_text(encoding="utf-8"))["models"]:
        path = source / row["file"]
        if not path.is_file() or sha256_of(path) != row["sha256"]:
            raise Problem(
                f"{path} is missing or is not the file that models.json names: fetch the repository anew"
            )
        shutil.copy2(path, target / row["file"])
        shutil.copy2(source / row["card"], target / row["card"])


def with_wheels(manifest: str, platform_name: str, names: Sequence[str]) -> str:
    """The manifest for one platform and with its wheels, put before the first table: TOML wants top-level keys there.

    The repository's manifest lists every platform in one line, which this zip's replaces.
    """
    listed = "".join(f'  "./wheels/{name}",\n' for name in names)
    added = f'platforms = ["{platform_name}"]\n'
    added += f"wheels = [\n{listed}]\n\n" if names else "\n"
    lines = [
        line for line in manifest.splitlines(keepends=True) if not line.startswith("platforms =")
    ]
    table = next((i for i, line in enumerate(lines) if line.startswith("[")), len(lines))
    return "".join(lines[:table]) + added + "".join(lines[table:])


def pack(root: Path, python: Path, folder: Path, target: Path) -> Path:
    """Build and validate with the program that Blender itself uses for it. Raises Problem with its words."""
    builder = next(python.parents[1].glob(f"**/site-packages/bpy/*/{BUILDER}"), None)
    if builder is None:
        raise Problem(
            f"Blender's extension builder is not in {python.parents[1]}: delete that and run this again"
        )
    target.parent.mkdir(exist_ok=True)
    made = target.with_suffix(".part.zip")
    for name, arguments in (
        ("build", ["build", "--source-dir", str(folder), "--output-filepath", str(made)]),
        ("validate", ["validate", str(made)]),
    ):
        code, log = run_logged(root, f"extension-{name}", [str(python), str(builder), *arguments])
        if code:
            made.unlink(missing_ok=True)
            raise Problem(f"Blender's builder refuses the extension ({log}):\n{log_tail(log)}")
    size = made.stat().st_size
    if size > LARGEST_BYTES:
        made.unlink()
        raise Problem(
            f"{target.name} has {size / 1e6:.0f} MB, more than {LARGEST_BYTES / 1e6:.0f} MB"
        )
    made.replace(target)
    return target
