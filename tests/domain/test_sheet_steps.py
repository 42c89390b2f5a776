# SPDX-License-Identifier: Apache-2.0
"""The recovery sheets of one group sign a step in its stead: once, for that group alone, never enough by themselves."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import keys
from console.domain.canonical import encode, to_base64
from console.domain.changes import differences
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.handoff import errand
from console.domain.handoff.errand import Errand
from console.domain.policy.rules import Policy, SheetKeys, load, parse
from console.domain.policy.succession import Step, extend, load_chain, parse_step, propose
from console.domain.recovery.sheets import RecoveryKey, check_value
from console.sentences import change
from tests.support.steps import joined, person, signed
from tests.vectors.founding import VAULT, changed, file_request, found, recovery_key, seal, sheet_keys
from tests.vectors.sealing import FILE

GROUPS = ("hr", "it", "legal")
FOUNDED = found({"hr": 2, "it": 3, "legal": 2}, {"hr": 1, "it": 2, "legal": 2})
MADE = replace(FOUNDED, policy=changed(FOUNDED.policy, recovery={group: sheet_keys(group) for group in GROUPS}))
BEFORE = load(MADE.signed(), MADE.policy.genesis)
KEYHOLDERS = [member.id for member in BEFORE.roster.keyholders()]
QUORUM = ("hr-1", "it-1", "it-2")
"""What the other groups give where Legal's sheets sign."""


def with_sheets(policy: Policy, **sheets: SheetKeys | None) -> Policy:
    return Policy(replace(policy.roster, recovery={**(policy.roster.recovery or {}), **sheets}), policy.rules)


def by_sheets(step: Step, group: str = "legal", generation: int = 1) -> Step:
    return step.signed_by_sheets(group, recovery_key(group, generation).sign(step.signed_digest()))


NEWCOMERS = [person("legal-1", "legal", "Legal-1"), person("legal-2", "legal", "Legal-2")]
TOKENS = {**MADE.tokens, **{member.id: token for member, token in NEWCOMERS}}
NEW_LEGAL = joined(*(member for member, _ in NEWCOMERS), known=BEFORE)
JOINING = signed(propose(BEFORE, with_sheets(NEW_LEGAL, legal=None)), "legal-1", "legal-2", tokens=TOKENS)
NONE_LEFT = propose(BEFORE, with_sheets(BEFORE, **dict.fromkeys(GROUPS)))
"""A step after which no group has sheets, so that any of them may sign it."""


# --- what they are for ---------------------------------------------------------------------------------------


def test_the_sheets_of_a_group_let_its_new_people_in() -> None:
    """All tokens of Legal are gone: its sheets and the others' quorum are enough, and everybody can read that."""
    step = signed(by_sheets(JOINING), *QUORUM)
    assert (step.is_complete(), step.missing()) == (True, dict.fromkeys(GROUPS, 0))
    after = extend(BEFORE, [step.encode()])
    assert (after.by_sheets, after.roster.sheet_keys("legal")) == ("legal", None)
    assert after.roster.member("legal-1") == NEWCOMERS[0][0]
    assert after.hash == JOINING.after.hash
    assert "Signed with the recovery sheets of Legal." in [change.change(row) for row in differences(step)]
    assert parse_step(step.encode(), BEFORE) == step


def test_newcomers_still_prove_their_keys() -> None:
    bare = propose(BEFORE, with_sheets(NEW_LEGAL, legal=None))
    step = replace(by_sheets(bare), signatures=signed(JOINING, *QUORUM).signatures)
    assert (step.unsigned_newcomers(), step.is_complete()) == (["legal-1", "legal-2"], False)
    with pytest.raises(Corrupt, match="step_unsigned"):
        extend(BEFORE, [step.encode()])


def test_new_sheets_may_come_with_the_step_and_sign_the_next_one() -> None:
    first = signed(by_sheets(propose(BEFORE, with_sheets(BEFORE, legal=sheet_keys("legal", 2)))), *QUORUM)
    known = extend(BEFORE, [first.encode()])
    second = propose(known, with_sheets(known, legal=sheet_keys("legal", 3)))
    with pytest.raises(Corrupt, match="signature_wrong"):
        by_sheets(second, generation=1)
    assert signed(by_sheets(second, generation=2), *QUORUM).is_complete()


