# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.curves import load_performance, save_performance
from core.motion.mouths import MOUTH_NAMES
from core.motion.phones import VISEMES
from core.motion.visemes import VISEME_NAMES, viseme_curves
from core.viseme_labels import VISEME_LABELS


def test_the_file_carries_visemes_and_mouths(perform, tmp_path):
    take = perform(emotion="happy")
    save_performance(take, tmp_path / "take.npz")
    with np.load(tmp_path / "take.npz", allow_pickle=False) as file:
        assert tuple(file["viseme_names"].tolist()) == tuple(VISEMES) == VISEME_LABELS
        assert file["visemes"].shape == (take.frames, 15)
        assert file["mouths"].shape == (take.frames,)
    again = load_performance(tmp_path / "take.npz")
    assert np.array_equal(again.visemes, viseme_curves(take.phones, take.time_seconds))
    assert set(again.mouths) <= set(MOUTH_NAMES)
    assert len(set(again.mouths)) > 5


def test_a_closure_shows_in_both(perform):
    take = perform(emotion="happy")
    closed = [span for span in take.phones if span.label in {"P", "B", "M"}]
    assert len(closed) > 5
    for span in closed:
        middle = (span.start_seconds + span.end_seconds) / 2
        near = slice(*np.searchsorted(take.time_seconds, (middle - 0.1, middle + 0.1)))
        assert take.visemes[near, VISEME_NAMES.index("PP")].max() == 1.0
        assert "A" in take.mouths[near]


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.5, 2.0])
def test_strength_scales_them_and_rest_is_what_is_left(strength, perform):
    plain, take = perform(), perform(lip_strength=strength)
    rest = VISEME_NAMES.index("sil")
    spoken = np.arange(15) != rest
    assert take.visemes.min() >= 0.0
    assert take.visemes.max() <= 1.0
    if strength <= 1.0:
        assert np.allclose(take.visemes[:, spoken], strength * plain.visemes[:, spoken])
        assert np.allclose(take.visemes.sum(axis=1), 1.0)
    else:
        assert (take.visemes[:, spoken] >= plain.visemes[:, spoken] - 1e-6).all()
    assert (set(take.mouths) == {"X"}) is (strength == 0.0)


def test_older_files_have_none(perform, tmp_path):
    take = perform()
    save_performance(take, tmp_path / "new.npz")
    with np.load(tmp_path / "new.npz", allow_pickle=False) as file:
        old = {name: file[name] for name in file.files if not name.startswith(("viseme", "mouths"))}
    np.savez(tmp_path / "old.npz", **old)
    again = load_performance(tmp_path / "old.npz")
    assert again.visemes.shape == (0, 15)
    assert again.mouths.shape == (0,)
    assert again.values.tobytes() == take.values.tobytes()
