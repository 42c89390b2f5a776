# SPDX-License-Identifier: Apache-2.0
"""Erasing what is personal: propose, two people agree, the opening keys are destroyed.

``privacy.erasing`` is durable before the first key goes, ``privacy.erased`` comes after the last. Whoever opens the
station between the two finishes it; and where an older copy of the keys turns up again, what was erased is destroyed
again before anything is read with it.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import cast

from console.actions.activation.lifecycle import load, owed
from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.entries import THE_PROGRAM, by_token, draft, names, readable, unlocked_person, write
from console.actions.privacy import erasure_files, hold
from console.actions.readiness import rollback
from console.actions.sealed import tables
from console.domain.activation.state import OVER
from console.domain.canonical import Json, Object
from console.domain.entries.entry import COUNSEL_TYPE, Entry, scope_of, to_rfc3339
from console.domain.entries.event import written_ms
from console.domain.entries.privacy import ErasureEvent, PrivacyApproved, PrivacyErased, PrivacyErasing, PrivacyProposed
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.privacy import erasure as rules
from console.domain.privacy import retention
from console.domain.privacy.erasure import BEGUN, ERASED, Erasure
from console.domain.renewal import FIRST

ENDED_FOR_GOOD = tuple(state for state in OVER if state != "ended")
"""An ended activation still owes its rotations: it is closed first."""


# --- proposing --------------------------------------------------------------------------------------------


def propose(console: Console, basis: str, *, subject: str | None = None, act: str | None = None) -> Object:
    """Propose to erase a person (id or pseudonym), an activation, or one person inside one activation.

    ``Refused``: unknown_basis, nothing_to_erase, and as ``check_erasable``. It binds nobody.
    """
    rules.check_basis(basis)
    asked = _scopes(console, subject, act)
    check_erasable(console, asked, basis)
    made = Erasure(
        console.policy.roster.vault, console.policy.roster.hash(), tuple(asked), basis, console.machine.random(16)
    )
    said = PrivacyProposed(erasure=made.id, document=made.to_json())
    write(console, said, unlocked_person(console), critical=True)
    return describe(console, made)


def scopes(console: Console) -> list[str]:
    """Return the scopes whose opening keys are there."""
    return sorted(tables.rows(console.hsm, console.vault, tables.OPENING_KEYS))


def _scopes(console: Console, subject: str | None, act: str | None) -> list[str]:
    known = scopes(console)
    person = None if subject is None else console.people.get(subject, subject.removeprefix("subject:"))
    found = set(known) - {"station"}
    if act is not None:
        found &= set(rules.of_activation(known, act))
    if person is not None:
        about = [person, *_enrolments(console, str(subject))] if act is None else [person]
        found &= {scope for one in about for scope in rules.of_person(known, one)}
    if (person is None and act is None) or not found:
        raise Refused("nothing_to_erase", subject=subject or act or "-")
    return sorted(found)


def _enrolments(console: Console, member: str) -> list[str]:
    """Return whom the proposals by which a person was to join are about."""
    return [
        entry.subject
        for entry in console.journal.entries(type_="keyholder.proposed")
        if entry.subject is not None and console.journal.open_fields(entry).get("member") == member
    ]


def check_erasable(console: Console, asked: Sequence[str], basis: str) -> None:
    """Raise ``Refused`` unless all of this may be erased now.

    legal_hold, person_in_force, activation_not_closed, kept_until (on the basis ``retention`` only).
    """
    hold.check(console, asked)
    for scope in asked:
        act, person = rules.parts(scope)
        if act is not None:
            _check_closed(console, act)
        elif person is not None:
            _check_left(console, person)
        else:
            # The station's own, or nothing that this program names: no description could say what goes with it.
            raise Refused("nothing_to_erase", subject=scope)
        due = retention.due_ms(scope, since_ms(console, scope))
        if basis == "retention" and (due is None or due > console.machine.reading().wall_ms):
            raise Refused("kept_until", scope=scope, until="-" if due is None else to_rfc3339(due))


def _check_closed(console: Console, act: str) -> None:
    if next(console.journal.entries(act=act, limit=1), None) is None:
        return  # of a log before this one: an activation does not outlive its log
    activation = load(console, act)
    activation.check_state(console.machine.reading(), *ENDED_FOR_GOOD)
    if owed(credentials.fold(console), activation):
        raise Refused("activation_not_closed", activation=act)


def _check_left(console: Console, person: str) -> None:
    """Without the pseudonym's name nobody in force could act, or be held to what they did."""
    for member in console.policy.roster.members:
        if console.people.get(member.id) == person:
            raise Refused("person_in_force", member=member.id)


