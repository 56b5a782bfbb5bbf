# SPDX-License-Identifier: Apache-2.0
"""The parts of the lip benchmark's table: films, labels, contacts, speakers, noise, rest, cost."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks import lip_film, lip_noise, lip_rest, lip_speech, lip_tables
from benchmarks.lip_clips import spread
from benchmarks.lip_mien import Mien
from benchmarks.lip_run import MIEN, WITHOUT, answers, left_out_system, main_systems
from benchmarks.lip_speed import model_megabytes, peak_memory_megabytes, stages
from benchmarks.lip_statistics import Figure

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator

    from benchmarks.lip_clips import Clip
    from benchmarks.lip_systems import Answer
    from benchmarks.lip_tables import Row
    from core.performance import Models

    Pairs = list[tuple[Clip, Answer]]

# Noise is tried on so many clips of each labelled set.
NOISE_CLIPS, QUICK_NOISE_CLIPS = 24, 4
NOISE_SETS = (
    *(lip_speech.LJSPEECH, lip_speech.SAMPLES, lip_speech.READ),
    *(lip_speech.RAVDESS, lip_speech.EMODB),
)


@dataclass(frozen=True)
class Section:
    """One part: its lines of Markdown, and its figures as JSON data."""

    name: str
    lines: list[str]
    data: dict[str, Any] = field(default_factory=dict)


def all_sections(args: Namespace, sets: dict[str, list[Clip]], models: Models) -> Iterator[Section]:
    """Everything the arguments ask for, part by part as it is done."""
    done: dict[str, dict[str, Pairs]] = {}
    missing: dict[str, str] = {}
    for name, clips in sets.items():
        done[name] = {}
        for system in [*main_systems(args, models), *_without(args, name, models)]:
            if system.answer is None:
                missing[system.name] = system.missing
            else:
                own = answers(system, clips)
                if own:
                    done[name][system.name] = own
            print(f"  {name}: {system.name}", file=sys.stderr, flush=True)
    yield duels(done, missing)
    yield films(done, missing)
    yield labels(done, missing)
    yield contacts(done, missing)
    yield from divided(done)
    yield rest(sets, models)
    yield cost(args, sets, done, models)
    if args.snr:
        yield noise(args, sets, models)


def _without(args: Namespace, name: str, models: Models) -> list[Any]:
    folders = {lip_film.GRID: args.no_grid, lip_film.FACEGOOD: args.no_facegood}
    return [left_out_system(folders[name], models)] if name in folders else []


def duels(done: dict[str, dict[str, Pairs]], missing: dict[str, str]) -> Section:
    """Every peer beside Mien on the clips that the peer was given."""
    rows = {
        f"{name}: {system}": lip_tables.duel_row(pairs, systems[MIEN])
        for name, systems in done.items()
        for system, pairs in systems.items()
        if not system.startswith(MIEN)
    }
    return _section("Peers, and Mien on the same clips", rows, missing, intervals=False)


def films(done: dict[str, dict[str, Pairs]], missing: dict[str, str]) -> Section:
    """Beside filmed and animated mouths."""
    rows = _rows(done, lip_tables.film_row, lambda clip, _: clip.film is not None)
    return _section("Films: Pearson r with the filmed mouth", rows, missing)


def labels(done: dict[str, dict[str, Pairs]], missing: dict[str, str]) -> Section:
    """Visemes and closures against labels."""
    rows = _rows(done, lip_tables.label_row, lambda clip, _: bool(clip.sounds))
    return _section("Labels: visemes and closures", rows, missing)


def contacts(done: dict[str, dict[str, Pairs]], missing: dict[str, str]) -> Section:
    """Named contacts against labels."""
    rows = _rows(
        done,
        lip_tables.contact_row,
        lambda clip, answer: bool(clip.contact_kinds) and answer.contacts is not None,
    )
    rows = {name: row for name, row in rows.items() if "mix" not in name}
    return _section("Contacts as named", rows, missing, intervals=False)


def _rows(
    done: dict[str, dict[str, Pairs]],
    row: Callable[[Pairs], Row],
    is_known: Callable[[Clip, Answer], bool],
) -> dict[str, Row]:
    """A row for each set and system whose first clip and answer have what is asked."""
    return {
        f"{name}: {system}": row(pairs)
        for name, systems in done.items()
        for system, pairs in systems.items()
        if is_known(*pairs[0])
    }


def divided(done: dict[str, dict[str, Pairs]]) -> list[Section]:
    """Mien's figures by speaker, and by emotion."""
    sets = [name for name in (lip_speech.EMODB, lip_speech.RAVDESS) if name in done]
    return [
        _divided(name, done[name][MIEN], what) for what in ("speaker", "group") for name in sets
    ]


