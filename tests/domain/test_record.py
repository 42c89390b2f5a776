# SPDX-License-Identifier: Apache-2.0
"""Notes and drafts: what may stand in which track, and that nothing ever leaves counsel's."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import Corrupt, Refused
from console.domain.record.note import COUNSEL, FACTS, About, NoteDraft, Part, read_note
from tests.vectors.founding import RULES

SAID = ("Um 14 Uhr fiel die Anmeldung aus.", "Der Mandant rechnet mit einer Klage der Gegenseite.", "Wir warten ab.")
DRAFT = NoteDraft("d-1", "legal-1", facts=Part("Ausfall", " ".join(SAID)))
sentences = st.lists(
    st.lists(
        st.sampled_from("register mandant frist klage heute nicht schriftsatz gericht alpha beta".split()),
        min_size=4,
        max_size=7,
    ).map(lambda words: " ".join(words).capitalize() + "."),
    min_size=1,
    max_size=6,
    unique=True,
)


def test_a_sentence_moves_to_counsel_and_the_rest_stays() -> None:
    moved = DRAFT.moved(SAID[1])
    assert moved.facts == Part("Ausfall", f"{SAID[0]} {SAID[2]}")
    assert moved.counsel == Part("", SAID[1])
    assert moved.final()[COUNSEL].title == "Ausfall"
    whole = moved.moved(None)
    assert (whole.facts, list(whole.final())) == (Part(), [COUNSEL])
    with pytest.raises(Refused, match="passage_not_found"):
        moved.moved(SAID[1])
    with pytest.raises(Refused, match="passage_not_found"):
        moved.moved("  ")


@given(sentences, st.data())
def test_whatever_is_moved_nothing_is_lost_and_nothing_comes_back(said: list[str], data: st.DataObject) -> None:
    """Each sentence stands in exactly one track, and once it is counsel's it stays."""
    draft, counsel = replace(DRAFT, facts=Part("Ausfall", " ".join(said))), set[str]()
    for _ in range(3):
        chosen = data.draw(st.sampled_from(said))
        try:
            draft = draft.moved(chosen)
            counsel.add(chosen)
        except Refused as error:
            assert error.code == "counsel_in_facts" or chosen in counsel
        assert counsel <= {each for each in said if each in draft.counsel.text}
        assert all((each in draft.facts.text) or (each in draft.counsel.text) for each in said)
        for each in counsel:
            assert each not in draft.facts.text
            with pytest.raises(Refused, match="counsel_in_facts"):
                draft.with_part(FACTS, Part("Ausfall", f"Neu.  {each.upper().replace(' ', '  ')}"))


@pytest.mark.parametrize(
    "facts",
    [
        SAID[1],
        SAID[1].upper(),
        SAID[1].replace(" ", "\n"),
        f"Dazu: {SAID[1][:-1]}, sagt er.",
        SAID[1].replace("M", chr(0xFF2D)),
    ],
)
def test_facts_that_repeat_counsel_are_refused_however_they_are_spelled(facts: str) -> None:
    draft = DRAFT.moved(SAID[1])
    with pytest.raises(Refused, match="counsel_in_facts"):
        draft.with_part(FACTS, Part("Ausfall", facts))
    with pytest.raises(Refused, match="counsel_in_facts"):
        replace(draft, facts=Part(SAID[1], "x")).final()
    short = Part("Ausfall", "Wir warten ab. Der Mandant weiß es.")
    assert draft.with_part(FACTS, short).facts == short


def test_a_draft_is_read_as_it_was_written() -> None:
    draft = replace(DRAFT.moved(SAID[1]), about=About("M-2026-00117", None), saved_ms=7)
    assert NoteDraft.parse(draft.encode()) == draft
    with pytest.raises(Corrupt, match="draft_shape"):
        NoteDraft.parse(b'{"v":1}')


@pytest.mark.parametrize(
    ("value", "field", "code"),
    [
        ({"title": "x"}, "text", "missing"),
        ({"text": "x"}, "title", "missing"),
        ({"title": "x", "text": 7}, "text", "not_text"),
        ({"title": "x" * 201, "text": "x"}, "title", "note_too_long"),
        ({"title": "x", "text": "x" * 16_001}, "text", "note_too_long"),
        ({"title": "x", "text": "x", "matter": "Meier gegen Müller"}, "matter", "matter_is_no_number"),
        ({"title": "x", "text": "x" + chr(0xD800)}, "text", "unknown_letter"),
        ({"title": "x", "text": "x", "activation": 7}, "activation", "not_text"),
        ({"title": "x", "text": "x", "tilte": "y"}, "tilte", "unknown_field"),
    ],
)
def test_each_field_that_is_wrong_is_named(value: dict[str, object], field: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_note(value, RULES, is_final=True)  # type: ignore[arg-type]
    assert (field, code) in refused.value.facts["problems"]  # type: ignore[operator]


def test_texts_are_kept_in_one_spelling() -> None:
    """However a keyboard writes an umlaut, and so a marked passage is found again."""
    part, _ = read_note({"title": "U\u0308ber", "text": "Die Fa\u0308lle ruhen."}, RULES, is_final=True)
    assert part == Part("Über", "Die Fälle ruhen.")
    assert NoteDraft("d", "a", facts=part).moved("Fa\u0308lle").counsel.text == "Fälle"


def test_a_draft_may_lack_what_a_note_needs() -> None:
    assert read_note({"title": "x"}, RULES, is_final=False) == (Part("x", ""), About())
    with pytest.raises(Refused, match="record_incomplete"):
        NoteDraft("d", "a", facts=Part("title only")).final()
    with pytest.raises(Refused, match="record_incomplete"):
        NoteDraft("d", "a", facts=Part("", "text only")).final()
    with pytest.raises(Refused, match="about_nothing"):
        About().folder  # noqa: B018
    assert About("M-2026-00117", "act").folder == {"matter": "M-2026-00117", "activation": None}
    assert About(None, "act").folder == {"matter": None, "activation": "act"}
