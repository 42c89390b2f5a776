# SPDX-License-Identifier: Apache-2.0
"""``breakglass keyholder recovery …``: sheets are printed, read back, used and tried."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from console import wording
from console.actions.activation import stand_in
from console.actions.keyholder import recovery as actions
from console.actions.keyholder import sheet_status
from console.actions.keyholder.recovery import Words
from console.cli import files, text
from console.cli.call import Call, Reply, Verb, in_one_sitting
from console.domain.canonical import Json, Object
from console.domain.errors import Refused
from console.domain.recovery.sheets import SHEET_WORDS
from console.language import say
from console.sentences import terms


@in_one_sitting
def print_sheets(call: Call) -> Reply[Object]:
    """Print a new set; on a terminal only after its preflight was read."""
    from console.wiring.station import press as press_at  # It brings every adapter.

    slot, (needed, count) = call.arguments.group, call.arguments.sheets
    copies = call.arguments.copies or 1
    with call.console() as console:
        press = press_at(call.arguments.out, drill=console.policy.roster.mode == "drill")
        plan = actions.preflight(console, slot, needed, count, copies, press)
    if call.terminal.has_person():
        call.terminal.confirm("\n".join(_plan(plan)), say("print"))
    with call.console() as console:
        return Reply(actions.print_sheets(console, slot, needed, count, copies, press), _printed)


def prove(call: Call) -> Reply[Object]:
    """Read a new set back; people type while the station is not held."""
    words = typed_words(call)
    with call.console() as console:
        return Reply(actions.prove(console, call.arguments.group, words), _proven)


def use(call: Call) -> Reply[Object]:
    """Let one group's sheets stand in, witnessed by a keyholder of another group."""
    present, words, given = present_with(call), typed_words(call), call.arguments
    with call.console(given.keyholder) as console:
        value = stand_in.use(
            console, given.activation, given.group, words, given.keyholder, present=present, again=given.again
        )
        return Reply(value, _used)


def drill(call: Call) -> Reply[Object]:
    """Try a set without any token."""
    words = typed_words(call)
    with call.console() as console:
        return Reply(sheet_status.drill(console, call.arguments.group, words), _drilled)


def status(call: Call) -> Reply[Object]:
    """How the sheets stand."""
    with call.console() as console:
        return Reply(sheet_status.status(console), _standing)


def recovery(call: Call) -> Reply[Object]:
    """Take the step that was asked for."""
    return STEPS[call.arguments.step](call)


def present_with(call: Call) -> list[str]:
    """Return who is there besides the witness: as it was said, else whoever types the words is asked."""
    said: list[str] = call.arguments.present
    if said or call.arguments.words is not None:
        return said
    typed = call.terminal.ask(say("Who else is here? Names, with ; between them (nothing: nobody else): "))
    return [name.strip() for name in typed.split(";") if name.strip()]


def check_words(words: Words) -> None:
    """Check each sheet by itself; ``Refused`` names the sheet and the word."""
    from console.wiring.station import sheets

    for number, row in enumerate(words, start=1):
        sheets().read(number, row)


def typed_words(call: Call, check: Callable[[Words], None] = check_words) -> list[list[str]]:
    """Return the words of each sheet, from a descriptor or as they are typed in.

    ``check``: what is asked of the sheets so far as each is typed; whoever types then corrects that sheet alone.
    """
    source = call.arguments.words
    if source is None:
        call.terminal.say("words_visible")
        with call.terminal.aside():
            return _typed(call, check)
    data = files.read("-" if source == "-" else f"/dev/fd/{source}")
    try:
        return [line.split() for line in data.decode(errors="replace").splitlines() if line.strip()]
    finally:
        data[:] = bytes(len(data))


def _typed(call: Call, check: Callable[[Words], None]) -> list[list[str]]:
    """Ask for sheet after sheet until nothing is typed for the next one; one that is wrong is asked for again."""
    typed: list[list[str]] = []
    wrong = ""
    while sheet := _sheet(call, len(typed) + 1, wrong):
        try:
            check([*typed, sheet])
        except Refused as error:
            told = wording.explain(error)
            wrong = f"{told.what}\n{told.now}\n"
        else:
            typed.append(sheet)
            wrong = ""
    return typed


