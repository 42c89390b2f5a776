# SPDX-License-Identifier: Apache-2.0
"""A PIV card in software, as a YubiKey would be: ``python -m tests.tokens.virtual_card FILE PORT`` puts it in.

It speaks the protocol of vpcd (vsmartcard) to a reader on localhost; ending the process takes the card out. FILE keeps
its keys, its PIN and how often the PIN may still be wrong. Commands: SP 800-73-4 part 2; two of Yubico's own.
"""

import json
import os
import socket
import struct
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

SIGNATURE, KEY_MANAGEMENT, RETIRED = 0x9C, 0x9D, 0x82
CERTIFICATES = {SIGNATURE: "5fc10a", KEY_MANAGEMENT: "5fc10b", RETIRED: "5fc10d"}
NAMES = {SIGNATURE: "sign", KEY_MANAGEMENT: "share", RETIRED: "read"}
CHUID, KEY_HISTORY = "5fc102", "5fc10c"
FASC_N = "d4e739da739ced39ce739d836858210842108421c84210c3eb"
ATR = bytes.fromhex("3bfd1300008131fe158073c021c057597562694b657940")  # of a YubiKey 5
APPLICATION = bytes.fromhex("a000000308")
YUBICO_VERSION, YUBICO_SERIAL = bytes.fromhex("050403"), bytes.fromhex("0012d687")
TRIES = 3
DONE, NOT_FOUND, LOCKED, NOT_NOW, NO_KEY = b"\x90\0", b"\x6a\x82", b"\x69\x83", b"\x69\x82", b"\x6a\x88"
NOT_KNOWN, FAILED = b"\x6d\0", b"\x6f\0"


def make_card(file: Path, pin: str, *, like: Path | None = None) -> None:
    """Write a new card with keys of its own; ``like``: the card whose serial number it has."""
    keys = {NAMES[slot]: f"{_new_scalar():x}" for slot in CERTIFICATES}
    guid = json.loads(like.read_text())["guid"] if like else os.urandom(16).hex()
    file.write_text(json.dumps({"pin": pin, "tries": TRIES, "guid": guid, "keys": keys}))


def _new_scalar() -> int:
    return ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value


