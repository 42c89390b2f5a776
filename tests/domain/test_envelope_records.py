# SPDX-License-Identifier: Apache-2.0
"""A record opens with every group's threshold of shares and the station's secret, and with nothing less."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import combinations, product
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain import keys
from console.domain.canonical import Json, decode_object, digest, encode, from_base64, to_base64
from console.domain.errors import Corrupt, Misused, Refused
from console.domain.keys import RosterKey
from console.domain.sealed import envelope, shamir
from console.domain.sealed.envelope import SIZE_CLASSES, Context, Recipients
from tests.support.fakes import FakeMachine, FakeToken
from tests.vectors import founding as sample
from tests.vectors.points import KEY, OTHER_KEY, VECTORS, deriver, flipped, opened, point_of, private

HSM_SECRET = bytes(range(32))


def recipients(sizes: Mapping[str, tuple[int, int]], *, recovery: bytes | None = None) -> dict[str, Recipients]:
    """Return groups of (m, n), everybody with the same share key: who opens a share is not what these tests ask."""
    return {
        group: Recipients(m, {f"{group}-{x}": RosterKey(point_of(KEY)) for x in range(1, n + 1)}, recovery)
        for group, (m, n) in sizes.items()
    }


def shares_of(record: Mapping[str, Json]) -> dict[str, bytes]:
    """Return every member's share, opened."""
    members = [
        str(share["member"]) for group in cast(list[dict[str, Any]], record["groups"]) for share in group["shares"]
    ]
    sealed = [envelope.sealed_share(record, member) for member in members]
    plain = keys.open_sealed(deriver(KEY), point_of(KEY), [(s[3], s[4]) for s in sealed])
    return dict(zip(members, plain, strict=True))


def unsealed(record: Mapping[str, Json], shares: Mapping[str, bytes], hsm_secret: bytes = HSM_SECRET) -> bytes:
    """Return the payload."""
    room = memoryview(bytearray(envelope.unsealed_size(record)))
    return bytes(envelope.unseal_record(record, shares, hsm_secret, room))


CONTEXT = Context("vault", "drill", 1, bytes(32), "credential", "standard", 1, 0)
RECORD = envelope.seal_record(
    CONTEXT, b"payload", recipients({"legal": (2, 3), "it": (1, 2)}), HSM_SECRET, FakeMachine().random
)
SHARES = shares_of(RECORD)

GROUPS = st.dictionaries(
    st.text("abcäß", min_size=1, max_size=3), st.tuples(st.integers(1, 3), st.integers(0, 1)), min_size=1, max_size=3
)


@settings(max_examples=25)
@given(GROUPS, st.binary(max_size=80), st.binary(max_size=3))
def test_every_sufficient_set_of_people_opens_and_no_other_does(
    groups: dict[str, tuple[int, int]], payload: bytes, seed: bytes
) -> None:
    sizes = {group: (m, m + more) for group, (m, more) in groups.items()}
    record = envelope.seal_record(CONTEXT, payload, recipients(sizes), HSM_SECRET, FakeMachine(seed=seed).random)
    shares = shares_of(record)
    for kept in product((False, True), repeat=len(shares)):
        held = {member: share for (member, share), keep in zip(shares.items(), kept, strict=True) if keep}
        if all(sum(name.rpartition("-")[0] == group for name in held) >= m for group, (m, _) in sizes.items()):
            assert unsealed(record, held) == payload
        else:
            with pytest.raises(Corrupt, match="glass_intact"):
                unsealed(record, held)


def test_nobody_and_the_wrong_station_open_nothing() -> None:
    for held, hsm_secret in (({}, HSM_SECRET), (SHARES, bytes(32)), (SHARES, b""), ({}, b"")):
        with pytest.raises(Corrupt, match="glass_intact"):
            unsealed(RECORD, held, hsm_secret)


def test_shares_of_another_item_do_not_open() -> None:
    other = envelope.seal_record(
        replace(CONTEXT, item=1),
        b"payload",
        recipients({"legal": (2, 3), "it": (1, 2)}),
        HSM_SECRET,
        FakeMachine(seed=b"other").random,
    )
    with pytest.raises(Corrupt, match="glass_intact"):
        unsealed(other, SHARES)


