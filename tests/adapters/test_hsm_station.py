# SPDX-License-Identifier: Apache-2.0
"""The station's HSM: the contract on the fake, in a process of one's own, and through the keeper."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from console.adapters.hsm.process import TokenAddress
from console.adapters.hsm.station import OwnLine, StationHsm, lock, start_keeper, through_keeper, unlock
from console.domain import keys
from console.domain.errors import ConsoleError, Corrupt, Misused, Refused, Unavailable
from console.domain.frame import Frame
from console.domain.payload import certificate, otp
from console.domain.payload.usage import PrivateKey, read_private_key
from tests.support.fakes import FakeHsm
from tests.support.softhsm import PIN, make_token, unlocked

MESSAGE = b"a message of no importance"
real = pytest.mark.real


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> TokenAddress:
    made = make_token(tmp_path_factory.mktemp("hsm"), "station")
    hsm = unlocked(made)
    for name in ("log", "request", "journal"):
        hsm.make_key(name)
    hsm.close()
    return made


@pytest.fixture(scope="module")
def own(address: TokenAddress) -> Iterator[StationHsm]:
    hsm = unlocked(address)
    yield hsm
    hsm.close()


@pytest.fixture(scope="module")
def kept(address: TokenAddress, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StationHsm]:
    sockets = [tmp_path_factory.mktemp("run") / "keeper.sock"]
    start_keeper(address, bytearray(PIN), "legal-1", sockets, environment={}, idle_s=120)
    yield through_keeper(sockets)
    lock(sockets)


@pytest.fixture(params=["fake", pytest.param("own", marks=real), pytest.param("kept", marks=real)])
def hsm(request: pytest.FixtureRequest) -> FakeHsm | StationHsm:
    if request.param == "fake":
        fake = FakeHsm()
        for name in ("log", "request", "journal"):
            fake.make_key(name)
        return fake
    found: StationHsm = request.getfixturevalue(request.param)
    return found


def names(hsm: FakeHsm | StationHsm) -> set[str]:
    return set(hsm.keys())


class TestHsm:
    """The contract of the port ``Hsm``."""

    def test_it_names_who_unlocked(self, hsm: FakeHsm | StationHsm) -> None:
        assert hsm.unlocked_by() == "legal-1"

    def test_keys_come_and_go(self, hsm: FakeHsm | StationHsm) -> None:
        point = hsm.make_key("state-1")
        keys.check_point(point)
        assert {"journal", "log", "request", "state-1"} <= names(hsm)
        with pytest.raises(Refused, match="key_exists"):
            hsm.make_key("state-1")
        hsm.destroy_key("state-1")
        hsm.destroy_key("state-1")
        assert "state-1" not in names(hsm)
        with pytest.raises(Refused, match="key_gone"):
            hsm.derive("state-1", [point])

    def test_what_is_sealed_to_a_key_opens_with_it_alone(self, hsm: FakeHsm | StationHsm) -> None:
        point = hsm.make_key("table-7")
        blob = keys.seal_to(point, b"rows", info=b"i")
        opened = keys.open_sealed(lambda points: hsm.derive("table-7", points), point, [(blob, b"i")])
        hsm.destroy_key("table-7")
        assert opened == [b"rows"]

    def test_the_request_key_signs_a_hash(self, hsm: FakeHsm | StationHsm, request_point: bytes) -> None:
        signature = hsm.sign("request", MESSAGE)
        if isinstance(hsm, StationHsm):
            keys.check_signature(request_point, signature, hashlib.sha256(MESSAGE).digest())
        assert len(signature) == 64

    def test_only_signing_keys_sign(self, hsm: FakeHsm | StationHsm) -> None:
        with pytest.raises(Refused, match="not_permitted"):
            hsm.sign("journal", MESSAGE)

    @pytest.mark.parametrize("mechanism", keys.SIGNINGS)
    def test_a_key_from_outside_signs_once_and_is_gone(self, hsm: FakeHsm | StationHsm, mechanism: str) -> None:
        before = names(hsm)
        key = outside_key(mechanism)
        signature = hsm.sign_once(mechanism, key.parts, MESSAGE)
        signed = hashlib.sha256(MESSAGE).digest() if mechanism == keys.ECDSA_P256 else MESSAGE
        keys.check_signature(certificate.public_half(key), signature, signed, signing=mechanism)
        assert names(hsm) == before

    def test_a_seed_from_outside_makes_macs(self, hsm: FakeHsm | StationHsm) -> None:
        seed, counters = memoryview(otp.TEST_SEED), [0, 1, 2**40]
        assert hsm.mac_once(seed, counters) == otp.macs(seed, counters)

    def test_the_anchor_is_replaced(self, hsm: FakeHsm | StationHsm) -> None:
        for note in (b"first", b"second", bytes(range(256)) * 8):
            hsm.set_anchor(note)
            assert hsm.anchor() == [note]

    def test_the_head_of_the_spool_is_replaced_and_taken_away(self, hsm: FakeHsm | StationHsm) -> None:
        assert hsm.held("spool") == []
        hsm.set_anchor(b"an anchor")
        for note in (b"one", b"two"):
            hsm.hold("spool", note)
            assert hsm.held("spool") == [note]
        hsm.hold("paper", b"paper")
        hsm.hold("spool", b"")
        assert (hsm.held("spool"), hsm.held("paper")) == ([], [b"paper"])
        hsm.hold("paper", b"")
        assert hsm.held("paper") == []
        assert hsm.anchor() == [b"an anchor"]

    def test_a_key_with_a_time_can_be_kept_longer(self, hsm: FakeHsm | StationHsm) -> None:
        later = 2**62
        hsm.make_key("open-1", until_up_ns=later)
        hsm.keep_key("open-1", until_up_ns=later + 1)
        assert "open-1" in names(hsm)
        hsm.destroy_key("open-1")
        with pytest.raises(Refused, match="key_gone"):
            hsm.keep_key("open-1", until_up_ns=later)


def outside_key(mechanism: str) -> PrivateKey:
    """Return the parts of a fresh private key."""
    pem = certificate.throwaway_key(mechanism)
    return read_private_key(memoryview(pem), memoryview(bytearray(len(pem))))


@real
class TestOutsideKeys:
    """What only a real module can get wrong."""

    def test_the_parts_are_wiped_here(self, own: StationHsm) -> None:
        """The console keeps none of what it sent."""
        sent: list[bytearray] = []

        class Watched(OwnLine):
            def call(self, verb: str, tail: bytearray | None = None, /, **fields: object) -> Frame:
                assert tail is not None
                sent.append(tail)
                return own._line.call(verb, tail, **fields)

        hsm = StationHsm(Watched.__new__(Watched))
        hsm.sign_once(keys.ECDSA_P256, outside_key(keys.ECDSA_P256).parts, MESSAGE)
        assert sent == [bytearray(32)]

    @pytest.mark.parametrize("parts", [[b"\0" * 32], [b"\xff" * 32], [b"short"]])
    def test_what_is_no_key_is_refused_and_the_station_goes_on(self, own: StationHsm, parts: list[bytes]) -> None:
        """Whatever the module calls it: a broken token would lock the station."""
        with suppress(Refused):
            own.sign_once(keys.ECDSA_P256, [memoryview(part) for part in parts], MESSAGE)
        assert own.unlocked_by() == "legal-1"

    @pytest.mark.parametrize("mechanism", ["rsa-pkcs1-sha256", "none", "rsa-oaep-sha256"])
    def test_one_part_is_no_rsa_key_and_nothing_else_signs(self, own: StationHsm, mechanism: str) -> None:
        with pytest.raises(Misused):
            own.sign_once(mechanism, [memoryview(bytes(32))], MESSAGE)


@pytest.fixture
def request_point(request: pytest.FixtureRequest) -> bytes:
    """The public point of ``request``, read as anybody can read it: without a PIN."""
    if "fake" in request.node.name:
        return b""
    from tests.support.softhsm import person_token

    shown = person_token(request.getfixturevalue("address"))
    point = shown.points()["request"]
    shown.close()
    return point


def test_a_fake_key_ends_on_the_fake_clock() -> None:
    fake = FakeHsm()
    fake.make_key("open-1", until_up_ns=fake.machine.now.up_ns + 10**9)
    fake.machine.advance(2)
    assert fake.keys() == []


@real
def test_genesis_is_pinned_once(tmp_path: Path) -> None:
    address = make_token(tmp_path, "station")
    hsm = unlocked(address)
    with pytest.raises(Refused, match="not_pinned"):
        hsm.pinned()
    hsm.pin(b"g" * 32)
    with pytest.raises(Refused, match="already_pinned"):
        hsm.pin(b"h" * 32)
    hsm.close()
    hsm = unlocked(address)
    assert hsm.pinned() == b"g" * 32
    hsm.close()


@real
def test_the_log_key_is_ed25519_where_the_module_can(tmp_path: Path) -> None:
    hsm = unlocked(make_token(tmp_path, "station"))
    point = hsm.make_key("log")
    signature = hsm.sign("log", MESSAGE)
    hsm.close()
    ed25519.Ed25519PublicKey.from_public_bytes(point).verify(signature, MESSAGE)


@real
def test_the_wrong_pin_does_not_unlock(address: TokenAddress) -> None:
    pin = bytearray(b"wrong-pin")
    with pytest.raises(Refused, match="pin_wrong"):
        unlock(address, pin, "legal-1", environment={})
    assert pin == bytes(len(pin))


@real
def test_locked_is_locked(address: TokenAddress) -> None:
    hsm = unlocked(address)
    hsm.close()
    with pytest.raises(Unavailable, match="station_locked"):
        hsm.keys()


@real
def test_keys_that_cannot_be_read_are_not_gone(tmp_path: Path) -> None:
    """SoftHSM hides objects whose files it cannot read. A request key taken for destroyed would end its activation."""
    address = make_token(tmp_path, "station")
    with closing(unlocked(address)) as hsm:
        hsm.make_key("log")
        point = hsm.make_key("open-1")
    with closing(unlocked(address)) as hsm:
        assert address.folder is not None
        for file in list((address.folder / "tokens").rglob("*.object")):
            if file.name != "token.object":
                file.unlink()
        with pytest.raises(Unavailable, match="token_broken"):
            hsm.keys()
    with closing(unlocked(address)) as hsm:
        assert len(hsm.derive("open-1", [point])) == 1


@real
def test_names_of_keys_are_checked(own: StationHsm) -> None:
    for name in ("", "Log", "a" * 65, "../x", "a b"):
        with pytest.raises(Refused, match="key_name"):
            own.make_key(name)


@real
def test_the_unlocked_hsm_answers_its_verbs_and_no_others(own: StationHsm) -> None:
    for verb in ("load", "unlock", "enrol", "init_token", "points", "pin_value", "get_objects"):
        with pytest.raises(Misused, match="verb_unknown"):
            own._line.call(verb)


@real
def test_a_key_with_a_time_ends_by_itself(own: StationHsm) -> None:
    now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    point = own.make_key("open-2", until_up_ns=now + 3600 * 10**9)
    own.derive("open-2", [point])
    own.keep_key("open-2", until_up_ns=time.clock_gettime_ns(time.CLOCK_BOOTTIME) + 200_000_000)
    time.sleep(0.2)
    with pytest.raises(Refused, match="key_gone"):
        own.derive("open-2", [point])


@real
def test_two_processes_on_one_token_see_each_others_keys(own: StationHsm, kept: StationHsm) -> None:
    for number in range(5):
        point = own.make_key(f"shared-{number}")
        assert kept.derive(f"shared-{number}", [point]) == own.derive(f"shared-{number}", [point])
        kept.destroy_key(f"shared-{number}")
        with pytest.raises(ConsoleError, match="key_gone"):
            own.derive(f"shared-{number}", [point])


@real
def test_two_threads_do_not_take_each_others_answers(tmp_path: Path) -> None:
    hsm = unlocked(make_token(tmp_path, "station"))
    point = hsm.make_key("request")
    wrong: list[bytes] = []

    def sign(message: bytes) -> None:
        for _ in range(40):
            signature = hsm.sign("request", message)
            try:
                keys.check_message(point, signature, message)
            except Corrupt:
                wrong.append(message)

    threads = [Thread(target=sign, args=(message,)) for message in (b"from the journal", b"from the worker")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hsm.close()
    assert wrong == []
