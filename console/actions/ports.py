# SPDX-License-Identifier: Apache-2.0
"""What the actions need of the outside world, and the ``Console`` that holds one of each.

The adapters fit these by shape; ``console.wiring.station`` joins them and mypy checks the fit. ``tests/fakes.py``
implements them too, and the same contract tests run on the fakes and on the real things.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from console.actions.codes_port import Codes
from console.actions.hsm_port import Hsm
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Checkpoint, Draft, Entry, Reading
from console.domain.journal.proof import Proof
from console.domain.journal.search import Search
from console.domain.policy.keyholder import TokenKeys
from console.domain.policy.rules import Policy
from console.domain.record.counsel import CounselKey
from console.domain.recovery.sheets import Sheet
from console.domain.renewal import Log
from console.settings import Settings


class Machine(Protocol):
    """The clock and the randomness of this machine."""

    def reading(self) -> Reading:
        """Return the present reading of wall clock, boot and suspend-inclusive clock."""

    def slept_ns(self) -> int:
        """Return the nanoseconds for which this machine was suspended since its boot."""

    def random(self, size: int) -> bytes:
        """Return ``size`` bytes from the system's generator."""

    def new_id(self) -> str:
        """Return a fresh UUIDv7 (RFC 9562 section 5.7)."""

    def secret(self, size: int) -> AbstractContextManager[memoryview]:
        """Lend ``size`` bytes of locked memory, wiped when given back."""

    def health(self, folder: PurePath) -> Mapping[str, object]:
        """Return memory (how it is held), dumps, interfaces, free_bytes, display, printer and cameras."""


class Token(Protocol):
    """One person's token, spoken to in a token process of its own; keys are named by their purpose and used by the
    mechanism that the roster says.

    Every call logs in with the person's PIN (asked once per ceremony through ``Operator``) and leaves nothing
    open. Raises ``Unavailable`` (token_absent, token_removed, token_broken) and ``Refused`` (pin_wrong,
    pin_locked, pin_last_try, not_permitted).
    """

    def sign(self, key: str, digest: bytes) -> bytes:
        """Return the signature over a 32-byte digest (``keys.check_signature`` says how) made by key ``sign``."""

    def points(self) -> Mapping[str, bytes]:
        """Return the public keys that the token shows without a PIN, by purpose."""

    def decapsulate(self, key: str, encapsulations: Sequence[bytes]) -> list[bytes]:
        """Return 32 bytes for each: the raw ECDH x coordinate of a point (P-256), the seed of an OAEP ciphertext."""

    def along(self, name: str, value: bytes | None = None) -> list[bytes]:
        """Return what this token took along under a name (two values after a cut), nobody vouching for it.

        With ``value``, up to 1,024 bytes, let it take this instead, made before the other goes.
        ``Refused`` (unsupported, not_permitted) if it takes nothing along.
        """


Progress = Callable[[int, int], bool]
"""Told how much of how much is done; returns False to call it off, which raises ``Cancelled``."""


