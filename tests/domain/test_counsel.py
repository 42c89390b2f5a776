# SPDX-License-Identifier: Apache-2.0
"""Counsel's keys: who opens them, and what notices that a wrap or an opening is another one."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from console.domain import keys
from console.domain.canonical import Json, decode_object, digest, encode
from console.domain.entries.entry import Draft, Entry, Opening, Reading, commit, compose, parse
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.keys import P256_HPKE, RSA_OAEP_SHA256, RosterKey
from console.domain.record import counsel
from console.domain.record.counsel import CounselKey, Reader, Wrap
from tests.support.fakes import FakeToken, public_of
from tests.vectors.counsel import FILE
from tests.vectors.founding import found
from tests.vectors.points import RSA_KEY, point_of, private

THEIRS = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
VAULT, SECRET, OTHER = "vault-1", bytes(range(32)), bytes(range(1, 33))
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def readers() -> list[tuple[Reader, FakeToken]]:
    """Return one reader with each kind of key."""
    point, rsa = FakeToken(), FakeToken(keys={"read": RSA_KEY}, mechanism=RSA_OAEP_SHA256)
    point.enrol(["read"])
    return [
        (Reader("legal-2", RosterKey(point.points()["read"], P256_HPKE)), point),
        (Reader("legal-1", RosterKey(public_of(rsa.keys["read"]), RSA_OAEP_SHA256)), rsa),
    ]


def opener(reader: Reader, token: FakeToken) -> counsel.OpenPairs:
    return partial(
        keys.open_sealed, partial(token.decapsulate, "read"), reader.key.public, mechanism=reader.key.mechanism
    )


def entry_of(fields: Mapping[str, Json], secret: bytes = SECRET) -> tuple[Entry, dict[str, bytes]]:
    """Return an entry of counsel's, and its sealed openings."""
    key, salt, commitments, sealed = CounselKey(secret, VAULT), bytes(32), {}, {}
    for name, value in fields.items():
        sealed[name] = counsel.seal_field(key.point, ID, name, Opening(salt, value))
        commitments[name] = (commit(salt, ID, name, value), hashlib.sha256(sealed[name]).digest())
    draft = Draft("counsel.entry", "p-1", "unlock", ID, {"key": key.name}, fields, track="counsel")
    data = compose(
        draft, log="o/s/log-1", mode="drill", seq=0, prev=bytes(32), reading=Reading(0, "b", 1), commitments=commitments
    )
    return parse(data), sealed


@pytest.mark.parametrize("at", [0, 1], ids=[P256_HPKE, RSA_OAEP_SHA256])
def test_every_reader_opens_the_key_with_one_use_of_a_token(at: int) -> None:
    reader, token = readers()[at]
    wraps = [Wrap.parse(counsel.wrap(secret, VAULT, reader).encode()) for secret in (SECRET, OTHER)]
    assert counsel.unwrap(wraps, opener(reader, token)) == [SECRET, OTHER]
    assert token.uses == [("decapsulate", "read")]


def test_the_name_tells_the_point_and_the_file_the_reader() -> None:
    reader, _ = readers()[0]
    made, key = counsel.wrap(SECRET, VAULT, reader), CounselKey(SECRET, VAULT)
    assert (made.point, counsel.name_of(made.point)) == (key.point, key.name)
    assert made.file == f"counsel/{key.name}-{counsel.fingerprint(reader.key.public)}.json"
    assert counsel.key_in(made.file) == key.name
    assert CounselKey(SECRET, "another").point != key.point
    with pytest.raises(Corrupt, match="counsel_key_name"):
        counsel.file_of("../../genesis", reader.key.public)


@given(st.sampled_from(["vault", "point", "public", "blob", "reader", "key"]), st.integers(0, 40))
def test_a_changed_wrap_opens_nothing(member: str, at: int) -> None:
    """Whatever is changed in the file: it is no wrap, does not open, holds another key, or is another reader's file."""
    reader, token = readers()[0]
    honest = counsel.wrap(SECRET, VAULT, reader)
    value = decode_object(honest.encode())
    text = str(value[member])
    changed = encode({**value, member: text[:at] + ("A" if text[at : at + 1] != "A" else "B") + text[at + 1 :]})
    try:
        opened = counsel.unwrap([Wrap.parse(changed)], opener(reader, token))
        # Whose it is only the file says; the reader's key decides, and the hash in the entry tells.
        assert (member, opened) == ("reader", [SECRET])
        assert Wrap.parse(changed).named("p-1") != honest.named("p-1")
    except ConsoleError as error:
        assert isinstance(error, Corrupt)


def test_a_wrap_that_holds_another_key_is_noticed() -> None:
    """Its point is that of one key, what is sealed in it the secret of another: it makes no such point."""
    reader, token = readers()[0]
    honest, other = counsel.wrap(SECRET, VAULT, reader), CounselKey(OTHER, VAULT)
    info = counsel._wrap_info(VAULT, other.point, reader.key.public)
    swapped = replace(honest, point=other.point, blob=keys.seal_to(reader.key.public, SECRET, info=info))
    with pytest.raises(Corrupt, match="counsel_wrap_differs"):
        counsel.unwrap([swapped], opener(reader, token))


