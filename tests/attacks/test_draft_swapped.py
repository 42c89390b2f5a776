# SPDX-License-Identifier: Apache-2.0
"""Whoever can only write to the disk puts a file of their own in the place of one, so that what follows is for them.

The public half of a key is no secret: with it anybody makes a blob that opens in the HSM, and names a point of their
own beside it.
"""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from console.actions.console import Console
from console.actions.record import drafts
from console.actions.sealed import tables
from console.domain import keys
from console.domain.canonical import decode_object, digest, encode, from_base64, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.record.note import NoteDraft
from console.domain.sealed import envelope
from tests.support.scenes import Scene, sealed_base, staged

pytestmark = pytest.mark.real
SECRET = "Der Mandant rechnet mit einer Klage der Gegenseite."
MINE = keys.DerivedKey(bytes(32), b"of the attacker")


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


def sealed_beside(point: bytes, named: bytes, plain: bytes, info: bytes) -> bytes:
    """Return a blob that the private half of ``point`` opens, where ``named`` is said to be the key."""
    once = ec.derive_private_key(7, ec.SECP256R1())
    enc = keys._spelled(once.public_key())
    key, nonce = keys._from_x(once.exchange(ec.ECDH(), keys.check_point(point)), named, enc, info)
    return enc + AESGCM(key).encrypt(nonce, plain, b"")


def swap(scene: Scene, name: str, vault: str, author: str, id_: str) -> None:
    """Put an empty draft that opens in the place of a draft: the next text would be sealed to the attacker."""
    file = scene.home / name
    value = decode_object(file.read_bytes())
    info = digest("draft", vault.encode(), id_.encode())
    empty = NoteDraft(id_, author).encode()
    blob = sealed_beside(from_base64(value["point"]), MINE.point, empty, info)
    file.write_bytes(encode({**value, "point": to_base64(MINE.point), "blob": to_base64(blob)}))


def test_a_draft_that_names_the_attackers_key_takes_no_more_text(scene: Scene) -> None:
    with scene.console() as console:
        id_ = str(drafts.save(console, "counsel", {"text": "Der"})["draft"])
        vault, author = console.policy.roster.vault, console.hsm.unlocked_by()
    name = f"drafts/{id_}.json"
    swap(scene, name, vault, author, id_)
    with scene.console() as console, pytest.raises(Corrupt, match="seal_broken"):
        drafts.save(console, "counsel", {"text": SECRET}, id_)
    blob = from_base64(decode_object((scene.home / name).read_bytes())["blob"])
    with pytest.raises(Corrupt, match="seal_broken"):
        MINE.open([(blob, digest("draft", vault.encode(), id_.encode()))])


def test_an_older_file_brings_nothing_back_among_the_facts(scene: Scene) -> None:
    """A passage was moved to Legal's part; then the file from before is put back."""
    with scene.console() as console:
        id_ = str(drafts.save(console, "facts", {"title": "Ausfall", "text": f"Um 14 Uhr. {SECRET}"})["draft"])
        file = scene.home / "drafts" / f"{id_}.json"
        before = file.read_bytes()
        drafts.move(console, id_, SECRET)
        assert len([name for name in console.hsm.keys() if name.startswith("draft-")]) == 1
    file.write_bytes(before)
    with scene.console() as console:
        for use in (drafts.show, drafts.finish):
            with pytest.raises(Refused, match="key_gone"):
                use(console, id_)
        assert drafts.list_drafts(console)["lost"] == 1


def forged_table(console: Console, kind: str) -> tuple[str, bytes]:
    """Return the name and the bytes of a table with all rows that there are, which names the attacker's key."""
    name = console.vault.names(f"{kind}/")[-1]
    table = decode_object(console.vault.read(name))
    rows = tables.rows(console.hsm, console.vault, kind)
    vault, number = str(table["vault"]), int(str(table["number"]))
    body = encode([[row, to_base64(value)] for row, value in sorted(rows.items())])
    info = envelope._table_info(kind, vault, number, MINE.point)
    blob = sealed_beside(from_base64(table["point"]), MINE.point, body, info)
    return name, encode({**table, "point": to_base64(MINE.point), "blob": to_base64(blob)})


@pytest.mark.parametrize("kind", [tables.STATE, tables.OPENING_KEYS])
def test_a_table_that_names_the_attackers_key_takes_no_more_rows(scene: Scene, kind: str) -> None:
    """Even by somebody who once knew every row of it."""
    with scene.console() as console:
        name, forged = forged_table(console, kind)
        (scene.home / name).write_bytes(forged)
        with pytest.raises(Corrupt, match="seal_broken"):
            tables.add(console.hsm, console.vault, kind, {"new/1/0": bytes(32)}, keep=lambda _: None)
