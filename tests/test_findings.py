# SPDX-License-Identifier: Apache-2.0
"""What a check of readiness found, in the language of the face: words are said, names of things and people stay."""

from collections.abc import Iterator

import pytest

from console import language
from console.actions.readiness.checks import warn_of
from console.domain.text import told
from console.sentences.checks import details

UNKNOWN = "{name}: its age is not known"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    language.choose(["en"], {})


def in_german(texts: dict[str, str]) -> None:
    language.speak("de", language.Catalogue("Deutsch", texts))


def test_a_credential_that_is_called_like_a_word_keeps_its_name() -> None:
    in_german({"none": "keine", UNKNOWN: "{name}: unbekannt"})
    row = warn_of("secret_age", [told(UNKNOWN, name=name) for name in ("none", "legal-1")])
    assert details(row, {"legal-1": "Anna Berg"}) == "none: unbekannt; legal-1: unbekannt"


def test_what_is_said_of_a_person_is_said_with_their_name_and_in_words() -> None:
    in_german({"here": "hier", "{member}: never proven, {present}": "{member}: nie, {present}"})
    row = warn_of("tokens", [told("{member}: never proven, {present}", member="legal-1", present=told("here"))])
    assert details(row, {"legal-1": "here"}) == "here: nie, hier"
    assert row["detail"] == "legal-1: never proven, here"
