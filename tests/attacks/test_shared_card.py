# SPDX-License-Identifier: Apache-2.0
"""A token that is also the card for single sign-on: whoever borrows it for the morning would hold a share with it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from console.actions.keyholder import enrolment
from console.domain.errors import Refused
from console.settings import KeyholderSection, read
from tests.support.newcomers import newcomer
from tests.support.scenes import Scene, sealed_base, staged
from tests.support.softhsm import MODULE, PIN, make_token

pytestmark = pytest.mark.real
SIGN_ON = "Public key for PIV Authentication"
PREPARE = """
import sys, pkcs11
from pkcs11 import KeyType, Attribute
from pkcs11.util.ec import encode_named_curve_parameters
token = pkcs11.lib(sys.argv[1]).get_token(token_label=sys.argv[2])
with token.open(rw=True, user_pin=sys.argv[3]) as session:
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    for label in sys.argv[4:]:
        session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(store=True, label=label)
"""


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyholderSection:
    """Return a newcomer whose token opens something else already, found by its module as a card is."""
    address = make_token(tmp_path, "legal-3")
    assert address.folder is not None
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {address.folder / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    labels = [SIGN_ON, "Public key for PIV Attestation"]
    subprocess.run([sys.executable, "-c", PREPARE, str(MODULE), "legal-3", PIN.decode(), *labels], check=True)
    return KeyholderSection("legal-3", "Fritz Gabler", "legal", str(MODULE), "legal-3")


def test_a_sign_on_card_is_refused_by_name(scene: Scene, shared: KeyholderSection) -> None:
    before = (scene.home / "station.toml").read_bytes()
    with scene.console() as console, newcomer(scene, shared, pin=PIN.decode()) as place:
        with pytest.raises(Refused) as refused:
            enrolment.enrol_here(console, place.locked, "legal-3")
        assert (refused.value.code, refused.value.facts) == ("token_opens_more", {"keys": SIGN_ON})
    assert (scene.home / "station.toml").read_bytes() == before


def test_accepted_by_name_it_stands_on_record(scene: Scene, shared: KeyholderSection) -> None:
    """In the card, in the journal and in the station file; what vouches for a card's own keys is no other key."""
    accepted = replace(shared, also=(SIGN_ON,))
    with scene.console() as console, newcomer(scene, accepted, pin=PIN.decode()) as place:
        enrolled = cast(dict[str, Any], enrolment.enrol_here(console, place.locked, "legal-3")["enrolled"])
        assert enrolled["token"]["also"] == SIGN_ON
        (entry,) = console.journal.entries(type_="keyholder.proposed")
        assert SIGN_ON in str(console.journal.open_fields(entry))
    assert read(scene.home).keyholder("legal-3").also == (SIGN_ON,)
