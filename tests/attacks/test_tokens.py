# SPDX-License-Identifier: Apache-2.0
"""Tokens that hang, lie, are somebody else's, or are no tokens at all: each named, nothing lost, the rest goes on."""

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pkcs11 import Attribute, ObjectClass, Session

from console.actions.activation import approval, lifecycle
from console.actions.console import Console
from console.adapters.hsm.person import PersonToken
from console.adapters.hsm.process import TokenAddress
from console.domain.errors import Corrupt, Refused, Unavailable
from console.domain.keys import check_signature
from console.domain.policy.keyholder import TokenKeys
from console.tokens import keys
from console.tokens.p11raw import RawModule
from tests.support.activations import requested_base
from tests.support.scenes import staged
from tests.support.softhsm import MODULE, PIN, make_token, person_token
from tests.tokens.devices import Device, card_by_opensc, card_by_ykcs11

pytestmark = pytest.mark.real
DIGEST = bytes(32)


def newest_act(console: Console) -> str:
    """Return the newest activation."""
    rows = lifecycle.list_activations(console)["activations"]
    return str(rows[0]["activation"])  # type: ignore[index, call-overload]


def refusals(console: Console, act: str) -> list[str]:
    """Return why something about an activation was refused, from the journal."""
    return [str(e.body["code"]) for e in console.journal.entries(act=act) if e.type == "activation.refused"]


# --- a token that hangs -----------------------------------------------------------------------------------


def test_a_hung_token_is_given_up_in_time_and_entries_go_on() -> None:
    with staged(requested_base()) as scene, scene.console() as console:
        act = newest_act(console)
        token = scene.station.token("it-1")
        assert isinstance(token, PersonToken)
        token.points()
        process = token._process
        process._limit_s = 1.0
        assert process._child is not None
        hung = process._child.pid
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(Unavailable, match="token_broken"):
            approval.approve(console, act, "it-1")
        assert refusals(console, act) == ["token_broken"]
        with pytest.raises(ProcessLookupError):  # it was ended, not left behind
            os.kill(hung, 0)
        process._limit_s = 10.0
        approval.approve(console, act, "it-1")
        assert lifecycle.load(console, act).missing()["it"] == 0


# --- wrong PINs -------------------------------------------------------------------------------------------


@pytest.mark.long
def test_twenty_wrong_pins_are_twenty_refusals_and_the_right_one_still_works() -> None:
    with staged(requested_base()) as scene, scene.console() as console:
        act = newest_act(console)
        pins = scene.station.operator.pins  # type: ignore[attr-defined]
        right, pins["it-1"] = pins["it-1"], "not the PIN"
        for _ in range(20):
            with pytest.raises(Refused, match="pin_wrong"):
                approval.approve(console, act, "it-1")
        pins["it-1"] = right
        approval.approve(console, act, "it-1")
        assert refusals(console, act) == ["pin_wrong"] * 20
        assert lifecycle.load(console, act).missing()["it"] == 0


# --- what is no module ------------------------------------------------------------------------------------


def test_a_module_path_that_leads_to_no_module_is_named(tmp_path: Path) -> None:
    text, link, away = tmp_path / "text.so", tmp_path / "link.so", tmp_path / "away.so"
    text.write_text("This is no library.\n")
    link.symlink_to(text)
    away.symlink_to(tmp_path / "nothing.so")
    for path in (text, link, away, tmp_path / "missing.so", tmp_path, Path("/usr/bin/env")):
        with closing(person_token(TokenAddress(path, "anybody"))) as token:
            for _ in range(2):
                with pytest.raises(Unavailable, match="module_missing"):
                    token.sign("sign", DIGEST)


def test_a_module_by_another_path_is_the_same_module(tmp_path: Path) -> None:
    address = make_token(tmp_path, "legal-1")
    link = tmp_path / "link.so"
    link.symlink_to(address.module)
    with closing(person_token(address)) as token:
        known = token.enrol(["sign", "share"])
    with closing(person_token(replace(address, module=link), known=known)) as token:
        assert len(token.sign("sign", DIGEST)) == 64


# --- whose token ------------------------------------------------------------------------------------------


