# SPDX-License-Identifier: Apache-2.0
"""The station file as people and the program write it: a section is added whole, and nothing else is touched."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import settings
from console.domain.errors import Refused, Unavailable
from console.settings import OWN_FILE_NAME, KeyholderSection, own_toml, parse, place_for, read_own, with_keyholder

EXAMPLE = (Path(__file__).parents[1] / "resources" / "examples" / "station.toml").read_bytes()
HOME = Path("/srv/station")
NEW = KeyholderSection("legal-3", 'Fritz "Fitz" Gäbler', "legal", folder=Path("/srv/tokens/legal-3"))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def test_the_example_of_a_console_is_one(tmp_path: Path) -> None:
    example = Path(__file__).parents[1] / "resources" / "examples" / OWN_FILE_NAME
    (tmp_path / OWN_FILE_NAME).write_bytes(example.read_bytes())
    assert (read_own(tmp_path).id, read_own(tmp_path).folder) == ("legal-1", tmp_path / "token")


def test_a_person_is_added_at_the_end_and_everything_else_stays() -> None:
    made = with_keyholder(EXAMPLE, NEW, HOME)
    assert made.startswith(EXAMPLE.rstrip())
    assert parse(made, HOME).keyholders == (*parse(EXAMPLE, HOME).keyholders, NEW)
    assert with_keyholder(made, NEW, HOME) == made


def test_a_name_typed_in_pieces_is_the_one_that_is_read_back() -> None:
    section = KeyholderSection("x", unicodedata.normalize("NFD", "Jörg Gäbler"), "it")
    assert section == KeyholderSection("x", "Jörg Gäbler", "it")
    assert section in parse(with_keyholder(EXAMPLE, section, HOME), HOME).keyholders


@given(TEXT, TEXT, TEXT)
def test_any_text_comes_back(name: str, token: str, init: str) -> None:
    section = KeyholderSection("x", name, "it", "/usr/lib/x.so", token, init=init)
    assert section in parse(with_keyholder(EXAMPLE, section, HOME), HOME).keyholders


def test_a_second_token_is_a_second_place_and_the_last_is_where_one_looks_first() -> None:
    second = replace(parse(EXAMPLE, HOME).keyholder("it-1"), folder=Path("/srv/second"))
    known = parse(with_keyholder(EXAMPLE, second, HOME), HOME)
    assert [place.folder for place in known.places("it-1")] == [Path("/srv/tokens/it-1"), Path("/srv/second")]
    assert known.keyholder("it-1") == second
    assert [section.id for section in known.present()].count("it-1") == 1


def test_somebody_who_is_away_has_no_place_here() -> None:
    away = KeyholderSection("it-9", "Fritz Gabler", "it", away=True)
    known = parse(with_keyholder(EXAMPLE, away, HOME), HOME)
    with pytest.raises(Refused, match="keyholder_away"):
        known.keyholder("it-9")
    assert known.is_away("it-9")
    assert "it-9" not in [section.id for section in known.present()]
    here = parse(with_keyholder(with_keyholder(EXAMPLE, away, HOME), replace(away, away=False), HOME), HOME)
    assert not here.is_away("it-9")
    assert not here.is_away("nobody")


def test_one_s_own_console(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no_console"):
        read_own(tmp_path)
    (tmp_path / OWN_FILE_NAME).write_bytes(own_toml(NEW, tmp_path))
    assert read_own(tmp_path) == NEW
    assert settings.without_station(tmp_path, NEW).keyholder("legal-3") == NEW


def test_a_newcomer_gets_an_id_and_a_folder_that_nobody_has() -> None:
    known = parse(EXAMPLE, Path("/srv/station"))
    present = [section.id for section in known.keyholders]
    asked = KeyholderSection("", "Fritz", "legal")
    made = place_for(known, present, asked)
    assert (made.id, made.folder) == ("legal-3", Path("/srv/station/tokens/legal-3"))
    # Enrolled, but not signed in yet: the same person goes on with the same token.
    waits = replace(known, keyholders=(*known.keyholders, made))
    assert place_for(waits, present, asked) == made
    # A new token for somebody who is there lies beside the old one.
    again = place_for(waits, [*present, "legal-3"], replace(asked, id="legal-3"))
    assert again.folder == Path("/srv/station/tokens/legal-3-2")
    # An id that only stands in the roster is taken as well.
    assert place_for(known, [*present, "legal-3"], asked).id == "legal-4"
