# SPDX-License-Identifier: Apache-2.0
"""The checks of readiness in words: how each stands, how grave it is, what to do now, and by which command."""

from collections.abc import Mapping
from typing import Any

from console.domain.canonical import Json
from console.domain.text import in_words
from console.language import say, say_each
from console.sentences.entries import FINDINGS
from console.sentences.errors import CORRUPT
from console.sentences.template import Commands

Row = Mapping[str, Any]
CHECKS = say_each(
    {
        "hsm": "the security module answers",
        "hsm_rollback": "the security module keeps what it was told",
        "tokens": "every token was proven lately",
        "journal": "the journal is whole",
        "recording": "the journal takes entries",
        "anchor": "journal and security module agree",
        "alarm": "there was no alarm before",
        "mirror": "the second medium is up to date",
        "mirror_apart": "the second medium is a disk of its own",
        "mirror_agrees": "second medium and journal agree",
        "clock": "the clock agrees with the journal",
        "air_gap": "this computer has no network",
        "core_dumps": "memory dumps are forbidden",
        "memory": "secrets have memory of their own",
        "screen_capture": "other programs cannot record the screen",
        "printer": "a printer is there",
        "camera": "a camera is there",
        "disk_space": "there is room on the disk",
        "lockout": "no single loss locks anything out",
        "backup": "a backup holds what is sealed today",
        "recovery_sheets": "recovery sheets are in force",
        "recovery_drill": "recovery sheets were tried lately",
        "counsel_readers": "every reader can open counsel's notes",
        "drill": "opening was practised lately",
        "secret_age": "no secret is too old",
        "certificates": "certificates are valid",
        "stale": "everything is sealed to the people of today",
        "exposed": "every secret that was shown was changed",
        "prepared": "prepared requests are agreed on",
        "grab_card": "the printed grab card says what holds",
    }
)
"""What is so where a check is in order."""
CHECKS_WRONG = say_each(
    {
        "hsm": "the security module does not answer",
        "hsm_rollback": "an old copy of the security module could bring things back",
        "tokens": "some tokens were not proven lately",
        "journal": "the journal is not whole",
        "recording": "the journal takes no entries now",
        "anchor": "journal and security module do not agree",
        "alarm": "an earlier alarm left a journal behind",
        "mirror": "the second medium is not up to date",
        "mirror_apart": "the second medium lies on the station's own disk",
        "mirror_agrees": "second medium and journal do not agree",
        "clock": "the clock contradicts the journal",
        "air_gap": "this computer has a network, which this program cannot use",
        "core_dumps": "memory dumps are allowed",
        "memory": "secrets have no memory of their own",
        "screen_capture": "other programs could record the screen",
        "printer": "no printer is there",
        "camera": "no camera is there",
        "disk_space": "there is too little room on the disk",
        "lockout": "one loss alone would lock something out",
        "backup": "no fresh backup holds what is sealed today",
        "recovery_sheets": "not all recovery sheets are in force",
        "recovery_drill": "recovery sheets were not tried lately",
        "counsel_readers": "some readers cannot open all of counsel's notes",
        "drill": "opening was not practised lately",
        "secret_age": "some secrets are too old",
        "certificates": "some certificates end soon, or have ended",
        "stale": "some secrets are sealed to earlier people",
        "exposed": "some secrets that were shown were not changed",
        "prepared": "some prepared requests are not agreed on",
        "grab_card": "no printed grab card says what holds",
    }
)
"""What is so where a check is not in order."""
CHECKS_FINE = say_each(
    {
        "no_sheets_to_try": "there are no recovery sheets to try yet",
        "nothing_to_back_up": "there is nothing sealed to back up yet",
    }
)
"""What is so instead where a check is in order only because there is nothing to be found (``mend``)."""
LEVELS = say_each({"ok": "ok", "warning": "mind this", "error": "NOT READY"})

