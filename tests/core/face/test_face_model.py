# SPDX-License-Identifier: Apache-2.0
"""The shipped head: what must hold for lips, lids, teeth and landmarks, whoever rebuilds it."""

from __future__ import annotations

import numpy as np
import pytest

from core.face import landmarks
from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES, mirrored_name
from core.face.model import load_face_model

MILLIMETRE = 0.001


@pytest.fixture(scope="module")
def face():
    return load_face_model()


def at(**channels):
    values = np.zeros((1, 52), np.float32)
    for name, value in channels.items():
        sides = [name] if name in ARKIT_NAMES else [f"{name}Left", f"{name}Right"]
        for side in sides:
            values[0, ARKIT_NAMES.index(side)] = value
    return values


def moved(face, point, **channels):
    """How far (millimetres, xyz) one of the 68 points goes."""
    return (face.landmarks68(at(**channels))[0] - face.pieces68.neutral)[point] / MILLIMETRE


def sphere_through(points):
    """The best sphere: |p|^2 = 2 c.p + (r^2 - c^2) is linear in c and the last term."""
    points = points.astype(np.float64)
    system = np.column_stack([2 * points, np.ones(len(points))])
    *centre, rest = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)[0]
    return np.array(centre), float(np.sqrt(rest + np.dot(centre, centre)))


def rows_of(face, part):
    return face.vertex_part == face.part_names.index(part)


def test_channel_names_are_apples_52_and_five_of_head_and_gaze():
    assert len(ARKIT_NAMES) == len(set(ARKIT_NAMES)) == 52
    assert CHANNEL_NAMES[:52] == ARKIT_NAMES
    assert ARKIT_NAMES[0] == "eyeBlinkLeft"
    assert ARKIT_NAMES[-1] == "tongueOut"
    assert CHANNEL_NAMES[52:] == ("headPitch", "headYaw", "headRoll", "gazePitch", "gazeYaw")


def test_mirrored_name_swaps_sides_and_keeps_the_middle():
    assert mirrored_name("browDownLeft") == "browDownRight"
    assert mirrored_name("jawRight") == "jawLeft"
    assert mirrored_name("jawOpen") == "jawOpen"
    assert {mirrored_name(name) for name in ARKIT_NAMES} == set(ARKIT_NAMES)


def test_arrays_fit_each_other(face):
    count = len(face.vertices)
    assert count < 15_000
    assert face.shape_deltas.shape == (52, count, 3)
    assert face.identity_deltas.shape == (len(face.identity_names), count, 3)
    assert face.uvs.shape == (len(face.quads), 4, 2)
    assert len(face.quad_material) == len(face.quads)
    assert len(face.vertex_part) == count
    for array in (face.vertices, face.shape_deltas, face.identity_deltas, face.uvs):
        assert np.isfinite(array).all()


def test_quads_are_valid_and_every_vertex_is_used(face):
    assert face.quads.min() >= 0
    assert face.quads.max() < len(face.vertices)
    ordered = np.sort(face.quads, axis=1)
    assert (np.diff(ordered, axis=1) > 0).all(), "a quad uses a vertex twice"
    assert len(np.unique(face.quads)) == len(face.vertices)


def test_every_shape_moves_something(face):
    largest = np.abs(face.shape_deltas).max(axis=(1, 2))
    assert (largest > 1 * MILLIMETRE).all(), [
        name for name, move in zip(ARKIT_NAMES, largest, strict=True) if move <= MILLIMETRE
    ]


def test_head_stands_at_the_origin_and_looks_along_minus_y(face):
    assert face.vertices[:, 2].min() == pytest.approx(0, abs=1e-6)
    assert 0.2 < face.vertices[:, 2].max() < 0.4
    nose = face.pieces68.neutral[30]
    assert nose[0] == pytest.approx(0, abs=1e-6)
    assert nose[1] < face.pieces68.neutral[[0, 16], 1].min()
    assert face.pieces68.neutral[45, 0] > 0, "the character's left is +X"


def test_the_neck_ends_in_a_level_ring_that_no_expression_moves(face):
    end = np.flatnonzero(face.vertices[:, 2] < 1e-6)
    assert len(end) > 20
    assert np.abs(face.shape_deltas[:, end]).max() < 0.5 * MILLIMETRE


