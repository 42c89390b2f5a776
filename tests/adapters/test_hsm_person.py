# SPDX-License-Identifier: Apache-2.0
"""A person's token: the contract on fake, real SoftHSM2 and key file, then what only the real one can get wrong."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from console.adapters.hsm.person import PersonToken
from console.adapters.hsm.process import KEY_FILE, TokenAddress, TokenProcess
from console.domain import keys
from console.domain.errors import ConsoleError, Misused, Refused, Unavailable
from console.domain.policy.keyholder import TokenKeys
from console.wording import explain
from tests.support.fakes import FakeMachine, FakeToken
from tests.support.keyfiles import make_key_file
from tests.support.softhsm import MODULE, PIN, make_token, person_token

PURPOSES = ["sign", "share"]
DIGEST = hashlib.sha256(b"message").digest()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> TokenAddress:
    made = make_token(tmp_path_factory.mktemp("person"), "legal-1")
    token = person_token(made)
    token.enrol(PURPOSES)
    token.close()
    return made


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> TokenAddress:
    folder = tmp_path_factory.mktemp("person") / "keys"
    make_key_file(folder, PIN.decode())
    made = TokenAddress(KEY_FILE, "legal-1", folder)
    with closing(person_token(made)) as token:
        token.enrol(PURPOSES)
    return made


@pytest.fixture(params=["fake", *(pytest.param(n, marks=pytest.mark.real) for n in ("real", "key file"))])
def token(request: pytest.FixtureRequest) -> Iterator[FakeToken | PersonToken]:
    if request.param == "fake":
        fake = FakeToken()
        fake.enrol(PURPOSES)
        yield fake
        return
    place = "key_file" if request.param == "key file" else "address"
    real = person_token(request.getfixturevalue(place))
    yield real
    real.close()


class TestToken:
    """The contract of the port ``Token``."""

    def test_its_signature_verifies(self, token: FakeToken | PersonToken) -> None:
        signature = token.sign("sign", DIGEST)
        keys.check_signature(token.points()["sign"], signature, DIGEST)

    def test_it_opens_what_was_sealed_to_it(self, token: FakeToken | PersonToken) -> None:
        point = token.points()["share"]
        sealed = [(keys.seal_to(point, b"share %d" % n, info=b"info"), b"info") for n in range(8)]
        opened = keys.open_sealed(lambda points: token.decapsulate("share", points), point, sealed)
        assert opened == [b"share %d" % n for n in range(8)]

    def test_no_points_no_secrets(self, token: FakeToken | PersonToken) -> None:
        assert token.decapsulate("share", []) == []

    def test_a_missing_key_is_refused(self, token: FakeToken | PersonToken) -> None:
        with pytest.raises(Refused, match="key_gone"):
            token.decapsulate("read", [token.points()["share"]])
        with pytest.raises(Refused, match="key_gone"):
            token.sign("other", DIGEST)


@pytest.mark.parametrize("place", ["fake", pytest.param("real", marks=pytest.mark.real)])
def test_it_takes_something_along(request: pytest.FixtureRequest, place: str) -> None:
    """The contract of a token that takes data: the newest counts, also in a session of later."""
    name = "head-0123456789abcdef"
    if place == "fake":
        fake = FakeToken()
        assert fake.along(name) == []
        assert fake.along(name, b"first") == fake.along(name) == [b"first"]
        return
    where = request.getfixturevalue("address")
    with closing(person_token(where)) as token:
        assert token.along(name) == []
        token.along(name, b"first")
        token.along(name, bytes(range(256)) * 4)
    with closing(person_token(where)) as token:
        assert token.along(name) == [bytes(range(256)) * 4]
        assert token.along("head-fedcba9876543210") == []
        for wrong in ("head-x", "anchor-1"):
            with pytest.raises(Misused, match="request_garbled"):
                token.along(wrong)
        with pytest.raises(Misused, match="request_garbled"):
            token.along(name, bytes(1025))


@pytest.mark.real
def test_a_key_file_takes_nothing_along(key_file: TokenAddress) -> None:
    with closing(person_token(key_file)) as token:
        for value in (None, b"x"):
            with pytest.raises(Refused, match="unsupported"):
                token.along("head-0123456789abcdef", value)


def test_a_fake_fails_once_as_told() -> None:
    fake = FakeToken(FakeMachine().random, failure=Unavailable("token_removed"))
    fake.enrol(["sign"])
    with pytest.raises(Unavailable, match="token_removed"):
        fake.sign("sign", DIGEST)
    assert len(fake.sign("sign", DIGEST)) == 64
    assert fake.uses == [("sign", "sign")] * 2


real = pytest.mark.real


@real
def test_keys_never_leave_and_were_made_there(tmp_path: Path) -> None:
    token = person_token(make_token(tmp_path, "it-1"))
    made = token.prove(["sign", "share", "read"])
    assert all(key.sensitive and not key.extractable and key.local for key in made.values())
    assert {purpose: key.public for purpose, key in made.items()} == token.points()
    assert [key.mechanism for key in made.values()] == ["ecdsa-p256", "p256-hpke", "p256-hpke"]
    again = token.prove(["share"])["share"]  # there already: proven again, not made again
    assert (again.public, again.way) == (made["share"].public, "found")
    token.close()


@real
def test_wrong_pins_leak_nothing_and_are_never_retried(address: TokenAddress) -> None:
    asked: list[str] = []

    def ask(member: str) -> bytearray:
        asked.append(member)
        return bytearray(b"wrong-pin") if len(asked) <= 20 else bytearray(PIN)

    token = PersonToken(address, "legal-1", ask, environment={})
    for _ in range(20):
        with pytest.raises(Refused, match="pin_wrong") as caught:
            token.sign("sign", DIGEST)
        assert caught.value.facts == {"tries": "many", "member": "legal-1"}
    assert len(token.sign("sign", DIGEST)) == 64
    assert asked == ["legal-1"] * 21
    token.sign("sign", DIGEST)
    assert len(asked) == 21  # the right one is kept for the ceremony
    token.close()


@real
def test_no_pin_is_not_given_to_the_module(address: TokenAddress) -> None:
    token = person_token(address, pin=b"")
    with pytest.raises(Refused, match="pin_format"):
        token.sign("sign", DIGEST)
    token.close()


@real
def test_the_pin_is_stretched_and_every_copy_wiped(address: TokenAddress) -> None:
    typed, stretched = bytearray(b"short"), bytearray(PIN)
    token = PersonToken(address, "legal-1", lambda _: typed, environment={}, stretch=lambda _: stretched)
    token.sign("sign", DIGEST)
    assert typed == bytes(len(typed))
    token.close()
    assert stretched == bytes(len(stretched))


@real
def test_a_token_is_known_by_its_keys_not_by_its_label(address: TokenAddress, tmp_path: Path) -> None:
    right = person_token(address)
    points = right.points()
    known = TokenKeys(points["sign"], points["share"])
    elsewhere = TokenAddress(MODULE, "another label", address.folder)
    renamed = person_token(elsewhere, known=known)
    assert len(renamed.sign("sign", DIGEST)) == 64
    stranger = person_token(make_token(tmp_path, "legal-1"), known=known)
    with pytest.raises(Unavailable, match=r"other_token \(label=legal-1\)"):
        stranger.sign("sign", DIGEST)
    for token in (right, renamed, stranger):
        token.close()


@real
def test_what_is_absent_is_said(tmp_path: Path) -> None:
    for missing, code in (
        (TokenAddress(MODULE, "nobody", tmp_path / "empty"), "token_absent"),
        (TokenAddress(tmp_path / "none.so", "nobody"), "module_missing"),
        (TokenAddress(Path("/usr/bin/env"), "nobody"), "module_missing"),
    ):
        token = person_token(missing)
        with pytest.raises(Unavailable, match=code) as caught:
            token.sign("sign", DIGEST)
        if code == "token_absent":
            assert explain(caught.value).what.startswith("The token of legal-1 is not plugged in")
        token.close()


@real
def test_a_token_s_disk_that_takes_nothing_is_not_called_a_missing_driver(tmp_path: Path) -> None:
    made = make_token(tmp_path, "legal-1")
    assert made.folder is not None
    configuration = made.folder / "softhsm2.conf"
    configuration.unlink()
    configuration.mkdir()
    with closing(person_token(made)) as token, pytest.raises(Unavailable, match="not_written"):
        token.points()


@real
def test_a_process_that_dies_is_started_again(address: TokenAddress) -> None:
    process = TokenProcess(address, {})
    where = {"label": address.label, "expect": {}}
    process.call("points", None, **where)
    assert process._child is not None
    process._child.kill()
    with pytest.raises(Unavailable, match="token_broken"):
        process.call("points", None, **where)
    assert "points" in process.call("points", None, **where).head["ok"]  # type: ignore[operator]
    process.close()


@real
def test_a_late_answer_is_never_taken_for_the_next_one(address: TokenAddress) -> None:
    process = TokenProcess(address, {}, limit_s=10)
    process.call("points", None, label=address.label, expect={})
    process._limit_s = 0.0
    pin = bytearray(PIN)
    with pytest.raises(Unavailable, match="token_broken"):
        process.call(
            "sign", pin, label=address.label, expect={}, key="sign", mechanism="ecdsa-p256", digest=DIGEST.hex()
        )
    assert pin == bytes(len(pin))
    process._limit_s = 10
    assert "points" in process.call("points", None, label=address.label, expect={}).head["ok"]  # type: ignore[operator]
    process.close()


@real
def test_only_the_verbs_of_a_person_are_answered(address: TokenAddress) -> None:
    process = TokenProcess(address, {})
    for verb in ("keys", "anchor", "lock", "get_attributes", "load"):
        with pytest.raises(ConsoleError, match="verb_unknown"):
            process.call(verb)
    with pytest.raises(ConsoleError, match="request_garbled"):
        process.call(
            "sign", bytearray(PIN), label=address.label, expect={}, key="sign", mechanism="ecdsa-p256", digest="no hex"
        )
    process.close()


@real
def test_the_process_is_closed_to_lookers_on_and_holds_no_pin_in_sight(address: TokenAddress) -> None:
    process = TokenProcess(address, {"HOME": "/nowhere"})
    process.call(
        "sign", bytearray(PIN), label=address.label, expect={}, key="sign", mechanism="ecdsa-p256", digest=DIGEST.hex()
    )
    assert process._child is not None
    proc = Path(f"/proc/{process._child.pid}")
    status = dict(line.split(":\t", 1) for line in (proc / "status").read_text().splitlines() if ":\t" in line)
    assert status["Seccomp"].strip() == "2"
    assert "0" in (proc / "limits").read_text().split("Max core file size", 1)[1].split()[:1]
    readable = ("cmdline", "environ") if os.geteuid() == 0 else ("cmdline",)
    for name in readable:
        assert PIN not in (proc / name).read_bytes()
    if os.geteuid() != 0:
        with pytest.raises(PermissionError):
            (proc / "environ").read_bytes()
    process.close()


@real
def test_start_and_signature_are_fast_enough(address: TokenAddress) -> None:
    began = time.perf_counter()
    token = person_token(address)
    token.points()
    assert time.perf_counter() - began < 1.0  # about 80 ms on a quiet machine
    token.close()
