# SPDX-License-Identifier: Apache-2.0
"""The way out of the journal's alarm: a new log, begun by one keyholder of each group, that says again what stands.

Nothing is healed: the old database and its copy stay as they are. What the anchor proves is said again exactly; where
nothing proves it, the signed records and the state table decide, and every credential counts as shown. So whoever
provokes an alarm brings nothing back and hides nothing; it costs rotations. Both signatures are durable before the
first step is taken, each step may be taken twice, and ``resume`` takes those that a crash left out.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import cast

from console.actions.console import Console
from console.actions.journal import heads, restatement
from console.actions.keyholder import proof
from console.actions.policy.steps import STEPS
from console.actions.policy.suspension import SUSPENDED
from console.actions.sealed import tables
from console.domain import kinds, renewal
from console.domain.canonical import Json, Object, decode_object, from_base64, shaped, to_base64
from console.domain.entries.entry import Checkpoint
from console.domain.errors import Corrupt, Refused, Unavailable
from console.domain.journal import checkpoint
from console.domain.kinds import Seed
from console.domain.payload import otp
from console.domain.policy.rules import Policy
from console.domain.renewal import Found, Log, Renewal, Restated
from console.ports.hsm import Hsm
from console.ports.journal import Journal
from console.ports.logs import Copy, Logs, OldJournal
from console.ports.machine import Machine
from console.ports.vault import Vault

RENEWALS = "renewals/"
PROPOSALS = "proposed-renewals/"
NEW_KEYS = "new-hsm.json"
"""The public keys of a new HSM until the roster names them."""


# --- which log is written ---------------------------------------------------------------------------------


def first_log(known: Policy) -> Log:
    """Return the log of the founding."""
    key = known.history()[0].roster.station["log"]
    return Log(checkpoint.parse_vkey(key).name, key)


def in_force(vault: Vault, known: Policy) -> tuple[Renewal, ...]:
    """Return every renewal that binds, oldest first; ``Corrupt`` where the chain does not hold."""
    return renewal.load_chain((vault.read(name) for name in vault.names(RENEWALS)), first_log(known), known)


# --- proposing --------------------------------------------------------------------------------------------


def propose(console: Console, text: str = "") -> Object:
    """Propose a new log with everything that is known of the old one; ``Refused`` (no_alarm) while all is well."""
    codes = console.journal.alarm()
    if not codes:
        raise Refused("no_alarm")
    past, old, notes = in_force(console.vault, console.policy), console.logs.current(), _notes(console)
    anchors = _valid(notes, old)
    mirrored = console.logs.mirrored(restatement.READ, {anchor.size for anchor in anchors})
    told = _told(console, anchors, mirrored)
    _check_policy(console.policy, told)
    roster, fresh = console.policy.roster, console.logs.new_keys
    suspensions = restatement.suspensions((console.journal, mirrored), console.policy)
    carried = list(restatement.people(console, told, suspensions))
    stated = list(restatement.of_credentials(console, told, carried))
    new = old.following(console.logs.highest() + 1, fresh["log"] if fresh else None)
    proposed = Renewal(
        vault=roster.vault,
        mode=roster.mode,
        previous=past[-1].hash if past else None,
        old=old,
        new=new,
        anchors=tuple(to_base64(note) for note in notes),
        found=told.found if told else None,
        reasons=tuple(codes),
        text=text.strip() or ", ".join(codes),
        policy=console.policy.hash,
        policy_number=console.policy.number,
        state=tables.fingerprint(console.hsm, console.vault, tables.STATE),
        credentials=tuple(said for said, _ in stated),
        ended=tuple(_open_activations(console.hsm)),
        carried=(
            *carried,
            *restatement.paper_forms(console, told),
            *chain.from_iterable(entries for _, entries in stated),
        ),
        station={**roster.station, **fresh, "log": new.key} if fresh else None,
        lost=tuple(suspensions.names(carried, console.policy)),
    )
    _check_held(console.hsm, console.machine, console.policy, proposed)
    console.vault.write(_file(proposed), proposed.encode())
    return describe(proposed, console.policy)


def _notes(console: Console) -> list[bytes]:
    """Return what the HSM holds, and what came back from outside: neither is believed to be told by the database."""
    return [*console.hsm.anchor(), *heads.brought_back(console.vault)]


def _valid(notes: list[bytes], old: Log) -> list[Checkpoint]:
    found = []
    for note in notes:
        with suppress(Corrupt):
            found.append(checkpoint.open_note(note, [checkpoint.parse_vkey(old.key)]))
    return [anchor for anchor in found if anchor.origin == old.origin]


def _told(console: Console, anchors: list[Checkpoint], mirrored: Copy) -> restatement.Told | None:
    proven = bool(anchors) and all(
        anchor.size <= mirrored.size() and mirrored.root_at(anchor.size) == anchor.root for anchor in anchors
    )
    # What nobody signed may be anybody's, however well it follows what somebody did.
    proven = proven and mirrored.size() == max(mirrored.signed(), *(anchor.size for anchor in anchors))
    database: OldJournal = console.journal
    source, best = ("mirror", mirrored) if proven else ("journal", database)
    if not proven and _only_the_hsm_is_new(console, anchors):
        return restatement.Told(
            database, Found(database.size(), database.root_at(database.size()), "journal", proven=True)
        )
    if mirrored.size() > best.size():
        source, best = "mirror", mirrored
    if best.size() == 0:
        return None
    return restatement.Told(best, Found(best.size(), best.root_at(best.size()), source, proven))


def _only_the_hsm_is_new(console: Console, anchors: list[Checkpoint]) -> bool:
    """Say whether the journal is whole and agrees with the anchors that a new HSM took over from the old one.

    Under any other alarm the database is what the alarm is about: it proves nothing, however long it is.
    """
    codes = [str(cast(Object, finding)["code"]) for finding in cast(list[Json], console.journal.verify()["findings"])]
    return console.journal.alarm() == codes == ["hsm_replaced"] and bool(anchors)


def _check_policy(known: Policy, told: restatement.Told | None) -> None:
    """An alarm must not bring earlier people or rules back."""
    entries = told.entries("policy.changed") if told else iter(())
    written = max((cast(int, entry.body["number"]) for entry in entries), default=1)
    if known.number < written:
        raise Corrupt("policy_behind", number=known.number, journal=written)


def _open_activations(hsm: Hsm) -> list[str]:
    return [name.removeprefix("open-") for name in hsm.keys() if name.startswith("open-")]


# --- signing ----------------------------------------------------------------------------------------------


def proposals(vault: Vault, known: Policy) -> list[Renewal]:
    """Return the renewals that were proposed and do not bind yet."""
    return [renewal.parse(vault.read(name), known) for name in vault.names(PROPOSALS)]


def sign(console: Console, id_: str, member: str) -> Object:
    """Sign a proposed renewal on a keyholder's own token; the signature that completes it begins the new log.

    ``Refused``: no_alarm, unknown_renewal, renewal_overtaken, not_a_keyholder, keyholder_suspended; ``Corrupt``
    (station_key_unproven).
    """
    if not console.journal.alarm():
        raise Refused("no_alarm")
    proposed = _find(console, id_)
    known = _with_suspended(console.journal, console.logs, console.policy, proposed)
    known.keyholder(member)
    _check_current(console.hsm, console.vault, console.machine, console.policy, console.logs, proposed)
    proposed = proposed.signed(member, known, partial(console.token(member).sign, "sign"))
    console.vault.write(_file(proposed), proposed.encode())
    if not proposed.is_complete(known):
        return describe(proposed, known)
    _begin(console.hsm, console.vault, console.machine, console.policy, console.logs, proposed)
    return {**describe(proposed, known), "in_force": True}


def _with_suspended(journal: Journal, logs: Logs, known: Policy, proposed: Renewal) -> Policy:
    """Return the policy with everybody whom any copy of the old log, or the proposal, tells to be suspended.

    A group of which nobody else is left signs all the same: else no new log could ever be begun.
    """
    told = restatement.suspensions((journal, logs.mirrored((SUSPENDED,), ())), known)
    found = known.suspended | told.members | restatement.suspended_in(proposed.carried, known)
    left = replace(known, suspended=found)
    counting = {m for m in found if left.active_in(known.roster.member(m).role)}
    return replace(known, suspended=frozenset(counting))


def _find(console: Console, id_: str) -> Renewal:
    known = proposals(console.vault, console.policy)
    for proposed in known:
        if proposed.id == id_:
            return proposed
    raise Refused("unknown_renewal", id=id_, known=", ".join(p.id for p in known) or "-")


def describe(proposed: Renewal, known: Policy) -> Object:
    """Return a renewal as people read it before they sign."""
    found = proposed.found
    return {
        "renewal": proposed.id,
        "from": proposed.old.origin,
        "to": proposed.new.origin,
        "key": proposed.new.key,
        "alarm": list(proposed.reasons),
        "text": proposed.text,
        "anchored": [{"size": a.size, "root": to_base64(a.root)} for a in _anchored(proposed)],
        "found": found.to_json() if found else None,
        "policy": proposed.policy_number,
        "credentials": [
            {
                "name": c.name,
                "version": c.version,
                "candidate": c.candidate,
                "kind": c.kind,
                "left": c.left,
                "owes": c.owes,
                "restated_from": c.source,
            }
            for c in proposed.credentials
        ],
        "debts": [{"debt": "rotation", "credential": n, "version": v} for n, v in proposed.debts()],
        "suspended": cast(Json, sorted(restatement.suspended_in(proposed.carried, known))),
        "suspensions_lost": list(proposed.lost),
        "paper_outstanding": restatement.forms_in(proposed.carried),
        # The keys of a new HSM change the roster, and whoever agreed did so under the one before.
        "prepared_stay": bool(found and found.proven) and proposed.station is None,
        "ended": list(proposed.ended),
        "signed": sorted(proposed.signatures),
        "missing": cast(Json, proposed.missing(known)),
        "new_hsm": proposed.station is not None,
        "in_force": False,
    }


def _anchored(proposed: Renewal) -> list[Checkpoint]:
    return _valid([from_base64(note) for note in proposed.anchors], proposed.old)


# --- the new log ------------------------------------------------------------------------------------------


def resume(
    hsm: Hsm,
    vault: Vault,
    machine: Machine,
    known: Policy,
    logs: Logs,
    current: Callable[[], AbstractContextManager[Journal]],
) -> bool:
    """Begin the new log of a renewal that both signed and a crash cut, and say so; whatever else lies there stays.

    ``current`` opens the log that stands. Without an alarm nothing is begun; a renewal that is half done raises it,
    since the HSM remembers another log already.
    """
    for name in vault.names(PROPOSALS):
        # A file that nobody can use must not keep anybody outside.
        with suppress(Corrupt, Refused):
            proposed = renewal.parse(vault.read(name), known)
            if proposed.old != logs.current():
                vault.remove(name)
            elif proposed.is_complete(known) and proposed.is_complete(_counting(known, logs, proposed, current)):
                _check_current(hsm, vault, machine, known, logs, proposed)
                _begin(hsm, vault, machine, known, logs, proposed)
                return True
    return False


def _counting(
    known: Policy, logs: Logs, proposed: Renewal, current: Callable[[], AbstractContextManager[Journal]]
) -> Policy:
    """Return the policy by which its signatures count; ``Refused`` (no_alarm) while the log that stands raises none."""
    with current() as journal:
        if not journal.alarm():
            raise Refused("no_alarm")
        return _with_suspended(journal, logs, known, proposed)


def _check_current(hsm: Hsm, vault: Vault, machine: Machine, known: Policy, logs: Logs, proposed: Renewal) -> None:
    """Raise ``Refused`` (renewal_overtaken) unless everything that it says still is so.

    ``Corrupt`` (station_key_unproven) unless this HSM has the keys that it names, whoever wrote the file. An HSM that
    remembers the new log further than its first entries has seen it in use: beginning it a second time would roll it
    back.
    """
    renewal.check_follows(proposed, in_force(vault, known), first_log(known))
    _check_held(hsm, machine, known, proposed)
    begun = [
        checkpoint.open_note(note, [checkpoint.parse_vkey(proposed.new.key)])
        for note in hsm.anchor()
        if to_base64(note) not in proposed.anchors
    ]
    size = len(_first_said(machine, proposed))
    if (
        proposed.old != logs.current()
        or (proposed.policy, proposed.policy_number) != (known.hash, known.number)
        or proposed.state != tables.fingerprint(hsm, vault, tables.STATE)
        or any(anchor.size > size for anchor in begun)
    ):
        raise Refused("renewal_overtaken", id=proposed.id)


def _begin(hsm: Hsm, vault: Vault, machine: Machine, known: Policy, logs: Logs, signed: Renewal) -> None:
    """Make the new log and its first entries, let the HSM remember it instead of the old one, then let it bind."""
    for act in _open_activations(hsm):
        hsm.destroy_key(f"open-{act}")
    with logs.create(signed.new) as journal:
        keys = tables.rows(hsm, vault, tables.OPENING_KEYS)
        journal.append(restatement.drafts(_first_said(machine, signed), keys, machine))
        note = journal.checkpoint().note
    hsm.set_anchor(note)
    vault.write(f"{RENEWALS}{signed.new.number:06d}.json", signed.encode())
    settle_keys(vault, known)
    for name in vault.names(PROPOSALS):
        vault.remove(name)


def new_keys(hsm: Hsm, vault: Vault, machine: Machine, known: Policy) -> Mapping[str, str] | None:
    """Return the keys of a new HSM that the roster does not name yet; ``Corrupt`` unless this HSM has them.

    Nobody has signed that file: without the proof it could turn what the journal copies to somebody else's key.
    """
    try:
        value = decode_object(vault.read(NEW_KEYS))
    except Unavailable:
        return None
    with shaped("new_hsm_shape"):
        found = {name: str(text) for name, text in cast(Object, value["keys"]).items()}
    if found.keys() != proof.STATION_KEYS:
        raise Corrupt("new_hsm_shape")
    if found["journal"] == known.roster.station["journal"]:
        return None
    proof.check_station(hsm, machine, found)
    return found


def _check_held(hsm: Hsm, machine: Machine, known: Policy, proposed: Renewal) -> None:
    """Raise ``Corrupt`` (station_key_unproven) unless this HSM has every key that the station would have then.

    ``Corrupt`` (renewal_shape) if anything else of the station would change.
    """
    now = known.roster.station
    after = {**now, "log": proposed.new.key} if proposed.station is None else proposed.station
    with shaped("renewal_shape"):
        held = {name: after[name] for name in proof.STATION_KEYS}
    if held["log"] != proposed.new.key or dict(after) != {**now, **held}:
        raise Corrupt("renewal_shape")
    proof.check_station(hsm, machine, held)


def settle_keys(vault: Vault, known: Policy) -> bool:
    """Let the roster name the keys of a new HSM once the renewal that does binds; say whether it did not yet."""
    past = in_force(vault, known)
    step = past[-1].step(known) if past and past[-1].policy == known.hash else None
    if step is None:
        return False
    vault.write(f"{STEPS}{step.after.number:06d}.json", step.encode())
    vault.remove(NEW_KEYS)
    return True


def _first_said(machine: Machine, signed: Renewal) -> list[Object]:
    fields = {"renewal": cast(Json, decode_object(signed.encode())), "text": signed.text}
    step = otp.totp_step(machine.reading().wall_ms)
    return [
        restatement.saying("log.renewed", _renewed_body(signed), fields=fields),
        restatement.saying("station.alarm", {"alarm": list(signed.reasons), "log": signed.old.origin}),
        *signed.carried,
        *(
            restatement.saying("credential.restated", _restated_body(credential, step))
            for credential in signed.credentials
        ),
    ]


def _renewed_body(signed: Renewal) -> Object:
    people = restatement.pseudonyms(signed.carried)
    return {
        "renewal": to_base64(signed.hash),
        "from": signed.old.to_json(),
        "to": signed.new.to_json(),
        "anchors": list(signed.anchors),
        "found": signed.found.to_json() if signed.found else None,
        "alarm": list(signed.reasons),
        "policy": to_base64(signed.policy),
        "policy_number": signed.policy_number,
        "state": to_base64(signed.state),
        "ended": list(signed.ended),
        "credentials": len(signed.credentials),
        "debts": len(signed.debts()),
        "signed": sorted(people[member] for member in signed.signatures),
    }


def _restated_body(said: Restated, step: int) -> Object:
    """Return what the old log told of a credential since it was sealed; of a TOTP seed the present step is shown."""
    return {
        "credential": said.name,
        "exposed": said.exposed,
        "taken": [list(place) for place in said.taken],
        "step": step if kinds.of(said.kind).seed is Seed.TIME else None,
        "restated": {"from": said.source},
    }


def _file(proposed: Renewal) -> str:
    return f"{PROPOSALS}{proposed.id}.json"
