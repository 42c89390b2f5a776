# SPDX-License-Identifier: Apache-2.0
"""The last step of the retreat: paper mode, accepted by two, in which only one-time codes are given.

The count in the HSM comes first, then the burning of the code's item secret, then the showing. What was given is
written down by hand now, and by ``settle`` as soon as anything takes entries again. The numbers of the forms for that
are reserved in peace, and each printing of blank ones is an entry.
"""

import hashlib
from collections.abc import Iterable
from typing import cast

from console.actions.console import Console
from console.actions.document.summary import MODE_WORDS, moment
from console.actions.entries import PROGRAM, THE_PROGRAM, draft, unlocked_person, write
from console.actions.paper import files
from console.domain import paper as rules
from console.domain.activation.ceremony import Item
from console.domain.activation.state import Activation
from console.domain.canonical import Json, Object
from console.domain.entries import paper as entries_of_paper
from console.domain.entries.entry import Draft, Entry, to_rfc3339
from console.domain.entries.paper import Accepted, PaperPrinted, PaperReserved, PaperTried
from console.domain.entries.release import ReleaseIntended
from console.domain.errors import Refused, Unavailable
from console.domain.kinds import Kind
from console.domain.paper import PaperMode
from console.ports.logs import OldJournal

RESERVED, PRINTED, PAPER_MODE = "paper.reserved", "paper.printed", "paper.mode"
OUTSTANDING = "paper.outstanding"
"""What a new log says of forms that an older one reserved: they may lie anywhere, and none is given out again."""
WRITE = ("date and time, with the zone", "activation", "credential and number of the code", "who asked, who was there")
"""What stands on the form for each code."""
NOT_PROVEN = (
    "When something was done: the times are what the clocks in the room said.",
    "That nothing else was done, or that whoever signed saw it all.",
    "Which codes were given: the station counts these itself, and the journal tells them later.",
)
"""What a form that was filled in does not prove."""


def status(console: Console) -> Object:
    """Return which light is on, whether paper mode is accepted, what was given in it, and the next reserved numbers."""
    mode = present(console)
    recording = cast(Object, console.journal.status()["recording"])
    return {
        "recording": recording,
        "since": mode.at if mode else None,
        "serial": mode.serial if mode else next_serial(console),
        "accepted": [member for member, _ in mode.accepted] if mode else [],
        "people": {member.id: member.name for member in console.policy.roster.members},
        "missing": cast(Json, mode.missing(console.policy)) if mode else list(console.policy.roster.groups),
        "given": list(mode.given) if mode else [],
        "write": list(WRITE),
    }


def reserve(console: Console, count: int) -> Object:
    """Write down which numbers the next forms have, before they are needed; return them."""
    last = _last_reserved(console)
    body: dict[str, Json] = {"first": last + 1, "last": last + count}
    # The file first, as with all others: one that is ahead is written again by whoever reserves next.
    entries = list(console.journal.entries(type_=RESERVED))
    files.keep(console, [*_numbers(entries), (last + 1, last + count)], _used(console.journal))
    write(console, PaperReserved(first=last + 1, last=last + count), unlocked_person(console), critical=True)
    return body


def forms(console: Console, reserved: Object | None = None) -> tuple[str, bytes]:
    """Return blank forms as PDF with a name for the file: those just ``reserved``, else all that are not used.

    Their printing is in the journal before. ``Refused``: paper_none_reserved.
    """
    numbers = reserved or _not_used(console)
    made = console.paper.blank_forms(
        {
            **numbers,
            "station": console.settings.origin,
            "vault": console.policy.roster.vault,
            "mode_words": MODE_WORDS[console.policy.roster.mode],
            "made": moment(console.machine.reading().wall_ms),
            "not_proven": list(NOT_PROVEN),
        }
    )
    said = PaperPrinted(first=cast(int, numbers["first"]), last=cast(int, numbers["last"]))
    write(console, said, unlocked_person(console), critical=True)
    return "paper-forms-{first}-{last}.pdf".format(**numbers), made


def _not_used(console: Console) -> Object:
    first = next_serial(console)
    if first is None:
        raise Refused("paper_none_reserved")
    return {"first": first, "last": _last_reserved(console)}


def _last_reserved(console: Console) -> int:
    before = rules.before_first(console.logs.current().number)
    return max((cast(int, e.body["last"]) for e in console.journal.entries(type_=RESERVED)), default=before)


def next_serial(console: Console) -> int | None:
    """Return the smallest reserved number that no paper mode has used."""
    used = _used(console.journal)
    for entry in console.journal.entries(type_=RESERVED):
        for number in range(cast(int, entry.body["first"]), cast(int, entry.body["last"]) + 1):
            if number not in used:
                return number
    return None