def _divided(name: str, pairs: Pairs, what: str) -> Section:
    rows = {}
    for part in sorted({getattr(clip, what) for clip, _ in pairs}):
        own = [(c, a) for c, a in pairs if getattr(c, what) == part]
        rows[part] = {**lip_tables.label_row(own), **lip_tables.contact_row(own)}
    title = f"Mien, {name}, by {'emotion' if what == 'group' else what}"
    return _section(title, rows, {}, intervals=False)


def noise(args: Namespace, sets: dict[str, list[Clip]], models: Models) -> Section:
    """Loss by noise, over the labelled sets together."""
    count = QUICK_NOISE_CLIPS if args.quick else NOISE_CLIPS
    clips = [c for name in NOISE_SETS for c in spread(sets.get(name, []), count)]
    others = [c for name in (lip_speech.RAVDESS, lip_film.GRID) for c in sets.get(name, [])]
    if not clips or not others:
        return Section("noise", ["Noise: not measured, it needs labelled clips and voices.", ""])
    mien = Mien(models, args.left_out, lip_speech.EMODB)
    found = lip_noise.noise_rows(
        clips,
        others,
        mien.answer_samples,
        lip_noise.NOISES[:2] if args.quick else lip_noise.NOISES,
        args.snr,
    )
    clean = found["clean", None]
    rows: dict[str, Row] = {}
    for (kind, snr), figures in found.items():
        label = kind if snr is None else f"{kind}, {snr} dB"
        lost = {f"{c} lost": Figure(clean[c].value - f.value) for c, f in figures.items()}
        rows[label] = {"clips": Figure(float(len(clips))), **figures, **lost}
    return _section("Noise, Mien", rows, {}, intervals=False)


def rest(sets: dict[str, list[Clip]], models: Models) -> Section:
    """Where nobody speaks, and at other levels."""
    mien = Mien(models)
    clip = next(iter(sets.values()))[0]
    rows: dict[str, Row] = {}
    for name, samples in lip_rest.quiet_sounds().items():
        speed, gap = lip_rest.quiet_motion(mien.answer_samples(samples, clip))
        rows[name] = {"lip speed, mm/s": Figure(speed), "widest gap, mm": Figure(gap)}
    for gain, change in lip_rest.level_change(clip, mien.answer_samples).items():
        rows[f"speech at {gain} dB"] = {"opening changed, mm": Figure(change)}
    return _section("At rest and at other levels, Mien", rows, {})


def cost(
    args: Namespace,
    sets: dict[str, list[Clip]],
    done: dict[str, dict[str, Pairs]],
    models: Models,
) -> Section:
    """Speed and memory."""
    longest = max((c for own in sets.values() for c in own[:1]), key=lambda c: len(c.samples()))
    rows: dict[str, Row] = {
        f"Mien, {stage}": {"s a second of sound": Figure(seconds)}
        for stage, seconds in stages(models, longest.audio).items()
    }
    for system in dict.fromkeys(s for own in done.values() for s in own if s != WITHOUT):
        pairs = [pair for own in done.values() for pair in own.get(system, [])]
        seconds = sum(float(a.times[-1]) for _, a in pairs)
        spent = sum(a.spent_seconds for _, a in pairs) / seconds
        label = f"{system}, whole road" if system.startswith(MIEN) else system
        rows[label] = {"s a second of sound": Figure(spent)}
    peak = peak_memory_megabytes(args.models, longest.audio)
    rows["Mien, peak memory of a process"] = {"MB": Figure(peak)}
    for name, size in model_megabytes(args.models).items():
        rows[f"size: {name}"] = {"MB": Figure(size)}
    return _section("Cost", rows, {})


def _section(
    title: str, rows: dict[str, Row], missing: dict[str, str], *, intervals: bool = True
) -> Section:
    lines = lip_tables.markdown(title, rows, intervals=intervals) if rows else []
    for name, why in missing.items() if rows else ():
        lines.insert(-1, f"| {name} | {why} |")
    return Section(title, lines, lip_tables.plain(rows))
