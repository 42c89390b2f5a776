# SPDX-License-Identifier: Apache-2.0
"""What a keyholder decides about, in plain values: on their own console and at the station the same."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import cast

from console.actions.activation import approval
from console.domain.canonical import Json, Object
from console.domain.entries.entry import to_rfc3339
from console.domain.handoff import errand
from console.domain.handoff.errand import Errand
from console.domain.policy.rules import Policy


def describe(asked: Errand, known: Policy, *, journal: int, wall_ms: int) -> Object:
    """Return what there is to read; ``journal``: the number of the station's log, ``wall_ms``: the reader's clock."""
    request, kinds = asked.request, cast(Sequence[Json], asked.body["kinds"])
    items: list[Json] = [{**item.to_json(), "kind": kind} for item, kind in zip_longest(request.items, kinds)]
    return {
        "activation": request.activation,
        "decision": asked.decision,
        "amount": asked.amount,
        "station": request.body["log"],
        "journal": journal,
        "mode": known.roster.mode,
        "requester": request.requester,
        "proof": request.body["proof"],
        "items": items,
        "exposed": sorted({item.credential for item in request.items if item.exposed}),
        "justification": request.body["justification"],
        "seconds": request.body["seconds"],
        "releases": request.body["releases"],
        "places": cast(Json, errand.places(asked)),
        "owes": cast(Json, errand.owing(asked)),
        "confirms": cast(Json, _to_confirm(asked, known)),
        "written": to_rfc3339(cast(int, asked.body["written_ms"])),
        "valid_until": to_rfc3339(asked.until_ms),
        "clock": to_rfc3339(wall_ms),
        "policy": known.number,
    }


def _to_confirm(asked: Errand, known: Policy) -> Sequence[str]:
    is_approval = asked.decision == "approve"
    return approval.confirmations(known, str(asked.body["to"]), None) if is_approval else ()
