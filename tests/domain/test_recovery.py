# SPDX-License-Identifier: Apache-2.0
"""The key of a printed secret, which sheets belong together, and what is sealed to them."""

import hashlib
import hmac
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import keys
from console.domain.canonical import Json, decode_object, digest, encode, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.policy.rules import STATION, Policy, Roster, check_roster, document, parse
from console.domain.recovery import escrow
from console.domain.recovery import sheets as recovery
from console.domain.recovery.sheets import Dealt, RecoveryKey, Sheet, SheetSet, check_sheets, quorums
from tests.vectors.founding import changed, found
from tests.vectors.points import point_of, private

MADE = found()
ROSTER = MADE.policy.roster
VAULT = ROSTER.vault
SECRET = bytes(range(32))
secrets = st.binary(min_size=32, max_size=32)


def made(slot: str = "legal", generation: int = 1, identifier: int = 7, *dealt: Dealt) -> SheetSet:
    """Return a set, 2 of 3 unless said."""
    key = RecoveryKey(SECRET, VAULT, slot, generation)
    holders = dealt or (Dealt("legal", 2, ("a", "b", "c")),)
    return SheetSet(VAULT, slot, generation, identifier, holders, key.point, key.sign_point)


def with_sheets(policy: Policy, one: SheetSet) -> Policy:
    """Return the policy with the keys of a set in its roster."""
    return replace(policy, roster=one.put_into(policy.roster))


def sheet(number: int, member: int, *, group: int = 0, identifier: int = 7) -> Sheet:
    return Sheet(number, identifier, group, member, 2, ("academic",) * 33)


# --- the key ------------------------------------------------------------------------------------------------


@given(secrets, st.binary(max_size=100), st.binary(max_size=40))
def test_what_is_sealed_to_the_point_opens_with_the_secret(secret: bytes, plain: bytes, info: bytes) -> None:
    key = RecoveryKey(secret, VAULT, "legal", 1)
    keys.check_point(key.point)
    blob = keys.seal_to(key.point, plain, info=info)
    assert RecoveryKey(bytearray(secret), VAULT, "legal", 1).open([(blob, info), (blob, info)]) == [plain, plain]
    with pytest.raises(Corrupt, match="seal_broken"):
        key.open([(blob, info + b"x")])


def test_a_secret_makes_another_key_in_each_place() -> None:
    """One vault, slot and generation each: a sheet typed in at the wrong place opens nothing there."""
    places = [(VAULT, "legal", 1), (VAULT, "legal", 2), (VAULT, "it", 1), (VAULT, STATION, 1), ("other", "legal", 1)]
    points = {RecoveryKey(SECRET, *place).point for place in places}
    assert len(points) == len(places)


def test_the_key_by_value() -> None:
    """Derived by hand from the page, with nothing of ours but the digest."""
    info = digest("recovery-key", VAULT.encode(), b"legal", (1).to_bytes(8, "big"))
    prk = hmac.digest(bytes(32), SECRET, hashlib.sha256)
    first = hmac.digest(prk, info + b"\x01", hashlib.sha256)
    okm = first + hmac.digest(prk, first + info + b"\x02", hashlib.sha256)
    scalar = int.from_bytes(okm[:48], "big") % (keys.P256_ORDER - 1) + 1
    assert RecoveryKey(SECRET, VAULT, "legal", 1).point == point_of(private(f"{scalar:x}"))


@given(secrets)
def test_the_check_value_can_be_read_aloud(secret: bytes) -> None:
    assert re.fullmatch(r"[A-HJ-NP-Z]{4}-[A-HJ-NP-Z]{4}", recovery.check_value(secret))


def test_another_secret_is_not_this_sets() -> None:
    """What SLIP-39 gives back for a wrong passphrase, say: it fits nothing, and is noticed by the point alone."""
    assert made().key(SECRET).point == made().point
    with pytest.raises(Corrupt, match="recovery_key_differs"):
        made().key(SECRET[::-1])
    with pytest.raises(Corrupt, match="recovery_key_differs"):
        replace(made(), generation=2).key(SECRET)


# --- the roster ---------------------------------------------------------------------------------------------


def test_points_stand_in_the_roster_for_groups_and_station() -> None:
    policy = with_sheets(with_sheets(MADE.policy, made()), made(STATION))
    again, _ = parse(document(policy, {}))
    assert again.roster.recovery_point("legal") == made().point
    assert again.roster.recovery_point(STATION) == made(STATION).point
    assert again.roster.recovery_point("it") is None
    assert ROSTER.recovery_point(STATION) is None
    assert again.roster.hash() != ROSTER.hash()


def test_codes_are_dealt_to_no_sheets() -> None:
    roster = with_sheets(MADE.policy, made()).roster
    class_ = next(iter(roster.classes))
    assert roster.recipients(class_)["legal"].recovery == made().point
    assert {r.recovery for r in roster.recipients(class_, recoverable=False).values()} == {None}


@pytest.mark.parametrize("text", ["", "AAAA", "no base64"])
def test_what_is_no_point_stands_in_no_roster(text: str) -> None:
    broken = changed(MADE.policy, station={**ROSTER.station, "recovery": text})
    with pytest.raises(Corrupt):
        parse(document(broken, {}))


def test_no_group_is_called_station() -> None:
    with pytest.raises(Refused, match="group_names"):
        check_roster(replace(ROSTER, groups=(*ROSTER.groups, STATION)))


