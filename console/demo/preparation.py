# SPDX-License-Identifier: Apache-2.0
"""Before anything is wrong: a station is founded, secrets are sealed, sheets are printed, somebody travels."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from console import wording
from console.actions.activation import remote
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.entries import list_keyholders
from console.actions.handoff import transfer
from console.actions.keyholder import recovery
from console.actions.own_console import answer
from console.actions.policy import steps
from console.actions.readiness import lockout
from console.actions.station import lifecycle
from console.demo.station import KnownPins, seal_samples
from console.demo.story import CODES, Story, check, tell, words
from console.domain.canonical import Json, Object
from console.language import say
from console.ports.paper import Paper
from console.sentences import readiness, terms
from console.settings import OWN_FILE_NAME
from console.wiring.own_console import own_console as console_of_ones_own
from console.wiring.station import codes, press

SETS = ("legal", "it", "station")
TRAVELLER = "legal-1"


class _Reader:
    """The pages of a ``Console``, and somebody who reads each one as it is printed: the story has no eyes."""

    def __init__(self, pages: Paper) -> None:
        self._pages = pages
        self.read: list[list[str]] = []

    def recovery_sheet(self, content: Object) -> bytes:
        """Return the page, and remember the words that stand on it."""
        self.read.append(list(cast(list[str], content["words"])))
        return self._pages.recovery_sheet(content)


def tell_it(story: Story) -> None:
    """Tell everything that happens before the emergency."""
    _found(story)
    _seal(story)
    _print_sheets(story)
    _travel(story)


def _found(story: Story) -> None:
    story.step(say("A station is founded"))
    founded = lifecycle.genesis(story.place.locked)
    unsigned = cast(list[str], founded["unsigned"])
    tell(
        say("Two Legal and two IT keyholders made keys on their own tokens, read the rules, and signed them."),
        say("Twelve words to compare aloud: {words}", words=words(founded)),
        say("Who has not signed: {people}", people=", ".join(unsigned) or say("nobody")),
        say("PINs of this demo: {pins}", pins=", ".join(f"{m} {pin}" for m, pin in story.pins.items())),
    )
    story.step(say("It is unlocked by one person's token"))
    story.place.unlock("legal-ops-1")
    people = cast(list[dict[str, Json]], story.act(list_keyholders)["keyholders"])
    roster = ", ".join(f"{person['id']} ({terms.word(person['role'])})" for person in people)
    tell(say("Unlocked by legal-ops-1. The people: {roster}", roster=roster))


def _seal(story: Story) -> None:
    story.step(say("Seven credentials are sealed, one of each kind; nobody can look at them now"))
    story.sealed = seal_samples(story.place)
    for row in cast(list[dict[str, Json]], story.act(versions.list_credentials)["credentials"]):
        left = say(", {codes} codes", codes=row["codes_left"]) if row["codes_left"] else ""
        tell(f"{row['name']}: {terms.kind(row['kind'])}{left}, {wording.CREDENTIAL_STATES[str(row['state'])]}")


def _print_sheets(story: Story) -> None:
    story.step(say("What would lock everybody out? Recovery sheets close the gap"))
    before = _alone(story)
    check(bool(before), "without sheets a single loss locks out")
    tell(*(say("Today: {loss}", loss=row) for row in before))
    (story.out / "sheets").mkdir()
    proposal = [story.act(lambda c, s=slot: _printed_and_read(c, s, story)) for slot in SETS][-1]  # type: ignore[misc]
    tell(
        say("Sheets of Legal, of IT and of the station are printed (out/sheets), and typed back to prove them."),
        say("(The story has no eyes: it types the words that went onto each page.)"),
    )
    for member in ("legal-1", "legal-2", "it-1"):
        signed = story.act(lambda c, m=member: steps.sign(c, proposal, m))  # type: ignore[misc]
    check(signed["in_force"] is True, "the sheets are in force")
    after = _alone(story)
    check(all(row.endswith(CODES) for row in after), "with sheets only the codes can be lost")
    tell(
        say("Signed by legal-1, legal-2 and it-1: the sheets count."),
        *(say("Now: {loss}", loss=row) for row in after),
        say("One-time codes are on no sheet: a copy of one could be used twice."),
    )


def _printed_and_read(console: Console, slot: str, story: Story) -> str:
    reader = _Reader(console.paper)
    lent = replace(console, paper=cast(Paper, reader))
    out = press(str(story.out / "sheets"), drill=True)
    recovery.print_sheets(lent, slot, 2, 2, 1, out)
    return str(recovery.prove(console, slot, reader.read)["proposal"])


def _alone(story: Story) -> list[str]:
    """Return each single loss that locks something out, in words."""
    found = story.act(lockout.matrix)
    sealed = len(cast(list[Json], found["credentials"]))
    rows = cast(list[dict[str, Json]], found["alone"])
    return [_loss(str(row["loss"]), cast(list[str], row["credentials"]), sealed) for row in rows]


def _loss(loss: str, gone: Sequence[str], sealed: int) -> str:
    what = say("all {sealed} credentials", sealed=sealed) if len(gone) == sealed else ", ".join(gone)
    return say("losing {loss} locks out {what}", loss=readiness.loss(loss, {}), what=what)


def _travel(story: Story) -> None:
    story.step(say("legal-1 goes to another city, with her token and a console of her own"))
    value, card = story.act(lambda c: remote.pin_card(c, TRAVELLER))
    picture = story.out / f"card-{TRAVELLER}.png"
    picture.write_bytes(transfer.page(codes(), card))
    story.place.forget_pins()
    home = _take_token_home(story)
    with console_of_ones_own(home, KnownPins(story.pins)) as own:
        taken = transfer.take_in(codes(), {picture.name: picture.read_bytes()})
        answer.pin(own, taken, cast(list[str], value["words"]))
        known = answer.describe_pinned(own)
    check(known["words"] == value["words"], "the console knows the founding document")
    tell(
        say(
            "Her console took the card of {organisation} from a picture, and compared the twelve words.",
            organisation=known["organisation"],
        ),
        say("It holds no vault. The token is not at the station any more."),
    )


def _take_token_home(story: Story) -> Path:
    """Move the traveller's token into the folder of her own console; return that folder."""
    home, tokens = story.home, story.folder / "tokens"
    home.mkdir(mode=0o700)
    shutil.move(tokens / TRAVELLER, home / "token")
    shutil.move(tokens / f"{TRAVELLER}.pin-salt", home / "token.pin-salt")
    (home / OWN_FILE_NAME).write_text(f'[keyholder]\nid = "{TRAVELLER}"\nname = "Anna Berg"\nrole = "legal"\n')
    return home
