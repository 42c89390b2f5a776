# SPDX-License-Identifier: Apache-2.0
"""Who only reads along: compliance sees journal and counts while the others act, and can bring about nothing.

Cryptography: nothing is sealed to their key but the way to unlock; no signature of theirs counts under a step, an
approval, a request or a record. Rules: while it was they who unlocked, every port is closed on the side that changes
something, whatever action is asked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn, cast

from console.actions.console import Console
from console.actions.journal import before_unlock
from console.domain.entries.entry import Draft, Entry
from console.domain.errors import Refused
from console.domain.policy.keyholder import READER
from console.ports.hsm import Hsm
from console.ports.journal import Journal
from console.ports.logs import Logs
from console.ports.vault import Vault

MAY_WRITE = frozenset({"station.unlocked", "station.locked", "station.status_told"})


def is_reader(console: Console, member: str | None) -> bool:
    """Return whether somebody only reads along."""
    return any((known.id, known.role) == (member, READER) for known in console.policy.roster.members)


def limited(console: Console, *members: str | None) -> Console:
    """Return the console as it is, or closed to everything but reading if one of these only reads along."""
    reader = next((member for member in members if is_reader(console, member)), None)
    if reader is None:
        return console
    return replace(
        console,
        hsm=cast(Hsm, _ReadHsm(console.hsm, reader)),
        vault=cast(Vault, _ReadFiles(console.vault, reader)),
        journal=cast(Journal, _ReadJournal(console.journal, reader)),
        token=_refuse(reader),
        token_of=_refuse(reader),
        logs=cast(Logs, _ReadLogs(console.logs, reader)),
    )


def _refuse(member: str) -> Any:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise Refused("reader_only_reads", member=member)

    return refuse


class _Closed:
    """Lends of a port what is named in ``READS``; everything else, also what is still to come, is refused."""

    READS: frozenset[str] = frozenset()

    def __init__(self, inner: object, member: str) -> None:
        self._inner, self._member = inner, member

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name) if name in self.READS else _refuse(self._member)


class _ReadFiles(_Closed):
    READS = frozenset({"read", "names", "unmirrored", "is_apart"})

    def write(self, name: str, data: bytes) -> None:
        """Take the claim that says who unlocked under the alarm; refuse everything else."""
        if not name.startswith(before_unlock.FOLDER):
            raise Refused("reader_only_reads", member=self._member)
        cast(Vault, self._inner).write(name, data)


class _ReadHsm(_Closed):
    READS = frozenset({"unlocked_by", "keys", "anchor", "held", "pinned"})

    def derive(self, key: str, points: Sequence[bytes]) -> list[bytes]:
        """Open tables and the database key; never what approvals are sealed to."""
        if key.startswith("open-"):
            raise Refused("reader_only_reads", member=self._member)
        return cast(Hsm, self._inner).derive(key, points)


class _ReadJournal(_Closed):
    READS = frozenset(
        {
            "size",
            "entries",
            "open_fields",
            "search",
            "checkpoint",
            "prove_consistency",
            "verify",
            "alarm",
            "root_at",
            "status",
        }
    )

    def append(self, drafts: Sequence[Draft], *, critical: bool = False) -> list[Entry]:
        """Take what says who unlocked, who locked, and that the state was told; refuse everything else."""
        if any(draft.type not in MAY_WRITE for draft in drafts):
            raise Refused("reader_only_reads", member=self._member)
        return cast(Journal, self._inner).append(drafts, critical=critical)


class _ReadLogs(_Closed):
    READS = frozenset({"current", "new_keys", "alarms", "mirrored", "highest"})

    @contextmanager
    def older(self, number: int, erased: frozenset[str] = frozenset()) -> Iterator[Journal]:
        """Open an older log, closed like the present one: under the alarm no entry would say what left it."""
        with cast(Logs, self._inner).older(number, erased) as journal:
            yield cast(Journal, _ReadJournal(journal, self._member))
