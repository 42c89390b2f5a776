# SPDX-License-Identifier: Apache-2.0
"""A software key file: what it refuses, what an edited or copied one can do, and that a station may refuse it."""

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.adapters.hsm.person import PersonToken, found_software_token
from console.adapters.hsm.process import KEY_FILE, TokenAddress
from console.domain import keys
from console.domain.canonical import digest, encode, from_base64, to_base64
from console.domain.errors import Corrupt, Misused, Refused, Unavailable
from console.domain.keyholder import keyfile
from console.domain.keyholder.keyfile import Cost
from console.domain.policy.keyholder import TokenKeys
from tests.support.keyfiles import make_key_file

pytestmark = pytest.mark.real
PIN = "a phrase of my own"
DIGEST = bytes(range(32))
PURPOSES = ("sign", "share", "read")


@pytest.fixture
def address(tmp_path: Path) -> TokenAddress:
    """Make a key file with the keys of somebody of Legal."""
    make_key_file(tmp_path / "keys", PIN)
    made = TokenAddress(KEY_FILE, "legal-1", tmp_path / "keys")
    with closing(person(made)) as token:
        token.enrol(PURPOSES)
    return made


@pytest.fixture
def token(address: TokenAddress) -> Iterator[PersonToken]:
    """Lend it."""
    with closing(person(address)) as lent:
        yield lent


def person(address: TokenAddress, pin: str = PIN, known: TokenKeys | None = None) -> PersonToken:
    """Return a person's token whose PIN is known."""
    return PersonToken(address, "legal-1", lambda _: bytearray(pin.encode()), environment={}, known=known)


def file_of(address: TokenAddress) -> Path:
    """Return the key file."""
    assert address.folder is not None
    return address.folder / keyfile.FILE_NAME


