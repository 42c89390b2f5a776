# SPDX-License-Identifier: Apache-2.0
"""Whoever has the second medium writes entries of their own onto it, and the database is made to fail."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from console.adapters.journal.mirror import MIRROR_NAME, frame
from console.adapters.journal.mirror_journal import MirrorJournal
from console.adapters.journal.mirror_log import MirrorLog
from console.adapters.journal.placement import mirror_record
from console.domain.entries import entry as journal
from console.domain.entries.entry import Reading
from console.domain.journal import merkle
from tests.support.journals import Surroundings, draft, findings
from tests.vectors.forge import OTHER

pytestmark = pytest.mark.real
RESET = "activation.reset"


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    result = Surroundings(tmp_path)
    result.create()
    with result.open() as log:
        for number in range(5):
            log.append([draft(number)], critical=True)
    return result


def unread(around: Surroundings) -> MirrorJournal:
    needs = around.needs()
    return MirrorJournal("journal_unavailable", "Input/output error", needs, needs.reserve.open)


def forged(around: Surroundings, bodies: Sequence[bytes], note: bytes | None) -> bytes:
    """Return the record of one more showing, as anybody can make it who has an export: no key is needed.

    ``note``: what stands beside it; None: a note of the right root under the name of the log, by another key.
    """
    leaves = [merkle.leaf_hash(body) for body in bodies]
    entry = journal.compose(
        draft(9, type_=RESET, body={"amount": 100}),
        log=around.log,
        mode=around.mode,
        seq=len(bodies),
        prev=merkle.root(leaves),
        reading=Reading(1_795_435_200_000, "b007", 1),
        commitments={},
    )
    leaf = merkle.leaf_hash(entry)
    beside = note or OTHER.note(len(bodies) + 1, merkle.root([*leaves, leaf]))
    return frame(len(bodies), leaf, around.needs().seal_to_mirror(mirror_record(entry, {}, beside)))


def records(around: Surroundings) -> list[tuple[bytes, bytes]]:
    """Return the entries, each with the record that the medium has of it."""
    with around.open() as log:
        return [
            (
                entry.data,
                frame(
                    entry.seq,
                    merkle.leaf_hash(entry.data),
                    around.needs().seal_to_mirror(mirror_record(entry.data, {}, log.checkpoint().note)),
                ),
            )
            for entry in log.entries()
        ]


def test_what_the_log_key_signed_is_told(around: Surroundings) -> None:
    told = unread(around)
    assert told.size() == len(list(told.entries())) == 5
    assert [finding["code"] for finding in findings(told.status())] == ["journal_unavailable"]


@pytest.mark.parametrize("left", [5, 3, 0])
def test_an_entry_put_behind_or_in_place_of_the_last_ones(around: Surroundings, left: int) -> None:
    kept = records(around)[:left]
    bodies = [body for body, _ in kept]
    size = left + 1
    for note in (around.anchored[-1], None):
        added = forged(around, bodies, note)
        (around.mirror / MIRROR_NAME).write_bytes(b"".join(record for _, record in kept) + added)
        told = unread(around)
        assert told.alarm() == []
        assert list(told.entries(type_=RESET)) == []
        assert told.size() in (0, left)
        assert {"code": "mirror_missing", "owed": max(5, size) - told.size()} in findings(told.status())
        copy = MirrorLog(around.needs(), around.needs().reserve.open, kinds=None, sizes=())
        assert copy.size() == size > copy.signed()
