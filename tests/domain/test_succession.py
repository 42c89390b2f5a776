# SPDX-License-Identifier: Apache-2.0
"""Roster and rules change by signed steps only: the quorum of before, and whoever joins with a key they hold."""

import json
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.canonical import encode, to_base64
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.policy import succession
from console.domain.policy.rules import Policy, Roster, Rules, SheetKeys
from console.domain.policy.succession import Step, extend, load_chain, parse_step, propose
from console.domain.words import to_words
from tests.support.steps import BEFORE, MADE, NEWCOMER, joined, person, signed
from tests.vectors.founding import CLASS, Founding, found, sheet_keys
from tests.vectors.sealing import FILE

KEYHOLDERS = [member.id for member in BEFORE.roster.keyholders()]


def roster(**change: Any) -> Policy:
    return Policy(replace(BEFORE.roster, **change), BEFORE.rules)


def rules(**change: Any) -> Policy:
    return Policy(BEFORE.roster, replace(BEFORE.rules, **change))


LOOSER = propose(BEFORE, roster(classes={CLASS: {"hr": 1, "it": 1, "legal": 1}}))
STRICTER = propose(BEFORE, roster(classes={CLASS: {"hr": 2, "it": 2, "legal": 3}}))
LONGER = propose(BEFORE, rules(showing_seconds=600))
JOINING = propose(BEFORE, joined(NEWCOMER))


QUORUM = ("hr-1", "it-1", "it-2", "legal-1", "legal-2")


# --- who must sign -----------------------------------------------------------------------------------------


def test_the_greatest_threshold_of_old_and_new_counts() -> None:
    assert LOOSER.needed() == {"hr": 1, "it": 2, "legal": 2}
    assert LONGER.needed() == {"hr": 1, "it": 2, "legal": 2}
    assert STRICTER.needed() == {"hr": 2, "it": 2, "legal": 3}


@given(st.sets(st.sampled_from(KEYHOLDERS)), st.sampled_from([LOOSER, STRICTER, LONGER]))
def test_a_step_holds_with_the_quorum_of_every_group_and_with_nothing_less(signers: set[str], step: Step) -> None:
    enough = all(sum(member.startswith(group) for member in signers) >= m for group, m in step.needed().items())
    done = signed(step, *sorted(signers))
    assert done.is_complete() == enough
    data = done.encode()
    if enough:
        assert extend(BEFORE, [data]) == step.after
    else:
        with pytest.raises(Corrupt, match=r"step_unsigned \(number=2\)"):
            extend(BEFORE, [data])


@pytest.mark.parametrize("group", ["hr", "it", "legal"])
@pytest.mark.parametrize("step", [LOOSER, LONGER])
def test_one_group_alone_weakens_nothing(group: str, step: Step) -> None:
    alone = signed(step, *[member for member in KEYHOLDERS if member.startswith(group)])
    assert not alone.is_complete()
    assert alone.missing()[group] == 0


def test_the_same_person_counts_once_and_an_operator_never() -> None:
    step = signed(LOOSER, "it-1", "it-1")
    assert step.missing() == {"hr": 1, "it": 1, "legal": 2}
    with pytest.raises(Refused, match="not_a_keyholder"):
        signed(LOOSER, "legal-ops-1")
    with pytest.raises(Refused, match="unknown_member"):
        signed(LOOSER, "legal-4")


def test_who_is_suspended_does_not_count() -> None:
    suspending = replace(BEFORE, suspended=frozenset({"it-1"}))
    step = signed(propose(suspending, roster(classes=LOOSER.after.roster.classes)), *QUORUM)
    assert (step.missing()["it"], step.is_complete()) == (1, False)
    assert signed(step, "it-3").is_complete()


# --- joining, and new keys ---------------------------------------------------------------------------------


def test_newcomers_prove_their_keys_and_do_not_count_for_the_quorum() -> None:
    assert JOINING.unsigned_newcomers() == ["legal-4"]
    without = signed(JOINING, "legal-4", "legal-1", "hr-1", "it-1", "it-2")
    assert (without.missing()["legal"], without.unsigned_newcomers()) == (1, [])
    assert signed(without, "legal-2").is_complete()
    assert not signed(JOINING, *QUORUM).is_complete()


def test_a_newcomer_whose_key_is_not_theirs_does_not_get_in() -> None:
    with pytest.raises(Corrupt, match="signature_wrong"):
        JOINING.signed("legal-4", MADE.tokens["legal-1"].sign("sign", JOINING.signed_digest()))


def test_a_swapped_key_in_a_signed_proposal_breaks_every_signature() -> None:
    thief, _ = person("legal-4", "legal", "Thief")
    value = json.loads(signed(JOINING, "legal-4", *QUORUM).encode())
    (row,) = [member for member in value["roster"]["members"] if member["id"] == "legal-4"]
    row["share"] = to_base64(thief.share)
    with pytest.raises(Corrupt, match="signature_wrong"):
        parse_step(encode(value), BEFORE)


