# SPDX-License-Identifier: Apache-2.0
"""What both kinds of decoder are taught and judged by: speech, the mouth that spoke it, and feelings.

Speech is GRID (filmed: mouth, brows, lids, gaze, head) and Emo-DB (acted voices; the mouth is lent by the
teacher of `core.training.teach_mouth`, and what the upper face does beside the feeling by stretches
of GRID's film). Every clip is a lesson several times over: once without a feeling, then with feelings,
put onto the clip's own mouth by the product's mixture. Everything is at the film's rate.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.dual_decoder_feelings import (
    FACE,
    FPS,
    draw_activation,
    felt_displacement,
    pure_activation,
)
from core.curves import Span
from core.direction import EMOTION_NAMES, Direction
from core.face.arkit import ARKIT_NAMES
from core.mixing.mixture import mix_face
from core.motion.lips import LipTrack
from core.motion.mouth_channels import spread_matrix
from core.motion.phones import CONTACTS
from core.motion.phrasing import find_phrasing
from core.motion.prototypes import prototype_table
from core.speech.encoder import SpeechEncoder
from core.speech.prosody import PitchTracker, Prosody, measure_prosody
from core.training import emodb
from core.training.clips import RATE_HZ, Clip, emodb_clips, grid_clips
from core.training.film_upper import fit_upper
from core.training.fit_grid import nearest_seen, read_tracks
from core.training.teach_mouth import imagine_mouth, read_teacher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from core.face.model import FaceModel

    Floats = NDArray[np.float32]

LEFT_OUT_SPEAKERS = ("12", "15")
TRAIN, DEV, STRANGERS = "train", "dev", "strangers"
# How often a clip is taught with a feeling, beside once without.
FEELINGS = 3
ACTED = {
    "anger": "angry",
    "boredom": "calm",
    "disgust": "disgusted",
    "fear": "fearful",
    "happiness": "happy",
    "sadness": "sad",
    "neutral": "neutral",
}


@dataclass(frozen=True, eq=False)
class Lessons:
    """A set of K clips of N frames in all, each with V feelings.

    Attributes:
        names, speakers, acted: (K,) the clip, who speaks, the emotion the voice acts.
        filmed: (K,) whether the mouth was filmed; lent otherwise.
        start: (K + 1,) clip i is frames start[i]:start[i + 1].
        features: (N, 2, 384) the two encoder frames of each step.
        prosody: (N, 4) loudness, speech, voicing and pitch, each about -1..1.
        contacts: (N, 4) of CONTACTS, 0 or 1, as labelled.
        measures: (N, 3) the film's opening, width and jaw, mm; NaN where there is none.
        activation: (K, V, 8) what is asked, weight times intensity; the first is none.
        expression: (V, N, 57) displacement that it should make.
        face: (V, N, 57) the mixture of it with the clip's own mouth, lips shut at labelled contacts.
        spans: (K,) JSON of each clip's labelled contacts and open vowels, [label, start s, end s].
        audio: (K,) the sound files, relative to the folder of data.
        prototypes: (8, 52) the feelings' faces that were taught, in the order of MOVED_EMOTIONS.
    """

    names: NDArray[np.str_]
    speakers: NDArray[np.str_]
    acted: NDArray[np.str_]
    filmed: NDArray[np.bool_]
    start: NDArray[np.int64]
    features: NDArray[np.float16]
    prosody: Floats
    contacts: Floats
    measures: Floats
    activation: NDArray[np.float64]
    expression: Floats
    face: Floats
    spans: NDArray[np.str_]
    audio: NDArray[np.str_]
    prototypes: NDArray[np.float64]

    def frames(self, number: int) -> slice:
        """The frames of clip `number`."""
        return slice(int(self.start[number]), int(self.start[number + 1]))

    def labelled(self, number: int, kind: str) -> list[tuple[str, float, float]]:
        """Labelled ``contacts`` or ``open_vowels`` of a clip."""
        rows = json.loads(str(self.spans[number]))[kind]
        return [(str(label), float(a), float(b)) for label, a, b in rows]


def read_lessons(path: Path) -> Lessons:
    """A set that `write_lessons` kept."""
    with np.load(path) as data:
        return Lessons(**{field.name: data[field.name] for field in fields(Lessons)})


def write_lessons(path: Path, lessons: Lessons) -> None:
    """Keep a set for the next run."""
    fresh = path.with_suffix(".new.npz")
    np.savez(fresh, **{field.name: getattr(lessons, field.name) for field in fields(Lessons)})
    fresh.replace(path)


def prepare(data: Path, lips: Path, face: FaceModel) -> Iterator[tuple[str, Lessons]]:
    """All three sets.

    Args:
        data: folder with grid_s1 and emodb.
        lips: folder of `core.training.prepare_lips`: grid_fit.npz, grid_phones.json, teacher.pt.
        face: the canonical head.
    """
    nets = SpeechEncoder(), PitchTracker()
    uppers = film_uppers(data / "grid_s1", face)
    filmed = {part: list(_filmed(data, lips, part, uppers)) for part in ("train", "dev")}
    acted = list(_acted(data, lips, [upper for entry in filmed["train"] for upper in entry[2:3]]))
    sets = {
        TRAIN: filmed["train"] + [e for e in acted if e[0].speaker not in LEFT_OUT_SPEAKERS],
        DEV: filmed["dev"],
        STRANGERS: [e for e in acted if e[0].speaker in LEFT_OUT_SPEAKERS],
    }
    for name, entries in sets.items():
        yield name, _lessons(name, entries, nets, face)


def film_uppers(grid: Path, face: FaceModel) -> dict[str, Floats]:
    """What brows, lids, gaze and head do in each clip of GRID: (T, 57)."""
    tracks = read_tracks(grid)
    poses = [np.load(grid / f"tracks_{part}.npz")["head_pose"] for part in ("train", "dev")]
    seen = nearest_seen(tracks["found"], tracks["start"])
    upper = fit_upper(
        tracks["points"],
        index=tracks["landmark_index"],
        start=tracks["start"],
        head_pose=np.concatenate(poses)[seen],
        fps=tracks["fps"],
        face=face,
    )
    return {
        str(name): upper[tracks["start"][i] : tracks["start"][i + 1]]
        for i, name in enumerate(tracks["clips"])
    }


# Clip, mouth (T, 52), upper face (T, 57), measures (T, 3), open vowels, emotion, file
Entry = tuple[Clip, "Floats", "Floats", "Floats", list[Any], str, str]


def _filmed(data: Path, lips: Path, part: str, uppers: dict[str, Floats]) -> Iterator[Entry]:
    fitted: dict[str, Any] = dict(np.load(lips / "grid_fit.npz"))
    fitted["mouth_known"] = None
    phones = json.loads((lips / "grid_phones.json").read_text(encoding="utf-8"))
    columns = [ARKIT_NAMES.index(str(n)) for n in fitted["channel_names"]]
    where = {str(name): i for i, name in enumerate(fitted["clips"])}
    for clip in grid_clips(data / "grid_s1", fitted, phones, part):
        number = where[clip.name]
        rows = slice(*fitted["start"][number : number + 2])
        mouth = np.zeros((rows.stop - rows.start, FACE), np.float32)
        mouth[:, columns] = fitted["values"][rows]
        measures = np.stack([fitted[n][rows] for n in ("opening", "width", "jaw")], axis=1) * 1e3
        vowels = [r for r in phones[clip.name] if r[0] in {"AA", "AE", "AO", "AW", "AY"}]
        file = f"grid_s1/audio/{part}/{clip.name}.flac"
        yield clip, mouth, uppers[clip.name], measures, vowels, "neutral", file


def _acted(data: Path, lips: Path, film: list[Floats]) -> Iterator[Entry]:
    entries = {entry.name: entry for entry in emodb.read_emodb(data / "emodb")}
    teacher = read_teacher(lips / "teacher.pt")
    for number, clip in enumerate(emodb_clips(data / "emodb")):
        entry = entries[clip.name]
        mouth = imagine_mouth(teacher, clip)[::2] @ spread_matrix()
        lent = film[number % len(film)]
        upper = np.concatenate([lent, lent[::-1]])
        upper = np.tile(upper, (len(mouth) // len(upper) + 1, 1))[: len(mouth)]
        nothing = np.full((len(mouth), 3), np.nan, np.float32)
        vowels = [list(v) for v in emodb.open_vowels(entry)]
        file = f"emodb/audio/{clip.name}.flac"
        yield clip, mouth, upper, nothing, vowels, ACTED[entry.emotion], file


def _lessons(
    name: str, entries: list[Entry], nets: tuple[SpeechEncoder, PitchTracker], face: FaceModel
) -> Lessons:
    generator = np.random.default_rng(0)
    rows: dict[str, list[Any]] = {field.name: [] for field in fields(Lessons)}
    for clip, film_mouth, film_upper, measures, vowels, acted, file in entries:
        encoded = nets[0].encode(clip.samples)
        count = min(len(film_mouth), len(encoded) // 2)
        mouth, upper = film_mouth[:count], film_upper[:count]
        prosody = measure_prosody(clip.samples, nets[1])
        times = np.arange(count) / FPS
        spans = tuple(Span(*contact) for contact in clip.contacts)
        track = LipTrack(times, mouth, spans, ())
        phrasing = find_phrasing(prosody, len(clip.samples) / RATE_HZ)
        asked = _activations(name, acted, generator)
        felt = [felt_displacement(phrasing, one, times, generator) + upper for one in asked]
        direction = Direction()
        mixed = [mix_face(track, times, direction, one, face).values for one in felt]
        for key, value in (
            ("names", clip.name),
            ("speakers", clip.speaker),
            ("acted", acted),
            ("filmed", not clip.is_lent and clip.source == "grid"),
            ("start", count),
            ("features", encoded[: 2 * count].reshape(count, 2, -1).astype(np.float16)),
            ("prosody", prosody_rows(prosody, times)),
            ("contacts", _contact_rows(clip, times)),
            ("measures", measures[:count]),
            ("activation", asked),
            ("expression", np.stack(felt)),
            ("face", np.stack(mixed)),
            ("spans", json.dumps({"contacts": clip.contacts, "open_vowels": vowels})),
            ("audio", file),
        ):
            rows[key].append(value)
    joined = {key: np.array(rows[key]) for key in ("names", "speakers", "acted", "filmed")}
    joined |= {key: np.array(rows[key]) for key in ("activation", "spans", "audio")}
    joined["prototypes"] = taught_prototypes()
    joined["start"] = np.concatenate([[0], np.cumsum(rows["start"])])
    for key in ("features", "prosody", "contacts", "measures"):
        joined[key] = np.concatenate(rows[key])
    for key in ("expression", "face"):
        joined[key] = np.concatenate(rows[key], axis=1).astype(np.float32)
    return Lessons(**joined)


def taught_prototypes() -> NDArray[np.float64]:
    """(8, 52) today's prototypes at intensity 1."""
    return np.stack([emotion.weights for emotion in prototype_table().emotions])