def since_ms(console: Console, scope: str) -> int | None:
    """Return when the retention of a scope began to count: its activation was over, its person had left."""
    act, person = rules.parts(scope)
    if act is not None:
        last = [entry for entry in console.journal.entries(act=act) if entry.type in _TERMINAL]
        return last[-1].t.wall_ms if last else None
    return None if person is None else _left_ms(console, person)


def _left_ms(console: Console, person: str) -> int | None:
    for entry in console.journal.entries(type_="keyholder.proposed"):
        if entry.subject == person:
            return entry.t.wall_ms
    member = names(console).get(person)
    present = [p.number for p in console.policy.history() if any(m.id == member for m in p.roster.members)]
    for entry in console.journal.entries(type_="policy.changed"):
        if present and entry.body["number"] == present[-1] + 1:
            return written_ms(entry)
    return None


_TERMINAL = tuple(f"activation.{state}" for state in ENDED_FOR_GOOD)


# --- agreeing ---------------------------------------------------------------------------------------------


def approve(console: Console, id_: str, member: str) -> Object:
    """Agree to an erasure on a keyholder's own token; with the second one it is done.

    ``Refused``: erasure_waits, erasure_waits_for_copy, unknown_erasure, erasure_done, erasure_overtaken,
    erased_before, own_erasure, already_approved, and as ``check_erasable``; ``Corrupt``: signature_wrong.
    """
    if not _records(console):
        raise Refused("erasure_waits")
    _check_copies(console)
    made, person = find(console, id_), console.policy.keyholder(member)
    if done_by(console, id_):
        raise Refused("erasure_done", id=id_)
    if (over := _over(console, made)) is not None:
        raise Refused(over, id=id_)
    if console.people[member] in {rules.parts(scope)[1] for scope in made.scopes}:
        raise Refused("own_erasure", member=member)
    signed = signatures(console, made)
    if member in signed:
        raise Refused("already_approved", member=member)
    check_erasable(console, made.scopes, made.basis)
    signature = console.token(member).sign("sign", made.signed_digest())
    person.check(signature, made.signed_digest())
    agreed = draft(
        console,
        PrivacyApproved(erasure=id_, group=person.role, member=member, signature=signature),
        by_token(member),
        subject=console.people[member],
    )
    complete = not rules.missing({**signed, member: person.role}, console.policy.roster.groups)
    begun = draft(console, PrivacyErasing(erasure=id_, scopes=tuple(made.scopes)), THE_PROGRAM)
    # In one commit: nothing falls between the last signature and what it brings about.
    console.journal.append([agreed, begun] if complete else [agreed], critical=True)
    if complete:
        _finish(console, made)
    return describe(console, made)


def signatures(console: Console, made: Erasure) -> dict[str, str]:
    """Return member id -> group of everybody whose signature under an erasure holds; ``Corrupt`` (signature_wrong)."""
    roster = console.policy.roster_of(made.roster)
    return {member: roster.member(member).role for member in _signed(console, made)}


def _signed(console: Console, made: Erasure) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry, said in readable(console, PrivacyApproved):
        if said.erasure == made.id:
            opened = PrivacyApproved.read(entry, console.journal.open_fields(entry))
            if opened.member is not None and opened.signature is not None:
                found[opened.member] = opened.signature
    erasure_files.check_signed(console, made, found)
    return found


def find(console: Console, id_: str) -> Erasure:
    """Return a proposed erasure; ``Refused`` (unknown_erasure) names those that are open."""
    known = proposals(console)
    for made in known:
        if made.id == id_:
            return made
    open_ = [made.id for made in known if not done_by(console, made.id)]
    raise Refused("unknown_erasure", id=id_, known=", ".join(open_) or "-")


