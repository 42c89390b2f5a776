# SPDX-License-Identifier: Apache-2.0
"""One break-glass: request, decide, open, extend, reset, end, close. Each verb journals before it acts.

Nothing is kept in memory between verbs: every one folds the activation's own entries again and verifies the
approvals again, so that window, command and a restart after a crash behave alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import cast

from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.entries import (
    THE_PROGRAM,
    Actor,
    by_token,
    names,
    pseudonym,
    suspended_names,
    unlocked_person,
    write,
)
from console.actions.policy.standing import is_stale
from console.domain.activation import ceremony, justification
from console.domain.activation import state as rules
from console.domain.activation.ceremony import Approval, Item, Request
from console.domain.activation.prepared import Prepared
from console.domain.activation.state import Activation
from console.domain.canonical import Json, Object, normalised, to_base64
from console.domain.credential.versions import Credential, choose_items
from console.domain.entries.activation import (
    ActivationClosed,
    ActivationEnded,
    ActivationOpened,
    ActivationRefused,
    ActivationRequested,
    ActivationWithdrawn,
)
from console.domain.entries.entry import Entry, Reading, to_rfc3339
from console.domain.entries.event import Event
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.policy import standing
from console.domain.policy.rules import Policy
from console.domain.recovery import sheets
from console.domain.recovery.sheets import StandIn
from console.domain.sealed import envelope

SECOND = 1_000_000_000


# --- asking -----------------------------------------------------------------------------------------------


def request(
    console: Console, fields: Object, *, sign_as: str | None = None, prepared: Prepared | None = None
) -> Object:
    """File a request with the fields of ``request.toml``; return its id and who is missing.

    ``sign_as`` names the requester whose token also signs it; what was ``prepared`` may say the same as the last
    request. Raises ``Refused`` (request_incomplete) with every field that is wrong.
    """
    fields = cast(Object, normalised(fields))
    agreed = prepared.template if prepared else {}
    last = {name: said for name, said in _last_justification(console).items() if name not in agreed}
    justification.check(fields, console.policy.rules, last, now_ms=console.machine.reading().wall_ms)
    by = _requester(console, str(fields["requester"]), sign_as)
    items = _items(console, cast(Sequence[dict[str, Json]], fields["items"]))
    thresholds = _thresholds(console, items, str(fields["privilege"]), by.member)
    act = console.machine.new_id()
    valid = console.policy.rules.request_valid_seconds
    key = console.hsm.make_key(key_name(act), until_up_ns=console.machine.reading().up_ns + (valid + 1) * SECOND)
    body = _request_body(console, act, fields, items, by, key)
    signed = ceremony.request_digest(body)
    own = console.token(by.member).sign("sign", signed) if by.proof == "token" else None
    filed = Request(body, console.hsm.sign("request", signed), own)
    write(console, _requested(console, filed, thresholds, prepared), by, act=act, subject=console.people.get(by.member))
    return {"activation": act, "missing": thresholds, "state": "requested"}


def _requester(console: Console, member: str, sign_as: str | None) -> Actor:
    if sign_as is not None and sign_as != member:
        raise Refused("requester_is_another", requester=member, signer=sign_as)
    if sign_as is not None:
        return by_token(console.policy.active(member).id)
    return Actor(member, "unlock" if console.hsm.unlocked_by() == member else "claimed")


def _items(console: Console, rows: Sequence[dict[str, Json]]) -> list[Item]:
    known, rows_left = credentials.fold(console), credentials.unburnt(console)
    found: list[Item] = []
    for row in rows:
        credential = credentials.find(known, str(row["credential"]))
        name, version = credential.name, credential.current
        unburnt = credentials.openable_items(credential, rows_left)
        if row.get("stale"):
            unburnt = [n for n in unburnt if is_stale(console, credential, n)]
        found += [
            Item(name, version.place(n), n, version.class_, version.records[n], credential.is_exposed)
            for n in choose_items(credential, cast(int, row.get("codes", 1)), unburnt)
        ]
    return found


def _thresholds(console: Console, items: Sequence[Item], privilege: str, requester: str) -> dict[str, int]:
    """Return how many of each group it takes; ``Refused`` before anybody is woken in vain.

    The classes are those of the sealed records. Privilege can only ask for more: privilege_needed, requester_needed,
    too_few_holders.
    """
    strict = console.policy.rules.privilege_classes
    for item in items:
        if privilege == "none" and item.class_ in strict:
            raise Refused("privilege_needed", credential=item.credential, name=item.class_)
    known, on_top = credentials.fold(console), () if privilege == "none" else strict
    seals = [credentials.seal_of(console, credentials.find(known, item.credential), item.version) for item in items]
    needed = standing.greatest([seal.thresholds(console.policy, on_top) for seal in seals])
    holders = standing.common(seals, console.policy)
    left = {group: len(set(ids) - {requester}) for group, ids in holders.items()}
    short = [group for group, m in needed.items() if left.get(group, 0) < m]
    # One group's recovery sheets may stand in for it; without this, nobody could ask them to.
    if not short or (len(short) == 1 and all(seal.has_sheets(short[0]) for seal in seals)):
        return needed
    group, has = short[0], left.get(short[0], 0)
    if has + 1 == needed[group] and requester in holders.get(group, ()):
        raise Refused("requester_needed", member=requester, group=group, left=has, needed=needed[group])
    names = ", ".join(sorted({item.credential for item in items}))
    raise Refused("too_few_holders", group=group, left=has, needed=needed[group], credential=names)


def _request_body(
    console: Console, act: str, fields: Object, items: Sequence[Item], by: Actor, key: bytes
) -> dict[str, Json]:
    policy, newest = console.policy, console.journal.checkpoint()
    said = {name: fields[name] for name in justification.SAID if name in fields}
    return {
        "v": 1,
        "suite": envelope.SUITE,
        "vault": policy.roster.vault,
        "mode": policy.roster.mode,
        "log": newest.origin,
        "epoch": policy.roster.epoch,
        "roster": to_base64(policy.roster.hash()),
        "rules": to_base64(policy.rules.hash()),
        "activation": act,
        "items": [item.to_json() for item in items],
        "justification": said,
        "requester": by.member,
        "proof": by.proof,
        "seconds": cast(int, fields["minutes"]) * 60,
        "releases": fields["releases"],
        "nonce": to_base64(console.machine.random(16)),
        "valid_seconds": policy.rules.request_valid_seconds,
        "request_key": to_base64(key),
        "checkpoint": {"size": newest.size, "root": to_base64(newest.root)},
    }


def _requested(
    console: Console, filed: Request, thresholds: Mapping[str, int], prepared: Prepared | None
) -> ActivationRequested:
    body, said = filed.body, cast(dict[str, Json], filed.body["justification"])
    return ActivationRequested(
        request=filed.hash,
        policy=console.policy.number,
        thresholds=dict(thresholds),
        items=tuple((item.credential, item.version, item.item) for item in filed.items),
        seconds=cast(int, body["seconds"]),
        releases=cast(int, body["releases"]),
        valid_seconds=cast(int, body["valid_seconds"]),
        seconds_hard_max=console.policy.rules.seconds_hard_max,
        releases_hard_max=console.policy.rules.releases_hard_max,
        category=str(said["category"]),
        jurisdictions=tuple(cast(list[str], said["jurisdictions"])),
        prepared=prepared.id if prepared else None,
        signed=filed.to_json(),
    )


def _last_justification(console: Console) -> Object:
    for entry in console.journal.entries(type_="activation.requested", newest_first=True, limit=1):
        # Whoever took a request back files the mended one with the same reasons.
        if any(console.journal.entries(act=entry.act, type_="activation.withdrawn", limit=1)):
            return {}
        # What was erased can be said again: nobody here knows it any more.
        with suppress(Refused):
            return cast(Object, stored_request(console, entry).body["justification"])
    return {}


# --- reading ----------------------------------------------------------------------------------------------


def key_name(act: str) -> str:
    """Return the name of an activation's request key in the HSM."""
    return f"open-{act}"