def _activations(name: str, acted: str, generator: np.random.Generator) -> NDArray[np.float64]:
    """(V, 8): in training by chance, in dev every emotion, for strangers what they act."""
    none = pure_activation("neutral")
    if name == TRAIN:
        return np.stack([none, *(draw_activation(generator) for _ in range(FEELINGS))])
    if name == DEV:
        return np.stack([none, *(pure_activation(e) for e in EMOTION_NAMES[1:])])
    return np.stack([none, pure_activation(acted)])


def prosody_rows(prosody: Prosody, times: NDArray[np.float64]) -> Floats:
    """(T, 4): loudness in 20 dB, speech, voicing, and pitch in 6 semitones."""
    curves = (
        np.maximum(prosody.loudness_db, -40.0) / 20.0,
        prosody.speech,
        prosody.voicing,
        prosody.pitch_semitones / 6.0,
    )
    return np.stack(
        [np.interp(times, prosody.time_seconds, curve) for curve in curves], axis=1
    ).astype(np.float32)


def _contact_rows(clip: Clip, times: NDArray[np.float64]) -> Floats:
    rows = np.zeros((len(times), len(CONTACTS)), np.float32)
    for label, start, end in clip.contacts:
        # Half a frame to each side: at 25 frames a second a closure may fall between two.
        near = (times >= start - 0.5 / FPS) & (times < end + 0.5 / FPS)
        rows[near, CONTACTS.index(label)] = 1.0
    return rows
