# SPDX-License-Identifier: Apache-2.0
"""What a step changes, for people to read before they sign: plain rows, which ``console.sentences.change`` words.

Each row has {what, subject, name, before, after}. ``warnings`` names what becomes weaker, ``thin`` what a
roster leaves without a spare person, or without anybody who could ask.
"""

from collections.abc import Iterator, Sequence
from typing import cast

from console.domain.canonical import Json
from console.domain.policy.keyholder import READER, Member
from console.domain.policy.rules import Policy, Roster
from console.domain.policy.succession import Step
from console.domain.recovery.sheets import check_value

Row = dict[str, Json]

LOOSER_WHEN_GREATER = (
    "seconds_max",
    "seconds_hard_max",
    "releases_max",
    "releases_hard_max",
    "request_valid_seconds",
    "showing_seconds",
)
LOOSER_WHEN_LONGER = ("jurisdictions", "ranges")
LOOSER_WHEN_SHORTER = ("legal_confirms", "privilege_classes", "witnesses")
LOOSER_WHEN_SMALLER = "witness_quorum"
_NOT_RULES = {"v", "vault", "epoch", "previous"}
_MEMBER_FIELDS = ("role", "name", "assurance", "mechanism", "signing")


def differences(step: Step) -> list[Row]:
    """Return what changes: people, classes, recovery keys, the station's keys, rules; and whose sheets signed that."""
    return [*_members(step), *_classes(step), *_documents(step), *_by_sheets(step)]


def warnings(step: Step) -> list[Row]:
    """Return what this step makes weaker, and the groups that it leaves without a spare person."""
    return [*_weaker_classes(step), *_weaker_members(step), *_looser_rules(step), *thin(step.after.roster)]


def thin(roster: Roster) -> list[Row]:
    """Return the groups in which nobody may be missing, and the classes for which nobody enrolled can ask."""
    groups = [group for group in roster.groups if len(roster.group(group)) == roster.greatest(group)]
    return [
        *(_row("no_spare", group, None, roster.greatest(group)) for group in groups),
        *(_row("nobody_asks", name, None, None) for name in unasked(roster)),
    ]


def unasked(roster: Roster) -> list[str]:
    """Return the classes for which nobody enrolled can ask: whoever asks cannot approve, and too few are left then."""
    return [name for name in sorted(roster.classes) if not any(_may_ask(roster, m, name) for m in roster.members)]


def _may_ask(roster: Roster, member: Member, class_: str) -> bool:
    left = {group: len(roster.group(group)) - (group == member.role) for group in roster.groups}
    return member.role != READER and all(left[group] >= m for group, m in roster.classes[class_].items())


def _members(step: Step) -> list[Row]:
    old = {member.id: member for member in step.before.roster.members}
    new = {member.id: member for member in step.after.roster.members}
    rows = [_row("member_leaves", m.id, m.role, None, m.name) for m in old.values() if m.id not in new]
    rows += [_row("member_joins", m.id, None, m.role, m.name) for m in new.values() if m.id not in old]
    rows += [_row("member_reinstated", id_, None, None, new[id_].name) for id_ in step.after.reinstates]
    for id_ in old.keys() & new.keys():
        name = old[id_].name
        if old[id_].points() != new[id_].points():
            rows.append(_row("member_new_keys", id_, None, None, name))
        for field in _MEMBER_FIELDS:
            was, is_ = getattr(old[id_], field), getattr(new[id_], field)
            if was != is_:
                rows.append(_row(f"member_{field}", id_, was, is_, name))
    return sorted(rows, key=lambda row: (str(row["subject"]), str(row["what"])))


def _classes(step: Step) -> list[Row]:
    old, new = step.before.roster, step.after.roster
    rows = []
    for name in sorted({*old.classes, *new.classes}):
        was, is_ = old.classes.get(name), new.classes.get(name)
        if was != is_:
            rows.append(_row("class", name, was and dict(was), is_ and dict(is_)))
        own = [list(roster.own_console.get(name, ())) for roster in (old, new)]
        if own[0] != own[1]:
            rows.append(_row("own_console", name, cast(Json, own[0]), cast(Json, own[1])))
    return rows


def _documents(step: Step) -> list[Row]:
    rows = []
    for what, was, is_ in (
        ("recovery", _recovery(step.before), _recovery(step.after)),
        ("station_keys", dict(step.before.roster.station), dict(step.after.roster.station)),
        ("rule", step.before.rules.to_json(), step.after.rules.to_json()),
    ):
        for name in sorted({*was, *is_} - _NOT_RULES):
            if was.get(name) != is_.get(name):
                rows.append(_row(what, name, was.get(name), is_.get(name)))
    return rows


def _recovery(known: Policy) -> dict[str, Json]:
    """Return the check values, by which people know sheets."""
    return {group: check_value(*found.points()) for group, found in (known.roster.recovery or {}).items() if found}


def _by_sheets(step: Step) -> list[Row]:
    return [_row("by_sheets", step.sheets.group, None, None)] if step.sheets else []


def _weaker_classes(step: Step) -> Iterator[Row]:
    old, new = step.before.roster, step.after.roster
    for name in sorted(old.classes.keys() & new.classes.keys()):
        was, is_ = old.classes[name], new.classes[name]
        if any(is_.get(group, 0) < m for group, m in was.items()):
            yield _row("fewer_approvals", name, dict(was), dict(is_))
        own = [list(roster.own_console.get(name, ())) for roster in (old, new)]
        if set(own[0]) - set(own[1]):
            yield _row("own_console_dropped", name, cast(Json, own[0]), cast(Json, own[1]))


def _weaker_members(step: Step) -> Iterator[Row]:
    new = {member.id: member for member in step.after.roster.members}
    for member in step.before.roster.members:
        after = new.get(member.id, member)
        if (member.assurance, after.assurance) == ("hardware", "software"):
            yield _row("weaker_token", member.id, member.assurance, after.assurance, member.name)


def _looser_rules(step: Step) -> Iterator[Row]:
    was, is_ = step.before.rules.to_json(), step.after.rules.to_json()
    for name in LOOSER_WHEN_GREATER:
        if cast(int, is_[name]) > cast(int, was[name]):
            yield _row("looser_rule", name, was[name], is_[name])
    for name in (*LOOSER_WHEN_LONGER, *LOOSER_WHEN_SHORTER):
        if _is_looser(name, cast(Sequence[str], was.get(name, [])), cast(Sequence[str], is_.get(name, []))):
            yield _row("looser_rule", name, was.get(name), is_.get(name))
    before, after = (cast(int, rules.get(LOOSER_WHEN_SMALLER, 0)) for rules in (was, is_))
    if after < before:
        yield _row("looser_rule", LOOSER_WHEN_SMALLER, before, after)


def _is_looser(name: str, was: Sequence[str], is_: Sequence[str]) -> bool:
    if name in LOOSER_WHEN_SHORTER:
        return bool(set(was) - set(is_))
    # No range at all means anywhere.
    if name == "ranges" and not (was and is_):
        return bool(was)
    return bool(set(is_) - set(was))


def _row(what: str, subject: str, before: Json, after: Json, name: str | None = None) -> Row:
    return {"what": what, "subject": subject, "name": name, "before": before, "after": after}