def proposals(console: Console) -> list[Erasure]:
    """Return every erasure that was ever proposed in this log, done or not."""
    found = [(said, Erasure.from_json(said.document)) for _, said in readable(console, PrivacyProposed)]
    # Whose name is not its hash was written by no action of this program.
    return [made for said, made in found if made.id == said.erasure]


def describe(console: Console, made: Erasure) -> Object:
    """Return an erasure as people read it.

    ``over``: why nobody can agree to it any more (erasure_overtaken, erased_before), else null; ``counsel_notes``: the
    entries of counsel's notes in its activations, which stay.
    """
    done, signed = done_by(console, made.id), signatures(console, made)
    missing = [] if done else rules.missing(signed, console.policy.roster.groups)
    return {
        "erasure": made.id,
        "scopes": list(made.scopes),
        "what": _named(console, made.scopes),
        "basis": made.basis,
        "approved": sorted(signed),
        "missing": cast(Json, missing),
        "over": _over(console, made) if missing else None,
        "erased": None if done is None else to_rfc3339(done.t.wall_ms),
        "seq": None if done is None else done.seq,
        "destroys": None if done is None else PrivacyErased.read(done).destroys,
        "not_covered": _not_covered(console),
        "counsel_notes": _counsel_notes(console, made.scopes),
    }


def _over(console: Console, made: Erasure) -> str | None:
    if made.roster != console.policy.roster.hash():
        return "erasure_overtaken"
    asked = set(made.scopes)
    return "erased_before" if asked <= erased_scopes(console) and not asked & set(scopes(console)) else None


def _counsel_notes(console: Console, asked: Sequence[str]) -> list[Json]:
    acts = {act for act, _ in map(rules.parts, asked) if act is not None}
    found = [note.seq for act in acts for note in console.journal.entries(act=act, type_=COUNSEL_TYPE)]
    return cast(list[Json], sorted(found))


def _named(console: Console, asked: Sequence[str]) -> list[Json]:
    """Return {activation, person} of scopes; who was erased has no name any more."""
    members = names(console)
    pairs = [rules.parts(scope) for scope in asked]
    return [{"activation": act, "person": members.get(person or "", person)} for act, person in pairs]


def _not_covered(console: Console) -> list[Json]:
    return [*NOT_COVERED, *(["older_logs"] if console.logs.current().number > FIRST else [])]


NOT_COVERED = ("counsel", "drafts", "rosters", "suspensions", "cards", "paper", "exports")
"""What an erasure here does not reach, by the codes of ``wording``."""


def done_by(console: Console, id_: str) -> Entry | None:
    """Return the entry that says that an erasure was done, as two people had agreed; None before."""
    found = (entry for entry, said in readable(console, PrivacyErased) if said.erasure == id_)
    return next((entry for entry in found if is_authorised(console, entry)), None)


def _id_in(entry: Entry) -> str:
    """Return the erasure that an entry names, as far as it can be read."""
    try:
        return ErasureEvent.read(entry).erasure
    except Corrupt:
        return "-"


# --- doing it, and doing it again ----------------------------------------------------------------------------


def _finish(console: Console, made: Erasure) -> None:
    """Destroy the opening keys, the copy for the recovery sheets first, then say so.

    What both signed is kept as a file before: wherever only older journals are left, it tells what must stay erased.
    """
    signed = _signed(console, made)
    erasure_files.keep(console, made, signed)
    _check_copies(console)
    console.logs.destroy_opening_keys(made.scopes)
    approved = sorted(console.people[member] for member in signed)
    said = PrivacyErased(
        erasure=made.id,
        scopes=tuple(made.scopes),
        basis=made.basis,
        approved=tuple(approved),
        destroys=rollback.destroys(console),
    )
    write(console, said, THE_PROGRAM, critical=True)


def _check_copies(console: Console) -> None:
    """Raise ``Refused`` while an older copy for the recovery sheets may lie on a second medium that is not there."""
    if console.vault.unmirrored():
        raise Refused("erasure_waits_for_copy")


