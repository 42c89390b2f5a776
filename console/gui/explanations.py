# SPDX-License-Identifier: Apache-2.0
"""Errors as the window explains them: where a sentence names a command, the window names what leads there."""

import re

from console import wording
from console.domain.errors import Cancelled, ConsoleError
from console.gui.catalogue import DEEDS
from console.language import say, say_each
from console.wording import Explanation

COMMAND = re.compile(
    r"breakglass\s(?P<noun>[a-z]+)\s(?P<verb>[a-z-]+)(?:\s(?:genesis|status|list)\b)?"
    r"(?:\s--(?:keyholder|as|witness)(?:\s[^\s.,;)]+)?|\s--[a-z-]+)*"
)
"""A command as sentences write it: its noun and verb, and the options that follow."""
ELSEWHERE = {
    "station.init": say("the set-up guide, which opens where there is no station"),
    "keyholder.answer": say("the page Requests of an own console"),
    "keyholder.make-card": say("the set-up guide of an own console"),
    "keyholder.sign-step": say("the page Changes of an own console"),
    "keyholder.pin": say("the page Requests of an own console"),
    "keyholder.witness": say("the page Witness of an own console"),
}
"""Commands whose place is not in a station's window -> where that is."""
NOW = say_each(
    {
        "already_answered": "Send that answer, or stop the activation.",
        "audience_unknown": "Choose facts, counsel or auditor.",
        "backup_same_disk": "Name a folder on another disk, or tick that it may lie on the station's own.",
        "change_form": "Let an administrator mend the change file there, then propose it again.",
        "checkpoint_of_log": "Take the state of the log that is to be compared.",
        "checkpoint_unproven": "Ask for a new request that begins at {remembered} entries of the journal.",
        "class_without_group": "Let an administrator add the missing group to the class in the station file.",
        "code_too_long": "Hand it over as a file.",
        "confirmation_missing": "Read the request again, then tick what is to be confirmed.",
        "confirmation_unknown": "Leave that out, or confirm it as the rules write it.",
        "console_behind": "Ask for a new request that begins after change {known}.",
        "console_exists": "Name another folder for another person or another token.",
        "contact_empty": "Fill at least one of telephone, mail, when and how, or who is called next.",
        "counsel_needs_reader": "Choose a reader of Legal.",
        "evidence_missing": "Say how you saw that the new secret works.",
        "frames_on_page": "Name a folder: it gets one picture each.",
        "key_id": "Give the name by which the target knows the key.",
        "key_of_another_kind": "Choose another algorithm.",
        "module_missing": "Let an administrator install it, or mend its path in the station file.",
        "no_console": "Name the folder of a console.",
        "no_station": "Name the folder of a station, or found one there.",
        "note_missing": "Say it, then do it again.",
        "person_in_force": "Let them leave first, or erase them inside one completed activation.",
        "prepared_agreed": "Leave them out, or fill in a request of your own.",
        "prepared_expired": "Fill in a request of your own; agree again when there is time.",
        "prepared_overtaken": "Fill in a request of your own; propose and agree again when there is time.",
        "prepared_unsigned": "Let one keyholder of each of these groups sign it, or fill in a request of your own.",
        "settings_missing": "Let an administrator write the missing lines into the station file, then try again.",
        "settings_type": "Let an administrator mend this line of the station file.",
        "sheets_spent": "Print new sheets; if that cannot wait, use these again and say why.",
        "sheets_would_stay": "Take a change that replaces or removes these sheets.",
        "station_exists": "Choose another folder, or go on with this station.",
        "station_locked": "Unlock it on the page Station.",
        "toml_wrong": "Let an administrator mend the file at the place that is named, then try again.",
        "turn_not_denied": "Do not answer, or stop the activation.",
        "two_groups_needed": "Choose a keyholder of each of two groups.",
        "unknown_group": "Use one of these names, or print sheets of the station.",
        "unknown_prepared": "Use one of these names, or fill in a request of your own.",
        "unknown_role": "Let an administrator mend the role in the station file.",
        "use_algorithm": "Choose one of these.",
        "use_card": "Fill in System, Account and How to change it.",
        "which_reader": "Choose one of them.",
        "witness_conflict": "Ask the station for a new request that begins at {remembered} entries.",
    }
)
"""Code of an error -> what to do now."""


def explain(error: ConsoleError | Cancelled) -> Explanation:
    """Return the two sentences for an error, in the window's own terms."""
    told = wording.explain(error)
    own = NOW.get(error.code) if isinstance(error, ConsoleError) else None
    now = own.format_map(error.facts) if own and isinstance(error, ConsoleError) else told.now
    return Explanation(in_window(told.what), in_window(now))


def in_window(text: str) -> str:
    """Return a sentence with what leads there in the window, where it names a command."""
    return COMMAND.sub(lambda found: _place(f"{found['noun']}.{found['verb']}", found[0]), text)


def _place(verb: str, command: str) -> str:
    if verb in ELSEWHERE:
        return ELSEWHERE[verb]
    deed = next((deed for deed in DEEDS if verb in deed.verbs), None)
    return say("“{deed}” under All actions", deed=deed.words) if deed else command
