# SPDX-License-Identifier: Apache-2.0
"""Changes of people and rules in plain sentences, one for each row of ``console.domain.differences``."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from console.domain.canonical import Json, Object

RULES = {
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
_ROLES = {"operator": "the operators", "compliance": "those who read along"}
_NOTHING = {"ranges": "anywhere"}
_FIELDS = {"assurance": "kind of token", "mechanism": "way of sealing", "signing": "way of signing"}


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
    text = str(name)
    return _ROLES.get(text) or (text.upper() if len(text) <= 2 else text.capitalize())


def counts(value: Json) -> str:
    """Return how many of each group."""
    return ", ".join(f"{group(name)} {m}" for name, m in sorted(cast(Mapping[str, int], value).items()))


def _class(row: Object) -> str:
    name, was, is_ = row["subject"], row["before"], row["after"]
    if was is None:
        return f"Class {name} is new: {counts(is_)}."
    if is_ is None:
        return f"Class {name} goes away."
    return f"Class {name}: {_moved(was, is_)}."


def _moved(was: Json, is_: Json) -> str:
    old, new = cast(Mapping[str, int], was), cast(Mapping[str, int], is_)
    parts = []
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            before, after = (str(each.get(name, "nobody")) for each in (old, new))
            parts.append(f"{group(name)} {before} -> {after}")
    return ", ".join(parts)


def _rule(row: Object) -> str:
    name = str(row["subject"])
    title = RULES[name][0].upper() + RULES[name][1:]
    return f"{title}: {_value(name, row['before'])} -> {_value(name, row['after'])}."


def _value(name: str, value: Json) -> str:
    if value is None:
        return "none"
    if isinstance(value, int):
        return (
            f"{value // 60} minutes" if "seconds" in name and value % 60 == 0 else _plain_number(name, value)
        )
    if isinstance(value, str):
        return value
    return ", ".join(map(str, cast(Sequence[Json], value))) or _NOTHING.get(name, "none")


def _plain_number(name: str, value: int) -> str:
    return f"{value} seconds" if "seconds" in name else str(value)


def _groups(value: Json) -> str:
    return ", ".join(group(name) for name in cast(Sequence[Json], value)) or "nobody"


def _field(row: Object) -> str:
    field = str(row["what"]).removeprefix("member_")
    return f"{row['name']} gets another {_FIELDS[field]}: {row['before']} -> {row['after']}."


_CHANGES: Mapping[str, Callable[[Object], str]] = {
    "member_leaves": lambda row: f"{row['name']} leaves {group(row['before'])}.",
    "member_joins": lambda row: f"{row['name']} joins {group(row['after'])}.",
    "member_reinstated": lambda row: f"{row['name']} is no longer suspended.",
    "member_new_keys": lambda row: f"{row['name']} gets a new token.",
    "member_role": lambda row: f"{row['name']} moves from {group(row['before'])} to {group(row['after'])}.",
    "member_name": lambda row: f"{row['before']} is now called {row['after']}.",
    "member_assurance": _field,
    "member_mechanism": _field,
    "member_signing": _field,
    "class": _class,
    "own_console": lambda row: (
        f"Class {row['subject']}, on a console of their own only: "
        f"{_groups(row['before'])} -> {_groups(row['after'])}."
    ),
    "recovery": lambda row: (
        f"The recovery sheets of {group(row['subject'])} {'are replaced' if row['before'] else 'begin to count'}; "
        f"their check value is {row['after']}."
        if row["after"]
        else f"The recovery sheets of {group(row['subject'])} no longer count."
    ),
    "by_sheets": lambda row: f"Signed with the recovery sheets of {group(row['subject'])}.",
    "station_keys": lambda row: f"The station gets another key or note: {row['subject']}.",
    "rule": _rule,
}

_WARNINGS: Mapping[str, Callable[[Object], str]] = {
    "fewer_approvals": lambda row: (
        f"Fewer approvals for class {row['subject']}: {_moved(row['before'], row['after'])}."
    ),
    "own_console_dropped": lambda row: f"Class {row['subject']} no longer asks for a console of one's own.",
    "weaker_token": lambda row: (
        f"The new token of {row['name']} is software: whoever copies it can try PINs."
    ),
    "looser_rule": lambda row: f"This allows more than before: {RULES[str(row['subject'])]}.",
    "no_spare": lambda row: (
        f"{group(row['subject'])} has no spare person: whoever loses one token locks its credentials."
    ),
}
