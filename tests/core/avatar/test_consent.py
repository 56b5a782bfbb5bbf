# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import argparse
import json

import pytest

from core.avatar.consent import (
    Consent,
    add_consent_options,
    ask_consent,
    consent_from_json,
    consent_of_options,
)
from core.errors import MienError

GIVEN = {
    "person": "Ada Lovelace",
    "given_by": "Annabella Byron, mother",
    "statement": "signed release of 3 May 2026",
    "date": "2026-05-03",
    "uses": "film Dawn",
}


def answering(*answers):
    left = iter(answers)

    def ask(_question):
        try:
            return next(left)
        except StopIteration as error:
            raise EOFError from error

    return ask


def test_questions_are_asked_one_by_one():
    consent = ask_consent(ask=answering(" Ada ", "", "I agree", "tests", ""))
    assert (consent.person, consent.given_by, consent.uses) == ("Ada", "Ada", "tests")
    assert consent.contact == ""


def test_what_is_given_is_not_asked():
    consent = ask_consent("Ada", ask=answering("Annabella, mother", "I agree", "tests", "a@b.c"))
    assert (consent.given_by, consent.contact) == ("Annabella, mother", "a@b.c")


def test_a_file_says_all(tmp_path):
    path = tmp_path / "consent.json"
    path.write_text(json.dumps(GIVEN))
    assert ask_consent("Ada Lovelace", path) == Consent(**GIVEN)
    assert consent_from_json(Consent(**GIVEN).to_json()) == Consent(**GIVEN)


@pytest.mark.parametrize(
    "answers",
    [
        (),
        ("",),
        ("Ada", ""),
        ("Ada", "", ""),
        ("Ada", "", "I agree", "  "),
        ("A\x07da", "", "I", "u", ""),
    ],
)
def test_no_avatar_without_consent(answers):
    with pytest.raises(MienError) as told:
        ask_consent(ask=answering(*answers))
    assert told.value.code == "consent_missing"


@pytest.mark.parametrize(
    ("person", "statement"), [(None, "I agree"), ("Ada", " "), ("", ""), ("Ada", None)]
)
def test_options_must_say_it_too(person, statement):
    with pytest.raises(MienError) as told:
        ask_consent(person, None, statement, ask=None)
    assert told.value.code == "consent_missing"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "I agree",
        json.dumps({**GIVEN, "person": ""}),
        json.dumps({**GIVEN, "person": 3}),
        json.dumps({**GIVEN, "date": "yesterday"}),
        json.dumps({**GIVEN, "more": "x"}),
        json.dumps({**GIVEN, "statement": "x" * 20_000}),
        json.dumps({**GIVEN, "person": "Somebody Else"}),
    ],
)
def test_files_that_are_no_consent(tmp_path, text):
    path = tmp_path / "consent.json"
    path.write_text(text)
    with pytest.raises(MienError) as told:
        ask_consent("Ada Lovelace", path)
    assert told.value.code == "consent_unreadable"


def test_the_command_line_takes_a_statement():
    parser = argparse.ArgumentParser()
    add_consent_options(parser)
    options = parser.parse_args(["--person", "Ada", "--i-have-consent", "signed on 3 May"])
    assert consent_of_options(options).statement == "signed on 3 May"