# --- what they are not for -----------------------------------------------------------------------------------


@given(st.sets(st.sampled_from(KEYHOLDERS)), st.sampled_from((None, *GROUPS)))
def test_sheets_are_one_groups_whole_quorum_and_nothing_else(signers: set[str], group: str | None) -> None:
    step = signed(NONE_LEFT, *sorted(signers), tokens=dict(MADE.tokens))
    step = by_sheets(step, group) if group else step
    enough = all(
        name == group or sum(member.startswith(name) for member in signers) >= m for name, m in step.needed().items()
    )
    assert step.is_complete() == enough
    if enough:
        assert extend(BEFORE, [step.encode()]).by_sheets == group
    else:
        with pytest.raises(Corrupt, match="step_unsigned"):
            extend(BEFORE, [step.encode()])


@pytest.mark.parametrize("group", GROUPS)
def test_sheets_alone_never_suffice(group: str) -> None:
    assert (
        sum(by_sheets(NONE_LEFT, group).missing().values())
        == sum(NONE_LEFT.missing().values()) - (NONE_LEFT.needed()[group])
    )
    assert not by_sheets(NONE_LEFT, group).is_complete()


def test_sheets_of_two_groups_never_sign_one_step() -> None:
    with pytest.raises(Refused, match=r"sheets_of_one_group.*group=legal"):
        by_sheets(by_sheets(NONE_LEFT), "it")
    value = json.loads(by_sheets(NONE_LEFT).encode())
    other = json.loads(by_sheets(NONE_LEFT, "it").encode())["sheets"]
    value["sheets"] = [value["sheets"], other]
    with pytest.raises(Corrupt, match="step_shape"):
        parse_step(encode(value), BEFORE)


def test_sheets_that_signed_do_not_outlive_the_step() -> None:
    """Kept, kept in part, kept under another group, or brought back later: each is refused by its name."""
    stays = propose(BEFORE, NEW_LEGAL)
    with pytest.raises(Refused, match=r"sheets_would_stay \(group=legal\)"):
        by_sheets(signed(stays, "legal-1", "legal-2", tokens=TOKENS))
    old, new = sheet_keys("legal"), sheet_keys("legal", 2)
    for half in (SheetKeys(old.point, new.sign), SheetKeys(new.point, old.sign), SheetKeys(old.sign, old.point)):
        with pytest.raises(Refused, match=r"sheets_seen_before \(group=legal\)"):
            propose(BEFORE, with_sheets(BEFORE, legal=half))
    with pytest.raises(Refused, match="sheets_seen_before"):
        propose(BEFORE, with_sheets(BEFORE, legal=None, it=old))
    gone = extend(BEFORE, [signed(by_sheets(JOINING), *QUORUM).encode()])
    with pytest.raises(Refused, match="sheets_seen_before"):
        propose(gone, with_sheets(gone, legal=old))


def test_a_step_with_spent_sheets_written_by_other_means_is_corrupt() -> None:
    stays = signed(propose(BEFORE, NEW_LEGAL), "legal-1", "legal-2", tokens=TOKENS)
    value = json.loads(signed(stays, *QUORUM).encode())
    signature = recovery_key("legal").sign(stays.signed_digest())
    value["sheets"] = {"group": "legal", "signature": to_base64(signature)}
    with pytest.raises(Corrupt, match="step_shape"):
        extend(BEFORE, [encode(value)])


def forged(signature: bytes, group: str = "legal") -> bytes:
    value: dict[str, Any] = json.loads(JOINING.encode())
    value["sheets"] = {"group": group, "signature": to_base64(signature)}
    return encode(value)