def _sheet(call: Call, which: int, wrong: str) -> list[str]:
    """Ask for one sheet, a few words at a time; nothing for its first word: there is none."""
    sheet: list[str] = []
    while len(sheet) < SHEET_WORDS:
        asked = say(
            "Sheet {sheet}, word {number} and on (nothing: no more sheets): ", sheet=which, number=len(sheet) + 1
        )
        typed = call.terminal.ask(asked if sheet else wrong + asked).split()
        if not typed and not sheet:
            return []
        sheet += typed
    return sheet


# --- for people -----------------------------------------------------------------------------------------------


def _plan(value: Object) -> Iterator[str]:
    rows = cast(Sequence[text.Row], value["sheets"])
    yield from text.facts(
        [
            (say("sheets of"), terms.word(value["slot"])),
            (say("generation"), value["generation"]),
            (say("needed"), say("{needed} of {count} in each group", needed=value["needed"], count=value["count"])),
            (say("pages"), value["pages"]),
            (say("copies of each"), value["copies"]),
            (say("come out at"), value["where"]),
            (say("a sheet to spare"), value["spare"]),
        ]
    )
    yield from text.table(
        text.titles("group", "sheet", "kept by"), [[terms.word(r["group"]), r["number"], r["name"]] for r in rows]
    )
    yield say("Each of these people must be here, with a cover and a safe place. Nobody brings a camera.")


def _printed(value: Object) -> Iterator[str]:
    yield from _plan(value)
    yield from text.facts([(say("check value"), value["check"])])
    yield say("Now read them back: breakglass keyholder recovery prove {option}", option=_option(value))


def _proven(value: Object) -> Iterator[str]:
    unread = [f"{group} {number}" for group, number in cast(Sequence[tuple[str, int]], value["unread"])]
    yield from text.facts(
        [
            (say("sheets of"), terms.word(value["slot"])),
            (say("generation"), value["generation"]),
            (say("check value"), value["check"]),
            (say("not read back yet"), unread or say("none")),
            (say("proposal"), value["proposal"]),
        ]
    )
    if value["proposal"]:
        yield say(
            "They count once the quorum has signed: breakglass policy sign {proposal} --keyholder NAME",
            proposal=value["proposal"],
        )


def _used(value: Object) -> Iterator[str]:
    yield from text.facts(
        [
            (say("activation"), value["activation"]),
            (say("state"), wording.STATES[str(value["state"])]),
            (say("still missing"), terms.missing(value["missing"])),
            (say("owed now: re-sealing and rotation"), value["owed"] or say("nothing")),
        ]
    )
    yield say("These sheets are spent. Print new ones as soon as the emergency allows.")


def _drilled(value: Object) -> Iterator[str]:
    return text.facts(
        [
            (say("sheets of"), terms.word(value["slot"])),
            (say("check value"), value["check"]),
            (say("they work"), value["works"]),
        ]
    )


def _standing(value: Object) -> Iterator[str]:
    cells = [
        [
            terms.word(row["slot"]),
            wording.SHEET_STATES[str(row["state"])],
            row["generation"],
            row["check"],
            len(cast(Sequence[Json], row["unread"])),
            row["drilled"],
            row["uncovered"],
            row["owed"],
        ]
        for row in cast(Sequence[text.Row], value["recovery"])
    ]
    return text.table(
        text.titles(
            "sheets of", "state", "generation", "check value", "not read back", "last tried", "to re-seal", "to rotate"
        ),
        cells,
    )


def _option(value: Object) -> str:
    return "--for-station" if value["slot"] == "station" else f"--group {value['slot']}"


STEPS: Mapping[str, Verb] = {"print": print_sheets, "prove": prove, "use": use, "drill": drill, "status": status}
VERBS: dict[str, Verb] = {"recovery": recovery}
