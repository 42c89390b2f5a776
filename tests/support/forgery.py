# SPDX-License-Identifier: Apache-2.0
"""Entries as an attacker would write them: any type, any body, any fields."""

from console.actions.console import Console
from console.actions.entries import Actor, pseudonym
from console.domain.canonical import Object
from console.domain.entries.entry import Draft, Entry


def draft(
    console: Console,
    type_: str,
    by: Actor,
    body: Object | None = None,
    *,
    fields: Object | None = None,
    act: str | None = None,
    subject: str | None = None,
) -> Draft:
    """Return an entry that says whatever is asked for."""
    name, id_ = pseudonym(console, by), console.machine.new_id()
    return Draft(type_, name, by.proof, id_, body=body or {}, fields=fields or {}, act=act, subject=subject)


def write(
    console: Console,
    type_: str,
    by: Actor,
    body: Object | None = None,
    *,
    fields: Object | None = None,
    act: str | None = None,
    subject: str | None = None,
    critical: bool = False,
) -> Entry:
    """Append it."""
    made = draft(console, type_, by, body, fields=fields, act=act, subject=subject)
    return console.journal.append([made], critical=critical)[0]
