# SPDX-License-Identifier: Apache-2.0
"""A new log: who must have signed it, what it follows, and that every byte of it is signed."""

from dataclasses import replace

import pytest

from console.domain import renewal
from console.domain.canonical import Json, decode_object, encode
from console.domain.errors import ConsoleError, Corrupt, Misused, Refused
from console.domain.journal.checkpoint import parse_vkey
from tests.support.renewals import KNOWN, MADE, OLD, PEOPLE, PLAIN, signed
from tests.vectors.founding import changed


def test_one_of_each_group_and_it_binds() -> None:
    assert PLAIN.missing(KNOWN) == {"it": 1, "legal": 1}
    assert signed(PLAIN, "legal-1", "legal-2").missing(KNOWN) == {"it": 1, "legal": 0}
    done = signed(PLAIN, *PEOPLE)
    assert done.is_complete(KNOWN)
    assert renewal.load_chain([done.encode()], OLD, KNOWN) == (done,)
    assert done.debts() == [("a", 1)]


def test_whoever_is_suspended_or_holds_no_shares_does_not_count() -> None:
    suspended = replace(KNOWN, suspended=frozenset({"it-1"}))
    assert signed(PLAIN, *PEOPLE).missing(suspended) == {"it": 1, "legal": 0}
    with pytest.raises(Refused, match="keyholder_suspended"):
        PLAIN.signed("it-1", suspended, lambda _: b"")
    with pytest.raises(Refused, match="not_a_keyholder"):
        PLAIN.signed("legal-ops-1", KNOWN, lambda _: b"")


def test_a_signer_who_is_suspended_later_does_not_undo_what_binds() -> None:
    """Else a second alarm could never be answered by a new log."""
    done = signed(PLAIN, *PEOPLE)
    now = replace(KNOWN, suspended=frozenset({"it-1"}))
    assert renewal.load_chain([done.encode()], OLD, now) == (done,)
    assert done.missing(now) == {"it": 1, "legal": 0}


def test_another_persons_signature_is_refused() -> None:
    with pytest.raises(Corrupt, match="signature_wrong"):
        PLAIN.signed("it-1", KNOWN, lambda digest: MADE.tokens["it-2"].sign("sign", digest))


@pytest.mark.parametrize("missing", [("legal-1",), ("it-1", "it-2"), ()])
def test_without_one_of_each_group_it_is_none(missing: tuple[str, ...]) -> None:
    with pytest.raises(Corrupt, match="renewal_unsigned"):
        renewal.load_chain([signed(PLAIN, *missing).encode()], OLD, KNOWN)


def test_every_member_of_the_document_is_signed() -> None:
    value = decode_object(signed(PLAIN, *PEOPLE).encode())
    for name in value.keys() - {"signatures"}:
        others: list[Json] = [None, "x", 7, [], {}]
        for other in others:
            if value[name] == other:
                continue
            with pytest.raises((ConsoleError, Misused)):
                renewal.load_chain([encode({**value, name: other})], OLD, KNOWN)


def test_a_chain_has_one_order() -> None:
    first = signed(PLAIN, *PEOPLE)
    second = signed(replace(PLAIN, old=first.new, new=first.new.following(5), previous=first.hash), *PEOPLE)
    files = [first.encode(), second.encode()]
    assert renewal.load_chain(files, OLD, KNOWN)[-1].new.number == 5
    for wrong in ([second.encode()], files[::-1], [files[0], files[0]]):
        with pytest.raises(Corrupt, match="renewal_out_of_order"):
            renewal.load_chain(wrong, OLD, KNOWN)


def test_another_stations_renewal_is_none() -> None:
    with pytest.raises(Corrupt, match="renewal_of_another_station"):
        renewal.parse(signed(PLAIN, *PEOPLE).encode(), changed(KNOWN, vault="0" * 36))


def test_new_keys_ask_for_the_quorum_that_changes_the_roster() -> None:
    fresh = replace(PLAIN, station={**KNOWN.roster.station, "log": PLAIN.new.key})
    step = fresh.step(KNOWN)
    assert step is not None
    assert fresh.missing(KNOWN) == step.needed()
    done = signed(fresh, "legal-1", "legal-2", "it-1", "it-2")
    assert done.is_complete(KNOWN)
    after = done.step(KNOWN)
    assert after is not None and after.is_complete()
    assert after.after.roster.station["log"] == PLAIN.new.key
    assert renewal.parse(done.encode(), KNOWN) == done


def test_the_log_after_another() -> None:
    assert OLD.following(2).origin == "example.org/s/log-2"
    assert parse_vkey(OLD.following(2).key).public == parse_vkey(OLD.key).public
    for number in (1, 0, -1):
        with pytest.raises(Corrupt, match="renewal_shape"):
            OLD.following(number)
    for origin in ("example.org/s", "example.org/s/log-", "example.org/s/log-01", "log-2"):
        with pytest.raises(Corrupt, match="renewal_shape"):
            renewal.number_of(origin)