def load(console: Console, act: str) -> Activation:
    """Return the activation as its own entries tell it."""
    return rules.fold(console.journal.entries(act=act), act, suspended_names(console))


def stored_request(console: Console, entry: Entry) -> Request:
    """Return the request that an ``activation.requested`` entry committed to; ``Corrupt`` if it is another.

    ``Refused`` (request_erased) where its opening key is gone.
    """
    fields = console.journal.open_fields(entry)
    if "request" not in fields:
        raise Refused("request_erased", activation=entry.act)
    filed = Request.from_json(cast(dict[str, Json], fields["request"]))
    if to_base64(filed.hash) != entry.body["request"]:
        raise Corrupt("request_changed", activation=entry.act)
    return filed


def load_request(console: Console, act: str) -> Request:
    """Return the request of an activation, its signatures checked against the policy in force."""
    for entry in console.journal.entries(act=act):
        if entry.type == "activation.requested":
            filed = stored_request(console, entry)
            ceremony.check_request(filed, policy_of(console, filed))
            return filed
    raise Refused("unknown_activation", activation=act)


def policy_of(console: Console, filed: Request) -> Policy:
    """Return the policy under which a request was made: later steps change neither it nor its approvals."""
    return console.policy.of(filed.body["roster"], filed.body["rules"])