def test_landmarks_are_symmetric(face):
    for points in (face.pieces68.neutral,):
        across = points[list(landmarks.MIRROR_68)] * [-1, 1, 1]
        assert np.abs(points - across).max() < 1e-5


def test_equal_values_left_and_right_give_an_equal_face(face):
    order = [ARKIT_NAMES.index(mirrored_name(name)) for name in ARKIT_NAMES]
    moves = face.pieces68.per_channel
    across = moves[order][:, list(landmarks.MIRROR_68)] * [-1, 1, 1]
    assert np.abs(moves - across).max() < 2e-5


def test_landmark_weights_are_barycentric(face):
    for weights in (face.landmark68_weights, face.landmark478_weights):
        assert weights.min() >= -1e-6
        assert np.abs(weights.sum(axis=1) - 1).max() < 1e-5


def test_landmark_maps_are_linear_and_agree_with_the_mesh(face):
    rng = np.random.default_rng(0)
    values = rng.random((3, 52)).astype(np.float32)
    corners = face.mesh(values[1])[face.landmark68_vertices]
    expected = np.einsum("nkc,nk->nc", corners, face.landmark68_weights)
    assert np.abs(face.landmarks68(values)[1] - expected).max() < 1e-6
    gaps = landmarks.gaps(face.landmarks68(values), landmarks.LIP_GAP_PAIRS)
    assert np.abs(face.lip_gaps(values) - gaps).max() < 1e-6


def test_closed_lips_touch_and_press_by_less_than_a_millimetre(face):
    assert (face.lip_gap_neutral <= 0).all()
    assert (face.lip_gap_neutral > -1 * MILLIMETRE).all()


def test_mouth_close_takes_back_what_jaw_open_opens(face):
    opened = face.lip_gaps(at(jawOpen=1))
    closed = face.lip_gaps(at(jawOpen=1, mouthClose=1))
    assert (opened > 20 * MILLIMETRE).all()
    assert np.abs(closed - face.lip_gap_neutral).max() < 0.5 * MILLIMETRE


def test_jaw_open_takes_the_lower_lip_not_the_upper(face):
    assert moved(face, 66, jawOpen=1)[2] < -20
    assert abs(moved(face, 62, jawOpen=1)[2]) < 3
    assert moved(face, 8, jawOpen=1)[2] < -15


@pytest.mark.parametrize(
    ("channel", "point", "axis", "least"),
    [
        ("mouthSmileLeft", 54, 2, 5),
        ("mouthSmileLeft", 64, 2, 5),
        ("mouthSmileRight", 48, 2, 5),
        ("mouthFrownLeft", 54, 2, -3),
        ("mouthStretchLeft", 54, 0, 3),
        ("mouthStretchRight", 48, 0, -3),
        ("mouthPucker", 54, 0, -2),
        ("mouthPucker", 60, 0, 2),
        ("mouthLeft", 62, 0, 4),
        ("mouthRight", 66, 0, -4),
        ("mouthUpperUpLeft", 63, 2, 2),
        ("mouthLowerDownRight", 67, 2, -2),
        ("mouthRollLower", 66, 1, 2),
        ("mouthShrugLower", 66, 2, 2),
        ("jawLeft", 8, 0, 4),
        ("jawForward", 8, 1, -4),
        ("browInnerUp", 21, 2, 4),
        ("browInnerUp", 22, 2, 4),
        ("browDownLeft", 24, 2, -3),
        ("browOuterUpRight", 18, 2, 4),
        ("eyeWideLeft", 43, 2, 2),
        ("eyeSquintLeft", 47, 2, 1.5),
        ("eyeBlinkRight", 37, 2, -6),
        ("noseSneerLeft", 35, 2, 1),
    ],
)
def test_each_landmark_goes_where_its_muscle_pulls(face, channel, point, axis, least):
    move = moved(face, point, **{channel: 1})[axis]
    assert move * np.sign(least) >= abs(least), f"{move:.1f} mm"


