# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import ast
import subprocess
import sys

import pytest


def imported_names(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


# From the bottom up: a row imports from its own and from the rows before it.
ROWS = (
    {
        *("__init__", "__version__", "easing", "runs", "errors", "whole_file", "model_files"),
        *("kept", "window", "viseme_labels", "side_by_side", "messages"),
        "whole_folder",
    },
    {"face", "emotion_names", "track_columns"},
    {"emotion_track", "gaze_track"},
    {"curves", "direction", "live_link", "progress"},
    {"styles"},
    {"speech"},
    {"motion"},
    {"text"},
    {"mixing"},
    {
        "loaded",
        "voice_suggestion",
        "performance",
        "performance_meta",
        "protocol",
        "plot",
        "mouth_files",
        *("mouth_layer", "corrections", "hearing", "acting", "sessions"),
    },
    {"desk", "reporter", "door"},
    {"errands", "worker"},
    # Nothing above loads these two: the avatar has a worker of its own.
    {"film"},
    {"avatar"},
    {"cli_direction", "cli"},
)


def imported_parts(path, core):
    """The parts of core (its modules and folders) that a file imports relatively."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1].relative_to(core).parts
            for alias in node.names:
                part = (*folder, *(node.module or "").split("."), alias.name)
                yield next(name for name in part if name)


def test_imports_run_down_only(repository):
    core = repository / "core"
    row_of = {name: row for row, names in enumerate(ROWS) for name in names}
    seen = 0
    for path in core.rglob("*.py"):
        own = path.relative_to(core).parts[0].removesuffix(".py")
        if own == "training":
            continue
        for part in imported_parts(path, core):
            seen += 1
            assert row_of[part] <= row_of[own], (path, part)
    assert seen > 50


def test_nothing_in_core_knows_blender(repository):
    for path in (repository / "core").rglob("*.py"):
        used = {name.partition(".")[0] for name in imported_names(path)}
        assert not used & {"bpy", "bmesh", "mathutils", "aud", "blender_addon"}, path


def test_inference_names_only_its_four_packages(repository):
    allowed = {"numpy", "soundfile", "soxr", "onnxruntime"} | set(sys.stdlib_module_names)
    for path in (repository / "core").rglob("*.py"):
        inside = path.relative_to(repository / "core")
        if inside.parts[0] in {"training", "avatar", "film"} or inside.name == "plot.py":
            continue
        used = {name.partition(".")[0] for name in imported_names(path)}
        assert used <= allowed, path


@pytest.mark.parametrize("module", ["core.performance", "core.worker", "core.cli"])
def test_the_road_loads_nothing_heavy(module, repository):
    code = (
        f"import sys, {module}\n"
        "from core.performance import load_models\n"
        "load_models()\n"
        "heavy = {'torch', 'scipy', 'matplotlib', 'pandas', 'sklearn', 'bpy', 'numba', 'av',"
        " 'mediapipe', 'cv2', 'PIL', 'OpenEXR', 'core.avatar', 'core.film', 'core.training'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_the_avatars_worker_greets_before_anything_heavy_is_loaded(repository):
    """The add-on reads papers and writes shots with these modules inside Blender, where no torch is."""
    code = (
        "import sys\n"
        "import core.avatar.camera, core.avatar.protocol, core.avatar.shot, core.avatar.worker\n"
        "heavy = {'torch', 'scipy', 'numba', 'av', 'mediapipe', 'cv2', 'PIL', 'OpenEXR', 'safetensors'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
