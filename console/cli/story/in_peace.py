# SPDX-License-Identifier: Apache-2.0
"""Before anything is wrong: a station is founded, secrets are sealed, sheets are printed, somebody travels."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from console.actions import credential, handoff, lockout, own_console, policy, recovery, remote, station
from console.actions.keyholder import list_keyholders
from console.actions.ports import Console, Paper
from console.cli.story.teller import CODES, Story, check, tell, words
from console.cli.throwaway import KnownPins, seal_samples
from console.domain.canonical import Json, Object
from console.own import own_console as console_of_ones_own
from console.sentences import readiness
from console.settings import OWN_FILE_NAME
from console.wiring import codes, press

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
    story.step("A station is founded")
    founded = station.genesis(story.place.locked)
    tell(
        "Two Legal and two IT keyholders made keys on their own tokens, read the rules, and signed them.",
        f"Twelve words to compare aloud: {words(founded)}",
        f"Who has not signed: {cast(list[str], founded['unsigned']) or 'nobody'}",
        f"PINs of this demo: {', '.join(f'{m} {pin}' for m, pin in story.pins.items())}",
    )
    story.step("It is unlocked by one person's token")
    story.place.unlock("legal-ops-1")
    people = cast(list[dict[str, Json]], story.act(list_keyholders)["keyholders"])
    roster = ", ".join(f"{person['id']} ({person['role']})" for person in people)
    tell(f"Unlocked by legal-ops-1. In the roster: {roster}")


def _seal(story: Story) -> None:
    story.step("Seven credentials are sealed, one of each kind; nobody can look at them now")
    story.sealed = seal_samples(story.place)
    for row in cast(list[dict[str, Json]], story.act(credential.list_credentials)["credentials"]):
        left = f", {row['codes_left']} codes" if row["codes_left"] else ""
        tell(f"{row['name']}: {row['kind']}{left}, {row['state']}")


def _print_sheets(story: Story) -> None:
    story.step("What would lock everybody out? Recovery sheets close the gap")
    before = _alone(story)
    check(bool(before), "without sheets a single loss locks out")
    tell(*(f"Today: {row}" for row in before))
    (story.out / "sheets").mkdir()
    proposal = [story.act(lambda c, s=slot: _printed_and_read(c, s, story)) for slot in SETS][-1]  # type: ignore[misc]
    tell("Sheets of Legal, of IT and of the station are printed (out/sheets), and typed back to prove them.",
         "(The story has no eyes: it types the words that went onto each page.)")  # fmt: skip
    for member in ("legal-1", "legal-2", "it-1"):
        signed = story.act(lambda c, m=member: policy.sign(c, proposal, m))  # type: ignore[misc]
    check(signed["in_force"] is True, "the sheets are in force")
    after = _alone(story)
    check(all(row.endswith(CODES) for row in after), "with sheets only the codes can be lost")
    tell("Signed by legal-1, legal-2 and it-1: the sheets count.", *(f"Now: {row}" for row in after),
         "One-time codes are on no sheet: a copy of one could be used twice.")  # fmt: skip


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
    what = f"all {sealed} credentials" if len(gone) == sealed else ", ".join(gone)
    return f"losing {readiness.loss(loss, {})} locks out {what}"


def _travel(story: Story) -> None:
    story.step(f"{TRAVELLER} goes to another city, with her token and a console of her own")
    value, card = story.act(lambda c: remote.pin_card(c, TRAVELLER))
    picture = story.out / f"card-{TRAVELLER}.png"
    picture.write_bytes(handoff.page(codes(), card))
    story.place.forget_pins()
    home = _take_token_home(story)
    with console_of_ones_own(home, KnownPins(story.pins)) as own:
        taken = handoff.take_in(codes(), {picture.name: picture.read_bytes()})
        own_console.pin(own, taken, cast(list[str], value["words"]))
        known = own_console.describe_pinned(own)
    check(known["words"] == value["words"], "the console knows the founding document")
    tell(
        f"Her console took the card of {known['organisation']} from a picture, and compared the twelve words.",
        "It holds no vault. The token is not at the station any more.",
    )


def _take_token_home(story: Story) -> Path:
    """Move the traveller's token into the folder of her own console; return that folder."""
    home, tokens = story.home, story.folder / "tokens"
    home.mkdir(mode=0o700)
    shutil.move(tokens / TRAVELLER, home / "token")
    shutil.move(tokens / f"{TRAVELLER}.pin-salt", home / "token.pin-salt")
    (home / OWN_FILE_NAME).write_text(
        f'[keyholder]\nid = "{TRAVELLER}"\nname = "Anna Berg"\nrole = "legal"\n'
    )
    return home
