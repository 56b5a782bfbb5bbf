# SPDX-License-Identifier: Apache-2.0
"""Who an avatar shows, and that this person agreed: asked before training, kept in the avatar's papers."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import MienError
from .tensor_file import parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_LETTERS = {"statement": 10_000, "uses": 2_000}
_MOST_LETTERS_OF_A_LINE = 200
_MOST_FILE_BYTES = 100_000
_ADVICE = (
    "Give --person NAME with --consent FILE or --i-have-consent STATEMENT, or answer the questions"
    " in a terminal."
)
_QUESTIONS = {
    "person": "Who is filmed? Full name: ",
    "given_by": "Who gave consent? (Enter: the same person; else name and relation): ",
    "statement": 'In which words, and how (for example "signed release of 3 May 2026"): ',
    "uses": "For which uses (for example: film Dawn, internal tests): ",
    "contact": "Contact for questions (Enter: none): ",
}


@dataclass(frozen=True)
class Consent:
    """A person's consent to be shown as an avatar.

    Attributes:
        person: the filmed person's name.
        given_by: who agreed: the same person, or who may speak for them.
        statement: in which words or by which document.
        date: day on which it was recorded here, ISO 8601.
        uses: what the avatar may be used for.
        contact: whom to ask; empty for nobody. Never written into frames.

    Raises:
        ValueError: a text is missing, too long or holds control characters, or the date is none.
    """

    person: str
    given_by: str
    statement: str
    date: str
    uses: str
    contact: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            text = getattr(self, field.name)
            if not isinstance(text, str):
                raise ValueError(f"its {field.name} is no text")  # noqa: TRY004 - data of a file
            if not text.strip() and field.name != "contact":
                raise ValueError(f"its {field.name} is empty")
            lines = text.split("\n") if field.name in MOST_LETTERS else [text]
            if not all(line.isprintable() for line in lines):
                raise ValueError(f"its {field.name} holds control characters")
            if len(text) > MOST_LETTERS.get(field.name, _MOST_LETTERS_OF_A_LINE):
                raise ValueError(f"its {field.name} is too long")
        dt.date.fromisoformat(self.date)

    def to_json(self) -> dict[str, str]:
        """The fields by their names."""
        return asdict(self)


def consent_from_json(data: Mapping[str, Any]) -> Consent:
    """Read what `Consent.to_json` gave.

    Raises:
        ValueError: it is no consent.
    """
    try:
        return Consent(**data)
    except TypeError as error:
        raise ValueError("its consent lacks a field, or has an unknown one") from error


def add_consent_options(parser: argparse.ArgumentParser) -> None:
    """Add --person, --consent and --i-have-consent to a command that makes an avatar."""
    parser.add_argument("--person", metavar="NAME", help="who is filmed")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument(
        "--consent",
        type=Path,
        metavar="FILE",
        help="JSON: person, given_by, statement, date (YYYY-MM-DD), uses, and if wanted contact",
    )
    ways.add_argument(
        "--i-have-consent",
        metavar="STATEMENT",
        help="the person agreed, in these words or by this document, to the uses that it names",
    )


def consent_of_options(options: argparse.Namespace) -> Consent:
    """What `add_consent_options` gave, or the answers of whoever sits at the terminal.

    Raises:
        MienError: ``consent_missing`` or ``consent_unreadable``.
    """
    ask = input if sys.stdin is not None and sys.stdin.isatty() else None
    return ask_consent(options.person, options.consent, options.i_have_consent, ask)


def ask_consent(
    person: str | None = None,
    file: Path | str | None = None,
    statement: str | None = None,
    ask: Callable[[str], str] | None = input,
) -> Consent:
    """The consent without which no avatar is made.

    Args:
        person: who is filmed.
        file: JSON of a consent; says `person` too, the same where both are given.
        statement: how the person agreed; stands for the uses as well.
        ask: puts a question and gives the answer; None where nobody can be asked.

    Raises:
        MienError: ``consent_missing``, when something is not said; ``consent_unreadable``, for a
            file that is none or speaks of somebody else.
    """
    if file is not None:
        return _read(Path(file), person)
    today = dt.date.today().isoformat()
    try:
        if statement is not None:
            name = (person or "").strip()
            return Consent(name, name, statement.strip(), today, "as the statement says")
        return _asked(person, ask, today)
    except ValueError as error:
        raise MienError(
            "consent_missing",
            f"An avatar needs the consent of the person that it shows: {error}.",
            _ADVICE,
        ) from error


def _asked(person: str | None, ask: Callable[[str], str] | None, today: str) -> Consent:
    if ask is None:
        raise ValueError("none was given")
    answers = {"person": (person or "").strip()}
    try:
        for field, question in _QUESTIONS.items():
            if not answers.get(field):
                answers[field] = ask(question).strip()
            if not answers[field] and field in {"person", "statement", "uses"}:
                raise ValueError(f"its {field} is empty")
    except EOFError as error:
        raise ValueError("the questions were not answered") from error
    answers["given_by"] = answers["given_by"] or answers["person"]
    return Consent(date=today, **answers)


def _read(path: Path, person: str | None) -> Consent:
    try:
        with path.open("rb") as opened:
            coded = opened.read(_MOST_FILE_BYTES + 1)
        if len(coded) > _MOST_FILE_BYTES:
            raise ValueError("it is too large")
        consent = consent_from_json(parse_json(coded))
        if person is not None and person.strip() != consent.person:
            raise ValueError(f"it speaks of {consent.person}, not of {person.strip()}")
    except (OSError, ValueError) as error:
        raise MienError(
            "consent_unreadable",
            f"{path} is no consent ({error}).",
            'Give JSON with the texts "person", "given_by", "statement", "date" and "uses".',
        ) from error
    return consent
