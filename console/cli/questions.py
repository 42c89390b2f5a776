# SPDX-License-Identifier: Apache-2.0
"""What a keyholder reads before they decide, what they type again, and what they read afterwards; all in words."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from console import wording
from console.actions.activation import remote
from console.cli import text
from console.cli.call import Call
from console.cli.plain import plain
from console.domain.canonical import Json, Object
from console.domain.errors import Refused
from console.language import say
from console.sentences import terms
from console.sentences.errand import DECIDED
from console.sentences.terms import ASKED, word

Row = Mapping[str, Json]
THEN = {
    "approve": say("Once nobody is missing any more, it can be opened, and what it asks for can be shown."),
    "deny": say("One denial is enough: then the request is over."),
    "veto": say("One keyholder is enough: then nothing more can be shown."),
    "extend": say("Once one of each group has agreed, it lasts so much longer."),
    "reset": say("Once one of each group has agreed, so many more showings are possible."),
    "resume": say("Once one of each group has agreed, it goes on until its time is over."),
}
STOPPING = {"deny": say("deny"), "veto": say("end")}
FITS = {True: say("yes"), False: say("NO"), None: say("not said")}


def read(call: Call, decision: str, amount: int, people: Sequence[str]) -> Json:
    """Show what these people decide at the station as their own console does; return what there is to confirm.

    The station is let go again: nobody waits for somebody who reads. A script that brings PINs reads nothing.
    """
    if not call.terminal.has_person():
        return ()
    with call.console(later=people[0]) as console:
        shown, *_ = [remote.describe(console, call.arguments.id, each, decision, amount) for each in people]
    show(shown)
    return shown["confirms"]


def agree(call: Call, decision: str) -> None:
    """Let a person go on once they have read it: their PIN may be known already, and then nothing else would ask."""
    if call.terminal.has_person():
        question = say("You are about to {decide}.", decide=ASKED[decision])
        call.terminal.confirm(question, STOPPING.get(decision) or say("agree"))


def show(value: Object) -> None:
    """Show an errand before anything is asked; stdout stays for the result."""
    tell(errand(value))


def tell(lines: Iterator[str]) -> None:
    """Show lines before something is asked about them; stdout stays for the result."""
    sys.stderr.writelines(f"{plain(line)}\n" for line in lines)
    sys.stderr.flush()


def matters(call: Call) -> Sequence[str]:
    """Return the matter numbers as typed again: read from the request they would prove nothing.

    ``Refused`` (matter_needed) where nobody can be asked.
    """
    if call.arguments.matter is not None:
        typed: Sequence[str] = call.arguments.matter
        return typed
    if not call.terminal.has_person():
        raise Refused("matter_needed")
    return call.terminal.ask(say("To agree, type the matter numbers again, with spaces between them: ")).split()


def confirm(call: Call, confirms: Json) -> None:
    """Let a person confirm what the rules ask of them, unless the command line did."""
    if confirms and call.arguments.confirm is None and call.terminal.has_person():
        said = text.words([word(one) for one in cast(Sequence[Json], confirms)])
        call.terminal.confirm(say("You confirm: {confirms}.", confirms=said), say("confirm"))


def errand(value: Object) -> Iterator[str]:
    """Say who asks for what and why, where it will be used, what it will owe, and until when it is valid."""
    said = cast(Row, value["justification"])
    if value["mode"] == "drill":
        yield say("THIS IS A DRILL: nothing here opens anything real.")
    yield from text.begun_anew(value["journal"])
    yield from text.facts(
        [
            (say("station"), value["station"]),
            (_task(value), _asked(value)),
            (say("who asks"), f"{value['requester']}, {wording.PROOFS[str(value['proof'])]}"),
            *text.told_fields(said),
            (say("time"), text.left(value["seconds"])),
            (say("showings"), value["releases"]),
        ]
    )
    for outage in cast(Sequence[Row], said["outage"]):
        yield ""
        yield from text.facts((say("outage: {name}", name=name), item) for name, item in text.told_fields(outage))
    yield ""
    items = cast(Sequence[Row], value["items"])
    yield from text.items(items)
    yield from _places(cast(Sequence[Row], value["places"]))
    yield ""
    is_told = all(row["kind"] for row in items)
    yield from text.facts(
        [
            (say("must be changed once shown"), value["owes"] or say("nothing") if is_told else None),
            (say("you confirm"), [word(one) for one in cast(Sequence[Json], value["confirms"])] or None),
            (say("written"), text.when(str(value["written"]))),
            (say("valid until"), text.when(str(value["valid_until"]))),
            (say("clock of this console"), text.when(str(value["clock"]))),
            (say("what happens then"), THEN[str(value["decision"])]),
        ]
    )


def answered(value: Object) -> Iterator[str]:
    """Say what was answered and where the answer lies."""
    yield from text.facts(
        [
            (say("activation"), value["activation"]),
            (say("answer"), DECIDED[str(value["decision"])]),
            (say("given"), text.when(str(value["at"]))),
            (say("the same as before"), True if value["repeated"] else None),
            (say("bytes"), value["bytes"]),
        ]
    )
    yield from text.written(value)


def sent(value: Object) -> Iterator[str]:
    """Say to whom a request goes and until when its answer counts."""
    yield from text.facts(
        [
            (say("activation"), value["activation"]),
            (say("for"), value["member"]),
            (say("valid until"), text.when(str(value["valid_until"]))),
            (say("bytes"), value["bytes"]),
        ]
    )
    yield from text.written(value)


def card(value: Object) -> Iterator[str]:
    """Say which station a card introduces, with the words to compare."""
    yield from text.facts(
        [(say("for"), value["member"]), (say("mode"), word(value["mode"])), (say("vault"), value["vault"])]
    )
    yield from text.written(value)
    yield ""
    yield say("Give these words another way than the pictures: on paper, or read aloud by two founders.")
    yield from text.twelve_words(value)


def pinned(value: Object) -> Iterator[str]:
    """Say which station this console knows."""
    yield from text.facts(
        [
            (say("this console is"), value["member"]),
            (say("station"), value["organisation"]),
            (say("mode"), word(value["mode"])),
            (say("vault"), value["vault"]),
            (say("people and rules, change"), value["policy"]),
        ]
    )
    yield ""
    yield from text.twelve_words(value)


def missing(value: Object) -> Iterator[str]:
    """Say who could still decide, and how each is reached."""
    yield from text.facts(
        [
            (say("activation"), value["activation"]),
            (say("state"), wording.STATES[str(value["state"])]),
            (say("still missing"), terms.missing(value["missing"])),
        ]
    )
    yield ""
    cells = [
        [
            row["member"],
            row["name"],
            word(row["group"]),
            row["phone"],
            row["mail"],
            row["reach"],
            row["deputies"],
            row["asked"] and text.when(str(row["asked"])),
            row["own_console_only"],
        ]
        for row in cast(Sequence[Row], value["people"])
    ]
    head = text.titles("person", "name", "group", "phone", "mail", "reach", "deputies", "asked", "own console only")
    yield from text.table(head, cells)


def spoken(value: Object) -> Iterator[str]:
    """Say first how long it will take, then how the letters are said, then the lines."""
    yield say(
        "{lines} lines, {groups} groups: about {minutes} minutes.",
        lines=value["lines"],
        groups=value["groups"],
        minutes=value["minutes"],
    )
    yield say("Pictures or a file are faster.")
    yield ""
    yield from cast(Sequence[str], value["names"])
    yield ""
    yield from cast(Sequence[str], value["text"])


def _task(value: Object) -> str:
    return say("you are about to") if value["decision"] in STOPPING else say("you are asked to")


def _asked(value: Object) -> str:
    amount = cast(int, value["amount"])
    much = {"extend": f": {text.left(amount)}", "reset": f": {amount}"}.get(str(value["decision"]), "")
    return ASKED[str(value["decision"])] + much


def _places(rows: Sequence[Row]) -> Iterator[str]:
    if rows:
        yield ""
        cells = [
            [row["credential"], row["ranges"], row["residence"], FITS[cast(bool | None, row["fits"])]] for row in rows
        ]
        yield from text.table(text.titles("credential", "lets in from", "keeps its data in", "the request fits"), cells)
