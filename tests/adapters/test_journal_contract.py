# SPDX-License-Identifier: Apache-2.0
"""The contract of the port ``Journal``, on the log in its database and on the one in memory."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from console.domain.canonical import decode_object, from_base64, to_base64
from console.domain.entries.entry import Draft, parse
from console.domain.errors import Cancelled, Corrupt, Misused, Refused, Unavailable
from console.domain.journal import checkpoint, merkle
from console.domain.journal.search import Search
from console.ports.journal import Journal
from tests.support.journals import InMemory, Surroundings, draft
from tests.support.verifier import run

VERIFIER = Path(__file__).parents[2] / "resources" / "verify.py"
WHOSE_IS_UNPROVEN = 3


@pytest.fixture(params=[InMemory, pytest.param(Surroundings, marks=pytest.mark.real)], ids=["memory", "real"])
def around(request: pytest.FixtureRequest, tmp_path: Path) -> Surroundings:
    made: Surroundings = request.param(tmp_path)
    made.create()
    return made


@pytest.fixture
def journal(around: Surroundings) -> Iterator[Journal]:
    with around.journal() as opened:
        yield opened


def test_entries_get_their_place_in_commit_order(journal: Journal, around: Surroundings) -> None:
    first, second = journal.append([draft(0), draft(1)])
    assert (first.seq, second.seq, journal.size()) == (0, 1, 2)
    assert first.prev == merkle.EMPTY_ROOT
    assert second.prev == merkle.leaf_hash(first.data)
    assert [parse(entry.data) for entry in (first, second)] == [first, second]
    assert list(journal.entries()) == [first, second]
    assert around.calls == []


def test_closing_signs_and_anchors_if_the_log_grew(around: Surroundings) -> None:
    with around.journal() as journal:
        journal.append([draft(0)])
    assert around.calls == ["sign", "anchor"]
    with around.journal() as journal:
        assert journal.checkpoint().size == 1
    assert around.calls == ["sign", "anchor"]


def test_committed_fields_open_again_and_are_nowhere_in_the_entry(journal: Journal, around: Surroundings) -> None:
    fields = {"reason": "Schriftsatz für Frau Muster", "matters": ["M-1", None, 3]}
    (entry,) = journal.append([draft(0, fields=fields)])
    assert journal.open_fields(entry) == fields
    assert b"Muster" not in entry.data
    assert set(around.opening_keys) == {"act:act-1"}
    around.opening_keys.clear()
    assert journal.open_fields(entry) == {}


def test_filters_are_exact_before_and_after_the_projection_catches_up(around: Surroundings) -> None:
    kinds = ["activation.noted", "activation.opened", "record.added"]
    drafts = [draft(n, type_=kinds[n % 3], act=f"act-{n % 2}") for n in range(600)]
    for reopened in (False, True):
        with around.journal() as journal:
            if not reopened:
                journal.append(drafts[:300])
                journal.append(drafts[300:])
            everything = list(journal.entries())
            assert [entry.seq for entry in everything] == list(range(600))
            for type_ in kinds:
                wanted = [entry for entry in everything if entry.type == type_]
                assert list(journal.entries(type_=type_)) == wanted
                assert list(journal.entries(type_=type_, newest_first=True, limit=7)) == wanted[::-1][:7]
            act = [entry for entry in everything if entry.act == "act-1"]
            assert list(journal.entries(act="act-1")) == act
            both = [entry for entry in act if entry.type == "record.added"]
            assert list(journal.entries(act="act-1", type_="record.added", limit=20)) == both[:20]
            assert [e.seq for e in journal.entries(after=9, before=12)] == [10, 11]
            assert [e.seq for e in journal.entries(newest_first=True, limit=3)] == [599, 598, 597]
            assert list(journal.entries(act="nobody")) == []


def test_one_bad_draft_spoils_only_its_own_request(journal: Journal) -> None:
    with pytest.raises(Misused, match="entry_shape"):
        journal.append([draft(0), draft(1, type_="Bad")])
    with pytest.raises(Misused, match="opening_key_missing"):
        # Nothing is ever sealed to a key of the station's in place of counsel's.
        journal.append([Draft("counsel.entry", "m", "token", draft().id, fields={"text": "x"}, track="counsel")])
    assert journal.append([draft(2)])[0].seq == 0


def test_a_failing_signer_or_anchor_is_told_and_the_entry_stands(journal: Journal, around: Surroundings) -> None:
    for number, call in enumerate(("sign", "anchor")):
        around.fail[call] = Unavailable("token_absent")
        with pytest.raises(Unavailable, match="token_absent"):
            journal.append([draft(number)], critical=True)
    assert journal.size() == 2
    journal.append([draft(2)], critical=True)
    assert checkpoint.open_note(around.anchored[0], [around.key]).size == 3


def test_consistency_proofs_hold_between_checkpoints(journal: Journal) -> None:
    journal.append([draft(number) for number in range(300)])
    old = journal.checkpoint()
    journal.append([draft(number) for number in range(300)])
    new = journal.checkpoint()
    proof = journal.prove_consistency(old.size)
    merkle.verify_consistency(old.size, new.size, old.root, new.root, proof)


def test_verify_in_both_depths(journal: Journal) -> None:
    journal.append([draft(n, fields={"why": "x"} if n % 50 == 0 else None) for n in range(700)], critical=True)
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> bool:
        seen.append((done, total))
        return True

    verdict = journal.verify(progress=progress)
    assert verdict["ok"] and verdict["findings"] == [] and verdict["size"] == 700
    assert seen == [(700, 700)]
    (last,) = journal.entries(newest_first=True, limit=1)
    wall = json.loads(last.data)["t"]["wall"]
    assert verdict["vouched_until"] == wall
    assert journal.verify(deep=True) == verdict
    with pytest.raises(Cancelled):
        journal.verify(progress=lambda done, total: False)


def test_an_empty_journal_verifies_and_vouches_for_nothing(journal: Journal) -> None:
    verdict = journal.verify(deep=True)
    assert verdict["ok"] and verdict["size"] == 0 and verdict["vouched_until"] is None


def test_one_entry_is_found_in_the_newest_signed_state(journal: Journal) -> None:
    journal.append([draft(n) for n in range(300)], critical=True)
    found = journal.verify(entry=7)
    assert found["root"] == to_base64(journal.root_at(cast(int, found["size"]))) and found["steps"] == 9
    with pytest.raises(Refused, match="nothing_signed"):
        journal.verify(entry=journal.size())


def test_one_entry_is_proven_with_what_its_recipient_may_see(journal: Journal) -> None:
    written = journal.append([draft(n, fields={"why": "x"}) for n in range(9)])
    proof = journal.prove(7, audience="auditor")
    assert (proof.checkpoint.size, proof.opened) == (9, ("why",))
    extra = proof.data.decode().split("\n")[1].removeprefix("extra ")
    assert from_base64(str(decode_object(from_base64(extra))["entry"])) == written[7].data
    assert journal.prove(7, audience="counsel").opened == ()
    for code, seq, audience in (("unknown_entry", 9, "auditor"), ("audience_unknown", 7, "anybody")):
        with pytest.raises(Refused, match=code):
            journal.prove(seq, audience=audience)


def test_an_export_verifies_and_one_that_is_called_off_leaves_nothing(journal: Journal, tmp_path: Path) -> None:
    journal.append([draft(n, fields={"why": "x"}) for n in range(300)])
    with pytest.raises(Cancelled):
        journal.export(tmp_path / "out", audience="auditor", progress=lambda done, total: False)
    assert list((tmp_path / "out").iterdir()) == []
    told = journal.export(tmp_path / "out", audience="auditor")
    assert (told["size"], told["openings"], told["withheld"], told["erased"]) == (300, 300, 0, 0)
    status, report = run(VERIFIER, tmp_path / "out")
    assert (status, report["findings"], report["size"]) == (WHOSE_IS_UNPROVEN, [], 300)
    with pytest.raises(Refused, match="folder_not_empty"):
        journal.export(tmp_path / "out", audience="auditor")


def test_what_is_held_back_is_listed(journal: Journal, tmp_path: Path) -> None:
    journal.append([draft(n, fields={"why": "x"}) for n in range(3)])
    told = journal.export(tmp_path / "out", audience="counsel")
    assert (told["openings"], told["withheld"]) == (0, 3)


def test_a_search_looks_page_by_page(journal: Journal) -> None:
    journal.append([draft(n, fields={"why": "Zwetschge"} if n % 3 == 0 else None) for n in range(30)])
    found, before = list[int](), journal.size()
    while before:
        page, before = journal.search(Search("zwetsch"), before=before, limit=4)
        assert len(page) <= 4
        found += [entry.seq for entry in page]
    assert found == list(range(27, -1, -3))


def test_an_anchor_that_the_log_does_not_reach_is_the_alarm(around: Surroundings) -> None:
    with around.journal() as journal:
        journal.append([draft(0)])
    around.anchored[:] = [around.note(2, merkle.EMPTY_ROOT)]
    with around.journal() as journal:
        assert journal.alarm() == journal.status()["alarm"] != []
        assert [entry.seq for entry in journal.entries()] == [0]
        with pytest.raises(Corrupt, match="journal_alarm"):
            journal.append([draft(1)])
        assert journal.size() == 1


def test_whoever_opens_it_next_finds_all_of_it(around: Surroundings) -> None:
    with around.journal() as journal:
        written = journal.append([draft(n, fields={"why": str(n)}) for n in range(5)])
        signed = journal.checkpoint()
    with around.journal() as journal:
        assert list(journal.entries()) == written
        assert [journal.open_fields(entry) for entry in written] == [{"why": str(n)} for n in range(5)]
        (more,) = journal.append([draft(5)])
        proof = journal.prove_consistency(signed.size)
        merkle.verify_consistency(5, 6, signed.root, journal.root_at(6), proof)
        assert more.prev == signed.root
