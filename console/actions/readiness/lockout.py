# SPDX-License-Identifier: Apache-2.0
"""The lock-out matrix of this station: per credential how it can be opened, and the smallest losses that lock it out.

What is modelled is what people can do with this program today; ``tests/lockout`` does each of it on real tokens. A way
that does not exist is not counted: nothing here is green by hope.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from console.actions.backup import copy
from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.keyholder import recovery
from console.actions.readiness.checks import check, warn_of
from console.domain import losses
from console.domain.canonical import Json, Object
from console.domain.changes import unasked
from console.domain.credential.versions import Credential
from console.domain.errors import Refused
from console.domain.losses import GroupHeld, Held, SheetsHeld, StationHeld
from console.domain.policy.rules import STATION, Policy
from console.domain.policy.standing import Seal
from console.domain.recovery.sheets import SheetSet
from console.domain.text import told


def matrix(console: Console, lost: Sequence[str] = ()) -> Object:
    """Return per credential whether and how it opens after these losses, and the smallest losses that lock it out.

    ``Refused`` (unknown_loss) names what can be lost.
    """
    gone = _checked(console.policy, lost)
    found = {name: held for name, held in _held(console).items() if held}
    closing = {held: _closing(held) for held in set(found.values())}
    known = credentials.fold(console)
    rows: list[Json] = [_row(known[name], held, gone, closing[held]) for name, held in sorted(found.items())]
    alone = _alone({name: closing[held] for name, held in sorted(found.items())})
    return {
        "lost": cast(Json, sorted(gone)),
        "survives_any_one": not alone,
        "alone": cast(Json, alone),
        # Where sheets stand in for a group that lacks one, whoever asks is not missed.
        "nobody_asks": cast(Json, unasked(console.policy.roster) if alone else []),
        "credentials": rows,
    }


def lockout_check(console: Console) -> dict[str, Json]:
    """Return the badge: in order only when no single loss locks any credential out."""
    found = matrix(console)
    alone = [
        f"{row['loss']} ({len(cast(list[Json], row['credentials']))})"
        for row in cast(list[dict[str, Json]], found["alone"])
    ]
    if not found["credentials"]:
        return check("lockout", ok=True, detail="nothing is sealed yet")
    wrong = [told("one loss alone locks out: {alone}", alone=", ".join(alone))] if alone else []
    for name in cast(list[str], found["nobody_asks"]):
        wrong.append(told("nobody here can ask for class {name}", name=name))
    return warn_of("lockout", wrong, fine="no single loss locks anything out")


def known_losses(policy: Policy) -> list[str]:
    """Return everything that can be named as a loss."""
    people = [member.id for member in policy.roster.members]
    return [
        losses.HSM,
        losses.DISK,
        losses.MIRROR,
        losses.BACKUP,
        *losses.HARMLESS,
        *(f"{kind}:{member}" for member in people for kind in ("person", "token", "pin")),
        *(f"sheets:{slot}" for slot in (*policy.roster.groups, STATION)),
    ]


def _checked(policy: Policy, lost: Sequence[str]) -> set[str]:
    known = known_losses(policy)
    for loss in lost:
        if loss not in known:
            raise Refused("unknown_loss", loss=loss, known=", ".join(known))
    # Whoever forgets a PIN has a token that opens nothing: it is the same loss.
    return {loss.replace("pin:", "token:") for loss in lost}


def _row(credential: Credential, held: tuple[Held, ...], lost: set[str], closing: list[list[str]]) -> Object:
    way, first = losses.all_of(*(one.way() for one in held)), held[0]
    return {
        "name": credential.name,
        "kind": credential.kind.name,
        "class": credential.current.class_,
        "openable": losses.is_open(way, lost),
        "how": _how(first, lost),
        "locked_out_by": cast(Json, closing),
    }


def _how(held: Held, lost: set[str]) -> Object:
    groups: dict[str, Json] = {
        group.name: {
            "needed": group.needed,
            "people": cast(Json, held.left(group, lost)),
            "sheets": held.recoverable and group.sheets is not None and losses.is_open(group.sheets.way(), lost),
        }
        for group in held.groups
    }
    by_hsm = losses.is_open(held.station.hsm(), lost)
    unlockers = [m for m in held.station.unlockers if losses.is_open(held.station.token(m), lost)]
    return {"groups": groups, "hsm": by_hsm, "unlockers": cast(Json, unlockers)}


def _closing(held: tuple[Held, ...]) -> list[list[str]]:
    way = losses.all_of(*(one.way() for one in held))
    return [sorted(found) for found in losses.without_greater(way, losses.smallest(way))]


def _alone(closing: dict[str, list[list[str]]]) -> list[dict[str, Json]]:
    """Return every loss that locks something out by itself, with what."""
    found: dict[str, list[Json]] = {}
    for name, sets_ in closing.items():
        for one in sets_:
            if len(one) < 2:
                found.setdefault("".join(one), []).append(name)
    return [{"loss": loss, "credentials": names} for loss, names in sorted(found.items())]


# --- what there is --------------------------------------------------------------------------------------------


def _held(console: Console) -> dict[str, tuple[Held, ...]]:
    """Return per credential what each place of its items needs; nothing for one that is used up."""
    left, station, known = credentials.unburnt(console), _station(console), recovery.sets(console.vault)
    # A thousand credentials are sealed in a few ways: each is looked into once.
    by_seal: dict[tuple[bytes, str, bool, bool], Held] = {}
    folded = credentials.fold(console)
    backed_up = copy.held(console, folded)

    def held_at(credential: Credential, place: int) -> Held:
        seal = credentials.seal_of(console, credential, place)
        key = (seal.roster.hash(), seal.class_, seal.recoverable, credential.name in backed_up)
        if key not in by_seal:
            held = _held_by(console, seal, station, known)
            by_seal[key] = replace(held, backed_up=credential.name in backed_up)
        return by_seal[key]

    return {
        name: tuple(held_at(credential, place) for place in _places(credential, left))
        for name, credential in folded.items()
    }


def _places(credential: Credential, left: set[str]) -> list[int]:
    return sorted({credential.current.place(n) for n in credentials.openable_items(credential, left)})


def _held_by(console: Console, seal: Seal, station: StationHeld, known: Sequence[SheetSet]) -> Held:
    holders, now = seal.holders(console.policy), console.policy
    # The strictest that a request could ask for: what opens for no matter under privilege is no help to a lawyer.
    needed = seal.thresholds(now, now.rules.privilege_classes)
    groups = tuple(
        GroupHeld(name, m, tuple(holders[name]), _sheets(console, known, name, seal.roster.recovery_point(name)))
        for name, m in sorted(needed.items())
    )
    return Held(groups, station, recoverable=seal.recoverable)


def _station(console: Console) -> StationHeld:
    slots = {name.removeprefix("slots/").removesuffix(".json") for name in console.vault.names("slots/")}
    unlockers = tuple(
        member.id
        for member in console.policy.roster.members
        if member.id in slots - console.policy.suspended and not console.settings.is_away(member.id)
    )
    point = console.policy.roster.recovery_point(STATION)
    sheets = None if point is None else _sheets(console, recovery.sets(console.vault), STATION, point)
    policy = console.policy
    signers = tuple(
        (policy.roster.greatest(group), tuple(person.id for person in policy.active_in(group)))
        for group in policy.roster.groups
    )
    return StationHeld(unlockers, signers, console.settings.on_own_disk(), sheets)


def _sheets(console: Console, known: Sequence[SheetSet], slot: str, point: bytes | None) -> SheetsHeld | None:
    """Return the sheets that a record of this point opens with: those that were read back, and no others."""
    found = next((one for one in known if one.slot == slot and one.point == point), None)
    if found is None:
        return None
    unread = {(group, number) for group, number in cast(list[list[Json]], recovery.unread(console, found))}
    held = tuple(
        (
            part.needed,
            tuple(keeper for number, keeper in enumerate(part.holders, 1) if (part.group, number) not in unread),
        )
        for part in found.dealt
    )
    return SheetsHeld(slot, held)