@given(
    st.dictionaries(
        st.sampled_from(["kind", "title", "text", "matter"]), st.text(max_size=40).map(str.strip), min_size=1
    )
)
def test_what_is_sealed_opens_to_what_was_written(fields: dict[str, str]) -> None:
    plain = {name: value.encode("ascii", "replace").decode() for name, value in fields.items()}
    entry, sealed = entry_of(plain)
    opened = CounselKey(SECRET, VAULT).open(entry, sealed)
    assert {name: opening.value for name, opening in opened.items()} == plain


def test_a_lost_swapped_or_foreign_opening_is_noticed() -> None:
    entry, sealed = entry_of({"title": "a", "text": "b"})
    key = CounselKey(SECRET, VAULT)
    for wrong, code in (
        ({"title": sealed["title"]}, "opening_lost"),
        ({"title": sealed["text"], "text": sealed["title"]}, "opening_swapped"),
        ({**sealed, "text": sealed["text"][:-1] + b"\0"}, "opening_swapped"),
    ):
        with pytest.raises(Corrupt, match=code):
            key.open(entry, wrong)
    with pytest.raises(Corrupt, match="seal_broken"):
        CounselKey(OTHER, VAULT).open(entry, sealed)
    again = counsel.seal_field(key.point, ID, "text", Opening(bytes(32), "c"))
    lie = replace(entry, c={**entry.c, "text": (entry.c["text"][0], hashlib.sha256(again).digest())})
    with pytest.raises(Corrupt, match="commitment_mismatch"):
        key.open(lie, {**sealed, "text": again})


def test_who_reads_is_legal_that_is_not_suspended_and_the_sheets_in_force() -> None:
    policy = found().policy
    legal = [member.id for member in policy.roster.group("legal") if member.read]
    sheets = [counsel.SHEETS] if policy.roster.recovery_point("legal") else []
    assert [reader.id for reader in counsel.readers(policy)] == [*legal, *sheets]
    less = replace(policy, suspended=frozenset({legal[0]}))
    assert legal[0] not in [reader.id for reader in counsel.readers(less)]
    with pytest.raises(Refused, match="keyholder_suspended"):
        counsel.reader_of(less, legal[0])
    with pytest.raises(Refused, match="not_a_reader"):
        counsel.reader_of(policy, policy.roster.group("it")[0].id)


def test_the_key_by_value() -> None:
    """Derived by hand from the page, with nothing of ours but the digest."""
    info = digest("counsel-secret", VAULT.encode())
    prk = hmac.digest(bytes(32), SECRET, hashlib.sha256)
    first = hmac.digest(prk, info + b"\x01", hashlib.sha256)
    okm = first + hmac.digest(prk, first + info + b"\x02", hashlib.sha256)
    point = point_of(private(f"{int.from_bytes(okm[:48], 'big') % (keys.P256_ORDER - 1) + 1:x}"))
    key = CounselKey(SECRET, VAULT)
    assert (key.point, key.name) == (point, f"c-{digest('counsel-key', point)[:16].hex()}")


def opened_by_others(secret_key: Any, sealed: bytes, info: bytes) -> bytes:
    """Open HPKE with another library."""
    key = KEMKey.from_pyca_cryptography_key(secret_key)
    return bytes(THEIRS.create_recipient_context(sealed[:65], key, info=info).open(sealed[65:]))


def test_the_vectors_open_as_the_page_says() -> None:
    """From the reader's key to the text, by hand and another library: what a stranger would write from the page."""
    told = json.loads(FILE.read_text())
    wrap, entry = json.loads(told["wrap"]["text"]), json.loads(told["entry"])
    public = bytes.fromhex(told["reader"]["public"])
    info = digest("counsel-wrap", told["vault"].encode(), bytes.fromhex(told["point"]), public)
    secret = opened_by_others(private(told["reader"]["private"]), b64decode(wrap["blob"]), info)
    assert secret == bytes.fromhex(told["secret"])
    prk = hmac.digest(bytes(32), secret, hashlib.sha256)
    derived = digest("counsel-secret", told["vault"].encode())
    first = hmac.digest(prk, derived + b"\x01", hashlib.sha256)
    okm = first + hmac.digest(prk, first + derived + b"\x02", hashlib.sha256)
    key = private(f"{int.from_bytes(okm[:48], 'big') % (keys.P256_ORDER - 1) + 1:x}")
    assert point_of(key).hex() == told["point"]
    assert entry["body"] == {"key": f"c-{digest('counsel-key', point_of(key))[:16].hex()}"} == {"key": told["name"]}
    print_ = digest("counsel-reader", public)[:8].hex()
    assert told["wrap"]["file"] == f"counsel/{told['name']}-{print_}.json"
    hash_ = b64encode(hashlib.sha256(told["wrap"]["text"].encode()).digest()).decode()
    assert told["wrap"]["named"] == ["p-0011223344556677", print_, hash_]
    for name, value in told["fields"].items():
        sealed = b64decode(told["sealed"][name])
        plain = opened_by_others(key, sealed, digest("counsel-opening", entry["id"].encode(), name.encode()))
        message = b"\0".join((b"bg.field.v1", entry["id"].encode(), name.encode(), plain[32:]))
        commitment = hmac.digest(plain[:32], message, hashlib.sha256)
        assert [b64encode(part).decode() for part in (commitment, hashlib.sha256(sealed).digest())] == entry["c"][name]
        assert json.loads(plain[32:]) == value
    assert parse(told["entry"].encode()).track == "counsel"
