# SPDX-License-Identifier: Apache-2.0
"""The other kind of token process: a person's keys in a software key file, behind the same verbs, without a module.

The private keys are in this process for one request each; the key that a right PIN made stays until its end, so that a
ceremony pays for Argon2id once. What Python copies it cannot wipe: the process ends with the ceremony instead.
"""

import fcntl
import hmac
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from console.domain import keys
from console.domain.errors import Corrupt, Misused, Refused, Unavailable
from console.domain.keyholder import keyfile
from console.domain.keyholder.keyfile import KeyFile
from console.tokens import wire
from console.tokens.answering import answered
from console.tokens.folder import write_durably
from console.tokens.request import Answer, Request, Verb

PURPOSES = frozenset({"sign", "share", "read"})
FOUND, P256 = "found", "p256"
ATTRIBUTES = {"sensitive": True, "extractable": False, "local": True, "confirms": False}
"""What the verbs keep to: no key leaves through them. A copy of the file under its PIN is another matter."""


def serve(reading: int, writing: int) -> None:
    """Answer on a pipe until its other end is gone."""
    os.umask(0o077)
    software = SoftwareToken()
    try:
        while (frame := wire.read(wire.reader_of(reading))) is not None:
            wire.write(wire.writer_of(writing), answered(software.verbs(), frame))
    finally:
        software.close()


