# SPDX-License-Identifier: Apache-2.0
"""The emotions' faces against what the literature says of them, and on the real mesh."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest

from core.face.arkit import ARKIT_NAMES
from core.face.landmarks import LID_GAP_PAIRS, gaps
from core.motion.prototypes import MOVED_EMOTIONS, prototype_table

# Facial Action Coding System (Ekman, Friesen and Hager 2002): action unit, and the ARKit channel
# that shows it. AU25 (lips part) and 26 (jaw drops) are told by the mesh's lips instead.
CHANNEL_OF_UNIT = {
    1: "browInnerUp",
    2: "browOuterUp",
    4: "browDown",
    5: "eyeWide",
    6: "cheekSquint",
    7: "eyeSquint",
    9: "noseSneer",
    10: "mouthUpperUp",
    12: "mouthSmile",
    14: "mouthDimple",
    15: "mouthFrown",
    16: "mouthLowerDown",
    17: "mouthShrugLower",
    20: "mouthStretch",
    24: "mouthPress",
    26: "jawOpen",
    43: "eyeBlink",
}


@dataclass(frozen=True)
class Picture:
    """What an emotion must show, and must not; lips parted by at least this many metres."""

    shows: tuple[int, ...]
    lacks: tuple[int, ...]
    parted_metres: float
    source: str


PICTURES = {
    "happy": Picture((6, 12), (4, 9, 15, 17), 0.0005, "Duchenne; Du, Tao and Martinez 2014: 12, 25, 6"),
    "sad": Picture((1, 4, 15, 17, 43), (5, 9, 12, 26), -0.0045, "Du et al. 2014: 4, 15, 1, 17"),
    "angry": Picture((4, 5, 7, 10, 24), (1, 12, 43), -0.0045, "EMFACS: 4+5+7+23/24; Du et al.: 4, 7, 24, 10"),
    "fearful": Picture((1, 2, 4, 5, 20), (6, 9, 12, 43), 0.002, "EMFACS: 1+2+4+5+20+25/26; Du et al."),
    "disgusted": Picture((4, 7, 9, 10, 15, 17), (1, 2, 5, 12), 0.0, "EMFACS: 9 or 10, 15/16; Du et al.: 9, 10, 17, 4"),
    "surprised": Picture((1, 2, 5, 26), (4, 7, 15, 20), 0.008, "EMFACS: 1+2+5+26; Du et al.: 1, 2, 25, 26"),
    "contempt": Picture((12, 14), (1, 5, 9, 26), -0.0045, "Ekman and Friesen 1986: 12+14 on one side"),
    "calm": Picture((12, 43), (1, 4, 5, 9, 15, 24, 26), -0.0045, "no tension; trace of 12, soft lids"),
}  # fmt: skip
CONTEMPTS_SIDE, OTHER_SIDE = "Right", "Left"
# What counts as shown, and as absent: a unit at the A level of five is a trace.
SHOWN, ABSENT = 0.1, 0.1


def prototype(emotion):
    return prototype_table().emotions[MOVED_EMOTIONS.index(emotion)]


def level(weights, unit, side=None):
    """A unit's value: of one side, or of the side that shows more."""
    name = CHANNEL_OF_UNIT[unit]
    sides = [side] if side else ["Left", "Right"]
    names = [name] if name in ARKIT_NAMES else [name + each for each in sides]
    return max(weights[ARKIT_NAMES.index(each)] for each in names)


def at(emotion, intensity):
    """(1, 52) channel values at the apex, within their range."""
    return np.clip(intensity * prototype(emotion).weights, 0.0, 1.0)[None]


def test_every_moved_emotion_has_its_picture():
    assert set(PICTURES) == set(MOVED_EMOTIONS)


@pytest.mark.parametrize("emotion", PICTURES)
def test_the_units_of_the_literature_are_there_and_their_opposites_are_not(emotion):
    weights, picture = prototype(emotion).weights, PICTURES[emotion]
    for unit in picture.shows:
        assert level(weights, unit) >= SHOWN, f"AU{unit} of {emotion}: {picture.source}"
    for unit in picture.lacks:
        assert level(weights, unit) <= ABSENT, f"AU{unit} is no part of {emotion}: {picture.source}"


@pytest.mark.parametrize("emotion", [name for name in PICTURES if name != "contempt"])
def test_both_sides_show_the_same(emotion):
    shown = prototype(emotion)
    for values in (shown.weights, shown.accent):
        sided = dict(zip(ARKIT_NAMES, values, strict=True))
        for name, value in sided.items():
            assert not name.endswith("Left") or value == sided[name.removesuffix("Left") + "Right"]


def test_contempt_is_a_matter_of_one_side():
    weights = prototype("contempt").weights
    for unit in PICTURES["contempt"].shows:
        assert level(weights, unit, CONTEMPTS_SIDE) > 3 * level(weights, unit, OTHER_SIDE)


def test_no_two_emotions_look_alike():
    """Any two faces differ by at least half of the stronger; anger and disgust share brow and nose."""
    for one, other in itertools.combinations(MOVED_EMOTIONS, 2):
        a, b = prototype(one).weights, prototype(other).weights
        apart = np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b))
        assert apart > 0.5, (one, other)