def test_shares_of_two_people_swapped_do_not_open() -> None:
    swapped = {**SHARES, "legal-1": SHARES["legal-2"], "legal-2": SHARES["legal-1"]}
    with pytest.raises(Corrupt, match="glass_intact"):
        unsealed(RECORD, swapped)


@given(st.data())
def test_no_flipped_bit_of_any_field_is_accepted(data: st.DataObject) -> None:
    record = json.loads(encode(RECORD))
    group = data.draw(st.sampled_from(record["groups"]))
    share = data.draw(st.sampled_from(group["shares"]))
    holder, field = data.draw(
        st.sampled_from(
            [(record, "wrap"), (record, "sealed"), (record, "roster"), (share, "commitment"), (share, "blob")]
        )
    )
    holder[field] = to_base64(flipped(from_base64(holder[field]), data.draw(st.integers(0, 10**6))))
    with pytest.raises(Corrupt, match="glass_intact"):
        unsealed(record, SHARES)


@pytest.mark.parametrize(
    "change",
    [
        {"vault": "other"},
        {"mode": "real"},
        {"epoch": 2},
        {"credential": "other"},
        {"class": "other"},
        {"version": 2},
        {"item": 1},
        {"groups": []},
        {"groups": RECORD["groups"][::-1]},  # type: ignore[index]
    ],
)
def test_no_changed_context_is_accepted(change: dict[str, Json]) -> None:
    with pytest.raises(Corrupt, match="glass_intact"):
        unsealed({**RECORD, **change}, SHARES)


def test_every_part_of_the_context_is_in_its_hash() -> None:
    others = [
        {"vault": "v"},
        {"mode": "real"},
        {"epoch": 2},
        {"roster": bytes(31)},
        {"credential": "c"},
        {"class_": "c"},
        {"version": 2},
        {"item": 2},
        {"vault": "vaultd", "mode": "rill"},
    ]
    hashes_ = {replace(CONTEXT, **other).digest() for other in others}  # type: ignore[arg-type]
    assert len(hashes_ | {CONTEXT.digest()}) == len(others) + 1
    assert envelope.record_context(RECORD) == CONTEXT


def test_the_lengths_of_secrets_of_a_class_are_the_same() -> None:
    for low, high in zip((0, *SIZE_CLASSES), SIZE_CLASSES, strict=False):
        smallest, largest = max(0, low - 3), high - 4
        records = [
            envelope.seal_record(CONTEXT, bytes(size), recipients({"a": (1, 1)}), HSM_SECRET, FakeMachine().random)
            for size in (smallest, largest)
        ]
        assert {envelope.unsealed_size(record) for record in records} == {high}
        assert len({len(encode(record)) for record in records}) == 1
        assert [len(unsealed(record, shares_of(record))) for record in records] == [smallest, largest]


def test_what_is_longer_than_the_largest_class_is_refused() -> None:
    with pytest.raises(Refused, match=r"secret_too_long \(limit=65532\)"):
        envelope.seal_record(CONTEXT, bytes(65533), {}, HSM_SECRET, FakeMachine().random)


def test_more_room_than_needed_does_no_harm_and_less_opens_nothing() -> None:
    room = bytearray(100)
    assert bytes(envelope.unseal_record(RECORD, SHARES, HSM_SECRET, memoryview(room))) == b"payload"
    with pytest.raises(Corrupt, match="glass_intact"):
        envelope.unseal_record(RECORD, SHARES, HSM_SECRET, memoryview(bytearray(63)))


def test_a_liar_is_named() -> None:
    for member, share in SHARES.items():
        envelope.check_share(RECORD, member, share)
        with pytest.raises(Corrupt, match=f"wrong_share .*{member}"):
            envelope.check_share(RECORD, member, flipped(share, 7))


def test_who_was_dealt_no_share_has_none() -> None:
    with pytest.raises(Refused, match="no_share"):
        envelope.sealed_share(RECORD, "stranger")


def test_a_record_of_another_shape_is_our_bug() -> None:
    with pytest.raises(Misused, match="record_shape"):
        envelope.sealed_share({**RECORD, "groups": {}}, "it-1")


