# SPDX-License-Identifier: Apache-2.0
"""Forked, rolled-back and split journals shown to witnesses, and answers that are not what they seem: real tokens."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from console.actions.console import Console
from console.actions.journal import outside, witnesses
from console.actions.journal import reading as journal
from console.actions.own_console import answer as own_console
from console.actions.own_console import witness
from console.adapters.journal.cosignatures import cosigned
from console.domain.canonical import Json, Object, encode, to_base64
from console.domain.entries.entry import Checkpoint, Draft
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.journal import checkpoint, cosignature
from tests.attacks.changes import edit, refusal
from tests.support.activations import filed
from tests.support.copies import journal_files, put_back
from tests.support.journals import Surroundings, draft
from tests.support.remote import Home
from tests.support.remote import answered as approved
from tests.support.remote import asked as errand
from tests.support.scenes import PASSWORD, Scene, staged
from tests.support.witnesses import answered, asked, home_at, named, witnessed_base
from tests.vectors.forge import SEEDS, WITNESSES

pytestmark = pytest.mark.real
KNOWS = {"written", "provable", "witnessed", "quorum", "vouched", "hsm", "witnesses"}


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(witnessed_base()) as lent:
        yield lent


@pytest.fixture
def one(scene: Scene) -> Home:
    return home_at(scene, "legal-1")


@pytest.fixture
def other(scene: Scene) -> Home:
    return home_at(scene, "legal-2")


def standing(console: Console) -> dict[str, Any]:
    return cast(dict[str, Any], outside.standing(console))


def take(console: Console, answer: str) -> dict[str, Any]:
    """Take an answer with one signature; return what it says."""
    (taken,) = cast(list[dict[str, Any]], witnesses.take(console, answer)["cosigned"])
    return taken


def code_of(console: Console, answer: str) -> str:
    """Return by which name an answer is refused; nothing is written then."""
    before = console.journal.size()
    with pytest.raises(ConsoleError) as refused:
        witnesses.take(console, answer)
    assert console.journal.size() == before
    return refused.value.code


# --- the exchange itself ------------------------------------------------------------------------------------


def test_a_witness_signs_and_the_station_keeps_it(scene: Scene, one: Home, tmp_path: Path) -> None:
    with scene.console() as console:
        before = standing(console)
        assert before.keys() >= KNOWS
        assert before["witnessed"] is None
        question = asked(console, "legal-1")
        answer = answered(one, question)
        taken = take(console, answer)
        after = standing(console)
        assert after["witnessed"]["by"] == "Anna Berg"
        assert after["witnessed"]["size"] == after["vouched"] == taken["size"]
        assert after["provable"]["size"] == taken["size"]
        journal.export(console, tmp_path / "export")
        assert console.journal.verify(deep=True)["ok"]
    note = (tmp_path / "export" / "cosigned").read_bytes()
    text, lines = checkpoint.split(note)
    policy = (tmp_path / "export" / "policy").read_text()
    assert "quorum witnesses\n" in policy
    assert "legal-1" not in policy
    log, key = policy.split("\n")[0].split()[1], policy.split("\n")[1].split()[2]
    checkpoint.open_note(note, [checkpoint.parse_vkey(log)])
    assert cosignature.check(checkpoint.parse_vkey(key, kinds=(cosignature.COSIGNATURE,)), lines[-1], text) > 0


@pytest.mark.long
def test_a_line_alone_is_enough_and_may_be_typed(scene: Scene, one: Home) -> None:
    with scene.console() as console:
        line = answered(one, asked(console, "legal-1")).strip().split("\n")[-1]
        typed = line.replace("—", "-") + "  "
        taken = take(console, typed)
        assert taken["witness"] == "legal-1"


@pytest.mark.long
def test_two_witnesses_one_after_the_other_sign_one_state(scene: Scene, one: Home, other: Home) -> None:
    named(scene, [one, other], quorum=2)
    with scene.console() as console:
        witnesses.take(console, answered(one, asked(console, "legal-1")))
        assert standing(console)["vouched"] == 0
        witnesses.take(console, answered(other, asked(console, "legal-2")))
        sizes = {row["size"] for row in standing(console)["witnesses"]}
        assert len(sizes) == 1
        assert {standing(console)["vouched"]} == sizes


# --- answers that are refused, each by its name -------------------------------------------------------------


def test_several_in_flight_and_every_wrong_order_has_a_name(scene: Scene, one: Home) -> None:
    with scene.console() as console:
        first = asked(console, "legal-1")
        filed(console, {"credential": PASSWORD})
        second = asked(console, "legal-1")
        early = answered(one, first)
        with pytest.raises(Refused, match="witness_conflict") as conflict:
            answered(one, second)
        known = conflict.value.facts["remembered"]
        late = answered(one, asked(console, "legal-1", int(str(known))))
        with pytest.raises(Refused, match="witness_older"):
            answered(one, first)
        witnesses.take(console, late)
        assert code_of(console, late) == "cosignature_known"
        assert code_of(console, early) == "cosignature_older"


def test_one_witness_twice_in_one_answer_is_not_two(scene: Scene, one: Home) -> None:
    with scene.console() as console:
        question = asked(console, "legal-1")
        first = answered(one, question)
        one_more = answered(one, question).strip().rpartition("\n")[2]
        assert code_of(console, f"{first}{one_more}\n") == "cosignature_known"
        line = first.strip().rpartition("\n")[2]
        assert code_of(console, f"{line}\n{line}\n") == "cosignature_known"


def test_one_witness_twice_does_not_stand_for_two_in_an_export(tmp_path: Path) -> None:
    """Nor does one that is no witness any more: the newest state that enough of the rules signed goes along."""
    around = Surroundings(tmp_path)
    around.create()

    def signed(size_of: Checkpoint, *signers: int) -> list[Draft]:
        text = checkpoint.split(size_of.note)[0]
        lines = [cosignature.cosign(WITNESSES[n].key.name, SEEDS[n], text, at) for at, n in enumerate(signers, 9)]
        root = to_base64(size_of.root)
        return [
            draft(
                type_="witness.cosigned",
                act=None,
                body={
                    "witness": WITNESSES[n].key.name,
                    "size": size_of.size,
                    "root": root,
                    "time": "",
                    "note": size_of.note.decode() + line,
                },
            )
            for n, line in zip(signers, lines, strict=True)
        ]

    needs = replace(around.needs(), witnesses=tuple(WITNESSES[:2]), witness_quorum=2)
    with around.open() as journal:
        journal.append([draft(0)])
        enough = journal.checkpoint()
        journal.append(signed(enough, 0, 1))
        journal.append(signed(journal.checkpoint(), 0, 0))
        journal.append(signed(journal.checkpoint(), 0, 2))
        note = cosigned(journal.thread, needs, journal.size())
    assert note is not None and checkpoint.split(note)[0] == checkpoint.split(enough.note)[0]
    assert len(checkpoint.split(note)[1]) == 3


def test_a_log_that_quotes_a_fork_of_itself_does_not_verify(tmp_path: Path) -> None:
    """The log's key can sign anything; what was shown to a witness must have been this log all the same."""
    around = Surroundings(tmp_path)
    around.create()

    def quoting(type_: str, size: Json, root: bytes, of: int = 1) -> Draft:
        note = around.note(of, root).decode()
        body: Object = {"witness": "w", "size": size, "root": to_base64(root), "note": note}
        return draft(type_=type_, act=None, body=body)

    with around.open() as journal:
        journal.append([draft(0)])
        own = journal.checkpoint().root
        for type_ in ("witness.asked", "witness.cosigned"):
            journal.append([quoting(type_, 1, own)])
        assert journal.verify(deep=True)["findings"] == []
        wrong = [
            quoting("witness.asked", 1, bytes(32)),
            quoting("witness.cosigned", 1, bytes(32)),
            quoting("witness.asked", True, own),
            quoting("witness.asked", 2, own),
            quoting("witness.asked", 99, own, of=99),
            draft(type_="witness.asked", act=None, body={"size": 1}),
        ]
        journal.append(wrong)
        found = cast(list[Any], journal.verify(deep=True)["findings"])
        assert {(one["code"], one["seq"]) for one in found} == {
            ("witness_note", seq) for seq in range(3, 3 + len(wrong))
        }
        assert journal.verify()["ok"] is True


