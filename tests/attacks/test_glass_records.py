# SPDX-License-Identifier: Apache-2.0
"""Record files changed or exchanged by whoever has the disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.actions.activation import release
from console.actions.console import Console
from console.actions.credential import versions
from console.domain.activation.ceremony import Item
from console.domain.errors import ConsoleError, Corrupt, Refused
from tests.support.activations import open_for, opened_base
from tests.support.scenes import CODES, PASSWORD, Scene, sealed_base, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real

EVERY = 7
"""Every so many bytes one bit is flipped; a prime, so that each kind of place is met."""


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


def record_file(scene: Scene, name: str, item: int = 0, version: int = 1) -> Path:
    return scene.home / "records" / name / f"{version:06d}-{item:03d}.json"


def item_of(console: Console, name: str) -> Item:
    version = versions.fold(console)[name].current
    return Item(name, version.number, 0, version.class_, version.records[0])


def flips_taken(scene: Scene, first: int, last: int, every: int) -> list[int]:
    """Return the places of a record file at which a flipped bit was not found; no error but ours comes out."""
    file = record_file(scene, PASSWORD)
    whole = file.read_bytes()
    taken = []
    with scene.console() as console:
        item = item_of(console, PASSWORD)
        for place in range(first, last, every):
            changed = bytearray(whole)
            changed[place] ^= 1 << place % 7
            file.write_bytes(changed)
            try:
                versions.record(console, versions.fold(console), item)
            except ConsoleError:
                continue
            taken.append(place)
    return taken


def signatures_of(scene: Scene) -> tuple[int, int]:
    """Return where in the record file its signatures begin and end."""
    whole = record_file(scene, PASSWORD).read_bytes()
    first = whole.index(b'"signatures":')
    return first, whole.index(b"}", first) + 1


def test_a_flipped_bit_is_found(scene: Scene) -> None:
    """Whatever it did to the form, before the signatures and after them."""
    first, last = signatures_of(scene)
    size = len(record_file(scene, PASSWORD).read_bytes())
    assert flips_taken(scene, 0, first, EVERY) == []
    assert flips_taken(scene, last, size, EVERY) == []


def test_a_flipped_bit_in_the_signatures_is_found(scene: Scene) -> None:
    """The station's, the sealer's, and the names that stand beside them."""
    assert flips_taken(scene, *signatures_of(scene), 1) == []


@pytest.mark.parametrize(("mine", "theirs"), [((CODES, 0), (CODES, 1)), ((PASSWORD, 0), ("llm-admin-api-key", 0))])
def test_another_record_in_its_place(mine: tuple[str, int], theirs: tuple[str, int]) -> None:
    """Approved was one record; under its name lies another, whole and well signed."""
    with staged(opened_base()) as scene:
        record_file(scene, *mine).write_bytes(record_file(scene, *theirs).read_bytes())
        paper = Paper()
        with scene.console() as console, pytest.raises(Corrupt, match="record_not_the_sealed_one"):
            release.release(console, scene.act, mine[0], paper)
        assert paper.shown == []


def test_an_old_version_in_the_place_of_the_new(scene: Scene) -> None:
    """After a rotation the old record comes back under the new one's name."""
    with scene.console() as console:
        versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
        versions.confirm(console, PASSWORD, "it-2", "ticket 17")
        old = record_file(scene, PASSWORD).read_bytes()
        record_file(scene, PASSWORD, version=2).write_bytes(old)
        with pytest.raises(Corrupt, match="record_not_the_sealed_one"):
            versions.record(console, versions.fold(console), item_of(console, PASSWORD))


def test_a_replaced_version_does_not_come_back(scene: Scene) -> None:
    """What an approval of the old version could open is burnt by the confirmation of the new one."""
    paper = Paper()
    with scene.console() as console:
        act = open_for(console, {"credential": PASSWORD})
        versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
        versions.confirm(console, PASSWORD, "it-2", "ticket 17")
        with pytest.raises(Refused, match="version_replaced"):
            release.release(console, act, PASSWORD, paper)
    assert paper.shown == []


def test_the_sealer_does_not_confirm(scene: Scene) -> None:
    """Nobody alone replaces a good credential by rubbish."""
    with scene.console() as console:
        versions.rotate(console, PASSWORD, bytearray(b"rubbish"), sign_as="it-1")
        with pytest.raises(Refused, match="second_person_needed"):
            versions.confirm(console, PASSWORD, "it-1", "ticket 17")


def test_an_operator_does_not_confirm(scene: Scene) -> None:
    """The second word on a rotation is a keyholder's."""
    with scene.console() as console:
        versions.rotate(console, PASSWORD, bytearray(b"rubbish"), sign_as="it-1")
        with pytest.raises(Refused, match="not_a_keyholder"):
            versions.confirm(console, PASSWORD, "legal-ops-1", "ticket 17")
