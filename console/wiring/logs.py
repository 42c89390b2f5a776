# SPDX-License-Identifier: Apache-2.0
"""All logs of one station: which one is written, where each lies, how it is opened, and how a new one is made.

The log of the founding lies in ``journal.db``, log n in ``journal.log-<n>.db``, each under a key of its own and with a
copy of its own on the second medium. So a new log never touches an old one, and no crash falls between two renames.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from console.actions.journal import heads, renewal
from console.actions.sealed import escrow
from console.actions.sealed.opening_keys import OpeningKeys
from console.actions.station import lifecycle as station_actions
from console.adapters.journal.alarm import UNREADABLE, AbsentJournal
from console.adapters.journal.context import RETIRED, Context, OpenSealed, Reserve
from console.adapters.journal.journal import Journal, create, open_journal
from console.adapters.journal.merge import RETREAT
from console.adapters.journal.recorder import Recorder
from console.adapters.machine import copy_durably
from console.domain import keys
from console.domain.canonical import Object, from_base64, to_base64
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.journal.checkpoint import parse_vkey
from console.domain.policy.rules import Policy
from console.domain.renewal import FIRST, Log, Renewal, number_of
from console.domain.sealed import envelope
from console.ports.hsm import Hsm
from console.ports.journal import Journal as JournalPort
from console.ports.logs import Copy
from console.ports.machine import Machine
from console.ports.medium import Medium as MediumPort
from console.ports.vault import Vault
from console.settings import Settings

if TYPE_CHECKING:
    from console.adapters.journal.mirror_journal import MirrorJournal

MIRROR_INFO, SPOOL_INFO = b"bg/v1/mirror", b"bg/v1/spool"

SOFTWARE = "software"
"""The HSM is files: they can be put back, and a power cut may take an anchor."""


@dataclass(frozen=True)
class Logs:
    """Fits ``LogsPort``."""

    settings: Settings
    machine: Machine
    vault: Vault
    hsm: Hsm
    known: Policy
    chain: tuple[Renewal, ...] = ()
    new_keys: Mapping[str, str] | None = None
    """The public keys of a new HSM that no roster names yet; while it is there, no log is written."""

    @property
    def point(self) -> bytes:
        """The key of the HSM that opens database keys and the copy on the second medium."""
        if self.new_keys is not None:
            return from_base64(self.new_keys["journal"])
        return self.known.roster.station_point("journal")

    def current(self) -> Log:
        """Return the log that is written, or that stands under the alarm."""
        return self.chain[-1].new if self.chain else renewal.first_log(self.known)

    def alarms(self) -> tuple[Object, ...]:
        """Return every alarm after which a new log began."""
        return tuple(
            {"log": past.old.origin, "alarm": list(past.reasons), "renewal": to_base64(past.hash)}
            for past in self.chain
        )

    @contextmanager
    def open(self) -> Iterator[Recorder | AbsentJournal]:
        """Open the current log; one that cannot be opened at all is the alarm, and no error.

        Where its disk does not answer just now, it is read from the second medium and written to the spool.
        """
        log = self.current()
        context = self.context(log)
        journal: Journal | MirrorJournal
        try:
            journal = open_journal(_file(self.settings, log.number), self._key(log.number), context)
        except ConsoleError as error:
            why = "database_key_missing" if error.code == "file_missing" else error.code
            if why in UNREADABLE:
                yield AbsentJournal(why, context)
                return
            if why not in RETREAT:
                raise
            journal = _unwritten(error, context, opener(self.hsm, self.point, MIRROR_INFO))
        with Recorder(journal, context, self.machine.new_id) as recorder:
            yield recorder

    @contextmanager
    def older(self, number: int, erased: frozenset[str] = frozenset()) -> Iterator[Journal]:
        """Open a log that another one follows, held against what the HSM remembered of it then."""
        following = next((past for past in self.chain if past.old.number == number), None)
        if following is None:
            known = ", ".join(str(past.old.number) for past in self.chain)
            raise Refused("unknown_log", log=number, known=known or "-")
        anchors = [from_base64(note) for note in following.anchors]
        context = replace(self.context(following.old), anchors=lambda: anchors, barred=RETIRED, erased_later=erased)
        with open_journal(_file(self.settings, number), self._key(number), context, ballast_bytes=0) as journal:
            yield journal

    def mirrored(self, kinds: Collection[str], sizes: Collection[int]) -> Copy:
        """Return the current log as the second medium tells it."""
        from console.adapters.journal.mirror_log import MirrorLog  # only an alarm needs it

        return MirrorLog(
            self.context(self.current()), opener(self.hsm, self.point, MIRROR_INFO), kinds=kinds, sizes=sizes
        )

    def highest(self) -> int:
        """Return the highest number that renewals, the HSM or notes from outside know: none of them comes again."""
        numbers = [self.current().number]
        for note in (*self.hsm.anchor(), *heads.brought_back(self.vault)):
            with suppress(Corrupt, UnicodeDecodeError):
                numbers.append(number_of(note.decode().partition("\n")[0]))
        return max(numbers)

    @contextmanager
    def create(self, new: Log) -> Iterator[Journal]:
        """Make the database of a new log under a fresh key; what a cut attempt left is set aside."""
        file, key = _file(self.settings, new.number), bytearray(self.machine.random(envelope.SECRET_BYTES))
        for left in (file, file.with_name(f"{file.name}-wal")):
            set_aside(left)
        kept = {**self.database_keys(), str(new.number): bytes(key)}
        escrow.keep(self.vault, self.known.roster, escrow.DATABASE_KEY, kept)
        station_actions.write_database_key(self.vault, self.known.roster, new.number, key, self.point)
        # It is anchored and copied to the second medium only by whoever lets it bind.
        context = replace(
            self.context(new),
            anchors=list,
            set_anchor=lambda _: None,
            renewal=None,
            barred=None,
            mirror=file / "not-yet",
        )
        create(file, bytearray(key), context)
        with open_journal(file, key, context) as journal:
            yield journal

    def copy_databases(self, journal: JournalPort, medium: MediumPort) -> list[str]:
        """Copy the databases of all logs, the open one between two commits; return their names."""
        numbers = [past.old.number for past in self.chain] + [self.current().number]
        files = [_file(self.settings, number) for number in numbers]
        if journal.copy_to(medium.folder / files[-1].name):
            files.pop()
        for file in files:
            for part in (file, file.with_name(f"{file.name}-wal")):
                if part.exists():
                    copy_durably(part, Path(medium.folder) / part.name)
        return [name for name in medium.names("") if name.startswith("journal.")]

    def found(self, key: bytearray) -> Journal:
        """Make and open the log of the founding under this database key."""
        file, context = _file(self.settings, FIRST), self.context(self.current())
        create(file, bytearray(key), context)
        return open_journal(file, key, context)

    def context(self, log: Log) -> Context:
        """Return what a log needs of this station."""
        point, mirror = self.point, self.settings.station.mirror
        before = [past for past in self.chain if past.new.number <= log.number]
        return Context(
            log=log.origin,
            mode=self.known.roster.mode,
            key=parse_vkey(log.key),
            signer=partial(self.hsm.sign, "log"),
            anchors=self.hsm.anchor,
            set_anchor=self.hsm.set_anchor,
            anchors_hold=self.known.roster.station["assurance"] != SOFTWARE,
            outside=partial(heads.brought_back, self.vault),
            opening_key=self._opening_keys,
            random=self.machine.random,
            reading=self.machine.reading,
            slept=self.machine.slept_ns,
            mirror=mirror,
            seal_to_mirror=lambda data: keys.seal_to(point, data, info=MIRROR_INFO),
            reserve=Reserve(
                partial(self.hsm.held, "spool"),
                partial(self.hsm.hold, "spool"),
                lambda data: keys.seal_to(point, data, info=SPOOL_INFO),
                opener(self.hsm, point, SPOOL_INFO),
                _name(log.number, "spool"),
            ),
            mirror_name=_name(log.number, "mirror"),
            renewal=before[-1].hash if before else None,
            witnesses=tuple(self.known.rules.known_witnesses()),
            witness_quorum=self.known.rules.witness_quorum,
            before=self.alarms()[: len(before)],
            barred=_barred(self.vault, log, is_new_hsm=self.new_keys is not None),
        )

    def database_keys(self) -> dict[str, bytes]:
        """Return the database key of every log that this HSM opens, by the log's number."""
        found: dict[str, bytes] = {}
        for number in [*(past.old.number for past in self.chain), self.current().number]:
            try:
                found[str(number)] = bytes(self._key(number))
            except ConsoleError as error:
                # Lost with its file or with an older HSM: there is nothing left to keep.
                if error.code != "file_missing" and error.code not in UNREADABLE:
                    raise
        return found

    def destroy_opening_keys(self, scopes: Collection[str]) -> None:
        """Destroy opening keys for good: in the copy for the recovery sheets, in the table, in memory."""
        self._opening_keys.destroy(scopes)

    @cached_property
    def _opening_keys(self) -> OpeningKeys:
        return OpeningKeys(self.hsm, self.vault, self.known.roster, self.machine)

    def _key(self, number: int) -> bytearray:
        return station_actions.open_database_key(self.vault, self.hsm, self.known.roster, number, self.point)


