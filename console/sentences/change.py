# SPDX-License-Identifier: Apache-2.0
"""Changes of people and rules in plain sentences, one for each row of ``console.domain.changes``."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from console.domain import groups
from console.domain.canonical import Json, Object, from_base64
from console.language import say, say_count, say_each
from console.sentences import terms

RULES = say_each(
    {
        "seconds_max": "longest time that a request may ask for",
        "seconds_hard_max": "longest time with every extension",
        "releases_max": "most showings that a request may ask for",
        "releases_hard_max": "most showings with every reset",
        "request_valid_seconds": "time in which a request must be opened",
        "showing_seconds": "time that a secret stays on the screen",
        "jurisdictions": "jurisdictions",
        "matter_pattern": "form of matter numbers",
        "ranges": "addresses from which a secret may be used",
        "legal_confirms": "what Legal confirms",
        "privilege_classes": "classes that privilege asks for",
        "witnesses": "witnesses of the journal, with their keys",
        "witness_quorum": "witnesses who must have signed",
    }
)
_ROLES = {**say_each(groups.CALLED), **say_each({"operator": "the operators", "compliance": "those who read along"})}
_NOTHING = say_each({"ranges": "anywhere"})
_FIELDS = say_each({"assurance": "kind of token", "mechanism": "way of sealing", "signing": "way of signing"})


def change(row: Object) -> str:
    """Return one difference as a sentence."""
    return _CHANGES[str(row["what"])](row)


def warning(row: Object) -> str:
    """Return one thing to mind as a sentence."""
    return _WARNINGS[str(row["what"])](row)


def rule(name: str, value: Json) -> str:
    """Return one rule in force as a sentence."""
    return f"{RULES[name][0].upper()}{RULES[name][1:]}: {_value(name, value)}."


def group(name: Json) -> str:
    """Return a group as people call it."""
    return _ROLES.get(str(name)) or groups.called(str(name))


def counts(value: Json) -> str:
    """Return how many of each group."""
    return ", ".join(f"{group(name)} {m}" for name, m in sorted(cast(Mapping[str, int], value).items()))


def _class(row: Object) -> str:
    name, was, is_ = terms.word(row["subject"]), row["before"], row["after"]
    if was is None:
        return say("Class {name} is new: {counts}.", name=name, counts=counts(is_))
    if is_ is None:
        return say("Class {name} goes away.", name=name)
    return say("Class {name}: {moved}.", name=name, moved=_moved(was, is_))


def _moved(was: Json, is_: Json) -> str:
    old, new = cast(Mapping[str, int], was), cast(Mapping[str, int], is_)
    parts = []
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            before, after = (str(each.get(name, say("nobody"))) for each in (old, new))
            parts.append(f"{group(name)} {before} -> {after}")
    return ", ".join(parts)


def _rule(row: Object) -> str:
    name = str(row["subject"])
    title = RULES[name][0].upper() + RULES[name][1:]
    return f"{title}: {_value(name, row['before'])} -> {_value(name, row['after'])}."


def _sheets(row: Object) -> str:
    if not row["after"]:
        return say("The recovery sheets of {subject} no longer count.")
    if row["before"]:
        return say("The recovery sheets of {subject} are replaced; their check value is {after}.")
    return say("The recovery sheets of {subject} begin to count; their check value is {after}.")


def _station_key(row: Object) -> str:
    if row["subject"] != "recovery":
        return say("The station gets another key or note: {subject}.", subject=row["subject"])
    if not row["after"]:
        return say("The station's own recovery sheets no longer count.")
    # Loaded where it is said: it brings the libraries that compute it.
    from console.domain.recovery.sheets import check_value

    check = check_value(from_base64(row["after"]))
    if row["before"]:
        return say("The station's own recovery sheets are replaced; their check value is {check}.", check=check)
    return say("The station's own recovery sheets begin to count; their check value is {check}.", check=check)


def _value(name: str, value: Json) -> str:
    if value is None:
        return say("none")
    if isinstance(value, int):
        return (
            say_count(value // 60, "1 minute", "{count} minutes")
            if "seconds" in name and value % 60 == 0
            else _plain_number(name, value)
        )
    if isinstance(value, str):
        return value
    return ", ".join(str(terms.word(one)) for one in cast(Sequence[Json], value)) or _NOTHING.get(name, say("none"))


def _plain_number(name: str, value: int) -> str:
    return say_count(value, "1 second", "{count} seconds") if "seconds" in name else str(value)


def _groups(value: Json) -> str:
    return ", ".join(group(name) for name in cast(Sequence[Json], value)) or say("nobody")


def _field(row: Object) -> str:
    field = str(row["what"]).removeprefix("member_")
    return say(
        "{name} gets another {fields}: {before} -> {after}.",
        name=row["name"],
        fields=_FIELDS[field],
        before=row["before"],
        after=row["after"],
    )


_CHANGES: Mapping[str, Callable[[Object], str]] = {
    "member_leaves": lambda row: say("{name} leaves {before}.", name=row["name"], before=group(row["before"])),
    "member_joins": lambda row: say("{name} joins {after}.", name=row["name"], after=group(row["after"])),
    "member_reinstated": lambda row: say("{name} is no longer suspended.", name=row["name"]),
    "member_new_keys": lambda row: say("{name} gets a new token.", name=row["name"]),
    "member_role": lambda row: say(
        "{name} moves from {before} to {after}.",
        name=row["name"],
        before=group(row["before"]),
        after=group(row["after"]),
    ),
    "member_name": lambda row: say("{before} is now called {after}.", before=row["before"], after=row["after"]),
    "member_assurance": _field,
    "member_mechanism": _field,
    "member_signing": _field,
    "class": _class,
    "own_console": lambda row: say(
        "Class {subject}, on a console of their own only: {before} -> {after}.",
        subject=row["subject"],
        before=_groups(row["before"]),
        after=_groups(row["after"]),
    ),
    "recovery": lambda row: _sheets(row).format(subject=group(row["subject"]), after=row["after"]),
    "by_sheets": lambda row: say("Signed with the recovery sheets of {subject}.", subject=group(row["subject"])),
    "station_keys": _station_key,
    "rule": _rule,
}

_WARNINGS: Mapping[str, Callable[[Object], str]] = {
    "fewer_approvals": lambda row: say(
        "Fewer approvals for class {subject}: {moved}.",
        subject=terms.word(row["subject"]),
        moved=_moved(row["before"], row["after"]),
    ),
    "own_console_dropped": lambda row: say(
        "Class {subject} no longer asks for a console of one's own.", subject=terms.word(row["subject"])
    ),
    "weaker_token": lambda row: say(
        "The new token of {name} is software: whoever copies it can try PINs.", name=row["name"]
    ),
    "looser_rule": lambda row: say("This allows more than before: {rules}.", rules=RULES[str(row["subject"])]),
    "no_spare": lambda row: say(
        "{subject} has no spare person: whoever loses one token locks its credentials.", subject=group(row["subject"])
    ),
    "nobody_asks": lambda row: say(
        "For class {subject} nobody here can ask: whoever asks cannot approve. Enrol an operator.",
        subject=terms.word(row["subject"]),
    ),
}
