# SPDX-License-Identifier: Apache-2.0
"""What approvers take along catches a journal that was put back, and the alarm of it never costs the emergency."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from console.actions.activation import approval
from console.actions.document import grab_card
from console.actions.handoff import transfer
from console.actions.journal import comparison, heads, outside
from console.actions.keyholder import custody
from console.domain.errors import Corrupt, Refused
from console.domain.words import WORDS, to_words
from tests.support.activations import approve, filed
from tests.support.alarms import opened_again, renewed, shown
from tests.support.copies import journal_files, put_back
from tests.support.pictures import picture
from tests.support.scenes import PASSWORD, Scene, sealed_base, staged

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


def asked(scene: Scene) -> str:
    with scene.console() as console:
        return filed(console, {"credential": PASSWORD})


def test_the_head_goes_along_with_a_local_approver(scene: Scene) -> None:
    act = asked(scene)
    with scene.console() as console:
        decided = approval.approve(console, act, "legal-1", matters=["M-2026-00117"], confirms=["privilege"])
        head = cast(dict[str, Any], decided["head"])
        assert head["on"] == "token"
        assert len(head["words"]) == 12
        (note,) = console.token("legal-1").along(heads._name(console))
        assert note.decode() == head["note"]
        provable = cast(dict[str, Any], outside.standing(console)["provable"])
        assert (provable["size"], provable["by"]) == (head["size"], "Anna Berg")


def test_a_split_view_is_caught_at_the_second_approver(scene: Scene) -> None:
    """Two stations from one disk, each with a story of its own; a person who saw one of them comes to the other."""
    before = journal_files(scene)
    act = asked(scene)
    with scene.console() as console:
        approve(console, act, "legal-1")
    put_back(scene, before)
    other = asked(scene)
    with scene.console() as console:
        approve(console, other, "it-1")
        with pytest.raises(Corrupt, match="token_saw_another_journal") as loud:
            approve(console, other, "legal-1")
        for fact in ("seen", "told"):
            assert "root " in str(loud.value.facts[fact])
        assert console.people["legal-1"] not in {e.actor for e in console.journal.entries(act=other)}


def test_a_station_put_back_raises_the_alarm_and_goes_on(scene: Scene) -> None:
    """Anchor, journal and copy agree; the token knows better. Then one of Legal and one of IT begin a new log."""
    before = journal_files(scene)
    act = asked(scene)
    with scene.console() as console:
        approve(console, act, "legal-1")
    put_back(scene, before)
    act = asked(scene)
    with scene.console() as console:
        assert console.journal.alarm() == []
        with pytest.raises(Corrupt, match="token_saw_another_journal"):
            approve(console, act, "legal-1")
    with scene.console() as console:
        assert set(console.journal.alarm()) <= {"shorter_than_outside", "outside_differs"}
        assert console.journal.alarm()
        with pytest.raises(Corrupt, match="journal_alarm"):
            filed(console, {"credential": PASSWORD})
    begun = renewed(scene)
    assert begun["found"] is None or not begun["found"]["proven"]
    assert shown(scene, PASSWORD, opened_again(scene, {"credential": PASSWORD})) == scene.sealed[PASSWORD]


def test_a_log_of_before_the_alarm_is_known_by_its_number(scene: Scene) -> None:
    before = journal_files(scene)
    act = asked(scene)
    with scene.console() as console:
        approve(console, act, "legal-1", "it-1")
    for path in scene.home.glob("journal.db*"):
        path.unlink()
    renewed(scene)
    act = asked(scene)
    with scene.console() as console:
        approve(console, act, "legal-1")
    put_back(scene, before)
    act = asked(scene)
    with scene.console() as console, pytest.raises(Corrupt, match="log_older"):
        approve(console, act, "legal-1")
    with scene.console() as console:
        assert "newer_log_outside" in console.journal.alarm()
    assert renewed(scene)["to"].endswith("/log-3")


def test_what_nobody_signed_raises_no_alarm(scene: Scene) -> None:
    """Whoever writes to the disk, or to a token, cannot stop the station with a note of their own."""
    origin = "demo.example/console-demo/log-1"
    forged = f"{origin}\n999\n{'A' * 43}=\n\n— {origin} AAAAAAA=\n".encode()
    folder = scene.home / heads.OUTSIDE
    folder.mkdir()
    (folder / "000000000999-aaaaaaaaaaaaaaaa").write_bytes(forged)
    act = asked(scene)
    with scene.console() as console:
        assert console.journal.alarm() == []
        console.token("legal-1").along(heads._name(console), forged)
        approve(console, act, "legal-1")


def test_a_token_that_takes_nothing_approves_all_the_same(scene: Scene) -> None:
    act = asked(scene)
    with scene.console() as console:
        decided = approval.approve(console, act, "legal-1", matters=["M-2026-00117"], confirms=["privilege"])
        heads.note_receipt(console, "legal-1", cast(dict[str, Any], decided["head"]))
        taken = [entry.body["on"] for entry in console.journal.entries(type_=heads.HEAD_TAKEN)]
        assert taken == ["token", "receipt"]


def test_what_came_back_is_held_against_the_journal(scene: Scene) -> None:
    """A receipt and 12 words from paper, at a station that was put back since."""
    before = journal_files(scene)
    act = asked(scene)
    with scene.console() as console:
        decided = approval.approve(console, act, "it-1", matters=["M-2026-00117"])
        head = cast(dict[str, Any], decided["head"])
        note, words, size = head["note"].encode(), head["words"], head["size"]
        assert comparison.with_note(console, note)["ok"]
        assert comparison.with_words(console, size, words)["compared"] == {
            "size": size,
            "words": " ".join(words),
            "same": True,
        }
        with pytest.raises(Refused, match="checkpoint_of_stranger"):
            comparison.with_note(console, note.replace(b"\n%d\n" % size, b"\n%d\n" % (size - 1)))
        with pytest.raises(Refused, match="checkpoint_of_log"):
            comparison.with_note(console, note, log=7)
        for slip in ("a b c".split(), [*words[:11], "glass-"]):
            # Whoever types wrongly is not told that the journal is another one.
            with pytest.raises(Refused, match="words_mistyped"):
                comparison.with_words(console, size, slip)
        with pytest.raises(Refused, match="words_of_station"):
            comparison.with_words(console, size, to_words(console.policy.genesis))
        nearly = [next(word for word in WORDS if word != words[0]), *words[1:]]
        with pytest.raises(Refused, match="words_nearly") as error:
            comparison.with_words(console, size, nearly)
        assert error.value.facts == {"places": "1"}
    put_back(scene, before)
    with scene.console() as console:
        for verdict in (comparison.with_words(console, size, words), comparison.with_note(console, note)):
            assert not verdict["ok"]
            (found,) = cast(list[dict[str, Any]], verdict["findings"])
            assert found["code"] == "shorter_than_outside"
            assert str(size) in found["detail"]
    with scene.console() as console:
        assert console.journal.alarm() == ["shorter_than_outside"]
        under_alarm = comparison.with_note(console, note)
        assert not cast(dict[str, Any], under_alarm["compared"])["same"]


def test_words_of_another_history_show_both(scene: Scene) -> None:
    before = journal_files(scene)
    act = asked(scene)
    with scene.console() as console:
        approve(console, act, "it-1")
        size, root = console.journal.size(), console.journal.root_at(console.journal.size())
    put_back(scene, before)
    act = asked(scene)
    with scene.console() as console:
        approve(console, act, "it-2")
        verdict = comparison.with_words(console, size, to_words(root))
        (found,) = cast(list[dict[str, Any]], verdict["findings"])
        assert found["code"] == "outside_differs"
        assert " ".join(to_words(console.journal.root_at(size))) in found["detail"]


def test_a_photo_of_a_printed_page_is_held_against_the_journal(scene: Scene) -> None:
    with scene.console() as console:
        for page in (grab_card.grab_card(console), custody.printed(console)):
            note = transfer.take_in(console.codes, {"photo.png": picture(page, 200)})
            assert comparison.with_note(console, note)["ok"]