def _unwritten(error: ConsoleError, context: Context, open_sealed: OpenSealed) -> "MirrorJournal":
    from console.adapters.journal.mirror_journal import MirrorJournal  # only a failing disk needs it

    return MirrorJournal(error.code, str(error.facts.get("why", error.code)), context, open_sealed)


def opener(hsm: Hsm, point: bytes, info: bytes) -> OpenSealed:
    """Return what opens blobs that were sealed to the journal's key, with one call of the HSM for all."""
    derive = partial(hsm.derive, "journal")
    return lambda sealed: keys.open_sealed(derive, point, [(blob, info) for blob in sealed])


def first_origin(settings: Settings) -> str:
    """Return the origin line of the log of the founding (C2SP tlog-checkpoint)."""
    return f"{settings.origin}/log-{FIRST}"


def _barred(vault: Vault, log: Log, *, is_new_hsm: bool) -> str | None:
    """Return why a log is never written again, whatever its database says."""
    if is_new_hsm:
        return "hsm_replaced"
    known = (heads.signed_here(note, log) for note in heads.brought_back(vault))
    newer = any(found is not None and number_of(found.origin) > log.number for found in known)
    return "newer_log_outside" if newer else None


def set_aside(path: Path) -> None:
    """Rename what a cut attempt left: nobody relies on it, and nothing is deleted."""
    if path.exists():
        number = len(list(path.parent.glob(f"{path.name}.cut-*")))
        path.rename(path.with_name(f"{path.name}.cut-{number}"))


def _file(settings: Settings, number: int) -> Path:
    return settings.folder / _name(number, "db")


def _name(number: int, ending: str) -> str:
    return f"journal.{ending}" if number == FIRST else f"journal.log-{number}.{ending}"
