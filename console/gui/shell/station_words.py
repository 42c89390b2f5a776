# SPDX-License-Identifier: Apache-2.0
"""How the station stands, in the few words that the strip has room for."""

from collections.abc import Sequence

from console.gui.phrases import listed, span
from console.gui.snapshot import Snapshot, View, asked_at
from console.language import say, say_count

OPEN, FROZEN = (say("OPEN"), "danger"), (say("FROZEN"), "warning")
SEALED, ALARM, LOCKED = (say("SEALED"), "good"), (say("ALARM"), "danger"), (say("LOCKED"), "plain")


def state(snapshot: Snapshot) -> tuple[str, str]:
    """Return the one word for the unlocked station, and its tone."""
    if snapshot.alarm is not None:
        return ALARM
    states = {view["state"] for view in running(snapshot)}
    return OPEN if "open" in states else FROZEN if "frozen" in states else SEALED


def running(snapshot: Snapshot) -> list[View]:
    """Return what is open or frozen."""
    return [view for view in snapshot.live if view["state"] in ("open", "frozen")]


def session(snapshot: Snapshot) -> str:
    """Return what is open, its time left and who agreed to it; and how many requests wait."""
    waiting = sum(view["state"] in ("requested", "approved") for view in snapshot.live)
    told = [_session(snapshot, view) for view in running(snapshot)]
    return " · ".join([*told, *([say("{waiting} waiting", waiting=waiting)] if waiting else [])])


def _session(snapshot: Snapshot, view: View) -> str:
    names = listed([snapshot.name_of(str(one["member"])) for one in view["approvals"]])
    values = {"incident": view["justification"]["incident"], "left": span(snapshot.seconds_left(view))}
    if view["state"] == "frozen":
        told = say("{incident}: frozen, {left} left", **values)
    else:
        told = say("{incident}: {left} left", **values)
    return told + (say(", agreed by {names}", names=names) if names else "")


def session_behind_lock(seconds: Sequence[int]) -> str:
    """Return what a locked station tells of what goes on: that time runs, and nothing of what it is about."""
    left = [span(each) for each in seconds if each > 0]
    return say("A session goes on: {left} left", left=listed(left)) if left else ""


def owed_in_full(snapshot: Snapshot) -> list[str]:
    """Return what is owed, line by line: which secrets must be changed after what, who must still be told."""
    named = dict(snapshot.named())
    told = [
        say(
            "After {activation}: change {names} at the target, and seal the new one.",
            activation=named[str(view["activation"])],
            names=listed(_secrets_of(view)),
        )
        for view in _owing(snapshot)
    ]
    if snapshot.notices_owed:
        told.append(say("People must still be told of an erasure: {count}", count=snapshot.notices_owed))
    return told


def _owing(snapshot: Snapshot) -> list[View]:
    return [view for view in (*snapshot.live, *snapshot.over) if view["owed"]]


def _secrets_of(view: View) -> list[str]:
    return list(dict.fromkeys(str(debt["credential"]) for debt in view["owed"]))


def owed(snapshot: Snapshot) -> str:
    """Return how much is owed, and since when the oldest of it; empty if nothing is."""
    views = _owing(snapshot)
    debts = {(debt["credential"], debt["version"]) for view in views for debt in view["owed"]}
    told = [
        *([say_count(len(debts), "{count} secret to change", "{count} secrets to change")] if debts else []),
        *([say_count(n, "{count} notice", "{count} notices")] if (n := snapshot.notices_owed) else []),
    ]
    if not told:
        return ""
    day = min(filter(None, (_asked_on(str(view["activation"])) for view in views)), default="")
    whole = say("Owed: {what}", what=listed(told))
    return whole + (say(", since {day}", day=day) if day else "")


def _asked_on(activation: str) -> str:
    asked = asked_at(activation)
    return f"{asked:%Y-%m-%d}" if asked else ""