CHECKS_NOW = say_each(
    {
        "hsm": "Call the IT officer: the security module does not answer as it should.",
        "hsm_rollback": "Let nobody put an old copy of this device back; have it measured once.",
        "tokens": "Ask each person who is named to prove their token.",
        "journal": "Stop, export the journal, and call the compliance officer.",
        "recording": "Make room on the disk or mend it; "
        "put the second medium back; what waits is taken over by itself.",
        "anchor": "Copy the disk and call compliance; in an emergency begin a new journal.",
        "alarm": "Show the compliance officer what was left behind, and change the secrets that are owed.",
        "mirror_agrees": "Stop: an old copy was put back. Keep both as they are and call the compliance officer.",
        "mirror": "Put the second medium back, or make it writable; what is missing there is copied by itself.",
        "mirror_apart": "Call the IT officer: the copies belong on a disk of their own.",
        "clock": "Set the clock of this machine right, then check again.",
        "air_gap": "Unplug the cable and switch the radio off, then check again.",
        "core_dumps": "Start the program again; if this stays, call the IT officer.",
        "memory": "Go on; secrets are kept from swap, though not from the administrator of this machine.",
        "screen_capture": "Let nobody run other programs on this screen: any of them could take its picture.",
        "printer": "Connect the printer, or print to a medium in memory.",
        "camera": "Connect a camera, or take pictures and answers in as files.",
        "disk_space": "Free at least 256 MB on this disk.",
        "lockout": "Look which losses lock you out; then add people or sheets.",
        "backup": "Write a backup onto another disk, check it, and keep it in another place.",
        "recovery_sheets": "Print new sheets, read every one of them back, and let the quorum sign.",
        "recovery_drill": "Try these sheets: type them in; nothing is opened and nothing is spent.",
        "counsel_readers": "Let a reader of Legal admit who is named.",
        "drill": "Practise one whole opening with one keyholder of each group.",
        "secret_age": "Change these secrets at their systems, then seal the new ones.",
        "certificates": "Get a new certificate for each that is named, then seal it.",
        "stale": "Seal them again for the people of today.",
        "exposed": "Change these secrets at their systems, seal the new ones, and let a second person confirm.",
        "prepared": "Agree again on the requests that are named.",
        "grab_card": "Print the grab card afresh, and throw the old one away.",
    }
)
"""What to do now about each check that is not in order, in one sentence of at most 20 words."""
OTHERWISE = say_each(
    {
        "hsm_rollback_measured": "Let nobody put an old copy of this device back.",
        "sheets_uncovered": "Seal these secrets again, so that the sheets open them, too.",
        "sheets_owed": "Change what the spent sheets opened at their systems, then seal the new secrets.",
        "prepared_overtaken": "People changed: propose the requests that are named anew, then agree on them again.",
    }
)
"""What to do instead about some findings of a check (``mend``)."""
COMMANDS: Commands = {
    "hsm_rollback": "station check --rollback-drill",
    "tokens": "keyholder prove NAME",
    "journal": "journal export DIR",
    "anchor": "journal new-log",
    "lockout": "station check --what-if",
    "backup": "station backup DIR",
    "recovery_sheets": "keyholder recovery print --group G --sheets M-of-N --out DIR",
    "sheets_uncovered": "policy reseal --plan",
    "sheets_owed": "credential rotate NAME",
    "recovery_drill": "keyholder recovery drill --group G",
    "counsel_readers": "record admit NAME --keyholder READER",
    "secret_age": "credential rotate NAME",
    "certificates": "credential rotate NAME",
    "stale": "policy reseal --plan",
    "exposed": "credential rotate NAME",
    "prepared": "activation prepare --sign NAME --keyholder N",
    "prepared_overtaken": "activation prepare --file FILE --name NAME",
    "grab_card": "station grab-card --out FILE.pdf",
}
"""By which command it is done, where there is one: for whoever works in a terminal."""
WHO = ("member", "who", "slot")
"""Places of a finding where the id of a person or of a group stands."""


def title(row: Row) -> str:
    """Return how a check stands, in words that agree with its sign."""
    if row["ok"]:
        return CHECKS_FINE.get(row["mend"]) or CHECKS[row["id"]]
    if is_unknown(row):
        return say("not checked: {title}", title=CHECKS[row["id"]])
    return CHECKS_WRONG[row["id"]]


def is_unknown(row: Row) -> bool:
    """Return whether a check could not be made."""
    return any("hindrance" in one["facts"] for one in row["said"])


def details(row: Row, names: Mapping[str, str] | None = None) -> str:
    """Return what exactly was found; ``names``: id -> how a person or a group is called."""
    return "; ".join(str(in_words(_called(one, names or {}), say)) for one in row["said"])


def _called(one: Row, names: Mapping[str, str]) -> dict[str, Json]:
    facts = {
        place: names.get(fact, fact) if place in WHO and isinstance(fact, str) else fact
        for place, fact in one["facts"].items()
    }
    if isinstance(code := facts.get("finding"), str):
        facts["finding"] = FINDINGS.get(code) or say(CORRUPT.get(code, code))
    return {**one, "facts": facts}


def now(row: Row) -> str:
    """Return what to do about a check that is not in order."""
    return OTHERWISE.get(row["mend"]) or CHECKS_NOW[row["mend"]]


def command(row: Row) -> str:
    """Return the whole command by which it is done; empty where there is none."""
    return f"breakglass {COMMANDS[row['mend']]}" if row["mend"] in COMMANDS else ""


def without_phone(found: Row) -> list[str]:
    """Return the names of those who would have to be called and have no number, where nobody beside them has one."""
    callable_ = [row["call"] for row in found["checks"] if row["call"]]
    return list(dict.fromkeys(people[0]["name"] for people in callable_ if not people[0]["phone"]))