def test_one_file_of_one_s_own_with_no_private_key_in_the_clear(address: TokenAddress, token: PersonToken) -> None:
    file = file_of(address)
    assert [path.name for path in file.parent.iterdir()] == ["keys.json"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    stored = keyfile.parse(file.read_bytes())
    scalars = keyfile.opened(stored, keyfile.stretch(bytearray(PIN.encode()), stored))
    assert {name: keyfile.point_of(scalar) for name, scalar in scalars.items()} == token.points()
    for scalar in scalars.values():
        for spelled in (scalar, scalar.hex().encode(), to_base64(scalar).encode()):
            assert spelled not in file.read_bytes()


def test_a_new_one_has_the_standard_cost_and_none_below_it_is_made(tmp_path: Path) -> None:
    made = TokenAddress(KEY_FILE, "legal-1", tmp_path / "new")
    found_software_token(made, bytearray(b"nobody's"), bytearray(PIN.encode()), environment={})
    assert keyfile.parse(file_of(made).read_bytes()).cost == keyfile.STANDARD == Cost(256 * 1024, 3, 4)
    with pytest.raises(Refused, match="key_exists"):
        found_software_token(made, bytearray(b"nobody's"), bytearray(b"another"), environment={})
    for cheap in (Cost(256 * 1024, 2, 4), Cost(256 * 1024 - 1, 3, 4)):
        with pytest.raises(Misused, match="cost_too_low"):
            keyfile.empty(bytearray(b"x"), salt=bytes(16), nonce=bytes(12), cost=cheap)


def test_wrong_pins_are_named_and_never_lock(address: TokenAddress, token: PersonToken) -> None:
    before = file_of(address).read_bytes()
    with closing(person(address, "guessed")) as wrong:
        for _ in range(20):
            with pytest.raises(Refused) as caught:
                wrong.sign("sign", DIGEST)
            assert (caught.value.code, caught.value.facts) == ("pin_wrong", {"tries": "unknown", "member": "legal-1"})
    assert len(token.sign("sign", DIGEST)) == 64
    assert file_of(address).read_bytes() == before


def test_the_right_pin_does_not_open_the_way_for_a_wrong_one(address: TokenAddress) -> None:
    typed = iter([PIN, "guessed", PIN])
    with closing(PersonToken(address, "legal-1", lambda _: bytearray(next(typed).encode()), environment={})) as same:
        same.sign("sign", DIGEST)
        same._forget_pin()
        with pytest.raises(Refused, match="pin_wrong"):
            same.sign("sign", DIGEST)
        assert len(same.sign("sign", DIGEST)) == 64


def _flip(name: str) -> Callable[[dict[str, Any]], None]:
    def edit(value: dict[str, Any]) -> None:
        data = bytearray(from_base64(value[name]))
        data[-1] ^= 1
        value[name] = to_base64(bytes(data))

    return edit


def _swap(value: dict[str, Any]) -> None:
    value["points"]["sign"], value["points"]["share"] = value["points"]["share"], value["points"]["sign"]


def _cheaper(value: dict[str, Any]) -> None:
    value["kdf"]["passes"] += 1


EDITS: dict[str, Callable[[dict[str, Any]], None]] = {
    **{name: _flip(name) for name in ("salt", "nonce", "sealed")},
    "points": _swap,
    "kdf": _cheaper,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edited_file_is_damaged_and_with_a_new_check_it_opens_for_nobody(
    address: TokenAddress, token: PersonToken, edit: Callable[[dict[str, Any]], None]
) -> None:
    value = json.loads(file_of(address).read_bytes())
    edit(value)
    file_of(address).write_bytes(encode(value))
    with pytest.raises(Corrupt, match="key_file_damaged"):
        token.sign("sign", DIGEST)
    head = {name: item for name, item in value.items() if name not in ("sealed", "check")}
    value["check"] = to_base64(digest("software-key-file", encode(head), from_base64(value["sealed"])))
    file_of(address).write_bytes(encode(value))
    with pytest.raises(Refused, match="pin_wrong"):
        token.sign("sign", DIGEST)


ODD = {"empty": b"", "no JSON": b"\x7fELF", "a list": b"[]", "half": None, "long": b" " * (keyfile.MAX_BYTES + 1)}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD.keys())
def test_what_is_no_key_file_is_damaged(address: TokenAddress, token: PersonToken, data: bytes | None) -> None:
    whole = file_of(address).read_bytes()
    file_of(address).write_bytes(whole[: len(whole) // 2] if data is None else data)
    with pytest.raises(Corrupt, match="key_file_damaged"):
        token.points()


@pytest.mark.parametrize(
    "cost",
    [Cost(2**31, 3, 4), Cost(64, 10**6, 1), Cost(2**20, 1, 10**6), Cost(0, 1, 1), Cost(64, 0, 1), Cost(64, 1, 0)],
)
def test_a_cost_that_would_stop_the_machine_is_damage(address: TokenAddress, token: PersonToken, cost: Cost) -> None:
    stored = keyfile.parse(file_of(address).read_bytes())
    file_of(address).write_bytes(replace(stored, cost=cost).encode())
    with pytest.raises(Corrupt, match="key_file_damaged"):
        token.sign("sign", DIGEST)


def test_half_a_write_beside_it_disturbs_nothing(address: TokenAddress, token: PersonToken) -> None:
    file_of(address).with_name("keys.json.new").write_bytes(b'{"v":1')
    assert len(token.sign("sign", DIGEST)) == 64
    read = token._prepared("read", "found")
    token._with_pin("drop", purpose="read", public=read.public.hex())
    assert set(token.points()) == {"sign", "share"}


def test_a_copy_with_the_pin_is_the_keys(address: TokenAddress, token: PersonToken, tmp_path: Path) -> None:
    shutil.copytree(file_of(address).parent, tmp_path / "copy")
    points = token.points()
    known = TokenKeys(points["sign"], points["share"], points["read"])
    with closing(person(TokenAddress(KEY_FILE, "x", tmp_path / "copy"), known=known)) as copy:
        keys.check_signature(points["sign"], copy.sign("sign", DIGEST), DIGEST)


def test_it_does_p256_only_and_is_no_station(token: PersonToken, address: TokenAddress) -> None:
    for way in ("rsa", "card"):
        with pytest.raises(Refused, match="unsupported"):
            token._prepared("sign", way)
    with pytest.raises(Refused, match="unsupported"):
        token._with_pin("sign", key="sign", mechanism="rsa-pss-sha256", digest=DIGEST.hex())
    with pytest.raises(Refused, match="unsupported"):
        token._with_pin("unlock", member="legal-1")
    with pytest.raises(Corrupt, match="not_a_point"):
        token.decapsulate("share", [b"\4" + bytes(64)])
    assert token.decapsulate("share", []) == []


def test_its_process_loads_no_module_and_shuts_itself_in(token: PersonToken) -> None:
    token.sign("sign", DIGEST)
    child = token._process._child
    assert child is not None
    proc = Path(f"/proc/{child.pid}")
    status = (proc / "status").read_text()
    assert "Seccomp:\t2" in status
    if os.geteuid() == 0:
        assert "pkcs11" not in (proc / "maps").read_text()


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with (
        closing(person(TokenAddress(KEY_FILE, "legal-1", tmp_path / "stick"))) as token,
        pytest.raises(Unavailable, match="token_absent"),
    ):
        token.points()
    assert not (tmp_path / "stick").exists()