class SoftwareToken:
    """One software key file, read anew for each request: it may be on a stick, and another process may write it."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._key = bytearray()
        self._proof = b""
        """What the right PIN is known by without keeping it."""

    def verbs(self) -> Mapping[str, Verb]:
        """Return the closed list of what can be asked now."""
        if self._folder is None:
            return {"load": self.load}
        return {
            "init_token": partial(self.init_token, self._folder),
            "prepare": partial(self.prepare, self._folder),
            "drop": partial(self.drop, self._folder),
            "points": partial(self.points, self._folder),
            "sign": partial(self.sign, self._folder),
            "decapsulate": partial(self.decapsulate, self._folder),
            "remembered": _takes_nothing,
            "remember": _takes_nothing,
            "unlock": self.unlock,
        }

    def close(self) -> None:
        """Forget the key."""
        wire.wipe(self._key)

    def load(self, request: Request) -> Answer:
        """Take the folder; ``Unavailable`` (token_absent) if it is not there."""
        folder = Path(request.text("folder"))
        if not folder.is_dir():
            # Never made by looking for it: it may lie on a stick that is not plugged in.
            raise Unavailable("token_absent", label=folder.name)
        self._folder = folder
        return Answer()

    def init_token(self, folder: Path, request: Request) -> Answer:
        """Make a file without keys; tail: a security officer's PIN, which nothing here needs, then the user's."""
        pin = request.tail[request.number("so_pin_bytes") :]
        try:
            with _locked(folder):
                if (folder / keyfile.FILE_NAME).exists():
                    raise Refused("key_exists", key=keyfile.FILE_NAME)
                made = keyfile.empty(
                    _checked(pin), salt=os.urandom(keyfile.SALT_BYTES), nonce=os.urandom(keyfile.NONCE_BYTES)
                )
                write_durably(folder / keyfile.FILE_NAME, made.encode())
        finally:
            wire.wipe(pin)
        return Answer()

    def prepare(self, folder: Path, request: Request) -> Answer:
        """Get the key pair of ``purpose``: ``found`` in the file, or made (``p256``); ``unsupported`` else."""
        purpose, way = request.text("purpose"), request.text("way")
        if purpose not in PURPOSES:
            raise Misused("request_garbled", field="purpose")
        if way not in (FOUND, P256):
            raise Refused("unsupported", module_error="a software key file has P-256 keys only")
        with _locked(folder):
            file, scalars = self._opened(folder, request)
            if way == P256:
                if purpose in scalars:
                    raise Refused("key_exists", key=purpose)
                file = self._written(folder, file, {**scalars, purpose: keyfile.new_scalar()})
        if purpose not in file.points:
            raise Refused("key_gone", key=purpose)
        return Answer({"public": file.points[purpose].hex(), **ATTRIBUTES})

    def drop(self, folder: Path, request: Request) -> Answer:
        """Destroy the pair of this public key, just made and found unfit; ``Refused`` (key_gone) if it is another."""
        purpose, public = request.text("purpose"), request.data("public")
        with _locked(folder):
            file, scalars = self._opened(folder, request)
            if file.points.get(purpose) != public:
                raise Refused("key_gone", key=purpose)
            del scalars[purpose]
            self._written(folder, file, scalars)
        return Answer()

    def points(self, folder: Path, request: Request) -> Answer:
        """Answer the public keys by purpose, without a PIN."""
        return Answer({"points": {name: point.hex() for name, point in _read(folder, request).points.items()}})

    def sign(self, folder: Path, request: Request) -> Answer:
        """Answer the signature over ``digest`` by ``key``."""
        scalar = self._scalar(folder, request, keys.ECDSA_P256)
        return Answer({"signature": keyfile.sign(scalar, request.data("digest")).hex()})

    def decapsulate(self, folder: Path, request: Request) -> Answer:
        """Answer the x coordinates of ``encapsulations`` by ``key``, in the tail."""
        scalar, points = self._scalar(folder, request, keys.P256_HPKE), request.data_list("encapsulations")
        return Answer({}, bytearray().join(keyfile.shared_x(scalar, point) for point in points))

    def unlock(self, _: Request) -> Answer:
        """Refuse: a station's HSM has anchors and keys that end, and this has neither."""
        raise Refused("unsupported", module_error="a software key file is no station's HSM")

    def _scalar(self, folder: Path, request: Request, mechanism: str) -> bytes:
        name = request.text("key")
        if request.text("mechanism") != mechanism:
            raise Refused("unsupported", module_error="a software key file has P-256 keys only")
        scalar = self._opened(folder, request)[1].get(name)
        if scalar is None:
            raise Refused("key_gone", key=name)
        return scalar

    def _opened(self, folder: Path, request: Request) -> tuple[KeyFile, dict[str, bytes]]:
        file, pin = _read(folder, request), _checked(request.tail)
        if not hmac.compare_digest(self._proof, _proof(self._key, file, pin)):
            key = keyfile.stretch(pin, file)
            keyfile.opened(file, key)
            wire.wipe(self._key)
            self._key, self._proof = key, _proof(key, file, pin)
        return file, keyfile.opened(file, self._key)

    def _written(self, folder: Path, file: KeyFile, scalars: Mapping[str, bytes]) -> KeyFile:
        made = keyfile.sealed(file, self._key, scalars, os.urandom(keyfile.NONCE_BYTES))
        write_durably(folder / keyfile.FILE_NAME, made.encode())
        return made


def _takes_nothing(_: Request) -> Answer:
    """Refuse: whoever copies a key file copies what lies beside it."""
    raise Refused("unsupported", module_error="a software key file takes nothing along")


def _read(folder: Path, request: Request) -> KeyFile:
    """Return the file if it is the one meant.

    ``Unavailable``: token_absent, other_token; ``Corrupt`` (key_file_damaged).
    """
    label, expected = request.text("label"), request.data_by_name("expect")
    try:
        with (folder / keyfile.FILE_NAME).open("rb") as stored:
            data = stored.read(keyfile.MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Unavailable("token_absent", label=label) from error
    if len(data) > keyfile.MAX_BYTES:
        raise Corrupt("key_file_damaged")
    file = keyfile.parse(data)
    if any(file.points.get(name) != point for name, point in expected.items()):
        raise Unavailable("other_token", label=label)
    return file


def _checked(pin: bytearray) -> bytearray:
    if not pin:
        raise Refused("pin_format")
    return pin


def _proof(key: bytearray, file: KeyFile, pin: bytearray) -> bytes:
    made = hmac.new(key, file.salt, "sha256")
    made.update(pin)
    return made.digest()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder: of two processes that add a key, none loses the other's."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Unavailable("token_absent", label=folder.name) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
