# SPDX-License-Identifier: Apache-2.0
"""What a training says of masks that do not show the film's pictures."""

from __future__ import annotations

import shutil
import zipfile

import pytest
from crude_avatar import CONSENT

from core.avatar.consent import consent_from_json
from core.avatar.train.options import Options
from core.avatar.train.run import Wish, train
from core.errors import MienError

SMALL = Options(steps=1, gaussians=200, drives=2, hidden=4)


@pytest.mark.parametrize(
    ("windows", "said"), [("[]", "lacks film 1"), ("[[0, 0, 97, 96]]", "leaves the 96 x 96 pixels")]
)
def test_a_damaged_window_is_told(tracked, tmp_path, windows, said):
    copy = tmp_path / "anna.mientrack"
    shutil.copytree(tracked, copy)
    with (
        zipfile.ZipFile(tracked / "masks.zip") as whole,
        zipfile.ZipFile(copy / "masks.zip", "w") as archive,
    ):
        for name in whole.namelist():
            archive.writestr(name, windows if name == "windows.json" else whole.read(name))
    consent = consent_from_json(CONSENT)
    wish = Wish(copy, tmp_path / "anna.mienavatar", consent, size=48, options=SMALL, device="cpu")
    with pytest.raises(MienError, match=said) as told:
        train(wish, lambda _share, _stage: None)
    assert told.value.code == "track_damaged"
    assert str(copy / "masks.zip") in told.value.message