def outstanding(console: Console, proven: OldJournal | None) -> list[tuple[int, int]]:
    """Return the numbers of forms that are out when a log is lost: from signed files, and from entries if ``proven``.

    (first, last) each. What nothing proves could call a form used that still lies somewhere.
    """
    mode = present(console)
    reserved, used = list[tuple[int, int]](), {mode.serial} if mode and mode.serial else set[int]()
    for numbers, gone in files.kept(console):
        reserved, used = reserved + numbers, used | gone
    if proven is not None:
        reserved += _numbers(proven.entries(type_=RESERVED))
        used |= _used(proven)
        for entry in proven.entries(type_=OUTSTANDING):
            reserved += [(row["first"], row["last"]) for row in cast(list[dict[str, int]], entry.body["numbers"])]
    return rules.outstanding(reserved, used)


def _numbers(entries: Iterable[Entry]) -> list[tuple[int, int]]:
    return [(cast(int, entry.body["first"]), cast(int, entry.body["last"])) for entry in entries]


def _used(journal: OldJournal) -> set[int]:
    serials = (entry.body["serial"] for entry in journal.entries(type_=PAPER_MODE))
    return {cast(int, serial) for serial in serials if serial is not None}


def accept(console: Console, member: str) -> Object:
    """Accept paper mode on a keyholder's own token.

    ``Refused``: still_recorded (something takes entries), not_a_keyholder, already_accepted.
    """
    _check_nothing_records(console)
    person = console.policy.roster.member(member)
    if person not in console.policy.roster.keyholders() or member in console.policy.suspended:
        raise Refused("not_a_keyholder", member=member)
    mode = present(console) or _begun(console)
    signature = console.token(member).sign("sign", mode.signed())
    person.check(signature, mode.signed())
    _keep(console, mode.accepting(member, signature))
    return status(console)


def give(console: Console, activation: Activation, item: Item, kind: Kind) -> None:
    """Count a code that is about to be burnt and shown, in the HSM.

    ``Refused``: paper_codes_only, paper_not_accepted, budget_used_up.
    """
    if not kind.burns:
        raise Refused("paper_codes_only", name=item.credential)
    mode = present(console)
    missing = mode.missing(console.policy) if mode else list(console.policy.roster.groups)
    if mode is None or missing:
        raise Refused("paper_not_accepted", missing=", ".join(missing))
    given = len(mode.given_in(activation.id))
    if activation.releases_left() - given <= 0:
        raise Refused("budget_used_up", used=activation.releases_used() + given, releases=activation.releases)
    code: dict[str, Json] = {
        "act": activation.id,
        "credential": item.credential,
        "version": item.version,
        "item": item.item,
        "kind": kind.name,
        "number": activation.releases_used() + given + 1,
        "at": _now(console),
    }
    _keep(console, mode.giving(**code))


def present(console: Console) -> PaperMode | None:
    """Return the paper mode that the HSM holds, if there is one."""
    notes = console.hsm.held("paper")
    return rules.decode(notes[-1]) if notes else None


def settle(console: Console) -> None:
    """Once something takes entries again, write down the paper mode and each code given in it; then it is over."""
    mode = present(console)
    if mode is None:
        return
    if not any(entry.id == mode.id for entry in console.journal.entries(type_=PAPER_MODE)):
        console.journal.append(_entries(console, mode), critical=True)
    if mode.serial is not None:
        files.keep(console, _numbers(console.journal.entries(type_=RESERVED)), _used(console.journal))
    console.hsm.hold("paper", b"")


def _entries(console: Console, mode: PaperMode) -> list[Draft]:
    people = console.people
    said = entries_of_paper.PaperMode(
        serial=mode.serial,
        at=mode.at,
        anchor=mode.anchor,
        accepted=tuple(Accepted(people.get(member, "-"), signature) for member, signature in mode.accepted),
        given=len(mode.given),
    )
    first = said.to_draft(actor=PROGRAM, proof=PROGRAM, id_=mode.id)
    codes = [draft(console, _given(code, mode.serial), THE_PROGRAM, act=str(code["act"])) for code in mode.given]
    return [first, *codes]


def _given(code: Object, serial: int | None) -> ReleaseIntended:
    """Return what is written down of a code that was given while nothing took entries."""
    return ReleaseIntended(
        credential=str(code["credential"]),
        version=cast(int, code["version"]),
        item=cast(int, code["item"]),
        kind=str(code["kind"]),
        number=cast(int, code["number"]),
        paper=serial,
        paper_at=str(code["at"]),
    )


def _check_nothing_records(console: Console) -> None:
    try:
        write(console, PaperTried(), unlocked_person(console), critical=True)
    except Unavailable as error:
        if error.code != "write_on_paper":
            raise
        return
    raise Refused("still_recorded")


def _begun(console: Console) -> PaperMode:
    newest = console.hsm.anchor()[-1:] or [b""]
    return PaperMode(
        console.machine.new_id(),
        console.logs.current().origin,
        hashlib.sha256(newest[0]).digest(),
        _now(console),
        next_serial(console),
    )


def _keep(console: Console, mode: PaperMode) -> None:
    console.hsm.hold("paper", mode.encode())


def _now(console: Console) -> str:
    return to_rfc3339(console.machine.reading().wall_ms)
