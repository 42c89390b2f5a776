# SPDX-License-Identifier: Apache-2.0
"""The doctor: is everything ready for an emergency, how old is what grows old, who must be called.

A check that cannot be made is not in order, and says why; no check keeps another from being made. Nothing is changed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import cast

from console.actions.activation.prepared import prepared_check
from console.actions.backup import copy
from console.actions.console import Console
from console.actions.document.grab_card import grab_card_check
from console.actions.keyholder import proof, sheet_status
from console.actions.keyholder.enrolment import contacts
from console.actions.readiness import ages, rollback
from console.actions.readiness.checks import DAY_MS, check, warn_of
from console.actions.readiness.lockout import lockout_check
from console.actions.record import counsel
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Entry, Reading
from console.domain.errors import ConsoleError, Unavailable
from console.domain.text import told
from console.ports.progress import Progress

FREE_BYTES_LEAST = 256 * 1024 * 1024
CLOCK_MS = 60_000
"""So far may the wall clock stand apart from the suspend-inclusive one since the newest entry."""
ACTED_ON_BY = {
    "hsm": "it",
    "hsm_rollback": "it",
    "journal": "it",
    "anchor": "legal",
    "alarm": "legal",
    "mirror_agrees": "legal",
    "recording": "it",
    "mirror": "it",
    "core_dumps": "it",
    "air_gap": "it",
    "certificates": "it",
    "lockout": "legal",
    "counsel_readers": "legal",
}
"""Whose group must act on a check; everything else whoever stands here does."""


def readiness(console: Console, progress: Progress | None = None) -> Object:
    """Return each check with ok, level, detail and whom to call, and the ages of tokens, secrets and sheets.

    ``progress``: of the journal's verification, which takes the longest.
    """
    tokens, secrets = _Read(console, proof.tokens), _Read(console, ages.secrets)
    sheets = _Read(console, lambda lent: cast(list[Json], sheet_status.status(lent)["recovery"]))
    rows = [*_checks(console, tokens, secrets, progress)]
    return {
        "ready": all(row["ok"] or row["level"] == "warning" for row in rows),
        "checks": _with_calls(console, rows),
        "tokens": tokens.shown(),
        "secrets": secrets.shown(),
        "sheets": sheets.shown(),
    }


class _Read:
    """Rows that are read once: shown where there are any; a check of what could not be read is not in order."""

    def __init__(self, console: Console, read: Callable[[Console], list[Json]]) -> None:
        self._rows: list[Json] = []
        self._error: ConsoleError | None = None
        try:
            self._rows = read(console)
        except ConsoleError as error:
            self._error = error

    def shown(self) -> list[Json]:
        """Return the rows; none under an alarm that lets nothing be read."""
        return self._rows

    def checked(self) -> list[Json]:
        """Return the rows, or raise why they could not be read."""
        if self._error is not None:
            raise self._error
        return self._rows


def _checks(console: Console, tokens: _Read, secrets: _Read, progress: Progress | None) -> Iterator[dict[str, Json]]:
    makers: tuple[tuple[str, Callable[[], Iterable[Json]]], ...] = (
        ("hsm", lambda: [_hsm(console)]),
        ("hsm_rollback", lambda: [_rollback(console)]),
        ("tokens", lambda: proof.token_checks(console, tokens.checked())),
        ("journal", lambda: _journal_checks(console, progress)),
        ("clock", lambda: [_clock(console)]),
        ("memory", lambda: _machine_checks(console)),
        ("lockout", lambda: [lockout_check(console)]),
        ("backup", lambda: [copy.backup_check(console)]),
        ("recovery_sheets", lambda: sheet_status.checks(console)),
        ("counsel_readers", lambda: [counsel.reader_check(console)]),
        ("drill", lambda: [ages.drill_check(console)]),
        ("secret_age", lambda: ages.secret_checks(secrets.checked())),
        ("prepared", lambda: [prepared_check(console)]),
        ("grab_card", lambda: [grab_card_check(console)]),
    )
    for id_, make in makers:
        try:
            yield from cast(Iterable[dict[str, Json]], make())
        except ConsoleError as error:
            yield check(id_, ok=False, detail="could not be checked: {hindrance}", hindrance=error.code)


def _with_calls(console: Console, rows: list[dict[str, Json]]) -> list[Json]:
    cards: Mapping[str, Object] = {}
    with suppress(ConsoleError):
        cards = {member: card.to_json() for member, card in contacts(console).items()}
    return [{**row, "call": _call(console, cards, row)} for row in rows]


def _call(console: Console, cards: Mapping[str, Object], row: Object) -> list[Json]:
    """Return name and phone of everybody of the group that must act, who can be called first."""
    group = ACTED_ON_BY.get(str(row["id"]))
    if row["ok"] or group is None:
        return []
    people = [
        {"member": person.id, "name": person.name, "phone": cards.get(person.id, {}).get("phone", "")}
        for person in console.policy.active_in(group)
    ]
    return cast(list[Json], sorted(people, key=lambda person: not person["phone"]))


# --- the security module --------------------------------------------------------------------------------------


def _hsm(console: Console) -> dict[str, Json]:
    return check("hsm", ok=True, detail="answers; unlocked by {member}", member=console.hsm.unlocked_by())


def _rollback(console: Console) -> dict[str, Json]:
    """Say whether what the module destroyed or replaced was measured to stay so when an old copy is put back."""
    assurance = console.policy.roster.station["assurance"]
    newest = rollback.newest(console)
    if newest is None:
        return check(
            "hsm_rollback",
            ok=False,
            detail="{assurance}: it was not measured yet",
            assurance=assurance,
            level="warning",
        )
    found = {name: str(newest.body[name]) for name in ("destroys", "anchors")}
    measured = {name: told(answer) for name, answer in found.items()}
    days = (console.machine.reading().wall_ms - newest.t.wall_ms) // DAY_MS
    return check(
        "hsm_rollback",
        ok=set(found.values()) == {"yes"},
        level="warning",
        detail="{assurance}: stays destroyed: {destroys}, stays remembered: {anchors}; measured {days} days ago",
        mend="hsm_rollback_measured",
        assurance=assurance,
        days=days,
        **measured,
    )


# --- journal and clock ----------------------------------------------------------------------------------------


def _journal_checks(console: Console, progress: Progress | None) -> list[Json]:
    verdict, behind = _verdict(console, progress), console.vault.unmirrored()
    status = console.journal.status()
    recording = cast(Object, status["recording"])
    alarm, before = cast(list[str], status["alarm"]), cast(list[Object], status.get("before", []))
    codes = [finding["code"] for finding in cast(list[Object], status["findings"])]
    mirror, is_real = str(console.settings.station.mirror), console.policy.roster.mode == "real"
    return [
        warn_of("journal", _wrong(verdict), level="error", fine="whole"),
        check(
            "recording",
            ok=recording["light"] == "recording",
            detail="{light}; entries that wait: {waiting}. {why}"
            if recording["why"]
            else "{light}; entries that wait: {waiting}",
            light=told(str(recording["light"])),
            waiting=recording["waiting"],
            why=recording["why"],
            level="warning" if recording["light"] == "reserve" else "error",
        ),
        check("anchor", ok=True, detail="both know of entry {entry}", entry=status["anchored"])
        if not alarm
        else warn_of("anchor", [told("{finding}", finding=code) for code in alarm], level="error"),
        warn_of("alarm", [told("{log} was left behind", log=past["log"]) for past in before]),
        check(
            "mirror",
            ok=not behind and "mirror_missing" not in codes,
            level="warning",
            detail="{folder}: files not copied yet: {count}, the first is {file}" if behind else "{folder}",
            count=len(behind),
            file=behind[0] if behind else "",
            folder=mirror,
        ),
        check(
            "mirror_apart",
            ok=not is_real or console.vault.is_apart(),
            level="warning",
            detail="{folder}",
            folder=mirror,
        ),
        check(
            "mirror_agrees",
            ok="mirror_differs" not in codes,
            detail="it tells the same as the journal"
            if "mirror_differs" not in codes
            else "it tells another history than the journal",
        ),
    ]


def _wrong(verdict: Object) -> list[Object]:
    """Return each finding: its code, and the entry where there is one."""
    return [
        told("{finding}", finding=one["code"])
        if one.get("seq") is None
        else told("{finding} (entry {entry})", finding=one["code"], entry=one["seq"])
        for one in cast(list[Object], verdict["findings"])
    ]


def _verdict(console: Console, progress: Progress | None) -> Object:
    try:
        return console.journal.verify(progress=progress)
    except Unavailable as error:
        return {"ok": False, "findings": [{"code": error.code}]}


def _clock(console: Console) -> dict[str, Json]:
    at = console.machine.reading()
    newest = next(console.journal.entries(newest_first=True, limit=1), None)
    wrong = None if newest is None else clock_differs(newest, at)
    return warn_of("clock", [] if wrong is None else [wrong])


def clock_differs(newest: Entry, at: Reading) -> Object | None:
    """Return how the clock contradicts the newest entry, or None."""
    passed = at.wall_ms - newest.t.wall_ms
    if passed < 0:
        return told("it is {seconds} s earlier than the newest entry", seconds=-passed // 1000)
    if newest.t.boot == at.boot:
        apart = passed - (at.up_ns - newest.t.up_ns) // 1_000_000
        if abs(apart) > CLOCK_MS:
            return told("it was set by {seconds} s since the newest entry", seconds=apart // 1000)
    return None


# --- this machine ---------------------------------------------------------------------------------------------


def _machine_checks(console: Console) -> list[Json]:
    health = console.machine.health(console.settings.folder)
    interfaces, free = cast(list[str], health["interfaces"]), cast(int, health["free_bytes"])
    cameras, display = cast(list[str], health["cameras"]), str(health["display"])
    return [
        warn_of("air_gap", [told("interface {name}", name=name) for name in interfaces]),
        check("core_dumps", ok=not health["dumps"], detail="allowed" if health["dumps"] else "forbidden"),
        check(
            "memory",
            ok=health["memory"] == "memfd_secret",
            level="warning",
            detail="{memory}",
            memory=str(health["memory"]),
        ),
        check("screen_capture", ok=display != "x11", level="warning", detail="display: {display}", display=display),
        check(
            "printer",
            ok=bool(health["printer"]),
            level="warning",
            detail="a print service is there" if health["printer"] else "no print service",
        ),
        check(
            "camera",
            ok=bool(cameras),
            level="warning",
            detail="{cameras}" if cameras else "none",
            cameras=", ".join(cameras),
        ),
        check("disk_space", ok=free >= FREE_BYTES_LEAST, detail="{free} MB free", free=free // 2**20),
    ]