def test_what_was_changed_on_its_way_is_refused(scene: Scene, one: Home) -> None:
    with scene.console() as console:
        answer = answered(one, asked(console, "legal-1"))
        text, _, lines = answer.strip().rpartition("\n\n")
        line = lines.rpartition("\n")[2]
        origin, size, root = text.split("\n")
        other = to_base64(bytes(32))
        for changed, name in (
            (answer.replace(f"\n{size}\n", f"\n{int(size) - 1}\n"), "cosignature_wrong"),
            (answer.replace(root, other), "cosignature_wrong"),
            (answer.replace(origin, f"{origin}2"), "cosignature_of_another_log"),
            (answer.replace("/witness-", "/witnesS-"), "cosignature_of_stranger"),
            (_with_time(line, 1), "cosignature_fits_nothing"),
            ("Guten Morgen", "not_a_cosignature"),
            ("", "not_a_cosignature"),
        ):
            assert code_of(console, changed) == name, changed
        witnesses.take(console, answer)


def _with_time(line: str, more: int) -> str:
    """Return a line whose time says more than was signed."""
    ((name, blob),) = cosignature.read_answer(line)[1]
    stamp = (int.from_bytes(blob[4:12], "big") + more).to_bytes(8, "big")
    return cosignature.typeset([(name, blob[:4] + stamp + blob[12:])])


