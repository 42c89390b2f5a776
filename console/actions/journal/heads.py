# SPDX-License-Identifier: Apache-2.0
"""The newest state of the journal goes along with whoever approves here: on their token, else on a receipt.

Before a token signs, what it took along is held against the journal. A state that bears the log key's signature and
that the journal does not continue proves a roll-back or a fork: it is kept, and from then on the alarm stands, so that
the way out of the alarm is open to the quorum.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from console.actions.console import Console
from console.actions.entries import by_token, unlocked_person, write
from console.domain.canonical import Json, Object, digest
from console.domain.entries.entry import Checkpoint
from console.domain.entries.event import Seen
from console.domain.entries.journal import JournalHeadTaken
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.handoff import frames
from console.domain.journal import checkpoint
from console.domain.journal.witness import check_log
from console.domain.renewal import Log, number_of
from console.domain.words import to_words
from console.ports.vault import Vault

HEAD_TAKEN = "journal.head_taken"
CHECKPOINT, ONE_FRAME = "checkpoint", 1000
OUTSIDE = "outside/"
"""Notes that came back from outside and contradict the journal; ``Logs`` reads them at each start."""
TAKES_NOTHING = ("unsupported", "not_permitted")
TOKEN, DISK, RECEIPT = "token", "disk", "receipt"


def check(console: Console, member: str) -> None:
    """Raise ``Corrupt`` (token_saw_another_journal, log_older) if this person's token knows another history."""
    for note in _on_token(console, member):
        found = signed_here(note, console.logs.current())
        if found is not None:
            check_continues(console, found, member)


def check_continues(console: Console, found: Checkpoint, who: str) -> None:
    """Raise ``Corrupt`` as ``check`` unless the journal continues a state that was signed here; keep the proof."""
    here = console.logs.current()
    number = number_of(found.origin)
    if number < here.number:
        # One that another log followed, by signature: what it said is the quorum's business, and settled.
        return
    size = min(found.size, console.journal.size())
    seen, told = Seen(found.size, found.root), Seen(size, console.journal.root_at(size))
    if number > here.number or seen != told:
        console.vault.write(f"{OUTSIDE}{found.size:012d}-{found.root.hex()[:16]}", found.note)
        check_log(here.number, [number])
        raise Corrupt("token_saw_another_journal", member=who, seen=str(seen), told=str(told))


def keep_if_other(console: Console, note: bytes) -> None:
    """Keep a note that the log key signed and that the journal does not continue: from the next start the alarm stands.

    For whoever tells of it in another way; of any other note nothing is kept.
    """
    found = signed_here(note, console.logs.current())
    if found is not None:
        with suppress(Corrupt):
            check_continues(console, found, "outside")


def brought_back(vault: Vault) -> list[bytes]:
    """Return the notes that came back from outside and contradicted the journal then."""
    return [vault.read(name) for name in vault.names(OUTSIDE)]


def signed_here(note: bytes, log: Log) -> Checkpoint | None:
    """Return the checkpoint of a note that this station's log key signed, for whichever of its logs; None if not so."""
    with suppress(Corrupt, UnicodeDecodeError):
        origin = note.decode().partition("\n")[0]
        key = replace(checkpoint.parse_vkey(log.key), name=origin)
        found = checkpoint.open_note(note, [key])
        same_station = origin.rpartition("/")[0] == log.origin.rpartition("/")[0]
        return found if same_station and number_of(origin) else None
    return None


def take(console: Console, member: str) -> Object:
    """Let the newest state go along with somebody who has just approved; return it with its words and where it is.

    ``on``: ``token``; ``disk`` if that token is files on the station's own disk; None if the token takes nothing: then
    only a receipt goes along.
    """
    newest = console.journal.checkpoint()
    on: str | None = None
    # The approval stands whatever comes of this: what did not go along is said, and a receipt is offered.
    with suppress(ConsoleError):
        console.token(member).along(_name(console), newest.note)
        on = DISK if f"token:{member}" in console.settings.on_own_disk() else TOKEN
        write(console, JournalHeadTaken(size=newest.size, root=newest.root, on=on), by_token(member))
    return {**_seen(newest).to_json(), "words": to_words(newest.root), "note": newest.note.decode(), "on": on}


def on_paper(console: Console) -> dict[str, Json]:
    """Return what each printed page says of the journal: ``size``, ``root_words``, and ``qr``, the signed state."""
    newest = console.journal.checkpoint()
    (frame,) = frames.split(CHECKPOINT, newest.note, frame_bytes=ONE_FRAME)
    return {"size": newest.size, "root_words": to_words(newest.root), "qr": frame}


def receipt(console: Console, member: str) -> Object:
    """Return the newest state for somebody to take along on paper or in a file, once that is written down.

    The claim of who takes it is that of the person at the station. ``Refused`` (unknown_member).
    """
    console.policy.roster.member(member)
    newest = console.journal.checkpoint()
    said = JournalHeadTaken(size=newest.size, root=newest.root, on=RECEIPT, member=console.people[member])
    write(console, said, unlocked_person(console))
    return {**_seen(newest).to_json(), "words": to_words(newest.root), "note": newest.note.decode()}


def note_receipt(console: Console, member: str, head: Object) -> None:
    """Write down that somebody took a state along on a receipt, once it was made."""
    taken = Seen.from_json(head)
    write(console, JournalHeadTaken(size=taken.size, root=taken.root, on=RECEIPT), by_token(member))


def _on_token(console: Console, member: str) -> Sequence[bytes]:
    try:
        return console.token(member).along(_name(console))
    except Refused as error:
        if error.code in TAKES_NOTHING:
            return ()
        raise


def _name(console: Console) -> str:
    return f"head-{digest('head', console.policy.roster.vault.encode()).hex()[:16]}"


def _seen(newest: Checkpoint) -> Seen:
    return Seen(newest.size, newest.root)