class Journal(Protocol):
    """The append-only log. ``append`` returns when it is durable; critical: also signed, anchored and mirrored."""

    def append(self, drafts: Sequence[Draft], *, critical: bool = False) -> list[Entry]:
        """Append in one transaction, in this order."""

    def size(self) -> int:
        """Return the number of acknowledged entries."""

    def entries(
        self,
        *,
        act: str | None = None,
        type_: str | None = None,
        after: int = -1,
        before: int | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[Entry]:
        """Yield entries with ``after`` < seq < ``before``, filtered."""

    def open_fields(self, entry: Entry, counsel: CounselKey | None = None) -> dict[str, Json]:
        """Return the committed fields of an entry that this station, or a key of counsel's, can open, each checked."""

    def search(self, sought: Search, *, before: int | None, limit: int) -> tuple[list[Entry], int]:
        """Return one page, newest first, and down to which entry it has looked (0: no more)."""

    def checkpoint(self) -> Checkpoint:
        """Return a signed checkpoint of everything acknowledged (signing it now if need be)."""

    def prove_consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the RFC 9162 consistency proof from ``old_size`` to ``size``, by default the newest checkpoint."""

    def verify(self, *, deep: bool = False, entry: int | None = None, progress: Progress | None = None) -> Object:
        """Return the verdict of `journal verify`; ``progress(done, total)`` may return False to cancel.

        Of one ``entry``: ``size``, ``root``, ``steps`` of the newest state that is signed already and in which it
        stands, checked; ``Refused`` (nothing_signed): none reaches it. Nothing is signed or written for it.
        """

    def export(
        self,
        folder: PurePath,
        *,
        audience: str,
        counsel: Mapping[str, CounselKey] | None = None,
        progress: Progress | None = None,
    ) -> Object:
        """Write the C2SP tiles, openings, policy and verifier into an empty folder; ``counsel``: opened keys."""

    def prove(self, seq: int, *, audience: str, counsel: Mapping[str, CounselKey] | None = None) -> Proof:
        """Return the C2SP proof of one entry, with what this audience may see of it."""

    def alarm(self) -> list[str]:
        """Return why nothing is written any more; empty while all is well."""

    def root_at(self, size: int) -> bytes:
        """Return the root over the first ``size`` entries."""

    def status(self) -> Object:
        """Return how the last start compared with the anchors, whether the mirror takes entries, and earlier alarms.

        ``recording``: ``light`` (recording, reserve, paper: what takes entries), ``why``, ``waiting`` (how many entries
        wait for the log), ``incomplete`` (some that were written cannot be read just now).
        """


class OldJournal(Protocol):
    """The old log as one of its copies tells it; nothing of it is believed for standing there."""

    def size(self) -> int:
        """Return how many entries follow one another from the first."""

    def root_at(self, size: int) -> bytes:
        """Return the root at its size, or at one of the anchors' sizes."""

    def entries(self, *, type_: str) -> Iterator[Entry]:
        """Yield the entries of a type, in order."""

    def open_fields(self, entry: Entry) -> Object:
        """Return the committed fields that this station can open, each checked."""


class Copy(OldJournal, Protocol):
    """The copy on the second medium, which anybody can have written who had it."""

    def signed(self) -> int:
        """Return the greatest size whose root the log key signed, in a note beside the entries; 0 if none."""


class Logs(Protocol):
    """All logs of the station: the one that is written, those before it, and a new one after an alarm."""

    def current(self) -> Log:
        """Return the log that is written, or that stands under the alarm."""

    @property
    def new_keys(self) -> Mapping[str, str] | None:
        """The public keys of a new HSM (``log``: vkey, ``request``, ``journal``) that no roster names yet."""

    def alarms(self) -> Sequence[Object]:
        """Return every alarm after which a new log began, oldest first: {log, alarm, renewal}. They stay for ever."""

    def older(self, number: int, erased: frozenset[str] = ...) -> AbstractContextManager["Journal"]:
        """Open an older log for reading, ``erased`` since in these scopes; ``Refused`` (unknown_log): there is none."""

    def mirrored(self, kinds: Collection[str], sizes: Collection[int]) -> Copy:
        """Return the current log as the second medium tells it: entries of these types, roots at these sizes."""

    def highest(self) -> int:
        """Return the highest number that any log of this station ever had, as far as files and HSM tell."""

    def create(self, new: Log) -> AbstractContextManager["Journal"]:
        """Make the database of a new log under a fresh key, what a cut attempt left set aside; nothing is anchored."""

    def database_keys(self) -> dict[str, bytes]:
        """Return the database key of every log that this HSM opens, by the log's number."""

    def destroy_opening_keys(self, scopes: Collection[str]) -> None:
        """Destroy these for good, the copy for the recovery sheets first; a missing one is no error."""

    def copy_databases(self, journal: "Journal", medium: "Medium") -> list[str]:
        """Copy the databases of all logs, ``journal`` being the open one, as they are now; return their names."""


class Files(Protocol):
    """Files of a station, wherever they lie."""

    def read(self, name: str) -> bytes:
        """Return a file's bytes; raises ``Unavailable`` (file_missing)."""

    def names(self, prefix: str) -> list[str]:
        """Return the names of the files in a folder (``prefix`` ends with ``/``), in order."""


class Vault(Files, Protocol):
    """The station's durable files: whole or not at all, mirrored to the second medium."""

    def write(self, name: str, data: bytes) -> None:
        """Write durably here and on the mirror: temporary, fsync, rename, fsync of the folder."""

    def remove(self, name: str) -> None:
        """Remove here and on the mirror, durably; a missing file is no error."""

    def unmirrored(self) -> list[str]:
        """Return the names that the second medium lacks, after trying to copy some of them."""

    def meet_medium(self) -> None:
        """Note all that a second medium may lack which was not the last one to be here."""

    def is_apart(self) -> bool:
        """Return whether the second medium, as far as it is there, is another disk than the station's."""


class Medium(Files, Protocol):
    """A folder on another disk: a backup, or what a station is restored from."""

    @property
    def folder(self) -> PurePath:
        """Where it lies."""

    def prepare(self) -> None:
        """Make it ready to be written; ``Refused``: folder_not_empty, backup_same_disk."""

    def write(self, name: str, data: bytes) -> None:
        """Write durably."""

    def sha256(self, name: str) -> bytes:
        """Return the hash of a file, however large."""


class Paper(Protocol):
    """Printed pages."""

    def incident_summary(self, content: Object) -> bytes:
        """Return the one-page incident summary as PDF bytes."""

    def custody_register(self, content: Object) -> bytes:
        """Return the custody register as PDF bytes."""

    def founding_certificate(self, content: Object) -> bytes:
        """Return the founding certificate as PDF bytes."""

    def grab_card(self, content: Object) -> bytes:
        """Return the one-page grab card as PDF bytes."""

    def blank_forms(self, content: Object) -> bytes:
        """Return numbered forms for writing by hand as PDF bytes, a page each."""

    def recovery_sheet(self, content: Object) -> bytes:
        """Return one recovery sheet as PDF bytes: a secret, for a ``Press`` and nothing else."""


class Press(Protocol):
    """Where sheets with secrets come out: a printer or a folder in memory; on a disk in a drill only."""

    def check(self) -> Object:
        """Return ``to`` (printer, memory, disk) and ``where``.

        Raises ``Unavailable`` (printer_missing, folder_missing), ``Refused`` (sheets_not_on_disk, spool_on_disk).
        """

    def put(self, name: str, page: bytes, copies: int) -> None:
        """Bring out one page; raises ``Unavailable`` (not_printed, not_written)."""


class Sheets(Protocol):
    """Recovery secrets as words on sheets (SLIP-39)."""

    def split(
        self, secret: bytes, groups: Sequence[tuple[int, int]], identifier: int, random: Callable[[int], bytes]
    ) -> list[list[list[str]]]:
        """Return per group and sheet its words; ``groups``: (needed, count) each, and all groups are needed."""

    def read(self, number: int, words: Sequence[str]) -> Sheet:
        """Return what one sheet says of itself; ``Refused`` names sheet and place where its words are wrong."""

    def combine(self, sheets: Sequence[Sheet]) -> bytearray:
        """Return the secret of exactly the sheets needed, to be wiped; ``Refused`` (sheets_do_not_fit)."""


class Operator(Protocol):
    """The person in front of the program, for what comes up in the middle of a device call."""

    def pin(self, member: str) -> bytearray:
        """Ask the PIN of a member's token; the caller wipes the buffer. Raises ``Cancelled``."""

    def say(self, code: str, **facts: object) -> None:
        """Tell the person something, by its code in ``console.wording``."""


class Screen(Protocol):
    """Where a released secret is shown, once, to the person who asked."""

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Show it, wipe every copy, and return what came of it: ``read_back``, ``not_read`` or ``shown``."""


class Founding(Protocol):
    """What only the founding of a station needs: new tokens."""

    def enrol(self, member: str) -> TokenKeys:
        """Make the keys on a person's token, or adopt those it has; return them with what its self-test chose."""

    def try_pin(self, member: str) -> None:
        """Log in once to a token that was there before; raises as ``Token``."""

    def token(self, member: str, keys: TokenKeys) -> AbstractContextManager[Token]:
        """Lend a person's token with these keys, whatever the roster says of its owner."""

    def station(self, pin: bytes) -> AbstractContextManager["Hsm"]:
        """Make the station's token with this PIN, and its keys ``log``, ``request`` and ``journal``; lend it."""

    def public_keys(self, hsm: "Hsm") -> Mapping[str, str]:
        """Return the station's public keys as the roster states them: ``log`` (vkey), ``request``, ``journal``."""

    def pin(self, hsm: "Hsm", genesis: bytes) -> None:
        """Pin the genesis hash in the HSM, for good."""

    def put_databases(self, medium: Medium) -> list[str]:
        """Copy the databases of a backup into the station's folder; return their names."""

    def journal(self, hsm: "Hsm", key: bytearray, policy: Policy) -> AbstractContextManager["Journal"]:
        """Create the journal under this database key."""


class Keepers(Protocol):
    """Starting and ending the keeper."""

    def start(self, pin: bytearray, member: str) -> None:
        """Start the keeper, which logs in to the station's HSM with this PIN and wipes it."""

    def stop(self) -> bool:
        """End the keeper; return whether there was one."""

    def status(self) -> Mapping[str, object] | None:
        """Return who unlocked (``member``) and since when, or None while locked."""


@dataclass(frozen=True)
class Locked:
    """What is there while the station is locked."""

    settings: Settings
    machine: Machine
    vault: Vault
    keepers: Keepers
    token: Callable[[str], Token]
    founding: Founding


@dataclass(frozen=True)
class Console:
    """One of each port: what an action gets as its first argument. Valid while a lease is held."""

    settings: Settings
    policy: Policy
    machine: Machine
    hsm: Hsm
    journal: Journal
    vault: Vault
    codes: Codes
    paper: Paper
    sheets: Sheets
    token: Callable[[str], Token]
    """Return the token of a member id."""
    people: Mapping[str, str]
    """Member id -> the pseudonym that stands for them in the journal."""
    logs: Logs
    token_of: Callable[[str, TokenKeys], Token]
    """Return the token of a member id that has these keys: a new one, which is not in force yet."""
