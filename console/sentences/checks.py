# SPDX-License-Identifier: Apache-2.0
"""The checks of readiness in words: what each is, how grave it stands, and the one thing to do now."""

from console.language import say_each

CHECKS = say_each(
    {
        "hsm": "security module",
        "hsm_rollback": "security module keeps what it was told",
        "tokens": "people's tokens proven",
        "journal": "journal",
        "recording": "what takes the entries",
        "anchor": "journal and security module agree",
        "alarm": "earlier alarms",
        "mirror": "second medium",
        "mirror_agrees": "second medium and journal agree",
        "clock": "clock",
        "air_gap": "air gap",
        "core_dumps": "memory dumps",
        "memory": "memory for secrets",
        "screen_capture": "screen cannot be recorded",
        "printer": "printer",
        "camera": "camera",
        "disk_space": "disk space",
        "lockout": "no single loss locks out",
        "recovery_sheets": "recovery sheets",
        "recovery_drill": "recovery sheets tried",
        "counsel_readers": "counsel's notes open to every reader",
        "drill": "opening practised",
        "secret_age": "age of secrets",
        "certificates": "certificates valid",
        "stale": "sealed to the people of today",
        "exposed": "shown secrets changed",
        "prepared": "prepared requests",
        "grab_card": "printed grab card",
    }
)
LEVELS = say_each({"ok": "ok", "warning": "mind this", "error": "NOT READY"})

CHECKS_NOW = say_each(
    {
        "hsm": "Call the IT officer: the security module does not answer as it should.",
        "hsm_rollback": "Let nobody put an old copy of this device back; "
        "measure it with: station check --rollback-drill.",
        "tokens": "Ask each person who is named to prove their token with: breakglass keyholder prove NAME.",
        "journal": "Stop, export the journal, and call the compliance officer.",
        "recording": "Make room on the disk or mend it; "
        "put the second medium back; what waits is taken over by itself.",
        "anchor": "Copy the disk, call compliance; in an emergency begin a new log: breakglass journal new-log.",
        "alarm": "Show the compliance officer what was left behind, and change the secrets that are owed.",
        "mirror_agrees": "Stop: an old copy was put back. Keep both as they are and call the compliance officer.",
        "mirror": "Put the second medium back; what is missing there is copied by itself.",
        "clock": "Set the clock of this machine right, then check again.",
        "air_gap": "Unplug the cable and switch the radio off, then check again.",
        "core_dumps": "Start the program again; if this stays, call the IT officer.",
        "memory": "Go on; secrets are kept from swap, though not from the administrator of this machine.",
        "screen_capture": "Let nobody run other programs on this screen: any of them could take its picture.",
        "printer": "Connect the printer, or print to a medium in memory.",
        "camera": "Connect a camera, or take pictures and answers in as files.",
        "disk_space": "Free at least 256 MB on this disk.",
        "lockout": "Look which losses lock you out with: breakglass station check --what-if; "
        "then add people or sheets.",
        "recovery_sheets": "Print new sheets, read every one of them back, and let the quorum sign.",
        "recovery_drill": "Try these sheets with: breakglass keyholder recovery drill.",
        "counsel_readers": "Let a reader of Legal admit who is named: breakglass record admit NAME --keyholder READER.",
        "drill": "Practise one whole opening with one keyholder of each group.",
        "secret_age": "Change these secrets at their systems, then seal the new ones.",
        "certificates": "Get a new certificate for each that is named, then seal it.",
        "stale": "Seal them again; see what it takes with: breakglass policy reseal.",
        "exposed": "Change these secrets at their systems, seal the new ones, and let a second person confirm.",
        "prepared": "Agree again on the requests that are named, with: breakglass activation prepare.",
        "grab_card": "Print the grab card afresh with: breakglass station grab-card, and throw the old one away.",
    }
)
"""What to do now about each check that is not in order, in one sentence of at most 20 words."""
