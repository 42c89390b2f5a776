# SPDX-License-Identifier: Apache-2.0
"""Both faces can do everything: whatever a verb of the command does, the window does too, and the other way round.

Read from the code: which public functions of ``console/actions`` a face calls, and which of their parameters it gives.
What one face does in another way, or cannot do, stands below with its reason. A line that is no longer needed fails.
"""

import pytest

from console.gui.catalogue import DEEDS, matching
from tests.gui import faces

NO_PLACE_IN_THE_WINDOW = {"demo": "It makes a throw-away station and then opens this window on it."}
"""Nouns that make no sense there."""

OTHERWISE_IN_THE_WINDOW = {
    "wiring.founding.who_is_known": "The window makes a card only where there is no console yet, which nobody knows.",
    "activation.remote.describe": "The page Approve shows the whole request before it asks for anything.",
    "credential.versions.check_new": "A taken name is said as it is typed; kinds and classes are chosen.",
    "credential.versions.kind": "The page knows the kind from the list: it needs no question.",
    "privacy.erasure.describe": "notices.status brings every proposal, and the page shows each before anybody agrees.",
    "privacy.erasure.find": "Likewise.",
    "handoff.transfer.page": "One file of all pictures is for files; the window shows the single ones at once.",
    "handoff.transfer.scan": "Every field reads pictures itself, and says by arrival what came in.",
    "journal.heads.note_receipt": "The page about outside hands the same state out by heads.receipt, and notes it.",
    "journal.reading.checkpoint": "heads.receipt shows the same newest state, and notes who took it.",
    "journal.reading.list_entries": "The journal page turns through journal.search, which lists the same.",
    "journal.reading.search_on": "The page looks stretch by stretch itself, so that it can be stopped between two.",
    "activation.prepared.describe": "The page shows whole what waits for signatures, and says which one was read.",
    "policy.steps.as_written": "The window asks once the station is open, when people and rules are in force.",
    "policy.steps.find": "The snapshot brings every open proposal.",
    "privacy.reader.is_reader": "The window always acts as whoever unlocked, whom wiring.Station limits.",
    "record.notes.add": "The page writes a draft first, so that nothing is lost, and makes that final.",
}
"""Actions, or their parameters, that a verb needs and the window does not."""

NOT_IN_THE_WINDOW_YET = {
    "record.counsel.read(journal)": "",
    "record.counsel.read(seq)": "",
    "journal.reading.prove(reader)": "",
    "record.notes.list_notes(about)": "",
    "record.notes.list_notes(journal)": "",
    "activation.stand_in.sign": "",
    "policy.standing.lost_with": "",
}
"""What is still to be built; this table is to become empty."""

OTHERWISE_IN_THE_COMMAND = {
    "activation.lifecycle.load": "It names an activation in its own words and needs no look before.",
    "activation.course.course": "journal list --act ID tells the same entries.",
    "wiring.founding.check_medium": "station init --config checks it with the rest of the station file, in check.",
    "handoff.arrival.at_own": "A verb names the kind it wants and refuses another as it reads it.",
    "handoff.arrival.at_station": "A verb names the kind it wants and refuses another as it reads it.",
    "handoff.arrival.tell": "handoff scan tells what a thing says of itself, and verbs refuse what is not for them.",
    "handoff.transfer.texts": "A verb gets its pictures all at once, by handoff.take_in.",
    "journal.heads.receipt": "approve --receipt makes and notes it in one, with note_receipt.",
    "journal.reading.newest_at": "journal search --until T --limit 1 finds the same.",
    "entries.state_of": "keyholder list tells everybody's state.",
    "readiness.lockout.known_losses": "check --what-if takes any loss as text and names those that exist.",
    "own_console.answer.describe_pinned": "pin says which station this console knows from then on.",
    "activation.remote.read_answer": "approval-scan says what an answer is as it takes it in.",
    "journal.renewal.describe": "new-log tells the proposal as it is made or signed.",
    "journal.renewal.proposals": "new-log names them itself.",
    "station.lifecycle.note_unlock": "It is written by wiring.Station.unlock.",
    "station.lifecycle.unlock": "unlock goes through wiring.Station, which calls the same.",
    "station.typed.open_again": "Nobody is in the middle of typing there when the station is locked.",
    "station.typed.seal": "Likewise.",
}
"""Actions, or their parameters, that the window needs and no verb does."""

