# SPDX-License-Identifier: Apache-2.0
"""Fakes that implement the ports in software; the contract tests run on them and on the real things."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TypeVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from console.adapters.machine import uuid7
from console.domain.entries.entry import Reading
from console.domain.errors import ConsoleError, Refused, Unavailable
from console.domain.handoff.picture import Grey
from console.domain.keys import ECDSA_P256, P256_HPKE, RSA_OAEP_SHA256, RSA_PSS_SHA256

Random = Callable[[int], bytes]
Pair = TypeVar("Pair")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SECOND_NS = 1_000_000_000
NOON = Reading(wall_ms=1_795_435_200_000, boot="b0070000-0000-4000-8000-000000000001", up_ns=3600 * SECOND_NS)


@dataclass
class FakeMachine:
    """A machine whose clock is set by the test and whose randomness comes from a seed."""

    now: Reading = NOON
    seed: bytes = b"fake machine"
    drawn: int = 0
    slept: int = 0

    def reading(self) -> Reading:
        """Return the time that the test set."""
        return self.now

    def slept_ns(self) -> int:
        """Return for how long the test let it sleep."""
        return self.slept

    def random(self, size: int) -> bytes:
        """Return the next bytes of the seed's stream."""
        self.drawn += 1
        return hashlib.shake_256(self.seed + self.drawn.to_bytes(8, "big")).digest(size)

    def new_id(self) -> str:
        """Return a UUIDv7 of the test's time."""
        return uuid7(self.now.wall_ms, self.random(10))

    @contextmanager
    def secret(self, size: int) -> Iterator[memoryview]:
        """Lend memory, wiped when given back."""
        with memoryview(bytearray(size)) as memory:
            yield memory
            memory[:] = bytes(size)

    def health(self, folder: PurePath) -> Mapping[str, object]:
        """Return that nothing is wrong with it."""
        return {
            "memory": "memfd_secret",
            "dumps": False,
            "interfaces": [],
            "free_bytes": 1 << 40,
            "display": "none",
            "printer": False,
            "cameras": [],
        }

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.step(seconds)
        self.now = replace(self.now, up_ns=self.now.up_ns + int(seconds * SECOND_NS))

    def sleep(self, seconds: float) -> None:
        """Let time pass on both clocks while the machine is suspended."""
        self.advance(seconds)
        self.slept += int(seconds * SECOND_NS)

    def step(self, seconds: float) -> None:
        """Set the wall clock forward or back; the suspend-inclusive clock does not notice."""
        self.now = replace(self.now, wall_ms=self.now.wall_ms + int(seconds * 1000))

    def reboot(self, *, off_seconds: float) -> None:
        """Start anew after some time off: another boot, the suspend-inclusive clock near zero."""
        self.step(off_seconds)
        self.slept = 0
        self.now = replace(self.now, boot=f"b0070000-{self.random(2).hex()}-4000-8000-000000000001", up_ns=SECOND_NS)


PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass
class FakeToken:
    """One person's token: keys by purpose, P-256 or RSA. ``failure`` is raised at the next call, once."""

    random: Random = field(default_factory=lambda: FakeMachine().random)
    keys: dict[str, PrivateKey] = field(default_factory=dict)
    mechanism: str = P256_HPKE
    signing: str = ECDSA_P256
    failure: ConsoleError | None = None
    taken_along: dict[str, bytes] = field(default_factory=dict)
    uses: list[tuple[str, str]] = field(default_factory=list)
    """(verb, key) of each call, for tests of how often a person is asked."""

    def enrol(self, purposes: Sequence[str]) -> dict[str, bytes]:
        """Make a key pair for each purpose; return the points."""
        for purpose in purposes:
            self.keys[purpose] = _new_key(self.random)
        return self.points()

    def points(self) -> dict[str, bytes]:
        """Return the public points by purpose."""
        return {purpose: public_of(key) for purpose, key in self.keys.items()}

    def sign(self, key: str, digest: bytes) -> bytes:
        """Return the signature over a digest."""
        self._use("sign", key)
        pair = _known(self.keys, key)
        if isinstance(pair, ec.EllipticCurvePrivateKey):
            return _signed(pair, digest)
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return pair.sign(digest, pss if self.signing == RSA_PSS_SHA256 else padding.PKCS1v15(), hashes.SHA256())

    def decapsulate(self, key: str, encapsulations: Sequence[bytes]) -> list[bytes]:
        """Return the x coordinates of points or the seeds of ciphertexts."""
        self._use("decapsulate", key)
        return [self._decapsulated(_known(self.keys, key), each) for each in encapsulations]

    def along(self, name: str, value: bytes | None = None) -> list[bytes]:
        """Return what this token took along, or take something else."""
        self._use("along", name)
        if value is not None:
            self.taken_along[name] = value
        return [self.taken_along[name]] if name in self.taken_along else []

    def close(self) -> None:
        """Nothing is open."""

    def _decapsulated(self, pair: PrivateKey, encapsulation: bytes) -> bytes:
        if isinstance(pair, ec.EllipticCurvePrivateKey):
            return _shared(pair, encapsulation)
        hash_ = hashes.SHA256() if self.mechanism == RSA_OAEP_SHA256 else hashes.SHA1()
        return pair.decrypt(encapsulation, padding.OAEP(padding.MGF1(hash_), hash_, None))

    def _use(self, verb: str, key: str) -> None:
        self.uses.append((verb, key))
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure


@dataclass
class FakeHsm:
    """The station's HSM; its keys end by themselves on the fake machine's clock."""

    machine: FakeMachine = field(default_factory=FakeMachine)
    member: str = "legal-1"
    pairs: dict[str, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey] = field(default_factory=dict)
    until: dict[str, int] = field(default_factory=dict)
    anchors: list[bytes] = field(default_factory=list)
    notes: dict[str, list[bytes]] = field(default_factory=lambda: {"spool": [], "paper": []})
    genesis: bytes | None = None
    imports: bool = True
    """Whether it takes keys from outside, as not every module does."""

    def unlocked_by(self) -> str:
        """Return who unlocked it."""
        return self.member

    def keys(self) -> list[str]:
        """Return the names of all key pairs."""
        self._sweep()
        return sorted(self.pairs)

    def make_key(self, name: str, *, until_up_ns: int | None = None) -> bytes:
        """Make a key pair; ``log`` is Ed25519."""
        self._sweep()
        if name in self.pairs:
            raise Refused("key_exists", key=name)
        if until_up_ns is not None:
            self.until[name] = until_up_ns
        if name == "log":
            self.pairs[name] = log = ed25519.Ed25519PrivateKey.from_private_bytes(self.machine.random(32))
            return log.public_key().public_bytes_raw()
        self.pairs[name] = pair = _new_key(self.machine.random)
        return _point(pair)

    def keep_key(self, name: str, *, until_up_ns: int) -> None:
        """Move the end of a key."""
        self._sweep()
        if name not in self.pairs:
            raise Refused("key_gone", key=name)
        self.until[name] = until_up_ns

    def destroy_key(self, name: str) -> None:
        """Destroy a key pair."""
        self.pairs.pop(name, None)
        self.until.pop(name, None)

    def sign(self, key: str, message: bytes) -> bytes:
        """Sign with ``log`` or ``request``."""
        if key not in ("log", "request"):
            raise Refused("not_permitted", key=key)
        pair = _known(self.pairs, key)
        if isinstance(pair, ed25519.Ed25519PrivateKey):
            return pair.sign(message)
        return _signed(pair, hashlib.sha256(message).digest())

    def derive(self, key: str, points: Sequence[bytes]) -> list[bytes]:
        """Return the x coordinates."""
        self._sweep()
        pair = _known(self.pairs, key)
        assert isinstance(pair, ec.EllipticCurvePrivateKey)
        return [_shared(pair, point) for point in points]

    def sign_once(self, mechanism: str, key: Sequence[memoryview], message: bytes) -> bytes:
        """Sign with a private key that is forgotten at once."""
        self._check_imports()
        numbers = [int.from_bytes(part, "big") for part in key]
        if mechanism == ECDSA_P256:
            pair = ec.derive_private_key(numbers[0], ec.SECP256R1())
            return _signed(pair, hashlib.sha256(message).digest())
        n, e, d, p, q, dp, dq, qi = numbers
        private = rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, rsa.RSAPublicNumbers(e, n)).private_key()
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return private.sign(message, pss if mechanism == RSA_PSS_SHA256 else padding.PKCS1v15(), hashes.SHA256())

    def mac_once(self, seed: memoryview, counters: Sequence[int]) -> list[bytes]:
        """Return HMAC-SHA-1 of each counter."""
        self._check_imports()
        return [hmac.digest(seed, counter.to_bytes(8, "big"), "sha1") for counter in counters]

    def anchor(self) -> list[bytes]:
        """Return the anchored notes."""
        return list(self.anchors)

    def set_anchor(self, note: bytes) -> None:
        """Replace the anchor."""
        self.anchors = [note]

    def held(self, what: str) -> list[bytes]:
        """Return what is held."""
        return list(self.notes[what])

    def hold(self, what: str, note: bytes) -> None:
        """Replace it; an empty one leaves none."""
        self.notes[what] = [note] if note else []

    def pinned(self) -> bytes:
        """Return the pinned genesis hash."""
        if self.genesis is None:
            raise Refused("not_pinned")
        return self.genesis

    def pin(self, genesis: bytes) -> None:
        """Pin the genesis hash, once."""
        if self.genesis is not None:
            raise Refused("already_pinned")
        self.genesis = genesis

    def close(self) -> None:
        """Nothing is open."""

    def _check_imports(self) -> None:
        if not self.imports:
            raise Refused("unsupported")

    def _sweep(self) -> None:
        for name in [name for name, until in self.until.items() if until <= self.machine.now.up_ns]:
            self.destroy_key(name)


