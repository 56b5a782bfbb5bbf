# SPDX-License-Identifier: Apache-2.0
"""A training from a tracked film to its file, and what happens where it cannot be made."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch
from crude_avatar import CONSENT
from tracked_studio import write_film

from core.avatar.avatar_file import load_avatar, read_papers
from core.avatar.consent import consent_from_json
from core.avatar.peak_memory import peak_memory_mib
from core.avatar.train.options import Options
from core.avatar.train.run import Wish, train, workplace_of
from core.errors import Cancelled, MienError

STEPS = 40
SMALL = Options(
    steps=STEPS,
    gaussians=200,
    drives=2,
    hidden=4,
    recycle_every=10,
    checkpoint_every=10,
    preview_every=20,
)


def still(_share, _stage):
    """Nobody watches."""


def wish_for(tracked, out, **changes):
    wish = Wish(tracked, out, consent_from_json(CONSENT), size=48, options=SMALL, device="cpu")
    return replace(wish, **changes)


@pytest.fixture(scope="module")
def trained(tracked, tmp_path_factory):
    out = tmp_path_factory.mktemp("trained") / "anna.mienavatar"
    told = []
    train(wish_for(tracked, out), lambda share, stage: told.append((share, stage)))
    return out, told


def test_the_file_says_who_it_is_and_how_it_was_made(trained):
    out, _ = trained
    papers = read_papers(out)
    assert papers["consent"]["person"] == CONSENT["person"]
    assert papers["training"]["options"]["steps"] == STEPS
    assert papers["film_camera"]["width"] == 96
    assert papers["training"]["track"].keys() == {"track.npz", "masks.zip", "film 1, film.mp4"}
    avatar = load_avatar(out)
    assert len(avatar.gaussians.triangle) == SMALL.gaussians
    assert np.abs(avatar.gaussians.residual).max() > 0.0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell it")
def test_the_file_says_how_much_memory_it_took(trained):
    out, _ = trained
    peak = read_papers(out)["training"]["peak_memory_mib"]
    # This process has not become smaller since; torch alone takes more than the least.
    assert 100 < peak <= peak_memory_mib()


def test_progress_rises_to_the_end_and_a_preview_shows_it(trained):
    out, told = trained
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert "MiB of memory" in told[-1][1]
    assert (workplace_of(out) / "preview.png").read_bytes().startswith(b"\x89PNG")


def test_a_training_that_is_called_off_keeps_its_checkpoint_and_makes_no_file(tracked, tmp_path):
    out = tmp_path / "anna.mienavatar"

    def stop(share, _stage):
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        train(wish_for(tracked, out), stop)
    assert not out.exists()
    assert (workplace_of(out) / "checkpoint.npz").is_file()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a graphics card here")
def test_a_graphics_card_that_is_not_there_is_told_before_the_work(tracked, tmp_path):
    with pytest.raises(MienError, match="CUDA") as told:
        train(wish_for(tracked, tmp_path / "anna.mienavatar", device="cuda"), still)
    assert told.value.code == "no_cuda"
    assert list(tmp_path.iterdir()) == []


def test_a_film_that_has_moved_is_told(tracked, tmp_path):
    moved = tmp_path / "anna.mientrack"
    shutil.copytree(tracked, moved)
    film = tracked.parent / "film.mp4"
    hidden = film.with_name("elsewhere.mp4")
    film.rename(hidden)
    try:
        with pytest.raises(MienError, match=r"film\.mp4"):
            train(wish_for(moved, tmp_path / "anna.mienavatar"), still)
    finally:
        hidden.rename(film)


@contextmanager
def another_film(tracked, pictures):
    """Another film lies under the name of the tracked one."""
    film = tracked.parent / "film.mp4"
    hidden = film.with_name("elsewhere.mp4")
    film.rename(hidden)
    try:
        write_film(film, [np.full((96, 96, 4), 0.5, np.float32)] * pictures)
        yield
    finally:
        hidden.replace(film)


def changed_track(tracked, folder, change):
    """A copy of the track whose arrays went through `change`."""
    copy = folder / "anna.mientrack"
    shutil.copytree(tracked, copy)
    with np.load(copy / "track.npz") as data:
        arrays = {name: data[name] for name in data.files}
    change(arrays)
    np.savez_compressed(copy / "track.npz", **arrays)
    return copy


def test_another_film_under_the_same_name_is_told(tracked, tmp_path):
    with another_film(tracked, 48), pytest.raises(MienError, match="has changed since") as told:
        train(wish_for(tracked, tmp_path / "anna.mienavatar"), still)
    assert told.value.code == "film_changed"
    assert str(tracked.parent / "film.mp4") in told.value.message


def test_a_film_without_the_tracked_pictures_is_told_where_its_digest_is_not_known(
    tracked, tmp_path
):
    older = changed_track(tracked, tmp_path, lambda arrays: arrays.pop("film_digests"))
    with (
        another_film(tracked, 30),
        pytest.raises(MienError, match=r"film\.mp4 does not hold picture") as told,
    ):
        train(wish_for(older, tmp_path / "anna.mienavatar"), still)
    assert told.value.code == "film_changed"


def test_a_film_changed_after_a_run_without_digests_is_told_by_name(tracked, tmp_path):
    older = changed_track(tracked, tmp_path, lambda arrays: arrays.pop("film_digests"))
    out = tmp_path / "anna.mienavatar"
    train(wish_for(older, out), still)
    with another_film(tracked, 48), pytest.raises(MienError, match=r"film 1, film\.mp4") as told:
        train(wish_for(older, out), still)
    assert told.value.code == "checkpoint_other"


def test_changed_masks_are_told_before_pictures_are_cut_anew(tracked, tmp_path):
    out = tmp_path / "anna.mienavatar"
    copy = tmp_path / "anna.mientrack"
    shutil.copytree(tracked, copy)
    train(wish_for(copy, out), still)
    whole = (workplace_of(out) / "colour.npy").stat().st_mtime_ns
    masks = copy / "masks.zip"
    with zipfile.ZipFile(masks) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["00/000003"] = bytes(256 * 256)
    with zipfile.ZipFile(masks, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    with pytest.raises(MienError, match=r"differs in: track, masks\.zip\.") as told:
        train(wish_for(copy, out), still)
    assert told.value.code == "checkpoint_other"
    assert (workplace_of(out) / "colour.npy").stat().st_mtime_ns == whole


def test_other_options_are_told_by_name(tracked, trained):
    out, _ = trained
    with pytest.raises(MienError, match="differs in: options, seed; options, steps; size"):
        train(wish_for(tracked, out, size=32, options=replace(SMALL, steps=50, seed=7)), still)


def test_a_film_tracked_anew_does_not_go_on_from_the_old_training(tracked, tmp_path):
    out = tmp_path / "anna.mienavatar"
    train(wish_for(tracked, out), still)

    def blink_less(arrays):
        arrays["values"][:, 17] *= 0.99

    anew = changed_track(tracked, tmp_path, blink_less)
    with pytest.raises(MienError) as told:
        train(wish_for(anew, out), still)
    assert told.value.code == "checkpoint_other"


@pytest.mark.parametrize("changes", [{"steps": 0}, {"gaussians": 0}, {"seed": -1}, {"drives": 300}])
def test_numbers_that_no_training_can_have_are_refused_before_it_begins(changes):
    with pytest.raises(MienError, match="cannot have"):
        replace(SMALL, **changes)


def test_a_file_that_could_not_be_read_again_is_refused_before_it_is_trained():
    with pytest.raises(MienError, match="500000 Gaussians with 40 drives would make a file of"):
        replace(SMALL, gaussians=500_000, drives=40)


@pytest.mark.parametrize(
    "changes", [{"size": 0}, {"size": -256}, {"size": 100_000}, {"most_pictures": 0}]
)
def test_pictures_that_no_training_can_begin_with_are_refused(tmp_path, changes):
    with pytest.raises(MienError) as told:
        wish_for(tmp_path / "anna.mientrack", tmp_path / "anna.mienavatar", **changes)
    assert told.value.code == "avatar_options"
    assert str(next(iter(changes.values()))) in told.value.message


def test_a_large_file_is_told(tracked, tmp_path):
    out = tmp_path / "anna.mienavatar"
    large = replace(SMALL, steps=1, gaussians=120_000, drives=20)
    (note,) = train(wish_for(tracked, out, options=large), still)
    assert note.startswith(f"{out} has {out.stat().st_size / 1e6:.0f} MB, more than 60")


def in_small_disk(folder, size):
    """The beginning of a command line that sees a small disk on a folder."""
    probe = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if (
        not shutil.which("unshare")
        or subprocess.run(probe, capture_output=True, check=False).returncode
    ):
        pytest.skip("this system does not let the test mount a file system of its own")
    script = f"mount -t tmpfs -o size={size} tmpfs '{folder}' && exec \"$@\"; "
    return ["unshare", "-m", "sh", "-c", script, "sh"]


TRAIN_ON_A_SMALL_DISK = """
import json, sys
from pathlib import Path
import numpy as np
sys.path[:0] = ["tests", "tests/avatar/train"]
from test_training_run import wish_for, workplace_of
from core.avatar.train.run import train
from core.errors import MienError
tracked, out = map(Path, sys.argv[1:])
filled = False
def report(share, stage):
    global filled
    if share > 0.5 and not filled:
        filled = True
        try:
            (out.parent / "filler").write_bytes(b"0" * (1 << 26))
        except OSError:
            pass
try:
    train(wish_for(tracked, out), report)
except MienError as error:
    with np.load(workplace_of(out) / "checkpoint.npz") as kept:
        step = json.loads(str(kept["papers"]))["step"]
    print(json.dumps([error.code, error.message, error.advice, step, out.exists()]))
"""


def test_a_disk_that_fills_up_leaves_the_last_checkpoint_whole(repository, tracked, tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        [
            *in_small_disk(folder, "16m"),
            *(sys.executable, "-c", TRAIN_ON_A_SMALL_DISK),
            *(str(tracked), str(folder / "anna.mienavatar")),
        ],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    code, message, advice, step, is_there = json.loads(done.stdout)
    assert code == "not_writable"
    assert "space" in message.lower() or "space" in advice
    assert step == 10, "the checkpoint before the disk was full"
    assert not is_there
