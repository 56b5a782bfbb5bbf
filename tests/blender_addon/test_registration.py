# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on comes and goes without a trace, and its manifest passes Blender's own check."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import bpy
import pytest
from studio import PACKAGE, REPOSITORY


def registered():
    return {name for name in dir(bpy.types) if name.startswith(("MIEN_", "Mien"))}


def test_register_and_unregister_mirror_each_other():
    there = registered()
    assert {"MIEN_OT_generate", "MIEN_OT_clear", "MIEN_PT_view3d", "MIEN_PT_sequencer"} <= there
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert not registered()
    assert not hasattr(bpy.types.Scene, "mien")
    assert not hasattr(bpy.types.WindowManager, "mien")
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert registered() == there


def test_every_setting_tells_what_it_does():
    for prop in bpy.context.scene.mien.bl_rna.properties:
        if prop.identifier not in {"rna_type", "name"}:
            assert prop.description, prop.identifier


def test_manifest_passes_blenders_own_validator():
    folders = [Path(folder) for folder in bpy.utils.script_paths()]
    tool = next(
        folder / "addons_core/bl_pkg/cli/blender_ext.py"
        for folder in folders
        if (folder / "addons_core/bl_pkg/cli/blender_ext.py").is_file()
    )
    done = subprocess.run(
        [sys.executable, str(tool), "validate", str(REPOSITORY / "blender_addon")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


SOURCES = sorted((REPOSITORY / "blender_addon").rglob("*.py"))


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_the_addon_never_imports_the_core_or_its_packages(path):
    tops = {name.split(".")[0] for name in imported_modules(path)}
    assert not tops & {"core", "onnxruntime", "soundfile", "soxr", "scipy", "torch"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_only_compat_may_ask_for_blenders_version(path):
    assert path.parent.name == "compat" or "app.version" not in path.read_text()