def public_of(key: PrivateKey) -> bytes:
    """Return a public key as the roster spells it."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _point(key)
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _new_key(random: Random) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(1 + int.from_bytes(random(40), "big") % (P256_ORDER - 1), ec.SECP256R1())


def _known(pairs: Mapping[str, Pair], name: str) -> Pair:
    if name not in pairs:
        raise Refused("key_gone", key=name)
    return pairs[name]


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _signed(key: ec.EllipticCurvePrivateKey, digest: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _shared(key: ec.EllipticCurvePrivateKey, point: bytes) -> bytes:
    return key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))


@dataclass
class FakeCamera:
    """A camera that shows these pictures in turn; ``end`` as ``tests/camera/kernel.c``: loop, gone, still."""

    name: str
    pictures: Sequence[Grey | bytes]
    end: str = "loop"
    trouble: str = ""
    shown: int = 0
    is_lent: bool = False

    def picture(self, limit_s: float) -> Grey | bytes | None:
        """Return the next picture, as fast as it is asked for."""
        if self.shown == len(self.pictures) and self.end != "loop":
            if self.end == "gone":
                raise Unavailable("camera_gone", camera=self.name)
            return None
        self.shown += 1
        return self.pictures[(self.shown - 1) % len(self.pictures)]


@dataclass
class FakeCameras:
    """The port ``Cameras``: what is plugged in, by device."""

    plugged: Mapping[str, FakeCamera]

    def names(self) -> Sequence[tuple[str, str]]:
        """Return what is plugged in."""
        return [(device, camera.name) for device, camera in self.plugged.items()]

    @contextmanager
    def camera(self, device: str) -> Iterator[FakeCamera]:
        """Lend one, from its first picture on."""
        if device not in self.plugged:
            raise Unavailable("camera_gone", camera=device)
        camera = self.plugged[device]
        if camera.trouble:
            raise Unavailable(camera.trouble, camera=device)
        if camera.is_lent:
            raise Unavailable("camera_busy", camera=device)
        camera.shown, camera.is_lent = 0, True
        try:
            yield camera
        finally:
            camera.is_lent = False