@pytest.mark.parametrize("emotion", PICTURES)
def test_weights_angles_and_times_are_those_of_a_face(emotion):
    shown = prototype(emotion)
    for values in (shown.weights, shown.accent):
        assert values.min() >= 0.0
        assert values.max() <= 1.0
    assert np.degrees(np.abs(shown.posture_radians)).max() <= 12.0
    assert np.degrees(np.abs(shown.gaze_radians)).max() <= 12.0
    assert 0.5 <= shown.sustain <= 1.0
    assert 0.4 <= shown.rest <= 1.0


def test_surprise_comes_and_goes_fastest_and_sadness_and_calm_are_slow():
    """Macro-expressions last 0.5 to 4 s (Ekman and Friesen 1982); smiles take 0.4 to 0.9 s to come
    (Schmidt, Cohn and Tian 2003); one rise here is two thirds of the time from 10 to 90 %."""
    rise = {name: prototype(name).rise_seconds for name in MOVED_EMOTIONS}
    decay = {name: prototype(name).decay_seconds for name in MOVED_EMOTIONS}
    assert min(rise, key=rise.__getitem__) == "surprised"
    assert min(decay, key=decay.__getitem__) == "surprised"
    assert {name for name in rise if rise[name] >= 0.6} == {"sad", "calm"}
    assert 0.4 <= 1.5 * rise["happy"] <= 0.9
    assert prototype("surprised").sustain >= 0.7, "asked for a whole line it must not vanish"


@pytest.mark.parametrize("emotion", PICTURES)
@pytest.mark.parametrize("intensity", [1.0, 1.5])
def test_lips_neither_gape_nor_cross_on_the_head(emotion, intensity, models):
    gap = models.face.lip_gaps(at(emotion, intensity)).min()
    assert gap >= -0.0045, "a pressed mouth overlaps by 4 mm at most"
    if PICTURES[emotion].parted_metres > 0:
        assert gap >= PICTURES[emotion].parted_metres
    assert models.face.lip_gaps(at(emotion, intensity)).max() < 0.03 * intensity


@pytest.mark.parametrize("emotion", PICTURES)
def test_lids_stay_lids_at_the_highest_intensity(emotion, models):
    rest = gaps(models.face.landmarks68(np.zeros((1, 52))), LID_GAP_PAIRS)[0]
    lids = gaps(models.face.landmarks68(at(emotion, 1.5)), LID_GAP_PAIRS)[0]
    assert lids.min() > 0.25 * rest.min(), "the eye stays open"
    assert lids.max() < 1.8 * rest.max()


@pytest.fixture(scope="module")
def over_the_eye(models_folder, models):
    """How far the skin below the lower lid lies outside the eyeball at channel values (52,), metres."""
    with np.load(models_folder / "face_model.npz", allow_pickle=False) as arrays:
        part, quads = arrays["vertex_part"], arrays["quads"]
        eye = arrays["vertices"][part == arrays["part_names"].tolist().index("eyeLeft")]
    # The sphere that fits best: |p|^2 = 2 p.c + (r^2 - |c|^2).
    terms = np.column_stack([2 * eye, np.ones(len(eye))]).astype(np.float64)
    *centre, rest = np.linalg.lstsq(terms, (eye.astype(np.float64) ** 2).sum(axis=1), rcond=None)[0]
    radius = np.sqrt(rest + np.dot(centre, centre))
    skin = quads[(part[quads] == 0).all(axis=1)]

    def away(values):
        corners = models.face.mesh(values)[skin]
        points = np.concatenate([corners.mean(axis=1), (corners[:, 0] + corners[:, 1]) / 2])
        return points - centre, np.linalg.norm(points - centre, axis=1) - radius

    where, rest = away(np.zeros(52))
    front = (where[:, 1] < -0.006) & (np.abs(where[:, 2] + 0.01) < 0.012)
    watched = front & (rest > 0.0012) & (rest < 0.012)
    assert watched.sum() > 50
    return lambda values: away(values)[1][watched].min()


@pytest.mark.parametrize("emotion", PICTURES)
def test_cheeks_and_lids_do_not_bare_the_eyeball_at_the_highest_intensity(emotion, over_the_eye):
    assert over_the_eye(at(emotion, 1.5)[0]) > 0.0


def test_a_full_squint_with_a_full_cheek_would(over_the_eye):
    values = np.zeros(52)
    for name in ("cheekSquintLeft", "eyeSquintLeft"):
        values[ARKIT_NAMES.index(name)] = 1.0
    assert over_the_eye(values) < 0.0


@pytest.mark.parametrize("emotion", PICTURES)
def test_more_intensity_moves_every_landmark_further_or_not_at_all(emotion, models):
    still = models.face.landmarks68(np.zeros((1, 52)))
    moved = [
        np.linalg.norm(models.face.landmarks68(at(emotion, x)) - still, axis=-1).mean()
        for x in (0.3, 0.7, 1.0, 1.5)
    ]
    assert np.diff(moved).min() > 0.0001