def test_a_replaced_token_signs_with_both_keys_while_the_old_one_is_there() -> None:
    tight = found({"it": 1, "legal": 2}, {"it": 1, "legal": 2})
    new, token = person("legal-1", "legal", "Legal-1")
    step = propose(tight.policy, joined(new, known=tight.policy))
    step = signed(step, "legal-1", tokens={"legal-1": token})
    assert step.unsigned_newcomers() == []
    done = signed(step, "legal-1", "legal-2", "it-1", tokens=dict(tight.tokens))
    assert done.is_complete()
    assert extend(tight.policy, [done.encode()]).roster.member("legal-1") == new


def test_a_proof_with_the_new_key_is_no_signature_of_the_quorum() -> None:
    new, token = person("legal-1", "legal", "Legal-1")
    proven = signed(propose(BEFORE, joined(new)), "legal-1", tokens={"legal-1": token})
    value = json.loads(proven.encode())
    value["signatures"] = value["proofs"]
    with pytest.raises(Corrupt, match="signature_wrong"):
        parse_step(encode(value), BEFORE)
    value["proofs"] = []
    with pytest.raises(Corrupt, match=r"step_shape"):
        parse_step(encode(value), BEFORE)


def test_who_moves_to_another_group_joins_it() -> None:
    moved = replace(BEFORE.roster.member("it-3"), role="legal")
    assert propose(BEFORE, joined(moved)).unsigned_newcomers() == ["it-3"]


# --- what is never proposed --------------------------------------------------------------------------------


def with_key_of(other: str, id_: str = "legal-4") -> Policy:
    return joined(replace(NEWCOMER, id=id_, share=BEFORE.roster.member(other).share))


REFUSED: list[tuple[Callable[[], Policy], str]] = [
    (lambda: BEFORE, "nothing_changed"),
    (lambda: roster(vault="another"), "other_vault"),
    (lambda: roster(mode="real"), "other_vault"),
    (lambda: rules(vault="another"), "other_vault"),
    (lambda: with_key_of("it-1"), "key_or_person_twice"),
    (lambda: joined(replace(NEWCOMER, name="It-1")), "key_or_person_twice"),
    (lambda: joined(replace(BEFORE.roster.member("it-1"), id="hr-3", role="hr")), "key_or_person_twice"),
    (lambda: joined(replace(NEWCOMER, id="legal-1")), "id_seen_before"),
    (lambda: roster(classes={CLASS: {"hr": 1, "it": 1}}), "class_without_group"),
    (lambda: roster(classes={CLASS: {"hr": 3, "it": 1, "legal": 1}}), "threshold_impossible"),
    (
        lambda: roster(recovery={"it": SheetKeys(BEFORE.roster.member("it-1").share, sheet_keys("it").sign)}),
        "key_or_person_twice",
    ),
    (lambda: rules(privilege_classes=("unknown",)), "unknown_class"),
    (lambda: rules(showing_seconds=0), "rules_impossible"),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_what_must_not_hold_is_not_even_proposed(number: int) -> None:
    make, code = REFUSED[number]
    with pytest.raises(Refused, match=code):
        propose(BEFORE, make())


def step_to(known: Policy, proposed: Policy, made: Founding = MADE, reinstates: Collection[str] = ()) -> Policy:
    """Return the policy after a step that every keyholder has signed."""
    step = propose(known, proposed, reinstates)
    everybody = [m.id for m in known.roster.keyholders()]
    return extend(known, [signed(step, *step.unsigned_newcomers(), *everybody).encode()])


def test_keys_and_short_names_of_those_who_left_never_stand_for_another() -> None:
    gone = step_to(BEFORE, roster(members=tuple(m for m in BEFORE.roster.members if m.id != "it-3")))
    old = BEFORE.roster.member("it-3")
    for newcomer, code in (
        (replace(NEWCOMER, share=old.share), "key_seen_before"),
        (replace(NEWCOMER, id="it-3"), "id_seen_before"),
    ):
        with pytest.raises(Refused, match=code):
            propose(gone, joined(newcomer, known=gone))
    assert propose(gone, joined(old, known=gone)).unsigned_newcomers() == ["it-3"]


# --- the chain ---------------------------------------------------------------------------------------------


def chain() -> list[bytes]:
    first = signed(JOINING, "legal-4", *QUORUM)
    second = propose(first.after, Policy(first.after.roster, replace(BEFORE.rules, showing_seconds=60)))
    return [first.encode(), signed(second, "hr-2", "it-2", "it-3", "legal-3", "legal-4").encode()]


STEPS = chain()


def test_steps_hold_in_their_order_and_in_no_other() -> None:
    known = load_chain(MADE.signed(), STEPS, BEFORE.genesis)
    assert (known.number, known.roster.epoch, known.rules.epoch) == (3, 2, 2)
    assert known.genesis == BEFORE.genesis
    assert known.rules.previous == BEFORE.rules.hash()
    for wrong in (STEPS[::-1], STEPS[1:], [STEPS[0], STEPS[0]], [STEPS[1]]):
        with pytest.raises(Corrupt, match="step_of_another_policy"):
            load_chain(MADE.signed(), wrong, BEFORE.genesis)


def test_earlier_documents_are_found_again_and_others_are_not() -> None:
    known = replace(load_chain(MADE.signed(), STEPS, BEFORE.genesis), suspended=frozenset({"it-1"}))
    then = known.of(to_base64(BEFORE.roster.hash()), to_base64(BEFORE.rules.hash()))
    assert (then.number, then.suspended) == (1, frozenset({"it-1"}))
    assert known.roster_of(BEFORE.roster.hash()).hash() == BEFORE.roster.hash()
    with pytest.raises(Corrupt, match="roster_unknown"):
        known.roster_of(bytes(32))
    with pytest.raises(Corrupt, match="request_of_another_policy"):
        known.of(to_base64(BEFORE.roster.hash()), to_base64(known.rules.hash()))


@given(st.integers(0, len(STEPS[0]) * 8 - 1))
def test_no_flipped_bit_of_a_step_is_accepted(bit: int) -> None:
    data = bytearray(STEPS[0])
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ConsoleError):
        extend(BEFORE, [bytes(data)])


