# SPDX-License-Identifier: Apache-2.0
"""Legal holds: one keyholder of Legal places one; one of Legal and one of another group lift it."""

import re
from collections.abc import Sequence
from typing import cast

from console.actions.activation.lifecycle import stored_request
from console.actions.console import Console
from console.actions.entries import by_token, names, write
from console.actions.sealed import tables
from console.domain.activation import justification
from console.domain.canonical import Json, Object, normalised, shaped
from console.domain.entries.entry import Entry, to_rfc3339
from console.domain.entries.event import written_ms
from console.domain.entries.privacy import PrivacyHeld, PrivacyHoldLifted
from console.domain.errors import Corrupt, Refused
from console.domain.privacy import erasure
from console.domain.privacy import hold as rules
from console.domain.privacy.hold import LIFTING, PLACED, Hold


def place(console: Console, on: Sequence[str], member: str, reason: str) -> Object:
    """Hold activations (``act:…``), people (a member id, or ``subject:…``) and matters (their number, or ``matter:…``).

    On a Legal keyholder's own token. ``Refused``: hold_target, not_of_legal, request_incomplete, as
    ``Policy.keyholder``.
    """
    person = console.policy.keyholder(member)
    if person.role != erasure.LEGAL:
        raise Refused("not_of_legal", member=member)
    justification.check_reason(reason)
    said = str(normalised(reason.strip()))
    made = Hold(
        console.policy.roster.vault,
        tuple(sorted({_target(console, text) for text in on})),
        said,
        console.people[member],
        console.machine.random(16),
    )
    if not made.on:
        raise Refused("hold_target", target="-")
    signature = console.token(member).sign("sign", made.signed_digest("place"))
    person.check(signature, made.signed_digest("place"))
    # A matter's number is for those who may read it; what is held by pseudonym is for everybody.
    public = tuple(target for target in made.on if not target.startswith("matter:"))
    placed = PrivacyHeld(hold=made.id, on=public, document=made.to_json(), signature=signature)
    write(console, placed, by_token(member), critical=True)
    return list_holds(console)


def lift(console: Console, id_: str, member: str, reason: str) -> Object:
    """Agree, on a keyholder's own token, that a hold ends; it does once Legal and another group have.

    ``Refused``: unknown_hold, request_incomplete, as ``Policy.keyholder``.
    """
    person, made = console.policy.keyholder(member), _find(console, id_)
    justification.check_reason(reason)
    signature = console.token(member).sign("sign", made.signed_digest("lift"))
    person.check(signature, made.signed_digest("lift"))
    said = PrivacyHoldLifted(
        hold=id_,
        group=person.role,
        roster=console.policy.roster.hash(),
        member=member,
        signature=signature,
        reason=str(normalised(reason.strip())),
    )
    write(console, said, by_token(member), subject=console.people[member], critical=True)
    return list_holds(console)


def list_holds(console: Console) -> Object:
    """Return every hold that stands, with who must still agree to lift it."""
    members = names(console)
    return {
        "holds": [
            {
                **rules.describe(made),
                "placed_by": members.get(made.placed_by, made.placed_by),
                "since": to_rfc3339(written_ms(entry)),
                "lifting_missing": cast(Json, _missing(console, made)),
            }
            for entry, made in _standing(console)
        ]
    }


def check(console: Console, scopes: Sequence[str]) -> None:
    """Raise ``Refused`` (legal_hold) if any of these may not be erased now."""
    holds = [made for _, made in _standing(console)]
    for scope in scopes if holds else ():
        if found := rules.holding(holds, scope, _matters(console, scope)):
            raise Refused("legal_hold", scope=scope, holds=", ".join(made.id for made in found))


def _target(console: Console, text: str) -> str:
    """Return what a hold is on; ``Refused`` (hold_target) for what nothing here is called: it would hold nothing."""
    said = str(normalised(text.strip()))
    if said in console.people:
        return f"subject:{console.people[said]}"
    if _is_matter(console, said):
        return f"matter:{said}"
    kind, _, name = said.partition(":")
    if not rules.is_target(said) or not (_is_matter(console, name) if kind == "matter" else _is_here(console, said)):
        raise Refused("hold_target", target=text)
    return said


def _is_matter(console: Console, name: str) -> bool:
    return any(re.fullmatch(known.rules.matter_pattern, name) for known in console.policy.history())


def _is_here(console: Console, target: str) -> bool:
    """Return whether something of an activation or a person is kept."""
    parts = [erasure.parts(scope) for scope in tables.rows(console.hsm, console.vault, tables.OPENING_KEYS)]
    return target in {f"act:{act}" for act, _ in parts} | {f"subject:{person}" for _, person in parts}


def _matters(console: Console, scope: str) -> Sequence[str] | None:
    """Return the matters that the request of a scope's activation, or a note about it, names.

    None where nobody can read one of them.
    """
    act, _ = erasure.parts(scope)
    if act is None:
        return ()
    found, has_request = list[str](), False
    for entry in console.journal.entries(act=act):
        if entry.type == "activation.requested":
            has_request = True
            try:
                said = stored_request(console, entry).body["justification"]
            except Refused:
                return None
            found += cast(list[str], cast(dict[str, Json], said)["matters"])
        elif "matter" in entry.c and entry.track == "facts":
            fields = console.journal.open_fields(entry)
            if "matter" not in fields:
                return None
            found += [str(fields["matter"])]
    return found if has_request else None


def _standing(console: Console) -> list[tuple[Entry, Hold]]:
    placed = [(entry, _hold(console, entry)) for entry in console.journal.entries(type_=PLACED)]
    return [(entry, made) for entry, made in placed if _missing(console, made)]


def _hold(console: Console, entry: Entry) -> Hold:
    with shaped("hold_shape"):
        said = PrivacyHeld.read(entry, console.journal.open_fields(entry))
        made = Hold.from_json(said.document or {})
    if made.id != said.hold:
        raise Corrupt("hold_shape")
    return made


def _find(console: Console, id_: str) -> Hold:
    standing = [made for _, made in _standing(console)]
    for made in standing:
        if made.id == id_:
            return made
    raise Refused("unknown_hold", id=id_, known=", ".join(made.id for made in standing) or "-")


def _missing(console: Console, made: Hold) -> list[str]:
    """Return which group must still agree to lift a hold; only words whose signature holds count."""
    signed: dict[str, str] = {}
    for entry in console.journal.entries(type_=LIFTING):
        said = PrivacyHoldLifted.read(entry, console.journal.open_fields(entry))
        if said.hold != made.id or said.signature is None:
            continue
        person = console.policy.roster_of(said.roster).member(str(said.member))
        person.check(said.signature, made.signed_digest("lift"))
        signed[person.id] = person.role
    return erasure.missing(signed, console.policy.roster.groups)