def wrong_signatures() -> Sequence[tuple[str, bytes]]:
    right, other = JOINING.signed_digest(), NONE_LEFT.signed_digest()
    member = MADE.tokens["legal-1"].sign("sign", right)
    return [
        ("another generation's", recovery_key("legal", 2).sign(right)),
        ("another group's", recovery_key("it").sign(right)),
        ("another vault's", RecoveryKey(bytes(range(32)), "other", "legal", 1).sign(right)),
        ("another secret's", RecoveryKey(bytes(32), VAULT, "legal", 1).sign(right)),
        ("another step's", recovery_key("legal").sign(other)),
        ("a member's", member),
        ("zeros", bytes(64)),
        ("short", recovery_key("legal").sign(right)[:63]),
    ]


@pytest.mark.parametrize("case", [name for name, _ in wrong_signatures()])
def test_a_signature_that_these_sheets_did_not_give_is_refused(case: str) -> None:
    with pytest.raises(Corrupt, match="signature_wrong"):
        parse_step(forged(dict(wrong_signatures())[case]), BEFORE)


def test_groups_without_sheets_and_the_station_sign_nothing() -> None:
    right = recovery_key("legal").sign(JOINING.signed_digest())
    for group in ("station", "operator", "nobody"):
        with pytest.raises(Refused, match=rf"no_sheets \(slot={group}\)"):
            parse_step(forged(right, group), BEFORE)
    assert RecoveryKey(bytes(range(32)), VAULT, "station", 1).sign_point is None


COMPLETE = signed(by_sheets(JOINING), *QUORUM).encode()


@given(st.integers(0, len(COMPLETE) * 8 - 1))
def test_no_flipped_bit_is_accepted(bit: int) -> None:
    data = bytearray(COMPLETE)
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ConsoleError):
        extend(BEFORE, [bytes(data)])


def test_a_keyholders_own_console_follows_such_a_step_and_no_forged_one() -> None:
    made = replace(MADE, policy=extend(BEFORE, [COMPLETE]))
    records = [seal(made, b"payload", bytes(32))]
    request = file_request(made, records)
    without: dict[str, Any] = {**json.loads(COMPLETE), "sheets": None}

    def sent(step: bytes) -> Errand:
        body = errand.compose(
            request,
            made.policy,
            "it-1",
            "approve",
            amount=0,
            ordinal=0,
            steps=[step],
            records=records,
            kinds=["password"],
            cards=[{}],
            note=b"",
            earlier=[],
            written_ms=1,
            until_ms=2,
        )
        return Errand(body, made.hsm.sign("request", errand.signed_digest(body)))

    followed = errand.check(sent(COMPLETE), BEFORE, "it-1")
    assert (followed.hash, followed.by_sheets) == (made.policy.hash, "legal")
    with pytest.raises(Corrupt, match="step_unsigned"):
        errand.check(sent(encode(without)), BEFORE, "it-1")


# --- the key -------------------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_the_key_that_signs_is_not_the_key_that_opens(secret: bytes, signed_: bytes) -> None:
    key = RecoveryKey(secret, VAULT, "legal", 1)
    assert key.sign_point is not None
    keys.check_signature(key.sign_point, key.sign(signed_), signed_)
    assert key.sign(signed_) == RecoveryKey(secret, VAULT, "legal", 1).sign(signed_)
    with pytest.raises(Corrupt, match="signature_wrong"):
        keys.check_signature(key.point, key.sign(signed_), signed_)


def test_the_step_of_the_format_page() -> None:
    vector = json.loads(FILE.read_text("utf-8"))["sheets"]
    key = RecoveryKey(bytes.fromhex(vector["secret"]), vector["vault"], vector["slot"], vector["generation"])
    assert (key.point.hex(), (key.sign_point or b"").hex()) == (vector["point"], vector["sign"])
    assert check_value(key.point, key.sign_point or b"") == vector["check"]
    genesis = vector["genesis"].encode()
    known = load_chain(genesis, [vector["step"].encode()], parse(genesis)[0].genesis)
    assert (known.by_sheets, known.number) == ("legal", 2)
    step = json.loads(vector["step"])
    assert step["sheets"]["signature"] == to_base64(key.sign(Step(known).signed_digest()))