class Card:
    """What is in the chip; ``apdu`` is its only door."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._state = json.loads(file.read_text())
        self._keys = {
            slot: ec.derive_private_key(int(self._state["keys"][name], 16), ec.SECP256R1())
            for slot, name in NAMES.items()
        }
        self._objects = self._make_objects()
        self.reset()

    def reset(self) -> None:
        """Forget who was logged in, as at each insertion."""
        self._verified = self._fresh = False
        self._chained = self._waiting = b""

    def apdu(self, command: bytes) -> bytes:
        """Return the answer to one command."""
        kind, instruction, first, second = command[:4]
        data = _data_of(command[4:])
        if instruction == 0xC0:
            waiting, self._waiting = self._waiting, b""
            return self._reply(waiting)
        if kind & 0x10:
            self._chained += data
            return DONE
        data, self._chained = self._chained + data, b""
        if instruction == 0x20:
            return self._verify(first, second, data)
        if instruction == 0x87:
            return self._use(second, data)
        return self._tell(instruction, data)

    def _tell(self, instruction: int, data: bytes) -> bytes:
        if instruction == 0xA4:
            if not data.startswith(APPLICATION):
                return NOT_FOUND
            found = _tlv("4f", bytes.fromhex("000010000100")) + _tlv("79", _tlv("4f", APPLICATION))
            return self._reply(_tlv("61", found))
        if instruction == 0xFD:
            return YUBICO_VERSION + DONE
        if instruction == 0xF8:
            return YUBICO_SERIAL + DONE
        if instruction == 0xCB:
            tag = _parsed(data).get(0x5C, b"")
            if tag == b"\x7e":
                about = _tlv("4f", APPLICATION + bytes.fromhex("000010000100")) + _tlv("5f2f", b"\x40\0")
                return self._reply(_tlv("7e", about))
            return self._reply(_tlv("53", self._objects[tag])) if tag in self._objects else NOT_FOUND
        return NOT_KNOWN

    def _verify(self, first: int, second: int, data: bytes) -> bytes:
        if second not in (0x80, 0):
            return NO_KEY
        if first == 0xFF:
            self._verified = self._fresh = False
            return DONE
        if not data:
            return DONE if self._verified else b"\x63" + bytes([0xC0 | self._state["tries"]])
        if self._state["tries"] == 0:
            return LOCKED
        right = data == self._state["pin"].encode().ljust(8, b"\xff")
        self._verified = self._fresh = right
        self._state["tries"] = TRIES if right else self._state["tries"] - 1
        self._file.write_text(json.dumps(self._state))
        if right:
            return DONE
        return b"\x63" + bytes([0xC0 | self._state["tries"]]) if self._state["tries"] else LOCKED

    def _use(self, slot: int, data: bytes) -> bytes:
        if slot not in self._keys:
            return NO_KEY
        if not self._verified or (slot == SIGNATURE and not self._fresh):
            return NOT_NOW
        self._fresh = False  # The signature key wants the PIN for each use.
        asked, key = _parsed(_parsed(data)[0x7C]), self._keys[slot]
        if 0x85 in asked:
            other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), asked[0x85])
            made = key.exchange(ec.ECDH(), other)
        else:
            made = key.sign(asked[0x81], ec.ECDSA(Prehashed(hashes.SHA256())))
        return self._reply(_tlv("7c", _tlv("82", made)))

    def _reply(self, data: bytes) -> bytes:
        if len(data) <= 256:
            return data + DONE
        self._waiting = data[256:]
        return data[:256] + b"\x61" + bytes([min(len(self._waiting), 255)])

    def _make_objects(self) -> Mapping[bytes, bytes]:
        end = _tlv("fe", b"")
        holder = _tlv("30", bytes.fromhex(FASC_N)) + _tlv("34", bytes.fromhex(self._state["guid"]))
        objects = {CHUID: holder + _tlv("35", b"20400101") + _tlv("3e", b"") + end}
        objects[KEY_HISTORY] = _tlv("c1", b"\1") + _tlv("c2", b"\0") + end
        for slot, tag in CERTIFICATES.items():
            certificate = _certificate(self._keys[slot], f"Card {NAMES[slot]}", signs=slot == SIGNATURE)
            objects[tag] = _tlv("70", certificate) + _tlv("71", b"\0") + end
        return {bytes.fromhex(tag): value for tag, value in objects.items()}


def _certificate(key: ec.EllipticCurvePrivateKey, name: str, *, signs: bool) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not signs,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER)


def _tlv(tag: str, value: bytes) -> bytes:
    size = len(value)
    length = bytes([size]) if size < 128 else b"\x81" + bytes([size]) if size < 256 else b"\x82" + size.to_bytes(2)
    return bytes.fromhex(tag) + length + value


def _parsed(data: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size > 0x80:
            wide = size - 0x80
            size, at = int.from_bytes(data[at : at + wide]), at + wide
        found[tag] = data[at : at + size]
        at += size
    return found


def _data_of(body: bytes) -> bytes:
    if len(body) <= 1:
        return b""
    size = body[0]
    if size == 0 and len(body) >= 3:
        return body[3 : 3 + int.from_bytes(body[1:3])]
    return body[1 : 1 + size]


def serve(card: Card, port: int) -> None:
    """Sit in the reader until it goes away."""
    with socket.create_connection(("127.0.0.1", port)) as reader:
        while (size := _received(reader, 2)) is not None:
            command = _received(reader, int.from_bytes(size)) or b""
            answer = _answer(card, command)
            if answer is not None:
                reader.sendall(struct.pack(">H", len(answer)) + answer)


def _answer(card: Card, command: bytes) -> bytes | None:
    if len(command) > 1:
        try:
            return card.apdu(command)
        except (KeyError, ValueError, IndexError):
            return FAILED
    if command in (b"\0", b"\1", b"\2"):  # off, on, reset
        card.reset()
    return ATR if command == b"\4" else None


def _received(reader: socket.socket, size: int) -> bytes | None:
    got = b""
    while len(got) < size:
        # The reader sends a length, then waits for its receipt: without this each command takes 40 ms.
        reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        more = reader.recv(size - len(got))
        if not more:
            return None
        got += more
    return got


if __name__ == "__main__":
    serve(Card(Path(sys.argv[1])), int(sys.argv[2]))
