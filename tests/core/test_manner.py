# SPDX-License-Identifier: Apache-2.0
"""Articulation, firmness and the line's text, over the whole road."""

from __future__ import annotations

import numpy as np
import pytest

from core.curves import load_performance, save_performance
from core.direction import Direction
from core.errors import MienError
from core.face.arkit import ARKIT_NAMES
from core.motion.phones import BILABIAL, CONTACT_PHONES
from core.performance import perform as run

TEXT = (
    'The earliest book printed with movable types, the Gutenberg, or "forty-two line Bible" '
    "of about fourteen fifty-five, has never been surpassed."
)
CLOSED_METRES = 0.0005


@pytest.fixture(scope="module")
def told(models, recording):
    return run(recording, Direction(), 60.0, models=models, text=TEXT)


def gaps(take, models):
    """Greatest inner-lip gap of each frame of the lip layer, metres."""
    return models.face.lip_gaps(take.lips[:, : len(ARKIT_NAMES)]).max(axis=1)


def closed_share(take, models):
    """Share of the bilabial contacts in which the lips meet."""
    near = gaps(take, models)
    met = []
    for span in take.contacts:
        if span.label == BILABIAL:
            first = int(np.floor(span.start_seconds * take.fps))
            last = int(np.ceil(span.end_seconds * take.fps))
            met.append(near[first : last + 1].min() < CLOSED_METRES)
    return np.mean(met)


def test_every_bilabial_of_the_text_is_a_contact_that_closes(told, models):
    written = [span for span in told.phones if span.label in CONTACT_PHONES[BILABIAL]]
    contacts = [span for span in told.contacts if span.label == BILABIAL]
    assert len(written) == 11
    for phone in written:
        assert any(
            contact.start_seconds < phone.end_seconds and contact.end_seconds > phone.start_seconds
            for contact in contacts
        ), phone
    assert closed_share(told, models) == 1.0


def test_words_are_kept_in_the_file(told, tmp_path):
    save_performance(told, tmp_path / "take.npz")
    read = load_performance(tmp_path / "take.npz")
    assert read.words == told.words
    assert len(read.words) == 23
    assert read.meta["text"] == {"written": TEXT, "notes": []}


def test_blank_text_is_no_text(models, recording, perform):
    blank = run(recording, Direction(), 24.0, models=models, text=" \n")
    assert np.array_equal(blank.values, perform().values)
    assert blank.words == ()
    assert "text" not in blank.meta


def test_a_wrong_text_raises_before_anything_is_made(models, recording):
    text = "Meanwhile somebody has stolen my favourite umbrella."
    with pytest.raises(MienError, match="does not fit the sound"):
        run(recording, Direction(), 24.0, models=models, text=text)


@pytest.mark.parametrize("articulation", [0.0, 1.0, 2.0])
def test_lips_meet_at_every_articulation(articulation, perform, models):
    assert closed_share(perform(fps=60.0, articulation=articulation), models) == 1.0


@pytest.mark.parametrize("firmness", [1.0, 2.0])
def test_lips_meet_when_firm(firmness, perform, models):
    assert closed_share(perform(fps=60.0, firmness=firmness), models) == 1.0


def test_without_firmness_some_contacts_stay_open(perform, models):
    assert closed_share(perform(fps=60.0, firmness=0.0), models) < 1.0


def test_firmness_presses(perform, models):
    normal, firm = (gaps(perform(fps=60.0, firmness=f), models) for f in (1.0, 2.0))
    assert firm.min() < normal.min()


def test_clear_speech_moves_more_than_mumbling(perform, models):
    moved = [
        np.abs(np.diff(gaps(perform(fps=60.0, articulation=a), models))).mean() for a in (0.0, 2.0)
    ]
    assert moved[1] > moved[0]


def test_lips_that_hardly_speak_hardly_move(perform):
    moved = [np.abs(perform(lip_strength=s).lips).max() for s in (0.0, 0.01, 0.1, 1.0)]
    assert moved[0] == 0.0
    assert moved[1] < 0.1
    assert moved[1] < moved[2] < moved[3]