def test_a_share_opens_only_under_its_own_info() -> None:
    infos = {member: envelope.sealed_share(RECORD, member)[4] for member in SHARES}
    assert len(set(infos.values())) == len(SHARES)
    for one, other in combinations(SHARES, 2):
        with pytest.raises(Corrupt, match="seal_broken"):
            opened(KEY, envelope.sealed_share(RECORD, one)[3], infos[other])


def test_signatures_are_no_part_of_the_record_hash() -> None:
    assert envelope.record_hash({**RECORD, "signatures": {}}) == envelope.record_hash(RECORD)
    assert envelope.record_hash({**RECORD, "item": 1}) != envelope.record_hash(RECORD)


def test_the_recovery_key_opens_a_groups_secret() -> None:
    groups = recipients({"legal": (2, 2)}, recovery=point_of(OTHER_KEY))
    record = envelope.seal_record(CONTEXT, b"payload", groups, HSM_SECRET, FakeMachine().random)
    blob = from_base64(record["groups"][0]["recovery"])  # type: ignore[index,call-overload]
    secret = opened(OTHER_KEY, blob, digest("recovery", CONTEXT.digest(), b"legal"))
    assert secret == shamir.combine(list(enumerate(shares_of(record).values(), start=1)))


# --- the vectors of the format page -----------------------------------------------------------------------


def test_the_digests_shares_and_context_of_the_format_page() -> None:
    for case in VECTORS["digest"]:
        assert digest(case["tag"], *map(bytes.fromhex, case["parts"])).hex() == case["digest"]
    drawn = [bytes.fromhex(coefficient) for coefficient in VECTORS["shamir"]["coefficients"]]
    shares = shamir.split(drawn[0], 3, 5, lambda _: drawn.pop(1))
    assert [share.hex() for share in shares] == VECTORS["shamir"]["shares"]
    record = decode_object(VECTORS["record"]["text"].encode())
    assert envelope.record_context(record).digest().hex() == VECTORS["context"]["hash"]


def test_the_record_of_the_format_page_opens_with_each_quorum() -> None:
    vector = VECTORS["record"]
    record = decode_object(vector["text"].encode())
    shares = {
        member: opened(private(VECTORS["keys"][member]["share"]), *envelope.sealed_share(record, member)[3:5])
        for member in ("it-1", "legal-1", "legal-2", "legal-3")
    }
    primes, sealed = VECTORS["keys"]["it-2"]["share"], envelope.sealed_share(record, "it-2")
    shares["it-2"] = opened(sample.rsa_key(primes["p"], primes["q"]), *sealed[3:5], keys.RSA_OAEP_SHA256)
    for member, share in shares.items():
        envelope.check_share(record, member, share)
    for held in (("it-1", "legal-1", "legal-2"), ("it-2", "legal-2", "legal-3"), ("it-1", "legal-1", "legal-3")):
        payload = unsealed(record, {member: shares[member] for member in held}, bytes.fromhex(vector["hsm_secret"]))
        assert payload.hex() == vector["payload"]
    assert envelope.record_hash(record).hex() == vector["hash"]


def test_the_table_and_the_database_key_of_the_format_page_open() -> None:
    vector = VECTORS["sealed"]
    table = decode_object(vector["table"].encode())
    rows = envelope.open_table(table, deriver(private(vector["hsm"]["state-3"])))
    assert rows == {"alpha/1/0": bytes(range(32)), "beta/2/3": bytes(range(32, 64))}
    blob = from_base64(vector["database_key"])
    assert opened(private(vector["hsm"]["journal"]), blob, envelope.database_key_info(sample.VAULT)) == bytes(32)


@pytest.mark.parametrize("rsa_member", [None, "it-2"])
def test_a_record_sealed_to_a_policy_opens_on_the_tokens_of_its_people(rsa_member: str | None) -> None:
    made = sample.found(rsa_member=rsa_member)
    record = sample.seal(made, b"payload", HSM_SECRET)
    token: FakeToken = made.tokens["it-2"]
    blob, info = envelope.sealed_share(record, "it-2")[3:5]
    (share,) = made.policy.roster.member("it-2").open(partial(token.decapsulate, "share"), [(blob, info)])
    envelope.check_share(record, "it-2", share)
