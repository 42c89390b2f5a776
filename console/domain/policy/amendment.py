# SPDX-License-Identifier: Apache-2.0
"""What a person writes to change roster and rules, applied to the policy in force: what is not named stays as it is.

    [classes.NAME]    the numbers that change; of a class that is not there yet, a number for each group
    [rules]           the rules that change, by the names of the station file, times in minutes
    [[remove]]        member = "…" or class = "…" or sheets = "…": the recovery sheets of a group
    [[rename]]        member = "…", name = "…"
    [[reinstate]]     member = "…": lifts a suspension

People join with a card of their own (``enrolment``), never by a file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from console.domain.canonical import Json, Object
from console.domain.errors import Refused
from console.domain.policy.keyholder import WITHOUT_GROUP, Member
from console.domain.policy.rules import Policy, Roster, Rules

OWN_CONSOLE = "own_console"
_MINUTES = {
    "minutes_max": "seconds_max",
    "minutes_hard_max": "seconds_hard_max",
    "request_valid_minutes": "request_valid_seconds",
}
_NUMBERS = ("releases_max", "releases_hard_max", "showing_seconds", "witness_quorum")
_TEXTS = ("jurisdictions", "ranges", "legal_confirms", "privilege_classes", "witnesses")
_SECTIONS = {"classes", "rules", "remove", "rename", "reinstate"}


def amended(known: Policy, change: Object) -> tuple[Policy, list[str]]:
    """Return the proposed documents, unchecked but for their form, and whose suspension is to be lifted.

    ``Refused``: unknown_keys, change_form, unknown_member, unknown_class, class_without_group, no_sheets.
    """
    _only("the file", change, _SECTIONS)
    roster = _with_classes(known.roster, _table(change.get("classes", {}), "classes"))
    for row in _rows(change, "remove", {"member"}, {"class"}, {"sheets"}):
        ((what, name),) = row.items()
        roster = _REMOVED[what](roster, name)
    for row in _rows(change, "rename", {"member", "name"}):
        member = roster.member(row["member"])
        roster = with_members(roster, [replace(member, name=row["name"])])
    rules = _with_rules(known.rules, _table(change.get("rules", {}), "rules"))
    return Policy(roster, rules), [row["member"] for row in _rows(change, "reinstate", {"member"})]


def with_members(roster: Roster, members: Sequence[Member]) -> Roster:
    """Return the roster with these people in it, each in the place of who had the id before, else at the end.

    A group that is new with them is asked for one approval in every class.
    """
    new = {member.id: member for member in members}
    kept = [new.pop(member.id, member) for member in roster.members]
    everybody = (*kept, *new.values())
    roles = {member.role for member in members} - set(WITHOUT_GROUP)
    added = dict.fromkeys(sorted(roles - set(roster.groups)), 1)
    classes = {name: {**thresholds, **added} for name, thresholds in roster.classes.items()}
    groups = tuple(sorted({*roster.groups, *added}))
    return replace(roster, members=everybody, groups=groups, classes=classes)


def without(roster: Roster, member: str) -> Roster:
    """Return the roster without a member; ``Refused`` (unknown_member)."""
    leaving = roster.member(member)
    return replace(roster, members=tuple(known for known in roster.members if known != leaving))


def _with_classes(roster: Roster, classes: Object) -> Roster:
    asked, own = dict(roster.classes), dict(roster.own_console)
    for name, value in classes.items():
        section = _table(value, f"classes.{name}")
        numbers = {group: _number(m, f"classes.{name}.{group}") for group, m in section.items() if group != OWN_CONSOLE}
        asked[name] = {**asked.get(name, {}), **numbers}
        if OWN_CONSOLE in section:
            own[name] = _texts(section[OWN_CONSOLE], f"classes.{name}.{OWN_CONSOLE}")
    return replace(roster, classes=asked, own_console={name: groups for name, groups in own.items() if groups})


def _without_class(roster: Roster, name: str) -> Roster:
    roster.thresholds([name])
    classes = {known: thresholds for known, thresholds in roster.classes.items() if known != name}
    own = {known: groups for known, groups in roster.own_console.items() if known != name}
    return replace(roster, classes=classes, own_console=own)


def _without_sheets(roster: Roster, group: str) -> Roster:
    if roster.sheet_keys(group) is None:
        raise Refused("no_sheets", slot=group)
    return replace(roster, recovery={**(roster.recovery or {}), group: None})


_REMOVED: Mapping[str, Callable[[Roster, str], Roster]] = {
    "member": without,
    "class": _without_class,
    "sheets": _without_sheets,
}


def _with_rules(rules: Rules, section: Object) -> Rules:
    _only("rules", section, {*_MINUTES, *_NUMBERS, *_TEXTS, "matter_pattern"})
    changed: dict[str, object] = {}
    for name, value in section.items():
        field = f"rules.{name}"
        if name in _MINUTES:
            changed[_MINUTES[name]] = _number(value, field) * 60
        elif name in _NUMBERS:
            changed[name] = _number(value, field)
        else:
            changed[name] = _texts(value, field) if name in _TEXTS else _text(value, field)
    return replace(rules, **changed)  # type: ignore[arg-type]


def _rows(change: Object, section: str, *allowed: set[str]) -> list[dict[str, str]]:
    rows = change.get(section, [])
    if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
        raise Refused("change_form", field=section)
    for row in rows:
        if set(row) not in allowed:
            raise Refused("change_form", field=section)
    return [{name: _text(value, f"{section}.{name}") for name, value in row.items()} for row in rows]


def _table(value: Json, field: str) -> Object:
    if not isinstance(value, dict):
        raise Refused("change_form", field=field)
    return value


def _only(section: str, value: Mapping[str, Json], known: set[str]) -> None:
    if unknown := sorted(set(value) - known):
        raise Refused("unknown_keys", section=section, keys=", ".join(unknown))


def _number(value: Json, field: str) -> int:
    if type(value) is not int:
        raise Refused("change_form", field=field)
    return value


def _text(value: Json, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused("change_form", field=field)
    return value


def _texts(value: Json, field: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Refused("change_form", field=field)
    return tuple(_text(item, field) for item in cast(list[Json], value))
