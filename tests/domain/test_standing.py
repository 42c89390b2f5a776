# SPDX-License-Identifier: Apache-2.0
"""What was sealed or said before people changed: who still counts for it, and what re-sealing makes of it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from console.domain.activation import state
from console.domain.canonical import Json, to_base64
from console.domain.credential.versions import fold
from console.domain.policy.rules import Policy
from console.domain.policy.standing import Seal, common, greatest
from tests.support.fakes import NOON
from tests.vectors.founding import CLASS, RULES, found, sheet_keys
from tests.vectors.told import REQUESTED, THRESHOLDS, Log, Told

MADE = found({"it": 3, "legal": 4}, {"it": 1, "legal": 2})
NOW = MADE.policy
ROSTER = NOW.roster
SEAL = Seal(ROSTER, CLASS)
KEYHOLDERS = [member.id for member in ROSTER.keyholders()]
EVERYBODY = {"it": ["it-1", "it-2", "it-3"], "legal": ["legal-1", "legal-2", "legal-3", "legal-4"]}


def after(**change: object) -> Policy:
    return Policy(replace(ROSTER, epoch=2, **change), RULES, (NOW,))  # type: ignore[arg-type]


def without(*ids: str) -> Policy:
    return after(members=tuple(member for member in ROSTER.members if member.id not in ids))


def asking(**thresholds: int) -> Policy:
    return after(classes={CLASS: {**ROSTER.classes[CLASS], **thresholds}})


# --- who counts --------------------------------------------------------------------------------------------


@given(st.sets(st.sampled_from(KEYHOLDERS)), st.sets(st.sampled_from(KEYHOLDERS)))
def test_only_those_count_who_stand_in_both_and_are_not_suspended(gone: set[str], suspended: set[str]) -> None:
    now = replace(without(*gone), suspended=frozenset(suspended))
    expected = {group: [id_ for id_ in ids if id_ not in gone | suspended] for group, ids in EVERYBODY.items()}
    assert SEAL.holders(now) == expected
    assert set(SEAL.short_of(now)) == {group for group, m in ROSTER.classes[CLASS].items() if len(expected[group]) < m}


def test_new_keys_or_another_group_are_somebody_else() -> None:
    other = ROSTER.member("legal-ops-1")
    members = {
        "it-1": replace(ROSTER.member("it-1"), share=other.share),
        "it-2": replace(ROSTER.member("it-2"), role="legal"),
        "it-3": replace(ROSTER.member("it-3"), name="Married"),
    }
    now = after(members=tuple(members.get(m.id, m) for m in ROSTER.members if m.id != "legal-ops-1"))
    assert SEAL.holders(now) == {"it": ["it-3"], "legal": EVERYBODY["legal"]}
    assert SEAL.is_stale(now)


def test_the_stricter_threshold_counts_and_further_classes_only_add() -> None:
    assert SEAL.thresholds(NOW) == {"it": 1, "legal": 2}
    assert SEAL.thresholds(asking(it=2, legal=1)) == {"it": 2, "legal": 2}
    strict = after(classes={**ROSTER.classes, "strict": {"it": 3, "legal": 1}})
    assert SEAL.thresholds(strict, ["strict"]) == {"it": 3, "legal": 2}
    assert SEAL.thresholds(after(classes={})) == {"it": 1, "legal": 2}
    assert SEAL.short_of(NOW, without=["legal-1", "legal-2", "legal-3"]) == {"legal": (1, 2)}


def test_a_group_that_joined_later_is_not_asked_before_it_holds_shares() -> None:
    hr = replace(ROSTER.member("legal-ops-1"), id="hr-1", name="Hr", role="hr")
    members = (*(m for m in ROSTER.members if m.id != "legal-ops-1"), hr)
    now = after(groups=("hr", *ROSTER.groups), members=members, classes={CLASS: {"hr": 1, "it": 1, "legal": 2}})
    assert SEAL.thresholds(now) == {"it": 1, "legal": 2}
    assert SEAL.is_stale(now)
    # Together with something that HR holds shares of, nobody could approve for HR.
    assert common([SEAL, Seal(now.roster, CLASS)], now) == EVERYBODY
    assert greatest([SEAL.thresholds(now), Seal(now.roster, CLASS).thresholds(now)])["hr"] == 1
    assert common([], now) == {}


def test_stale_is_what_would_be_dealt_otherwise() -> None:
    renamed = after(members=tuple(replace(m, name=f"{m.name} B.") for m in ROSTER.members))
    assert not SEAL.is_stale(NOW)
    assert not SEAL.is_stale(renamed)
    assert not SEAL.is_stale(without("legal-ops-1"))
    assert SEAL.is_stale(without("it-3"))
    assert SEAL.is_stale(asking(it=2))
    assert SEAL.is_stale(after(classes={}))
    sheets = after(recovery={"it": sheet_keys("it")})
    assert SEAL.is_stale(sheets)
    assert not Seal(ROSTER, CLASS, recoverable=False).is_stale(sheets)
    kept = Seal(sheets.roster, CLASS)
    assert (kept.has_sheets("it"), kept.has_sheets("legal"), SEAL.has_sheets("it")) == (True, False, False)
    assert not Seal(sheets.roster, CLASS, recoverable=False).has_sheets("it")


# --- re-sealed versions ------------------------------------------------------------------------------------


def sealed(seq: int, version: int, records: list[Json], resealed_from: int | None, kind: str = "codes") -> Told:
    body: dict[str, Json] = {
        "credential": "a",
        "kind": kind,
        "class": CLASS,
        "version": version,
        "state": "sealed",
        "roster": to_base64(bytes([version]) * 32),
        "records": records,
        "sealed_by": "p-1",
    }
    again: dict[str, Json] = {} if resealed_from is None else {"resealed_from": resealed_from}
    return Told(seq, "credential.sealed", body={**body, **again})


def hashes(version: int, count: int) -> list[Json]:
    return [to_base64(bytes([version, item]) * 16) for item in range(count)]


def shown(seq: int, version: int, item: int = 0) -> Told:
    return Told(seq, "release.intended", body={"credential": "a", "version": version, "item": item})


def test_what_was_not_sealed_again_stays_where_it_was() -> None:
    second, third = hashes(2, 3), hashes(3, 3)
    events = [
        sealed(0, 1, hashes(1, 3), None),
        sealed(1, 2, [None, second[1], None], 1),
        sealed(2, 3, [third[0], None, None], 2),
    ]
    current = fold(events)["a"].current
    assert [current.place(n) for n in range(3)] == [3, 2, 1]
    assert [to_base64(record) for record in current.records] == [third[0], second[1], hashes(1, 3)[2]]
    taken = fold([*events, shown(3, 2, 1)])["a"]
    assert taken.items_left() == [0, 2]


def test_sealing_again_neither_pays_a_debt_nor_makes_one() -> None:
    first, again = sealed(0, 1, hashes(1, 1), None, "password"), sealed(2, 2, hashes(2, 1), 1, "password")
    assert not fold([first, again])["a"].is_exposed
    credential = fold([first, shown(1, 1), again])["a"]
    assert credential.is_exposed
    assert not credential.is_rotated_since(1)
    rotated = fold([first, shown(1, 1), again, sealed(3, 3, hashes(3, 1), None, "password")])["a"]
    assert not rotated.is_exposed
    assert rotated.is_rotated_since(1)


# --- what suspended people have said -----------------------------------------------------------------------


def test_what_suspended_people_have_said_does_not_count_and_still_moves_the_clock() -> None:
    log = Log()
    log.write("activation.requested", NOON, REQUESTED)
    log.approve(("it", "i1"), ("legal", "l1"), ("legal", "l2"))
    assert state.fold(log.events, "act").missing() == {"it": 0, "legal": 0}
    without_one = state.fold(log.events, "act", {"l1"})
    assert without_one.missing() == {"it": 0, "legal": 1}
    assert without_one.requested.last == log.events[-1].t
    assert state.fold(log.events, "act", {"i1", "l1", "l2"}).missing() == THRESHOLDS


def test_each_item_sealed_again_counts_like_a_showing() -> None:
    log = Log()
    log.write("activation.requested", NOON, REQUESTED)
    log.tell("activation.opened", seconds=3600, releases=2)
    log.tell("credential.reseal_intended", credential="admin", version=1, item=0)
    folded = state.fold(log.events, "act")
    assert (folded.releases_used(), folded.exposed(), folded.unresolved()) == (1, {}, [])