def load_approvals(console: Console, filed: Request) -> list[Approval]:
    """Return the approvals of a request, each verified again; one per person."""
    found: dict[str, Approval] = {}
    for entry in console.journal.entries(act=filed.activation):
        if entry.type == "activation.approved":
            approval = Approval.from_json(cast(dict[str, Json], console.journal.open_fields(entry)["approval"]))
            if approval.member in console.policy.suspended:
                continue
            ceremony.check_approval(approval, filed, policy_of(console, filed))
            if approval.decision != "approve":
                raise Corrupt("approval_changed", seq=entry.seq)
            found[approval.member] = approval
    return list(found.values())


def load_stand_ins(console: Console, filed: Request) -> dict[str, StandIn]:
    """Return group -> what its recovery sheets gave to a request, each verified again."""
    found: dict[str, StandIn] = {}
    for entry in console.journal.entries(act=filed.activation, type_="recovery.used"):
        fields = console.journal.open_fields(entry)
        stand_in = StandIn.from_json(cast(dict[str, Json], fields["stand_in"]))
        if stand_in.member not in console.policy.suspended:
            sheets.check_stand_in(stand_in, filed, policy_of(console, filed))
            found[stand_in.group] = stand_in
    return found


def show(console: Console, act: str) -> Object:
    """Return everything the board shows of one activation now."""
    return _shown(console, load(console, act), load_request(console, act))


def _shown(console: Console, activation: Activation, filed: Request) -> Object:
    at, known = console.machine.reading(), credentials.fold(console)
    approvals: list[Json] = [
        {"member": member, "group": group} for group, member in _people(console, activation.approvals)
    ]
    items: list[Json] = [
        {**item.to_json(), "kind": credentials.find(known, item.credential).kind.name} for item in filed.items
    ]
    return {
        "activation": activation.id,
        "state": activation.state(at),
        "missing": activation.missing(),
        "requester": filed.requester,
        "proof": filed.body["proof"],
        "approvals": approvals,
        "items": items,
        "recovered": list(activation.recovered),
        "justification": filed.body["justification"],
        "seconds": activation.seconds,
        "seconds_left": activation.seconds_left(at),
        "ends": _ends(activation, at),
        "budget": budget(activation),
        "frozen_why": activation.why_frozen(at),
        "ended_why": activation.ended_why,
        "owed": owed(known, activation),
        "warnings": cast(Json, activation.warnings(at)),
    }


def _ends(activation: Activation, at: Reading) -> str | None:
    if activation.state(at) not in ("open", "frozen"):
        return None
    return to_rfc3339(at.wall_ms + activation.seconds_left(at) * 1000)


def list_activations(console: Console) -> Object:
    """Return every activation with its state, newest first."""
    at, rows, known = console.machine.reading(), cast(list[Json], []), credentials.fold(console)
    for entry in console.journal.entries(type_="activation.requested", newest_first=True):
        activation = load(console, cast(str, entry.act))
        rows.append(
            {
                "activation": activation.id,
                "state": activation.state(at),
                "missing": activation.missing(),
                "seconds_left": activation.seconds_left(at),
                "budget": budget(activation),
                "category": entry.body["category"],
                "jurisdictions": entry.body["jurisdictions"],
                "owed": owed(known, activation),
            }
        )
    return {"activations": rows}