@pytest.mark.parametrize("channel", ["mouthSmile", "mouthFrown", "mouthStretch", "mouthDimple"])
def test_one_sides_channel_leaves_the_other_corner(face, channel):
    assert np.abs(moved(face, 48, **{f"{channel}Left": 1})).max() < 0.5
    assert np.abs(moved(face, 54, **{f"{channel}Right": 1})).max() < 0.5


def test_inner_mouth_corners_lie_in_the_line_of_the_lips_inside_the_outer(face):
    points = face.pieces68.neutral
    assert points[54, 0] > points[64, 0] > points[63, 0]
    assert points[48, 0] < points[60, 0] < points[61, 0]
    assert abs(points[64, 2] - points[62, 2]) < 4 * MILLIMETRE


def test_blinking_closes_both_eyes_along_the_whole_lid(face):
    gaps = landmarks.gaps(face.landmarks68(at(eyeBlink=1)), landmarks.LID_GAP_PAIRS)
    assert (gaps < 0).all()
    assert (gaps > -1.5 * MILLIMETRE).all()
    opened = landmarks.gaps(face.landmarks68(at()), landmarks.LID_GAP_PAIRS)
    assert (opened > 6 * MILLIMETRE).all()


def test_closed_lids_lie_in_front_of_the_eyeballs(face):
    centre, radius = sphere_through(face.vertices[rows_of(face, "eyeLeft")])
    for blink in (0.25, 0.5, 0.75, 1.0):
        lids = face.landmarks68(at(eyeBlink=blink))[0, 42:48]
        assert (np.linalg.norm(lids - centre, axis=1) > radius).all(), blink


def test_upper_teeth_stay_with_the_skull_and_lower_turn_with_the_jaw(face):
    upper = face.shape_deltas[:, rows_of(face, "teethUpper")]
    assert np.abs(upper).max() == 0
    rows = rows_of(face, "teethLower")
    rest = face.vertices[rows].astype(np.float64)
    moved_rows = rest + face.shape_deltas[ARKIT_NAMES.index("jawOpen"), rows]
    pick = np.random.default_rng(0).integers(0, len(rest), (200, 2))
    before = np.linalg.norm(rest[pick[:, 0]] - rest[pick[:, 1]], axis=1)
    after = np.linalg.norm(moved_rows[pick[:, 0]] - moved_rows[pick[:, 1]], axis=1)
    assert np.abs(after - before).max() < 0.05 * MILLIMETRE
    assert moved_rows[:, 2].mean() < rest[:, 2].mean() - 10 * MILLIMETRE


def test_eyes_turn_rigidly_and_the_right_way(face):
    rows = rows_of(face, "eyeLeft")
    rest = face.vertices[rows].astype(np.float64)
    pupil = int(np.argmin(rest[:, 1]))
    for channel, axis, sign in (
        ("eyeLookUpLeft", 2, 1),
        ("eyeLookDownLeft", 2, -1),
        ("eyeLookOutLeft", 0, 1),
        ("eyeLookInLeft", 0, -1),
    ):
        delta = face.shape_deltas[ARKIT_NAMES.index(channel), rows]
        assert delta[pupil, axis] * sign > 3 * MILLIMETRE, channel
        turned = rest + delta
        spread = np.linalg.norm(turned - turned.mean(axis=0), axis=1)
        assert np.abs(spread - np.linalg.norm(rest - rest.mean(axis=0), axis=1)).max() < 1e-5


def test_iris_points_turn_with_the_gaze(face):
    look = face.landmarks478(at(eyeLookUp=1))[0] - face.pieces478.neutral
    assert (look[[468, 473], 2] > 3 * MILLIMETRE).all()


def test_brows_follow_the_skin(face):
    rows = rows_of(face, "brows")
    raised = face.shape_deltas[ARKIT_NAMES.index("browInnerUp"), rows, 2]
    lowered = face.shape_deltas[ARKIT_NAMES.index("browDownLeft"), rows, 2]
    assert raised.max() > 4 * MILLIMETRE
    assert lowered.min() < -3 * MILLIMETRE


def test_thousands_of_frames_are_placed_in_a_moment(face):
    values = np.zeros((36_000, 52), np.float32)
    assert face.landmarks68(values).shape == (36_000, 68, 3)
    assert face.landmarks68(values).dtype == np.float32