def settle(console: Console, present: Iterable[str]) -> None:
    """Finish what a crash cut, and destroy again what an older copy of the opening keys brought back.

    ``present``: the scopes whose keys are there. Under the alarm nothing can be written down, and keys go all the same.
    What two people did not agree to is left alone here, and found by verifying: it must keep nobody outside.
    """
    erased = [entry for entry in console.journal.entries(type_=ERASED) if is_authorised(console, entry)]
    done, waiting = {PrivacyErased.read(entry).erasure for entry in erased}, set[str]()
    for entry, said in readable(console, PrivacyErasing):
        if said.erasure not in done and _records(console) and is_authorised(console, entry):
            try:
                _finish(console, find(console, said.erasure))
            except Refused:  # while the second medium is away it waits, and keeps nobody outside
                waiting |= {*said.scopes}
    if back := (rules.erased_at(erased).keys() | erasure_files.scopes(console)) & (set(present) - waiting):
        console.logs.destroy_opening_keys(back)


def _records(console: Console) -> bool:
    """Return whether the log itself takes entries: what authorises an erasure to strangers must stand in it."""
    recording = cast(Object, console.journal.status()["recording"])
    return not console.journal.alarm() and recording["light"] == "recording"


def settle_under_alarm(console: Console) -> None:
    """Destroy again what an older copy of the opening keys brought back, as far as it can be told."""
    # What cannot be read must not keep anybody from beginning a new log.
    with suppress(ConsoleError):
        settle(console, scopes(console))


def check_entry(console: Console, entry: Entry) -> None:
    """Raise ``Corrupt`` (erasure_unauthorised) unless an entry erases what two people had agreed to before it."""
    if _is_said_again(console, entry):
        return  # the renewal that says it again is signed itself
    id_ = _id_in(entry)
    made = next((known for known in proposals(console) if known.id == id_), None)
    try:
        if made is None or made.scopes != ErasureEvent.read(entry).scopes:
            raise Corrupt("erasure_unauthorised", id=id_)
        signed = {**signatures(console, made), **_erased_approvers(console, made, entry.seq)}
    except ConsoleError as error:
        raise Corrupt("erasure_unauthorised", id=id_) from error
    if rules.missing(signed, console.policy.roster_of(made.roster).groups):
        raise Corrupt("erasure_unauthorised", id=id_)


def _is_said_again(console: Console, entry: Entry) -> bool:
    """Say whether the renewal that began this log says an entry again: what it was, the signers read and signed."""
    begun = next(console.journal.entries(type_="log.renewed"), None)
    if "restated" not in entry.body or begun is None or begun.seq != 0:
        return False
    renewal = cast(Object, console.journal.open_fields(begun).get("renewal") or {})
    carried = cast(Sequence[Object], renewal.get("carried") or ())
    return any((said["type"], said["body"]) == (entry.type, entry.body) for said in carried)


def _erased_approvers(console: Console, made: Erasure, before: int) -> dict[str, str]:
    """Return pseudonym -> group of who agreed, and was erased after entry ``before``: only their entry still tells.

    By an erasure that is authorised itself: else two made-up people, erased by the very entry that they are to
    authorise, would do.
    """
    later = (entry for entry in console.journal.entries(type_=ERASED) if entry.seq > before)
    gone = rules.erased_at(entry for entry in later if is_authorised(console, entry))
    return {
        entry.actor: said.group
        for entry, said in readable(console, PrivacyApproved)
        if (said.erasure, entry.proof) == (made.id, "token")
        and {"member", "signature"} <= entry.c.keys()
        and scope_of(entry) in gone
        and scope_of(entry) not in made.scopes
    }


def is_authorised(console: Console, entry: Entry) -> bool:
    """Return whether two people had agreed to what an entry erases."""
    try:
        check_entry(console, entry)
    except Corrupt:
        return False
    return True


def erased_scopes(console: Console) -> frozenset[str]:
    """Return every scope that this log, or what two people signed, says was erased."""
    erased = (entry for entry in console.journal.entries(type_=ERASED) if is_authorised(console, entry))
    return frozenset(rules.erased_at(erased).keys() | erasure_files.scopes(console))


def findings(console: Console) -> list[Object]:
    """Return a finding for each entry that erases something without two people's signatures."""
    found: list[Object] = []
    for entry in (*console.journal.entries(type_=BEGUN), *console.journal.entries(type_=ERASED)):
        try:
            check_entry(console, entry)
        except Corrupt as error:
            found.append({"code": error.code, "seq": entry.seq, "detail": _id_in(entry)})
    return found