# --- the sheets ---------------------------------------------------------------------------------------------


def roster_of(people: int, asked: int) -> Roster:
    """Return a roster with so many of Legal, of whom a class asks some."""
    first = ROSTER.group("legal")[0]
    legal = tuple(replace(first, id=f"legal-{n}", name=f"L {n}") for n in range(people))
    classes = {"standard": {"it": 1, "legal": asked}}
    return replace(ROSTER, members=(*legal, *ROSTER.group("it")), classes=classes)


@given(st.integers(1, 16), st.integers(1, 5), st.integers(0, 18), st.integers(0, 18))
def test_what_is_dealt_never_asks_less_than_the_class(people: int, asked: int, needed: int, count: int) -> None:
    """Either refused by name, or: nobody has two, at least as many are needed as people would be, and SLIP-39 can."""
    try:
        (part,) = recovery.deal(roster_of(people, asked), "legal", needed, count)
    except Refused as error:
        assert error.code.startswith("sheets_")
        assert not (2 <= needed <= count <= people and needed >= asked)
        return
    assert asked <= needed <= count <= people
    assert needed > 1 or count == 1
    assert len(set(part.holders)) == count


def test_the_station_is_dealt_over_all_groups() -> None:
    assert recovery.deal(ROSTER, STATION, 2, 2) == (
        Dealt("it", 2, ("it-1", "it-2")),
        Dealt("legal", 2, ("legal-1", "legal-2")),
    )
    with pytest.raises(Refused, match="unknown_group"):
        recovery.deal(ROSTER, "hr", 2, 2)


def test_a_set_comes_back_from_its_file() -> None:
    assert SheetSet.parse(made().encode()) == made()
    for broken in ({"v": 1}, {**decode_object(made().encode()), "dealt": 1}):
        with pytest.raises(Corrupt, match="sheet_set_shape"):
            SheetSet.parse(encode(broken))


def test_sheets_that_do_not_belong_are_named() -> None:
    known = [made(), made("legal", 2, 8), made("it", 1, 9)]
    good = [sheet(1, 0), sheet(2, 2)]
    assert check_sheets(made(), known, good) == [good]
    for wrong, expected in {
        (sheet(1, 0), sheet(2, 1, identifier=99)): r"sheet_unknown \(sheet=2\)",
        (sheet(1, 0, identifier=8), sheet(2, 1)): r"sheet_of_another_set.*sheet=1, slot=legal, generation=2.*needed=1",
        (sheet(1, 0), sheet(2, 1, identifier=9)): r"sheet_of_another_set.*sheet=2, slot=it",
        (sheet(1, 0), sheet(2, 0)): r"sheet_twice \(sheet=2\)",
        (sheet(1, 0),): "sheets_too_few.*group=legal, given=1, needed=2",
        (sheet(1, 0), sheet(2, 1), sheet(3, 2)): "sheets_too_many.*given=3",
        (): "sheets_too_few",
    }.items():
        with pytest.raises(Refused, match=expected):
            check_sheets(made(), known, wrong)


@given(st.integers(2, 5), st.data())
def test_reading_back_tries_every_sheet(needed: int, data: st.DataObject) -> None:
    """Each combination has exactly as many as are needed of each group, and every sheet stands in one of them."""
    sizes = [data.draw(st.integers(needed, 7)) for _ in range(2)]
    parts = [Dealt(f"g{at}", needed, tuple(f"{at}-{n}" for n in range(size))) for at, size in enumerate(sizes)]
    wanted = made(STATION, 1, 7, *parts)
    sheets = [sheet(10 * at + n, n, group=at) for at, size in enumerate(sizes) for n in range(size)]
    tried = quorums(wanted, check_sheets(wanted, [wanted], sheets, spare=True))
    assert {one.number for quorum in tried for one in quorum} == {one.number for one in sheets}
    for quorum in tried:
        assert [sum(one.group == at for one in quorum) for at in range(2)] == [needed, needed]
        assert len({(one.group, one.member) for one in quorum}) == 2 * needed


def test_words_stand_in_no_representation() -> None:
    assert "academic" not in repr(sheet(1, 0))


# --- the escrow ---------------------------------------------------------------------------------------------

ROWS = {"a/1/0": bytes(32), "b/2/0": bytes(range(32))}


def test_the_escrow_opens_with_its_key_alone() -> None:
    key = RecoveryKey(SECRET, VAULT, STATION, 1)
    data = escrow.seal("state", VAULT, key.point, ROWS)
    assert escrow.sealed_to(data) == key.point
    assert escrow.unseal(data, "state", VAULT, key) == ROWS
    other = RecoveryKey(SECRET, VAULT, STATION, 2)
    for kind, vault, wrong in (("table", VAULT, key), ("state", "other", key), ("state", VAULT, other)):
        with pytest.raises(Corrupt, match="seal_broken"):
            escrow.unseal(data, kind, vault, wrong)


def test_an_escrow_in_another_form_is_refused() -> None:
    key = RecoveryKey(SECRET, VAULT, STATION, 1)
    value: dict[str, Json] = decode_object(escrow.seal("state", VAULT, key.point, ROWS))
    for broken in ({}, {**value, "blob": None}, {**value, "blob": to_base64(b"x")}):
        with pytest.raises(Corrupt):
            escrow.unseal(encode(broken), "state", VAULT, key)
    with pytest.raises(Corrupt, match="escrow_shape"):
        escrow.sealed_to(encode({"v": 1}))
