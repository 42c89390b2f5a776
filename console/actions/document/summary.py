# SPDX-License-Identifier: Apache-2.0
"""The one-page incident summary: what the journal tells of one activation, in words, and what it does not prove."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from console.actions.activation.lifecycle import load, load_request
from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.entries import PROGRAM, names, told_names
from console.actions.journal import heads, times
from console.domain import categories, outcomes
from console.domain.activation.state import Activation
from console.domain.canonical import Json, Object, to_base64
from console.domain.entries.entry import Checkpoint, Entry
from console.domain.moment import here, local_and_utc
from console.domain.policy.keyholder import told_role
from console.domain.text import told
from console.domain.words import to_words

PROOFS = {
    "token": "own token",
    "unlock": "unlocking the station",
    "claimed": "nothing: claimed",
    "program": "the program",
}
ENDINGS = {
    "time": "Ended by itself: its time was over.",
    "operator": "Ended by the person at the station.",
    "veto": "Ended by the veto of a keyholder.",
    "denied": "Denied.",
    "withdrawn": "Withdrawn.",
}
NOT_OVER = "Not over."
MODE_WORDS = {"real": "", "drill": "This is not the real station: nothing here opens a real system."}
NOT_PROVEN = [
    "What anybody did at the target systems with what was shown: only their own logs tell that.",
    "That the approvers understood what they signed, or were free to refuse.",
    "The local time: it is what this station's clock said. The order of entries is certain.",
    'What stands under "Proven": it is as right as the clocks outside that it rests on.',
    "That nobody else looked at the screen while a secret was shown.",
]


def mode_words(mode: str) -> Json:
    """Return the sentence in the banner of a paper; empty on a real station."""
    return told(MODE_WORDS[mode]) if MODE_WORDS[mode] else ""


def incident_summary(console: Console, act: str) -> bytes:
    """Return the summary of an activation as the bytes of a one-page PDF."""
    activation, filed = load(console, act), load_request(console, act)
    newest, people = console.journal.checkpoint(), names(console)
    entries = list(console.journal.entries(act=act))
    said = cast(dict[str, Json], filed.body["justification"])
    content: dict[str, Json] = {
        "title": told("Incident summary"),
        "mode": console.policy.roster.mode,
        "mode_words": mode_words(console.policy.roster.mode),
        "station": console.settings.origin,
        "vault": console.policy.roster.vault,
        "activation": act,
        "made": moment(console.machine.reading().wall_ms),
        "category": told(categories.SENTENCES[str(said["category"])]),
        **{name: said[name] for name in _SAID},
        "deadline_at_risk": _deadline(said),
        "requester": _person(console, filed.requester, str(filed.body["proof"]), entries[0]),
        "approvals": [
            _person(console, people[entry.actor], entry.proof, entry)
            for entry in entries
            if entry.type == "activation.approved"
        ]
        + [
            {**_person(console, people[entry.actor], entry.proof, entry), "role": _stood_in(str(entry.body["slot"]))}
            for entry in entries
            if entry.type == "recovery.used"
        ],
        "ended": _ending(console, activation),
        "course": _course(console, entries),
        "rotations": _rotations(console, activation),
        "journal": _journal(newest),
        "not_proven": [*_alarms(console), *map(told, NOT_PROVEN)],
        "qr": heads.on_paper(console)["qr"],
    }
    return console.paper.incident_summary(content)


_SAID = ("incident", "jurisdictions", "matters", "alternatives_tried", "reason", "harm_if_delayed")


def _alarms(console: Console) -> list[Json]:
    """Return a sentence for each alarm after which a new log began: it stays on every page, for ever."""
    return [
        told(
            "ALARM: what {log} held beyond what the new log says again ({codes}).",
            log=past["log"],
            codes=_codes(past["alarm"]),
        )
        for past in console.logs.alarms()
    ]


def _codes(alarm: Json) -> str:
    return ", ".join(str(code).replace("_", " ") for code in cast(list[str], alarm))


def _journal(newest: Checkpoint) -> Object:
    return {
        "size": newest.size,
        "root": to_base64(newest.root),
        "words": to_words(newest.root),
        "checkpoint": newest.note.decode().split("\n", maxsplit=1)[0],
    }


def _person(console: Console, member: str, proof: str, entry: Entry) -> Object:
    known = {m.id: m for m in console.policy.roster.members}.get(member)
    who = f"{known.name} ({member})" if known else member
    return {
        "who": who,
        "role": told_role(known.role) if known else told("not in the roster"),
        "proof": told(PROOFS[proof]),
        **_times(entry),
    }


def _times(entry: Entry) -> dict[str, Json]:
    return {"local": _local(entry.t.wall_ms), "utc": f"{_utc(entry.t.wall_ms):%H:%M:%S}"}


def _utc(wall_ms: int) -> datetime:
    return datetime.fromtimestamp(wall_ms / 1000, UTC)


def _local(wall_ms: int) -> str:
    return f"{_utc(wall_ms).astimezone():%Y-%m-%d %H:%M:%S %Z}"


def moment(wall_ms: int) -> str:
    """Return a time as the station's clock has it, local and UTC."""
    return local_and_utc(_utc(wall_ms).astimezone())


def _deadline(said: Mapping[str, Json]) -> Json:
    named = said.get("deadline_at_risk")
    return told("none named") if named is None else local_and_utc(here(str(named)))


def _ending(console: Console, activation: Activation) -> Json:
    state = activation.state(console.machine.reading())
    why = ENDINGS.get(activation.ended_why or "", NOT_OVER)
    return told("{why} Present state: {state}.", why=told(why), state=told(CALLED.get(state, state)))