VERBS = list(faces.verbs())


IN_ANOTHER_WINDOW = {
    "keyholder.answer": "own",
    "keyholder.pin": "own",
    "keyholder.witness": "witness",
    "keyholder.sign-step": "step",
    "station.check-status": "telephone",
    "keyholder.make-card": "newcard",
    "station.init": "found",
    "station.restore": "putback",
}
"""Verbs of a keyholder's own console, and those of a folder without a station, with their pages."""


def test_every_verb_has_its_line_among_all_actions() -> None:
    listed = {verb for deed in DEEDS for verb in deed.verbs}
    known = {".".join(words) for words in VERBS if words[0] not in NO_PLACE_IN_THE_WINDOW}
    known = {"overview" if verb == "overview.overview" else verb for verb in known}
    assert known - listed == set(IN_ANOTHER_WINDOW)
    assert listed - known == set()


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("hold legal", "holds"),
        ("BACK up", None),
        ("backup", "upkeep"),
        ("replace-hsm", "replace"),
        ("xyz", None),
        ("note", "record"),
        ("write", "record"),
        ("note legal", "record"),
        ("read legal", "counsel"),
        ("prove", "people"),  # Not where something is approved.
    ],
)
def test_an_action_is_found_by_the_beginnings_of_its_words(sought: str, found: str | None) -> None:
    assert next((deed.page for deed in matching(sought, DEEDS)), None) == found


def excused(name: str, parameter: str, *tables: dict[str, str]) -> bool:
    """Return whether this has its line in one of the tables."""
    return any(name in table or f"{name}({parameter})" in table for table in tables)


@pytest.mark.parametrize(("noun", "verb"), VERBS, ids=[" ".join(words) for words in VERBS])
def test_the_window_does_what_this_verb_does(noun: str, verb: str) -> None:
    if noun in NO_PLACE_IN_THE_WINDOW:
        pytest.skip(NO_PLACE_IN_THE_WINDOW[noun])
    window, used = faces.of_window(), faces.of_verb(noun, verb)
    assert used.found or (noun, verb) == ("station", "unlock")
    lacking = [
        f"{name}({parameter})"
        for name, parameter in used.asked()
        if not window.gives(name, parameter)
        and not excused(name, parameter, OTHERWISE_IN_THE_WINDOW, NOT_IN_THE_WINDOW_YET)
    ]
    assert sorted(lacking) == []


def test_the_command_does_what_the_window_does() -> None:
    command = faces.of_command()
    lacking = [
        f"{name}({parameter})"
        for name, parameter in faces.of_window().asked()
        if not command.gives(name, parameter) and not excused(name, parameter, OTHERWISE_IN_THE_COMMAND)
    ]
    assert sorted(lacking) == []


@pytest.mark.parametrize("table", [OTHERWISE_IN_THE_WINDOW, NOT_IN_THE_WINDOW_YET])
def test_no_excuse_outlives_what_it_excused(table: dict[str, str]) -> None:
    assert sorted(line for line in table if not is_lacking(line, faces.of_command(), faces.of_window())) == []


def test_no_excuse_of_the_command_outlives_what_it_excused() -> None:
    needed = {line for line in OTHERWISE_IN_THE_COMMAND if is_lacking(line, faces.of_window(), faces.of_command())}
    assert set(OTHERWISE_IN_THE_COMMAND) - needed == set()


def is_lacking(line: str, here: faces.Uses, there: faces.Uses) -> bool:
    """Return whether one face uses what this line names and the other does not."""
    name, _, parameter = line.removesuffix(")").partition("(")
    asked = [given for used, given in here.asked() if used == name and parameter in ("", given)]
    return any(not there.gives(name, given) for given in asked)