def test_of_two_tokens_with_one_label_the_keys_say_which(tmp_path: Path) -> None:
    first, second = make_token(tmp_path / "1", "same"), make_token(tmp_path / "2", "same")
    known: list[TokenKeys] = []
    for address in (first, second):
        with closing(person_token(address)) as token:
            known.append(token.enrol(["sign", "share"]))
    both = _together(tmp_path / "both", first, second)
    with closing(person_token(both)) as token, pytest.raises(Refused, match="token_ambiguous"):
        token.enrol(["sign", "share"])
    for mine, other in (known, known[::-1]):
        with closing(person_token(both, known=mine)) as token:
            signature = token.sign("sign", DIGEST)
        check_signature(mine.sign, signature, DIGEST)
        with pytest.raises(Corrupt, match="signature_wrong"):
            check_signature(other.sign, signature, DIGEST)
    half = replace(known[0], share=known[1].share)  # one key on each: neither is the enrolled one
    with closing(person_token(both, known=half)) as token, pytest.raises(Unavailable, match="other_token"):
        token.sign("sign", DIGEST)


def test_a_broken_token_beside_it_hides_no_other(tmp_path: Path) -> None:
    mine, other = make_token(tmp_path / "1", "mine"), make_token(tmp_path / "2", "broken")
    with closing(person_token(mine)) as token:
        known = token.enrol(["sign", "share"])
    both = _together(tmp_path / "both", mine, other)
    assert other.folder is not None and both.folder is not None
    for file in (other.folder / "tokens").rglob("token.object"):
        (both.folder / file.relative_to(other.folder)).write_bytes(b"not a token")
    with closing(person_token(both, known=known)) as token:
        assert len(token.sign("sign", DIGEST)) == 64


def _together(folder: Path, *addresses: TokenAddress) -> TokenAddress:
    for address in addresses:
        assert address.folder is not None
        shutil.copytree(address.folder / "tokens", folder / "tokens", dirs_exist_ok=True)
    return replace(addresses[0], folder=folder)


@pytest.mark.long
@pytest.mark.parametrize("start", [card_by_opensc, card_by_ykcs11])
def test_another_card_with_the_same_serial_is_not_used_and_its_pin_not_tried(
    start: Callable[[Path], AbstractContextManager[Device]],
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="bg-"))
    try:
        with start(folder) as device:
            with closing(device.token()) as token:
                known = token.enrol(["sign", "share"])
            device.swap()
            for pin in (device.pin, "999999", "999999", "999999"):
                with closing(device.token(known, pin=pin)) as token, pytest.raises(Unavailable) as caught:
                    token.sign("sign", DIGEST)
                assert caught.value.code == "other_token"
            assert json.loads((folder / "card-2.json").read_text())["tries"] == 3
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- keys that could leave --------------------------------------------------------------------------------


@contextmanager
def opened_here(address: TokenAddress) -> Iterator[Session]:
    """Lend a session of a token in this process, as its maker's own tools would have it."""
    with pytest.MonkeyPatch.context() as patch:
        assert address.folder is not None
        patch.setenv("SOFTHSM2_CONF", str(address.folder / "softhsm2.conf"))
        raw = RawModule(str(MODULE))
        slots = raw.library.get_slots(token_present=True)
        (token,) = (slot.get_token() for slot in slots if slot.get_token().label == address.label)
        session = token.open(rw=True)
        raw.login(session, bytearray(PIN))
        yield session
        raw.close_sessions(token.slot.slot_id)
        raw.finalize()


def as_if_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make tokens give keys as one does that does not care for EXTRACTABLE=False."""
    monkeypatch.setattr(keys, "_STAYS", {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: True})


@pytest.mark.parametrize("purpose", ["sign", "share"])
@pytest.mark.parametrize("kind", [keys.P256, keys.RSA])
def test_a_token_that_ignores_extractable_is_refused_and_keeps_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, purpose: str, kind: str
) -> None:
    as_if_ignored(monkeypatch)
    with opened_here(make_token(tmp_path, "legal-1")) as session:
        with pytest.raises(Refused, match=rf"key_not_protected \(key={purpose}"):
            keys.make(session, purpose, signs=purpose == "sign", kind=kind)
        for half in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY):
            assert keys.find(session, half, purpose) == []


def test_an_extractable_key_put_there_before_the_enrolment_is_not_adopted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = make_token(tmp_path, "legal-1")
    as_if_ignored(monkeypatch)
    monkeypatch.setattr(keys, "stays", lambda _: True)
    with opened_here(address) as session:
        keys.make(session, "share", signs=False)
    with closing(person_token(address)) as token, pytest.raises(Refused, match=r"key_not_protected \(key=share"):
        token.enrol(["sign", "share"])
