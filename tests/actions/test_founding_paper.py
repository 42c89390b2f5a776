# SPDX-License-Identifier: Apache-2.0
"""The founding certificate: written from what the program knows; whoever has not signed stands there as such."""

from pathlib import Path

import pytest

from console.actions.document import certificate
from console.actions.policy.steps import GENESIS
from console.adapters.qr import QrCodes
from console.domain.canonical import digest
from console.domain.policy import rules
from console.domain.words import to_words
from tests.support.pictures import picture, words
from tests.support.scenes import Scene, sealed_base, staged

pytestmark = pytest.mark.real


def certified(scene: Scene) -> tuple[bytes, rules.Policy]:
    with scene.console() as console:
        return certificate.certificate(console), rules.parse(console.vault.read(GENESIS))[0]


def test_it_names_station_people_keys_in_words_rules_and_dates() -> None:
    with staged(sealed_base()) as scene:
        pdf, founded = certified(scene)
        told = words(pdf)
        for member in founded.roster.members:
            assert f"{member.name} ({member.id}), " in told
            assert " ".join(to_words(digest("fingerprint", member.sign))[:4]) in told
        assert " ".join(to_words(founded.genesis)[:4]) in told
        must = len(founded.roster.keyholders())
        assert f"{must} of the {must} keyholders who must sign have signed" in told
        for said in ("To open standard", " UTC", "This proves", "It does not", "240 minutes at most", "Matter numbers"):
            assert said in told
        for word in ("epoch", "Epoch", "seconds_max", "page 1 of 2"):
            assert word not in told
        assert QrCodes().scan(picture(pdf, 200))[0].startswith("BG1/")


def test_whoever_has_not_signed_is_named_as_such() -> None:
    with staged(sealed_base()) as scene, scene.console() as console:
        founded, signatures = rules.parse(console.vault.read(GENESIS))
        fewer = {member: made for member, made in signatures.items() if member != "legal-2"}
        console.vault.write(GENESIS, rules.document(founded, fewer))
        told = words(certificate.certificate(console))
        assert told.count("HAS NOT SIGNED") == 1
        assert f"{len(fewer)} of the {len(signatures)} keyholders who must sign have signed" in told


def test_no_secret_and_no_path_is_on_it(tmp_path: Path) -> None:
    with staged(sealed_base()) as scene:
        pdf, _ = certified(scene)
        told = words(pdf)
        assert str(scene.folder) not in told
        assert not [secret for secret in scene.sealed.values() if len(secret) > 8 and secret.decode() in told]
