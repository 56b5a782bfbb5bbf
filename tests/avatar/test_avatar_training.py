# SPDX-License-Identifier: Apache-2.0
"""A training of seconds on rendered truth: it learns, its channels drive it, and a killed one goes on."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch
from crude_avatar import CONSENT

from benchmarks.avatar_train_truth import training_set
from benchmarks.avatar_truth_read import read_truth
from core.avatar.avatar_file import load_avatar, save_avatar
from core.avatar.camera_json import camera_to_json
from core.avatar.posed import SH_0, Poser
from core.avatar.render_frame import render_frame
from core.avatar.train.checkpoint import load_checkpoint
from core.avatar.train.fit import fit
from core.avatar.train.learned import learn_from
from core.avatar.train.options import Options
from core.avatar.train.result import as_avatar
from core.avatar.train.start import (
    start_colours,
    start_drive,
    start_gaussians,
    start_size,
)
from core.errors import Cancelled, MienError

OPTIONS = Options(
    steps=500, gaussians=1500, drives=4, recycle_every=60, checkpoint_every=20, coarse_share=0.3
)
SHORT = replace(OPTIONS, steps=40)


@pytest.fixture(scope="module")
def truth(repository):
    return read_truth(repository / "tests" / "avatar" / "data" / "truth64")


@pytest.fixture(scope="module")
def data(truth):
    return training_set(truth, truth.rows("training"))


@pytest.fixture(scope="module")
def avatar(data):
    learned = fit(data, OPTIONS)
    landmarks = np.zeros((len(data), 68, 3), np.float32)
    papers = {
        "consent": CONSENT,
        "training": {"steps": OPTIONS.steps},
        "film_camera": camera_to_json(data.cameras[0]),
    }
    return as_avatar(data, learned, landmarks=landmarks, meta=papers)


def over_grey(rgba):
    return rgba[..., :3] + 0.5 * (1.0 - rgba[..., 3:])


def test_held_out_frames_look_like_the_truth(truth, avatar):
    poser = Poser(avatar)
    for row in truth.rows("held_out"):
        data = training_set(truth, np.array([row]))
        frame = render_frame(poser, data.pose(0), data.cameras[0])
        wanted = truth.over(row, (0.5, 0.5, 0.5))
        error = np.square(over_grey(frame.rgba) - wanted).mean()
        assert -10.0 * np.log10(error) > 23.5
        assert np.abs(frame.rgba[..., 3] - truth.alpha[row] / 255.0).mean() < 0.025
        known = (truth.depth[row] > 0.0) & (frame.rgba[..., 3] > 0.5)
        assert np.abs(frame.depth - truth.depth[row])[known].mean() < 0.01


def test_the_jaw_opens_the_avatars_mouth(data, avatar):
    poser = Poser(avatar)
    shut = replace(data.pose(0), values=np.zeros(52, np.float32), head_to_root=np.eye(4))
    values = shut.values.copy()
    values[17] = 1.0
    frames = [
        render_frame(poser, pose, data.cameras[0]).rgba
        for pose in (shut, replace(shut, values=values))
    ]
    moved = np.abs(frames[1] - frames[0])[..., :3].max(axis=2)
    mouth = np.sort(moved.ravel())[-40:]
    assert mouth.mean() > 0.1
    assert moved[:20].max() < 0.5 * mouth.mean(), "the hair stays"


def test_a_saved_avatar_draws_what_was_trained(tmp_path, data, avatar):
    save_avatar(tmp_path / "a.mienavatar", avatar)
    again = load_avatar(tmp_path / "a.mienavatar")
    first, second = (
        render_frame(each, data.pose(3), data.cameras[3]).rgba for each in (avatar, again)
    )
    assert np.abs(first - second).max() < 4e-3  # float16 of the mesh's channels


def test_no_gaussian_ends_as_a_sheet_or_covers_half_a_face(data):
    size = start_size(data.mesh, start_gaussians(data, SHORT).triangle)
    free, bound = (
        np.exp(fit(data, options).tensors["log_scale"].detach().numpy()) / size
        for options in (
            replace(SHORT, thinnest=1e-3, largest=1e3),
            replace(SHORT, thinnest=0.245, largest=1.01),
        )
    )
    assert free.min() < 0.24
    assert free.max() > 1.02
    assert bound.min() == pytest.approx(0.245, rel=1e-4)
    assert bound.max() == pytest.approx(1.01, rel=1e-4)


def test_what_no_picture_shows_starts_in_the_persons_colours(data):
    shown = (data.alpha > 0)[..., None]
    painted = replace(data, colour=np.where(shown, np.uint8([200, 90, 40]), np.uint8(0)))
    triangles = np.arange(len(data.mesh.triangles))
    found = start_colours(painted, triangles, np.full((len(triangles), 3), 1.0 / 3.0))
    np.testing.assert_allclose(255.0 * found, np.tile([200, 90, 40], (len(found), 1)), atol=1e-3)
    begun = start_gaussians(painted, OPTIONS).harmonics
    np.testing.assert_allclose(
        255.0 * (0.5 + SH_0 * begun[:, 0]), np.tile([200, 90, 40], (len(begun), 1)), atol=1e-3
    )


def test_equal_seeds_give_equal_avatars(data):
    first, second = (fit(data, SHORT) for _ in range(2))
    for name, tensor in first.tensors.items():
        assert torch.equal(tensor, second.tensors[name]), name


def test_a_killed_training_goes_on_as_if_it_had_not_been(tmp_path, data):
    def kill(told, _learned):
        if told.step == 30:
            raise Cancelled

    checkpoint = tmp_path / "checkpoint.npz"
    with pytest.raises(Cancelled):
        fit(data, SHORT, checkpoint=checkpoint, run={"films": "a"}, tell=kill)
    seen = []
    went_on = fit(
        data,
        SHORT,
        checkpoint=checkpoint,
        run={"films": "a"},
        tell=lambda told, _learned: seen.append(told.step),
    )
    whole = fit(data, SHORT)
    assert seen[0] == 21
    for name, tensor in whole.tensors.items():
        assert torch.equal(tensor, went_on.tensors[name]), name


def fit_until_memory_ends(data, checkpoint, hook):
    """Train, and let the next gradient after step 30 want more memory than there is."""

    def tell(told, learned):
        if told.step == 30:
            learned.tensors["offset"].register_hook(hook)

    with pytest.raises(MienError) as told:
        fit(data, SHORT, checkpoint=checkpoint, run={"films": "a"}, tell=tell)
    return told.value


def test_memory_that_ends_in_a_gradient_names_the_checkpoint_and_what_to_do(tmp_path, data):
    checkpoint = tmp_path / "checkpoint.npz"
    problem = fit_until_memory_ends(data, checkpoint, lambda _: torch.empty(1 << 50))
    assert problem.code == "out_of_memory"
    assert "memory of this computer. The checkpoint at step 20 is kept." in problem.message
    assert "same options again: it goes on from there" in problem.advice
    steps = []
    again = {"checkpoint": checkpoint, "run": {"films": "a"}}
    fit(data, SHORT, **again, tell=lambda told, _learned: steps.append(told.step))
    assert steps[0] == 21


def test_memory_of_the_graphics_card_that_ends_names_the_processor_too(tmp_path, data):
    def full(_gradient):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")

    problem = fit_until_memory_ends(data, tmp_path / "checkpoint.npz", full)
    assert problem.code == "avatar_cuda_memory"
    assert "memory of the graphics card. The checkpoint at step 20 is kept." in problem.message
    assert "--device cpu" in problem.advice


def test_memory_that_ends_in_a_preview_names_the_checkpoint_just_made(tmp_path, data):
    def preview(told, _learned):
        if told.step == 20:
            torch.empty(1 << 50)

    with pytest.raises(MienError, match="The checkpoint at step 20 is kept") as told:
        fit(data, SHORT, checkpoint=tmp_path / "checkpoint.npz", tell=preview)
    assert told.value.code == "out_of_memory"


def test_a_full_card_met_when_going_on_is_no_damaged_checkpoint(monkeypatch, tmp_path, data):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")

    checkpoint = tmp_path / "checkpoint.npz"
    fit(data, replace(SHORT, steps=20), checkpoint=checkpoint)
    monkeypatch.setattr("core.avatar.train.checkpoint._alike", full)
    with pytest.raises(MienError, match="The checkpoint at step 20 is kept") as told:
        fit(data, SHORT, checkpoint=checkpoint)
    assert told.value.code == "avatar_cuda_memory"
    assert "goes on from there" in told.value.advice


def test_a_checkpoint_that_the_system_does_not_give_is_not_to_be_deleted(tmp_path, data):
    # A folder: rights do not keep a superuser, as whom tests may run, from reading a file.
    (tmp_path / "checkpoint.npz").mkdir()
    with pytest.raises(MienError, match=r"checkpoint\.npz cannot be read") as told:
        fit(data, SHORT, checkpoint=tmp_path / "checkpoint.npz")
    assert told.value.code == "checkpoint_unreadable"
    assert "Delete" not in told.value.advice


def test_a_checkpoint_of_other_films_is_refused(tmp_path, data):
    checkpoint = tmp_path / "checkpoint.npz"
    once = replace(SHORT, steps=20)
    fit(data, once, checkpoint=checkpoint, run={"films": "a"})
    with pytest.raises(MienError, match="other films or with other options"):
        fit(data, once, checkpoint=checkpoint, run={"films": "b"})


def test_a_damaged_checkpoint_is_named(tmp_path, data):
    checkpoint = tmp_path / "checkpoint.npz"
    fit(data, replace(SHORT, steps=20), checkpoint=checkpoint)
    checkpoint.write_bytes(checkpoint.read_bytes()[:5000])
    learned = learn_from(start_gaussians(data, SHORT), start_drive(data, SHORT), SHORT, "cpu")
    with pytest.raises(MienError, match="cannot be read") as told:
        load_checkpoint(checkpoint, learned, {})
    assert "Delete it" in told.value.advice


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("value/residual", {"descr": "<f4", "fortran_order": False, "shape": (100_000_000,)}),
        ("fixed/triangle", {"descr": "<f8", "fortran_order": False, "shape": (1500,)}),
        ("papers", {"descr": "<U100000000", "fortran_order": False, "shape": ()}),
    ],
)
def test_what_a_hostile_checkpoint_says_is_looked_at_before_it_is_given_memory(
    tmp_path, data, name, told
):
    checkpoint = tmp_path / "checkpoint.npz"
    once = replace(SHORT, steps=20)
    learned = fit(data, once, checkpoint=checkpoint)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, told)
    with zipfile.ZipFile(checkpoint) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    with zipfile.ZipFile(checkpoint, "w") as archive:
        for entry, content in (entries | {f"{name}.npy": header.getvalue()}).items():
            archive.writestr(entry, content)
    tracemalloc.start()
    try:
        with pytest.raises(MienError, match=name) as caught:
            load_checkpoint(checkpoint, learned, {})
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.code == "checkpoint_damaged"
    assert peak_bytes < 50e6