EDITS: list[Callable[[dict[str, Any]], object]] = [
    lambda d: d.update(v=2),
    lambda d: d.update(extra=1),
    lambda d: d.pop("proofs"),
    lambda d: d.pop("previous"),
    lambda d: d.update(number=3),
    lambda d: d["signatures"].reverse(),
    lambda d: d.update(reinstates=None),
    lambda d: d.update(reinstates=["legal-1", "it-1"]),
    lambda d: d["signatures"].append(d["signatures"][-1]),
    lambda d: d["roster"].update(epoch=3),
    lambda d: d["roster"].update(previous=None),
    lambda d: d["rules"].update(epoch=2),
    lambda d: d.pop("sheets"),
    lambda d: d.update(sheets=[]),
    lambda d: d.update(sheets={"group": "it"}),
    lambda d: d.update(sheets="it"),
]


@pytest.mark.parametrize("number", range(len(EDITS)))
def test_a_step_of_another_shape_is_corrupt(number: int) -> None:
    value = json.loads(STEPS[0])
    EDITS[number](value)
    with pytest.raises(Corrupt, match=r"step_shape|signature_wrong"):
        parse_step(encode(value), BEFORE)


# --- suspensions -------------------------------------------------------------------------------------------


def test_lifting_a_suspension_changes_the_epoch_and_nothing_else() -> None:
    suspending = replace(BEFORE, suspended=frozenset({"it-1", "hr-1"}))
    step = propose(suspending, suspending, ["it-1"])
    after, before = step.after.roster, BEFORE.roster
    assert (after.epoch, after.previous) == (2, before.hash())
    assert replace(after, epoch=before.epoch, previous=None) == before
    assert step.after.rules == BEFORE.rules
    assert step.result().suspended == {"hr-1"}
    again = signed(step, "hr-2", "it-2", "it-3", "legal-1", "legal-3")
    assert parse_step(again.encode(), suspending) == again
    with pytest.raises(Refused, match=r"not_suspended \(member=it-2\)"):
        propose(suspending, suspending, ["it-2"])
    value = json.loads(again.encode())
    value["reinstates"] = ["hr-1", "it-1"]
    with pytest.raises(Corrupt, match="signature_wrong"):
        parse_step(encode(value), suspending)


def test_an_epoch_alone_is_no_change() -> None:
    after = replace(BEFORE.roster, epoch=2, previous=BEFORE.roster.hash())
    bare = Step(Policy(after, BEFORE.rules, BEFORE.history()))
    with pytest.raises(Refused, match="nothing_changed"):
        parse_step(bare.encode(), BEFORE)


def test_a_suspension_ends_with_a_step_that_says_so_or_with_another_token() -> None:
    suspending = replace(BEFORE, suspended=frozenset({"it-1"}))
    for proposed, reinstates, still in (
        (Policy(BEFORE.roster, replace(BEFORE.rules, showing_seconds=60)), (), True),
        (BEFORE, ("it-1",), False),
        (joined(replace(BEFORE.roster.member("it-1"), role="legal")), (), True),
        (joined(person("it-1", "it", "It-1")[0]), (), False),
        (roster(members=tuple(m for m in BEFORE.roster.members if m.id != "it-1")), (), False),
    ):
        step = propose(suspending, proposed, reinstates)
        assert succession.is_still_suspended(BEFORE, "it-1", step.after) == still
        assert ("it-1" in step.result().suspended) == still


def test_the_step_of_the_format_page() -> None:
    vectors = json.loads(FILE.read_text("utf-8"))
    genesis, vector = vectors["genesis"], vectors["step"]
    known = load_chain(genesis["text"].encode(), [vector["text"].encode()], bytes.fromhex(genesis["genesis"]))
    assert (known.hash.hex(), " ".join(to_words(known.hash))) == (vector["policy"], vector["words"])
    assert Step(known).signed_digest().hex() == vector["signed"]


def test_rules_and_roster_come_back_as_they_were() -> None:
    (first, _), before = STEPS, BEFORE
    step = parse_step(first, before)
    assert isinstance(step.after.roster, Roster)
    assert isinstance(step.after.rules, Rules)
    assert step.encode() == first
    assert step.before == before
    assert len(step.id) == 12