def _course(console: Console, entries: list[Entry]) -> list[Json]:
    """Return what happened when, as ``course`` tells it, in the sentences of the page and with every outcome."""
    people = told_names(console)
    known = times.near(console, entries) or times.whole(console)
    return [
        {
            "seq": entry.seq,
            **_times(entry),
            "surely": _surely(times.brief(known, entry)),
            "what": what,
            "who": told(PROGRAM) if entry.actor == PROGRAM else people.get(entry.actor, entry.actor),
        }
        for entry in entries
        if (what := _what(entry, people))
    ]


def _what(entry: Entry, people: dict[str, str]) -> Json:
    body = entry.body
    facts: dict[str, Json] = {
        **body,
        "slot": people.get(str(body.get("slot")), body.get("slot")),
        "member": people.get(str(body.get("member")), told("the person at the station")),
    }
    if entry.type == "release.outcome":
        facts["outcome"] = told(outcomes.SENTENCES[str(body["outcome"])])
    if "code" in body:
        facts["code"] = _why_refused(str(body["code"]))
    if "why" in body:
        facts["why"] = _why_ended(body)
    if entry.type == "activation.extended":
        facts["amount"] = cast(int, body["amount"]) // 60
    if "group" in body:
        facts["group"] = told_role(str(body["group"]))
    sentence = _sentence(entry)
    return told(sentence, **facts) if sentence else None


def _sentence(entry: Entry) -> str:
    body = entry.body
    if entry.type == "activation.refused":
        return REFUSALS.get(str(body["verb"]), "Refused to {verb} for {member}: {code}")
    if entry.type == "activation.seconded":
        return SECONDED[str(body["decision"])]
    return SENTENCES.get("use" if body.get("use") else entry.type, "")


def _why_ended(body: Object) -> Json:
    why, late = str(body["why"]), body.get("noticed_late_seconds")
    said = told(WHY[why]) if why in WHY else why
    return told("{why}; noticed {late} s later", why=said, late=late) if late else said


def _why_refused(code: str) -> Json:
    said = code.replace("_", " ")
    return told(said) if said in CODES else said


def _surely(brief: str) -> Json:
    """Return between which times, as ``times.brief`` tells it; two times stand for themselves."""
    kind, _, time = brief.partition(" ")
    if kind in BOUNDS:
        return told(BOUNDS[kind], time=time)
    return told(brief) if brief in times.UNKNOWN else brief


def _stood_in(slot: str) -> Json:
    return told("witness: the recovery sheets of {slot} stood in", slot=told_role(slot))


CALLED = {"closed": "completed"}
"""What people call a state for which the journal has another word."""
WHY = {"time": "time", "operator": "operator", "veto": "veto", "budget": "budget"}
BOUNDS = {"after": "after {time}", "before": "before {time}"}
SECONDED = {
    "extend": "{member} agreed to extend",
    "reset": "{member} agreed to reset",
    "resume": "{member} agreed to resume",
}
CODES = (
    "quorum not met",
    "budget used up",
    "activation state",
    "pin wrong",
    "pin locked",
    "already approved",
    "not a keyholder",
    "keyholder suspended",
    "requester cannot approve",
    "frozen by clock",
    "version replaced",
    "privilege needed",
    "confirmation missing",
    "beyond hard maximum",
    "not in request",
    "own console needed",
    "token absent",
    "token removed",
    "token broken",
    "code gone",
    "already said",
)
"""Codes of refusals that are likely in an emergency; others stand as codes in every language."""
REFUSALS = {
    "open": "Refused to open for {member}: {code}",
    "release": "Refused to show for {member}: {code}",
    "use": "Refused to use for {member}: {code}",
    "approve": "Refused to approve for {member}: {code}",
    "deny": "Refused to deny for {member}: {code}",
    "veto": "Refused to veto for {member}: {code}",
    "extend": "Refused to extend for {member}: {code}",
    "reset": "Refused to reset for {member}: {code}",
    "resume": "Refused to resume for {member}: {code}",
}
SENTENCES = {
    "activation.requested": "Access requested",
    "activation.approved": "Approved for {group} by {member}",
    "activation.denied": "Denied for {group} by {member}",
    "activation.withdrawn": "Request withdrawn",
    "activation.expired": "Request expired without being opened",
    "recovery.used": "Recovery sheets of {slot} stood in for its approvals; witness {member}",
    "activation.opened": "Opened",
    "activation.frozen": "Breaker: no more showings ({why} used up)",
    "activation.extended": "Extended by {amount} minutes by both roles",
    "activation.reset": "Breaker reset by both roles: {amount} more showings",
    "activation.rebooted": "The machine was started again",
    "activation.resumed": "Went on after a clock step",
    "activation.ended": "Ended ({why})",
    "activation.closed": "Completed: nothing is owed any more",
    "release.intended": "Showing {number}: {credential}, version {version}",
    "use": "Use {number}: {credential}, version {version}, signed for {use}; not shown",
    "credential.drift": "Codes of {credential}: {offset} ahead of the station's",
    "release.outcome": "Showing of entry {intent}: {outcome}",
}


def _rotations(console: Console, activation: Activation) -> list[Json]:
    known, rows = credentials.fold(console), cast(list[Json], [])
    for name, version in sorted(activation.exposed().items()):
        done = told("changed: version {version} is confirmed", version=known[name].current.number)
        owed = told("owed: version {version} was shown", version=version)
        rows.append({"credential": name, "state": done if known[name].is_rotated_since(version) else owed})
    return rows
