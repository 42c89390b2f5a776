# SPDX-License-Identifier: Apache-2.0
"""Sealing again what is stale: first what it will cost, then item by item inside an ordinary open activation.

Each item is opened with the shares of its approvals, sealed to the roster in force as the next version, and burnt where
it lay. Nobody sees it, so nothing is owed; it counts as one showing of the budget all the same. A run that was cut is
taken up by the next one: whatever is still stale is still there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from console.actions.activation.lifecycle import budget, load, load_request, refusals_noted
from console.actions.activation.release import check_budget, opened
from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.entries import Actor, by_token, write
from console.actions.policy.standing import is_stale, stale
from console.domain import kinds
from console.domain.activation.ceremony import Item, Request
from console.domain.activation.justification import MAX_ITEMS
from console.domain.canonical import Json, Object
from console.domain.credential.versions import Credential
from console.domain.entries.credential import CredentialResealIntended
from console.domain.errors import ConsoleError
from console.domain.policy import standing

MINUTES_PER_REQUEST = 5
SECONDS_PER_TOUCH = 10
"""Rules of thumb for people with their tokens at hand: filing, reading and approving; one PIN or touch."""


def plan(console: Console) -> Object:
    """Return what re-sealing will cost: who can open what is stale, the requests to file, touches, minutes."""
    rows = [_planned(console, credential, items) for credential, items in stale(console)]
    requests, items = _requests(rows), sum(cast(int, row["items"]) for row in rows)
    # Of one approver: each item's share is opened, each approval signed. The sealer signs each new record.
    touches = items + len(requests)
    people = sum(standing.greatest([cast(dict[str, int], row["needed"]) for row in rows]).values())
    seconds = len(requests) * MINUTES_PER_REQUEST * 60 + (people * touches + items) * SECONDS_PER_TOUCH
    return {
        "stale": cast(Json, rows),
        "items": items,
        "requests": cast(Json, requests),
        "touches_each": touches,
        "touches_of_sealer": items,
        "people": people,
        "minutes": -(-seconds // 60),
    }


def _planned(console: Console, credential: Credential, items: list[int]) -> dict[str, Json]:
    seals = [credentials.seal_of(console, credential, credential.current.place(n)) for n in items]
    return {
        "credential": credential.name,
        "kind": credential.kind.name,
        "class": credential.current.class_,
        "items": len(items),
        "openable_by": cast(Json, standing.common(seals, console.policy)),
        "needed": cast(Json, standing.greatest([seal.thresholds(console.policy) for seal in seals])),
        "candidate": credential.candidate is not None,
    }


def _requests(rows: list[dict[str, Json]]) -> list[list[dict[str, Json]]]:
    """Return the items of each request to file, at most ``MAX_ITEMS`` in one, as they stand in a request file."""
    made: list[list[dict[str, Json]]] = []
    room = 0
    for row in rows:
        left = 0 if row["candidate"] else cast(int, row["items"])
        while left:
            if not room:
                made.append([])
                room = MAX_ITEMS
            part = min(left, room)
            codes: dict[str, Json] = {"codes": part} if kinds.of(str(row["kind"])).burns else {}
            made[-1].append({"credential": row["credential"], **codes, "stale": True})
            left, room = left - part, room - part
    return made


def reseal(console: Console, act: str, *, sign_as: str | None = None) -> Object:
    """Seal every stale item of an open activation again, signed on the token of ``sign_as``, else of who unlocked.

    Raises as ``release`` does, with the fact ``resealed``: how many were done before that.
    A credential whose new version waits is left alone: confirm or replace that first.
    """
    filed = load_request(console, act)
    done: list[Json] = []
    with refusals_noted(console, act, "reseal"):
        load(console, act).check_state(console.machine.reading(), "open", "frozen")
        by = by_token(console.policy.active(sign_as or console.hsm.unlocked_by()).id)
        for item in filed.items:
            if _is_due(console, item):
                with _telling(len(done)):
                    _reseal(console, act, filed, item, by)
                done.append({"credential": item.credential, "item": item.item})
    left = sum(len(items) for _, items in stale(console))
    return {"activation": act, "resealed": done, "stale_left": left, "budget": budget(load(console, act))}


@contextmanager
def _telling(done: int) -> Iterator[None]:
    """Whatever stops the run, it says how many items are sealed again already: they stay so."""
    try:
        yield
    except ConsoleError as error:
        if done:
            error.facts["resealed"] = done
        raise


def _is_due(console: Console, item: Item) -> bool:
    credential = credentials.load(console, item.credential)
    is_here = item.item in credentials.openable_items(credential, credentials.unburnt(console))
    return (
        is_here
        and credential.candidate is None
        and credential.current.place(item.item) == item.version
        and is_stale(console, credential, item.item)
    )


def _reseal(console: Console, act: str, filed: Request, item: Item, by: Actor) -> None:
    activation, known = load(console, act), credentials.fold(console, item.credential)
    check_budget(console, activation)
    record, credential = credentials.record(console, known, item), credentials.find(known, item.credential)
    said = CredentialResealIntended(
        credential=item.credential,
        version=item.version,
        item=item.item,
        kind=credential.kind.name,
        number=activation.releases_used() + 1,
    )
    write(console, said, by, act=act, critical=True)
    with opened(console, activation, filed, item, record, burns=False) as payload:
        credentials.seal_again(console, credential, item.item, bytes(payload), by, act)