def budget(activation: Activation) -> Object:
    """Return the showings allowed, used and left."""
    return {"releases": activation.releases, "used": activation.releases_used(), "left": activation.releases_left()}


def owed(known: Mapping[str, Credential], activation: Activation) -> list[Json]:
    """Return the credentials that this activation showed and that nobody has rotated since."""
    return [
        {"debt": "rotation", "credential": name, "version": version}
        for name, version in sorted(activation.exposed().items())
        if not known[name].is_rotated_since(version)
    ]


def _people(console: Console, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    members = names(console)
    return [(group, members.get(name, name)) for group, name in pairs]


# --- opening, ending --------------------------------------------------------------------------------------


def withdraw(console: Console, act: str) -> Object:
    """Take a request back before it is opened."""
    load(console, act).check_state(console.machine.reading(), "requested", "approved")
    finish(console, act, ActivationWithdrawn(why="withdrawn"), unlocked_person(console))
    return {"activation": act, "state": "withdrawn"}


def open_activation(console: Console, act: str) -> Object:
    """Open an approved activation: verifies and journals, decrypts nothing."""
    activation, filed = load(console, act), load_request(console, act)
    with refusals_noted(console, act, "open"):
        activation.check_state(console.machine.reading(), "requested", "approved")
        check_quorum(console, activation, filed)
    said = ActivationOpened(seconds=activation.seconds, releases=activation.releases)
    opened = write(console, said, unlocked_person(console), act=act, critical=True)
    activation = rules.apply(activation, opened)
    keep_key(console, activation)
    return _shown(console, activation, filed)


@contextmanager
def refusals_noted(console: Console, act: str, verb: str, member: str | None = None) -> Iterator[None]:
    """Journal what was refused or failed in a ceremony, by its code, and let the error go on."""
    try:
        yield
    except ConsoleError as error:
        by = by_token(member) if member else unlocked_person(console)
        said = ActivationRefused(code=error.code, verb=verb, member=pseudonym(console, by))
        write(console, said, THE_PROGRAM, act=act)
        raise


def check_quorum(console: Console, activation: Activation, filed: Request) -> list[Approval]:
    """Return the verified approvals; ``Refused`` (quorum_not_met) unless they count up, by people, per group."""
    approvals = load_approvals(console, filed)
    counted, recovered = [(a.group, a.member) for a in approvals], load_stand_ins(console, filed)
    missing = ceremony.quorum_missing(activation.thresholds, counted, recovered)
    if any(missing.values()):
        raise Refused("quorum_not_met", missing=_in_words(missing))
    return approvals


def _in_words(missing: dict[str, int]) -> str:
    return ", ".join(f"{count} × {group}" for group, count in missing.items() if count)


def keep_key(console: Console, activation: Activation) -> None:
    """Let the request key end by itself when the activation does."""
    at = console.machine.reading()
    # Rounded up: the key must not go before the state says so, and once it does nothing is released.
    console.hsm.keep_key(key_name(activation.id), until_up_ns=at.up_ns + (activation.seconds_left(at) + 1) * SECOND)


def end(console: Console, act: str) -> Object:
    """End an open activation now; its request key is destroyed, and with it every approval."""
    load(console, act).check_state(console.machine.reading(), "open", "frozen")
    finish(console, act, ActivationEnded(why="operator"), unlocked_person(console))
    return show(console, act)


def close(console: Console, act: str) -> Object:
    """Close an ended activation; ``Refused`` (debts_owed) lists what must be rotated first."""
    activation = load(console, act)
    activation.check_state(console.machine.reading(), "ended")
    debts = owed(credentials.fold(console), activation)
    if debts:
        names = ", ".join(str(cast(dict[str, Json], debt)["credential"]) for debt in debts)
        raise Refused("debts_owed", rotations=names)
    write(console, ActivationClosed(why=activation.ended_why), unlocked_person(console), act=act, critical=True)
    return {"activation": act, "state": "closed"}


def finish(console: Console, act: str, said: Event, by: Actor, *, subject: str | None = None) -> None:
    """Destroy the request key, then journal that the activation is over."""
    # The key goes first: from here on no approval opens anything, whatever happens to the entry.
    console.hsm.destroy_key(key_name(act))
    write(console, said, by, act=act, subject=subject, critical=True)