@pytest.mark.long
def test_a_stranger_and_a_witness_of_before_do_not_count(scene: Scene, one: Home, other: Home) -> None:
    with scene.console() as console:
        answer = answered(one, asked(console, "legal-1"))
    named(scene, [other], quorum=1)
    with scene.console() as console:
        assert code_of(console, answer) == "cosignature_of_stranger"
        with pytest.raises(Refused, match="unknown_witness"):
            asked(console, "legal-1")


def test_another_size_than_was_shown_is_refused(scene: Scene, one: Home) -> None:
    """A console that signs what this station showed it elsewhere: true, and yet not what was asked."""
    with scene.console() as console:
        newest = console.journal.checkpoint()
        known = int(str(own_size(one)))
        question = cosignature.Question(known, console.journal.prove_consistency(known), newest.note)
        assert code_of(console, answered(one, question.encode())) == "cosignature_unasked"


def own_size(home: Home) -> int:
    with home.console() as own:
        return max(seen.size for rows in own_console.memory_of(own).values() for seen in rows)


# --- forks and roll-backs -----------------------------------------------------------------------------------


def test_a_forked_journal_shown_to_two_witnesses(scene: Scene, one: Home, other: Home) -> None:
    """The station tells each witness another story; the second story meets the first one's signature."""
    before = journal_files(scene)
    with scene.console() as console:
        filed(console, {"credential": PASSWORD})
        first = answered(one, asked(console, "legal-1"))
    put_back(scene, before)
    with scene.console() as console:
        filed(console, {"credential": PASSWORD})
        second = answered(other, asked(console, "legal-2"))
        witnesses.take(console, second)
        with pytest.raises(Corrupt, match="witness_saw_another_journal") as fork:
            witnesses.take(console, first)
        assert fork.value.facts["seen"] != fork.value.facts["told"]
        assert console.journal.alarm() == []
    with scene.console() as console:
        assert console.journal.alarm() == ["outside_differs"]


