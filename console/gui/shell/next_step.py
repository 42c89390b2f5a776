# SPDX-License-Identifier: Apache-2.0
"""The one thing that the person who unlocked does next, and the tasks that stand in their rail: pure rules, no Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.gui.phrases import listed, missing
from console.gui.snapshot import Person, Snapshot, View
from console.language import say

UNDER_ALARM = ("station", "journal", "alarm")
READING = ("station", "board", "journal")
OPERATING = ("station", "board", "request", "journal", "readiness", "vault")
HOLDING = ("station", "board", "request", "journal", "people", "readiness", "vault")
WAITING = {"requested": "approve", "approved": "session", "open": "session", "frozen": "session", "ended": "session"}
"""State of an activation -> the task that it gives somebody."""
URGENT_FIRST = ("frozen", "open", "approved", "requested", "ended")


@dataclass(frozen=True)
class NextStep:
    """What comes next and why, and the button that leads there; ``page`` empty: there is nothing to press."""

    what: str
    why: str
    verb: str
    page: str
    about: str = ""
    """The activation, or the credential, to which the page turns."""


def tasks_of(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the tasks that the person who unlocked has now, in the order of the rail."""
    if snapshot.alarm is not None:
        return UNDER_ALARM
    if snapshot.is_reading():
        return READING
    now = {WAITING[view["state"]] for view in snapshot.live}
    me = _me(snapshot)
    return (*(OPERATING if me is not None and me.role not in snapshot.groups else HOLDING), *sorted(now))


def next_step(snapshot: Snapshot, warnings: int = 0) -> NextStep:
    """Return the most urgent thing of all that waits; ``warnings``: how many the last check of readiness found."""
    if snapshot.alarm is not None:
        return NextStep(
            say("The journal raises an alarm"),
            say("Nothing opens before people of each group have signed a new journal."),
            say("Go to the alarm"),
            "alarm",
        )
    if snapshot.is_reading():
        return NextStep(
            say("You read along"),
            say("Whatever happens here stands in the journal."),
            say("Read the journal"),
            "journal",
        )
    if snapshot.light == "paper":
        return NextStep(
            say("Nothing takes entries now"),
            say("What is done is written by hand on the paper forms."),
            say("See how it goes on"),
            "paper",
        )
    for state in URGENT_FIRST:
        for view in snapshot.live:
            if view["state"] == state:
                return _RULES[state](snapshot, view)
    return _in_peace(snapshot, warnings)


def _frozen(_: Snapshot, view: View) -> NextStep:
    return NextStep(
        say("The session of {incident} is frozen", incident=_incident(view)),
        say("One person of each role must agree before it goes on."),
        say("Go to the frozen session"),
        "session",
        view["activation"],
    )


def _open(_: Snapshot, view: View) -> NextStep:
    budget = view["budget"]
    why = (
        say("Show what is needed, one after the other. End the session once nothing more is needed.")
        if budget["left"]
        else say("All showings are used. End the session, or let both roles reset them.")
    )
    return NextStep(
        say("{incident} is open", incident=_incident(view)),
        why,
        say("Go to the open session"),
        "session",
        view["activation"],
    )


def _approved(_: Snapshot, view: View) -> NextStep:
    return NextStep(
        say("All have approved {incident}", incident=_incident(view)),
        say("The time begins to run when you open it."),
        say("Go on to opening it"),
        "session",
        view["activation"],
    )


def _requested(snapshot: Snapshot, view: View) -> NextStep:
    me = _me(snapshot)
    if me is not None and _may_decide(me, view):
        return NextStep(
            say("Your decision is asked for: {incident}", incident=_incident(view)),
            say("Read it, then approve or deny it on your own token."),
            say("Read it and decide"),
            "approve",
            view["activation"],
        )
    able = [p.name for p in snapshot.keyholders() if _may_decide(p, view)]
    return NextStep(
        say("{incident} waits for approvals. {missing}.", incident=_incident(view), missing=missing(view["missing"])),
        say("Can decide here, each on their own token: {names}.", names=listed(able) or say("nobody")),
        say("Let them decide"),
        "approve",
        view["activation"],
    )


def _ended(snapshot: Snapshot, view: View) -> NextStep:
    owed = list(dict.fromkeys(str(debt["credential"]) for debt in view["owed"]))
    candidates = {row["name"] for row in snapshot.credentials if row["candidate"] is not None}
    if not owed:
        return NextStep(
            say("Nothing is owed for {incident}", incident=_incident(view)),
            say("Complete it, so that it is over."),
            say("Go and complete it"),
            "session",
            view["activation"],
        )
    if new := [name for name in owed if name in candidates]:
        return NextStep(
            say("A new version waits: {names}", names=listed(new)),
            say("Somebody who did not seal it must confirm that it works at its target."),
            say("Go and confirm it"),
            "vault",
            new[0],
        )
    return NextStep(
        say("Owed: a new secret for {names}", names=listed(owed)),
        say("Change it at its target, then seal the new one here."),
        say("Go and seal it"),
        "vault",
        owed[0],
    )


_RULES: Mapping[str, Callable[[Snapshot, View], NextStep]] = {
    "frozen": _frozen,
    "open": _open,
    "approved": _approved,
    "requested": _requested,
    "ended": _ended,
}


def _in_peace(snapshot: Snapshot, warnings: int) -> NextStep:
    if snapshot.notices_owed:
        return NextStep(
            say("People must still be told of an erasure: {count}", count=snapshot.notices_owed),
            say("The law sets a time for it."),
            say("See who must be told"),
            "erasure",
        )
    if not snapshot.credentials:
        return NextStep(
            say("Nothing is sealed here yet"),
            say("An emergency can only open what was sealed before."),
            say("Seal the first secret"),
            "seal",
        )
    me = _me(snapshot)
    if me is not None and (waiting := next((v for v in snapshot.changes if _may_sign(me, v)), None)):
        return NextStep(
            say("Change number {number} waits for your signature", number=waiting["number"]),
            say("Read what it changes, then sign it on your own token."),
            say("Read it and sign"),
            "people",
        )
    if me is not None and me.role in snapshot.groups and warnings:
        return NextStep(
            say("Not in order at the last check: {count}", count=warnings),
            say("In a quiet hour, mend what would be missing tonight."),
            say("See what is not in order"),
            "readiness",
        )
    if me is not None and me.role in snapshot.groups:
        return NextStep(
            say("Nothing waits for you"),
            say("In a quiet hour, see whether everything would work tonight."),
            say("See whether all is ready"),
            "readiness",
        )
    verb, page = (
        (say("Ask from a prepared request"), "prepared")
        if snapshot.has_prepared
        else (say("Request break-glass access"), "request")
    )
    why = say("If the normal way fails, ask for break-glass access.")
    return NextStep(say("Nothing waits for you"), why, verb, page)


def _me(snapshot: Snapshot) -> Person | None:
    return next((person for person in snapshot.people if person.id == snapshot.unlocked_by), None)


def _may_decide(person: Person, view: View) -> bool:
    given = {approval["member"] for approval in view["approvals"]}
    return bool(view["missing"].get(person.role)) and person.id not in {*given, view["requester"]}


def _may_sign(person: Person, change: View) -> bool:
    # Who joins signs first, with a key that is not in force yet: until then nobody else's signature counts.
    is_open = not change["newcomers_missing"] and bool(change["missing"].get(person.role))
    return is_open and person.state == "active" and person.id not in change["signed"]


def _incident(view: View) -> str:
    return str(view["justification"]["incident"])
