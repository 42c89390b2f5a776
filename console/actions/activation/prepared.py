# SPDX-License-Identifier: Apache-2.0
"""Requests agreed in peacetime: propose, sign, list, file at the hour; and what opening will cost, told before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from console.actions.activation import lifecycle
from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.entries import by_token, unlocked_person, write
from console.actions.keyholder.enrolment import contacts, deputies
from console.actions.policy.standing import is_stale
from console.actions.readiness.checks import warn_of
from console.domain.activation import prepared as rules
from console.domain.activation.prepared import Prepared, Usable
from console.domain.canonical import Json, Object, decode_object, from_base64, normalised, to_base64
from console.domain.credential.versions import Credential, choose_items
from console.domain.entries.entry import Entry
from console.domain.entries.event import written_ms
from console.domain.entries.request import RequestAgreed, RequestPrepared
from console.domain.errors import Corrupt, Refused
from console.domain.keyholder import contact
from console.domain.keyholder.contact import Contact
from console.domain.policy import standing
from console.domain.text import told

PREPARED, AGREED = "request.prepared", "request.agreed"
OPENINGS_LOOKED_AT = 20


@dataclass(frozen=True)
class Known:
    """A prepared request as the journal tells it; ``signed``: group -> when (wall clock, ms)."""

    prepared: Prepared
    signed: Mapping[str, int]
    state: str
    was_agreed: bool
    """Whether every group ever signed it: it took the place of the one before, even if it holds no longer."""
    replaces: str | None = None
    """The id of the agreed one that stands until this is agreed."""


# --- in peacetime ---------------------------------------------------------------------------------------------


def propose(console: Console, name: str, template: Object) -> Object:
    """Propose a prepared request; it takes the place of an earlier one of this name once every group agreed.

    ``Refused``: as ``prepared.check``, unknown_credential.
    """
    roster = console.policy.roster
    made = Prepared(roster.vault, name, roster.hash(), cast(Object, normalised(template)))
    rules.check(made, console.policy.rules)
    known = credentials.fold(console)
    for row in _items(made.template):
        credentials.find(known, str(row["credential"]))
    said = RequestPrepared(prepared=made.id, roster=made.roster, document=made.to_json())
    write(console, said, unlocked_person(console))
    return _said(console, find(console, name))


def sign(console: Console, name: str, member: str, *, read: str | None = None) -> Object:
    """Agree on a prepared request, on a keyholder's own token; ``read``: the id of the one that they have read.

    ``Refused``: unknown_prepared, prepared_overtaken, prepared_changed.
    """
    person, known = console.policy.keyholder(member), find(console, name)
    if read not in (None, known.prepared.id):
        raise Refused("prepared_changed", name=name)
    if known.state == "overtaken":
        raise Refused("prepared_overtaken", name=name)
    signature = console.token(member).sign("sign", known.prepared.signed_digest())
    person.check(signature, known.prepared.signed_digest())
    write(
        console,
        RequestAgreed(prepared=known.prepared.id, roster=known.prepared.roster, member=member, signature=signature),
        by_token(member),
        subject=console.people[member],
        critical=True,
    )
    return _said(console, find(console, name))


def describe(console: Console, name: str) -> Object:
    """Return the newest prepared request of a name, as it is read before it is signed; ``Refused`` as ``find``."""
    return _said(console, find(console, name))


def list_prepared(console: Console) -> Object:
    """Return every prepared request and whether it can be filed."""
    return {"prepared": [_said(console, known) for known in load(console)]}


def find(console: Console, name: str) -> Known:
    """Return the newest prepared request of a name: what is signed. ``Refused`` (unknown_prepared)."""
    return _of_name(console, name)[-1]


def standing_one(console: Console, name: str) -> Known:
    """Return what is filed under a name: the agreed one, else the newest. ``Refused`` (unknown_prepared)."""
    return _of_name(console, name)[0]


def _of_name(console: Console, name: str) -> list[Known]:
    found = load(console)
    of_name = [known for known in found if known.prepared.name == name]
    if not of_name:
        known = ", ".join(dict.fromkeys(known.prepared.name for known in found))
        raise Refused("unknown_prepared", name=name, known=known or "-")
    return of_name


def load(console: Console) -> list[Known]:
    """Return every prepared request, in order of name; every signature is checked again.

    Of one name that is agreed on and proposed anew these are two: the agreed one, then the proposed one.
    """
    made: dict[str, dict[str, Prepared]] = {}
    for entry in console.journal.entries(type_=PREPARED):
        fields = console.journal.open_fields(entry)
        if "prepared" in fields:
            one = Prepared.from_json(cast(dict[str, Json], fields["prepared"]))
            of_name = made.setdefault(one.name, {})
            of_name.pop(one.id, None)
            of_name[one.id] = one
    agreed = list(console.journal.entries(type_=AGREED))
    return [
        known
        for _, of_name in sorted(made.items())
        for known in _standing(console, list(reversed(of_name.values())), agreed)
    ]


def _standing(console: Console, newest_first: Sequence[Prepared], agreed: Sequence[Entry]) -> list[Known]:
    """Return the newest, before it the agreed one whose place it has not taken yet.

    Else one person alone could propose again, and nobody could file in an emergency.
    """
    each = (_known(console, made, agreed) for made in newest_first)
    newest = next(each)
    before = None if newest.was_agreed else next((known for known in each if known.was_agreed), None)
    if before is None or before.state != rules.AGREED:
        return [newest]
    return [before, replace(newest, replaces=before.prepared.id)]


def _known(console: Console, made: Prepared, agreed: Sequence[Entry]) -> Known:
    policy, signed, ever = console.policy, dict[str, int](), set[str]()
    for entry in agreed:
        if entry.body["prepared"] != made.id:
            continue
        fields = console.journal.open_fields(entry)
        if "member" not in fields:
            # Erased: whose word it was nobody can say, so it counts no longer.
            continue
        person = policy.roster_of(made.roster).member(str(fields["member"]))
        person.check(from_base64(fields["signature"]), made.signed_digest())
        ever.add(person.role)
        if person.id not in policy.suspended:
            signed[person.role] = max(written_ms(entry), signed.get(person.role, 0))
    now = console.machine.reading().wall_ms
    groups = policy.roster.groups
    state = rules.state(made, groups, signed, policy.roster.hash(), now)
    return Known(made, signed, state, was_agreed=ever >= set(groups))


def _named(made: Prepared) -> dict[str, Json]:
    return {"prepared": made.id, "roster": to_base64(made.roster)}


def _said(console: Console, known: Known) -> dict[str, Json]:
    groups, now = console.policy.roster.groups, console.machine.reading().wall_ms
    return {
        "name": known.prepared.name,
        "id": known.prepared.id,
        "state": known.state,
        "unsigned": [group for group in groups if group not in known.signed],
        "days_left": rules.days_left(known.signed, now) if known.state == "agreed" else None,
        "left_to_say": list(rules.HOUR),
        "template": known.prepared.template,
        "replaces": known.replaces,
    }


def prepared_check(console: Console) -> dict[str, Json]:
    """Return the row of readiness: prepared requests that cannot be filed."""
    states = [(known.prepared.name, known.state) for known in load(console)]
    return warn_of(
        "prepared",
        [told("{name}: {state}", name=name, state=told(state)) for name, state in states if state != "agreed"],
        mend="prepared_overtaken" if any(state == "overtaken" for _, state in states) else "",
    )


# --- at the hour ----------------------------------------------------------------------------------------------


def request(console: Console, name: str, hour: Object, *, sign_as: str | None = None) -> Object:
    """File a prepared request with what the hour tells; the requester is whoever unlocked, unless named.

    ``Refused``: unknown_prepared, prepared_unsigned, prepared_expired, prepared_overtaken, prepared_agreed, and as
    ``activation.request``.
    """
    made = usable(console, name)
    requester = str(hour.get("requester") or sign_as or console.hsm.unlocked_by())
    return lifecycle.request(console, made.filled(hour, requester), sign_as=sign_as, prepared=made)


def usable(console: Console, name: str) -> Prepared:
    """Return a prepared request that everybody agreed on and that still holds."""
    known = standing_one(console, name)
    if known.state == "overtaken":
        raise Refused("prepared_overtaken", name=name)
    if known.state == "expired":
        raise Refused("prepared_expired", name=name, days=rules.VALID_DAYS)
    if known.state == "proposed":
        missing = [group for group in console.policy.roster.groups if group not in known.signed]
        raise Refused("prepared_unsigned", name=name, missing=", ".join(missing))
    return known.prepared


# --- what opening will cost -----------------------------------------------------------------------------------


def cost(console: Console, fields: Object) -> Object:
    """Return who is needed and how each is reached, what it will owe and what to mind; nothing is filed.

    ``fields``: of a request, or a template. ``Refused``: unknown_credential, too_few_codes, as for the request itself.
    """
    known, left = credentials.fold(console), credentials.unburnt(console)
    asked = {str(row["credential"]): cast(int, row.get("codes", 1)) for row in _items(fields)}
    found = {name: credentials.find(known, name) for name in asked}
    items = {
        name: choose_items(found[name], count, credentials.openable_items(found[name], left))
        for name, count in asked.items()
    }
    needed = _needed(console, found, items, fields)
    past = rules.typical_minutes(_past(console))
    owing = sorted(name for name, credential in found.items() if credential.kind.owes_rotation)
    return {
        "needed": needed,
        "past_minutes": past,
        "valid_minutes": console.policy.rules.request_valid_seconds // 60,
        "owes": [{"debt": "rotation", "credential": name} for name in owing],
        "warnings": [*_warnings(console, found, items, known, left), *_thin(needed)],
    }


def _items(fields: Object) -> Sequence[Object]:
    rows = fields.get("items")
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "credential" in row for row in rows):
        raise Refused("request_incomplete", problems=(("items", "not_list_of_items"),))
    return cast(Sequence[Object], rows)


def _needed(
    console: Console, found: Mapping[str, Credential], items: Mapping[str, Sequence[int]], fields: Object
) -> list[Json]:
    policy, privilege = console.policy, fields.get("privilege", "none")
    on_top = () if privilege == "none" else policy.rules.privilege_classes
    seals = [
        credentials.seal_of(console, found[name], found[name].current.place(n)) for name in items for n in items[name]
    ]
    thresholds = standing.greatest([seal.thresholds(policy, on_top) for seal in seals])
    holders, cards = standing.common(seals, policy), contacts(console)
    chains, requester = deputies(console, cards), fields.get("requester")
    own = {g for seal in seals for g in policy.roster.own_console.get(seal.class_, ())}
    return [
        {
            "group": group,
            "needed": count,
            "own_console_only": group in own,
            "people": [_person(console, id_, cards, chains) for id_ in holders.get(group, ()) if id_ != requester],
        }
        for group, count in sorted(thresholds.items())
    ]


def _person(
    console: Console, member: str, cards: Mapping[str, Contact], chains: Mapping[str, Sequence[str]]
) -> dict[str, Json]:
    person = console.policy.roster.member(member)
    return {
        "member": member,
        "name": person.name,
        **contact.to_object(cards, member),
        "deputies": list(chains[member]),
        "away": console.settings.is_away(member),
    }


def _warnings(
    console: Console,
    found: Mapping[str, Credential],
    items: Mapping[str, Sequence[int]],
    known: Mapping[str, Credential],
    left: set[str],
) -> list[Json]:
    warnings: list[Json] = []
    rest = {name: _rest(credential, items[name], left) for name, credential in found.items()}
    # A list of codes goes on serving while some are left, a key that signs always; all else is changed once shown.
    spent = {
        name
        for name, credential in found.items()
        if credential.kind.owes_rotation or (credential.kind.burns and not rest[name])
    }
    for one in rules.last_for_target([_usable(console, c, left) for _, c in sorted(known.items())], spent):
        warnings.append({"code": "last_for_target", "name": one.name, "target": one.target})
    for name, credential in sorted(found.items()):
        if any(is_stale(console, credential, n) for n in items[name]):
            warnings.append({"code": "stale", "name": name})
        if credential.is_exposed:
            warnings.append({"code": "exposed", "name": name})
        if credential.kind.burns:
            warnings.append({"code": "codes_left", "name": name, "left": rest[name]})
    return warnings


def _rest(credential: Credential, items: Sequence[int], left: set[str]) -> int:
    return len(credentials.openable_items(credential, left)) - len(items)


def _usable(console: Console, credential: Credential, left: set[str]) -> Usable:
    card = decode_object(console.vault.read(f"cards/{credential.name}.json"))
    is_left = bool(credentials.openable_items(credential, left)) and not credential.is_exposed
    return Usable(credential.name, str(card.get("target", "")), is_left)


def _thin(needed: Sequence[Json]) -> list[Json]:
    """Return the groups in which nobody may be missing, or whom nobody could call."""
    warnings: list[Json] = []
    for row in cast(Sequence[Object], needed):
        people = cast(Sequence[Object], row["people"])
        if len(people) <= cast(int, row["needed"]):
            warnings.append({"code": "nobody_to_spare", "group": row["group"], "left": len(people)})
        if not any(person["phone"] for person in people):
            warnings.append({"code": "no_phone", "group": row["group"]})
    return warnings


def _past(console: Console) -> list[int]:
    opened = console.journal.entries(type_="activation.opened", newest_first=True, limit=OPENINGS_LOOKED_AT)
    return [entry.t.wall_ms - _requested_ms(console, entry) for entry in opened]


def _requested_ms(console: Console, opened: Entry) -> int:
    for entry in console.journal.entries(act=opened.act, limit=1):
        return entry.t.wall_ms
    raise Corrupt("request_changed", activation=opened.act)