def test_a_witness_alone_raises_no_alarm(scene: Scene, one: Home) -> None:
    """Its line over another history is told loudly; without the log key's own line beside it nothing is proven."""
    before = journal_files(scene)
    with scene.console() as console:
        filed(console, {"credential": PASSWORD})
        text, lines = cosignature.read_answer(answered(one, asked(console, "legal-1")))
    assert text is not None and len(lines) == 2
    put_back(scene, before)
    own = [line for line in lines if "/witness-" in line[0]]
    with scene.console() as console:
        assert code_of(console, f"{text.decode()}\n{cosignature.typeset(own)}") == "witness_saw_another_journal"
    with scene.console() as console:
        assert console.journal.alarm() == []


def test_a_station_put_back_meets_a_witness_that_remembers(scene: Scene, one: Home) -> None:
    """Journal, copy and software HSM are put back together: nothing here notices, and the witness does."""
    before = journal_files(scene)
    with scene.console() as console:
        filed(console, {"credential": PASSWORD})
        told = answered(one, asked(console, "legal-1"))
    put_back(scene, before)
    with scene.console() as console:
        assert console.journal.alarm() == []
        with pytest.raises(Refused, match="witness_older"):
            answered(one, asked(console, "legal-1"))
        for _ in range(4):
            filed(console, {"credential": PASSWORD})
        with pytest.raises(Refused, match="witness_conflict") as conflict:
            answered(one, asked(console, "legal-1"))
        again = asked(console, "legal-1", int(str(conflict.value.facts["remembered"])))
        with pytest.raises(Corrupt, match="checkpoint_inconsistent") as loud:
            answered(one, again)
        for fact in ("seen", "told"):
            assert "root " in str(loud.value.facts[fact])
        assert code_of(console, told) == "witness_saw_another_journal"
    with scene.console() as console:
        assert console.journal.alarm() == ["outside_differs"]


@pytest.mark.long
def test_one_memory_for_approvals_and_for_witnessing(scene: Scene, one: Home) -> None:
    """What a console saw with a request, it does not forget as a witness, and the other way round."""
    before = journal_files(scene)
    with scene.console() as console:
        approved(one, errand(console, filed(console, {"credential": PASSWORD}), "legal-1"))
    put_back(scene, before)
    with scene.console() as console, pytest.raises(Refused, match="witness_older"):
        answered(one, asked(console, "legal-1"))


def test_a_log_that_another_one_followed_is_not_cosigned(scene: Scene, one: Home) -> None:
    with scene.console() as console:
        question = asked(console, "legal-1")
    with one.console() as own:
        memory = json.loads(own.files.read(own_console.MEMORY))
        memory["logs"][0]["log"] = memory["logs"][0]["log"].replace("/log-1", "/log-2")
        own.files.write(own_console.MEMORY, encode(memory))
    with pytest.raises(Corrupt, match="log_older"):
        answered(one, question)


# --- who is a witness ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["witness_quorum", "witnesses"])
def test_the_rule_edited_on_the_disk(scene: Scene, field: str) -> None:
    (file,) = (scene.home / "policy").iterdir()
    edit(file, lambda v: v["rules"].update({field: v["rules"][field] and (2 if field == "witness_quorum" else [])}))
    assert isinstance(refusal(scene), Corrupt)


@pytest.mark.long
def test_nobody_becomes_a_witness_alone(scene: Scene, one: Home, other: Home) -> None:
    """The rules are the quorum's: the words that people compare are others then."""
    with scene.console() as console:
        assert [w.who for w in console.policy.rules.known_witnesses()] == ["legal-1", "legal-2"]
        words = console.policy.rules.hash()
    named(scene, [one], quorum=1)
    with scene.console() as console:
        assert [w.who for w in console.policy.rules.known_witnesses()] == ["legal-1"]
        assert console.policy.rules.hash() != words


def test_the_witness_key_is_of_no_use_without_the_token(scene: Scene, one: Home) -> None:
    with scene.console() as console:
        question = asked(console, "legal-1")
    with one.console() as own:
        kept = own.files.read(witness.KEY_FILE)
        assert len(kept) < 1000
    one.operator.pins["legal-1"] = "not-the-pin"
    size = own_size(one)
    with suppress(KeyError), pytest.raises(Refused, match="pin_"):
        answered(one, question)
    assert own_size(one) == size
