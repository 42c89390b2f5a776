# SPDX-License-Identifier: Apache-2.0
"""What an administrator has answered so far about a station that is to be founded, and the station file it makes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from console.domain.activation.matter import pattern_of
from console.domain.groups import CALLED
from console.gui.phrases import group
from console.language import say
from console.sentences.terms import word
from console.settings import EMBEDDED, KeyholderSection, keyholder_toml

GROUPS = tuple(CALLED)


@dataclass(frozen=True)
class Newcomer:
    """Somebody who takes part: a PIN and keys come with the founding."""

    id: str
    name: str
    role: str
    module: str = EMBEDDED
    token: str = ""

    def section(self) -> KeyholderSection:
        """Return where this person's token is."""
        return KeyholderSection(self.id, self.name, self.role, self.module, self.token)


@dataclass(frozen=True)
class Plan:
    """The answers; ``needed``: class -> group -> how many; ``sample``: a matter number as they look here."""

    organisation: str = ""
    name: str = ""
    mode: str = ""
    mirror: str = ""
    module: str = EMBEDDED
    token: str = "station"  # noqa: S105 - a label, not a secret
    accept_software: bool = False
    people: tuple[Newcomer, ...] = ()
    needed: Mapping[str, Mapping[str, int]] = field(
        default_factory=lambda: {"standard": {"legal": 1, "it": 1}, "privileged": {"legal": 2, "it": 1}}
    )
    sample: str = ""
    jurisdictions: tuple[str, ...] = ()
    step: int = 0

    def count_of(self, group: str) -> int:
        """Return how many people of a group take part."""
        return sum(person.role == group for person in self.people)

    def free_id(self, role: str) -> str:
        """Return a short name that nobody has yet."""
        taken = {person.id for person in self.people}
        return next(made for n in count(1) if (made := f"{role}-{n}") not in taken)

    def lacking(self) -> list[str]:
        """Return what stands against these people and numbers, in sentences."""
        told = [say("Nobody of {name} takes part yet.", name=group(name)) for name in GROUPS if not self.count_of(name)]
        return told or [
            say(
                "{kind} asks for {number} of {name}; only {count_of} take part.",
                kind=str(word(class_)).capitalize(),
                number=number,
                name=group(name),
                count_of=self.count_of(name),
            )
            for class_, groups in self.needed.items()
            for name, number in groups.items()
            if number > self.count_of(name)
        ]


def medium_of(plan: Plan) -> Path:
    """Return the folder on the second medium, as it will stand in the station file."""
    return Path(plan.mirror).expanduser().absolute()


def station_toml(plan: Plan, folder: Path) -> bytes:
    """Return the station file of these answers."""
    is_accepted = plan.accept_software or plan.mode == "drill"
    tables: dict[str, dict[str, object]] = {
        "station": {
            "organisation": plan.organisation,
            "name": plan.name,
            "mode": plan.mode,
            "mirror": str(medium_of(plan)),
            "accept_software_keys": is_accepted,
        },
        "hsm": {"module": plan.module, "token": plan.token, "accept_software": is_accepted},
        **{f"classes.{name}": dict(groups) for name, groups in plan.needed.items()},
        "rules": {"matter_pattern": pattern_of(plan.sample), "jurisdictions": list(plan.jurisdictions)},
    }
    people = [keyholder_toml(person.section(), folder) for person in plan.people]
    return "\n".join([*(_table(name, rows) for name, rows in tables.items()), *people]).encode()


def _table(name: str, rows: Mapping[str, object]) -> str:
    # JSON's texts, numbers, booleans and lists are TOML's, too.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in rows.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def draft_of(plan: Plan) -> bytes:
    """Return the answers as they are kept."""
    return json.dumps(asdict(plan), ensure_ascii=False, indent=1).encode()


def read_draft(data: bytes) -> Plan:
    """Return the answers that were kept; those of nobody if they cannot be read."""
    try:
        value: dict[str, Any] = json.loads(data)
        people = tuple(Newcomer(**row) for row in value.pop("people"))
        return Plan(**{**value, "people": people, "jurisdictions": tuple(value["jurisdictions"])})
    except (ValueError, TypeError, KeyError):
        return Plan()


def said(plan: Plan) -> list[tuple[str, str]]:
    """Return the whole plan as (name, words), to be read once more."""
    kinds = {"": "", "drill": say("a drill: nothing real opens with it"), "real": say("the real one")}
    numbers = [
        (
            say("To open {kind}", kind=word(class_)),
            say(" and ").join(say("{n} of {name}", n=n, name=group(name)) for name, n in groups.items()),
        )
        for class_, groups in plan.needed.items()
    ]
    people = [
        (
            person.name,
            say("{role}, {token}, short name {id}", role=group(person.role), token=_token(person.module), id=person.id),
        )
        for person in plan.people
    ]
    return [
        (say("Station"), f"{plan.organisation}/{plan.name}, {kinds[plan.mode]}"),
        (say("Second medium"), plan.mirror),
        (say("Security module"), _token(plan.module)),
        *people,
        *numbers,
        (say("A matter number"), plan.sample),
        (say("Countries"), ", ".join(plan.jurisdictions)),
    ]


def _token(module: str) -> str:
    return say("in software") if module == EMBEDDED else say("with {module}", module=module)
