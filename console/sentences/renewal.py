# SPDX-License-Identifier: Apache-2.0
"""Sentences about a new log after an alarm."""

from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    "no_alarm": ("The journal raises no alarm, so no new log is begun.",
        "Go on as usual."),
    "unknown_renewal": ("There is no proposal {id} for a new log; open are: {known}.",
        "Use one of these names, or propose a new log again: breakglass journal new-log."),
    "renewal_overtaken": ("Since proposal {id} was made, something it rests on has changed.",
        "Propose the new log again, read it, and let both sign."),
    "unknown_log": ("There is no older log {log}; there are: {known}.",
        "Name one of these numbers, or leave the number out."),
    "nothing_signed": ("Nothing of this log bears a signature, so nothing of it can be exported.",
        "Keep the disk as it is and give it to whoever examines it."),
    "activations_open": ("Somebody is in the middle of an activation; it cannot be moved to another security module.",
        "End it or withdraw it first."),
    "backup_same_disk": ("{folder} lies on the station's own disk: one fault would take both.",
        "Name a folder on another disk, or add --same-disk."),
    "backup_unfinished": ("The backup in {folder} was not finished, or only half of it was copied: it lacks {name}.",
        "Take another backup, or the second medium."),
    "second_medium_bare": ("{folder} is the second medium itself: without it, its place would look like an empty one.",
        "Make a folder on it, and name that: for example {folder}/breakglass."),
    "second_medium_missing": ("The folder {folder} on the second medium is not there.",
        "Mount the medium and make the folder on it, or name another one."),
    "second_medium_inside": ("The folder {folder} of the second medium and the station's own lie in each other.",
        "Name a folder apart from the station, on another disk."),
    "second_medium_unwritable": ("Nothing can be written into the folder {folder} on the second medium.",
        "Give yourself the right to write there, or see whether the medium is locked against writing."),
    "second_medium_used": ("The folder {folder} on the second medium is not empty: it may be another station's.",
        "Make a new folder on it, and name that."),
}

UNAVAILABLE: Sentences = {}

CORRUPT: Verdicts = {
    "renewal_shape": "The paper that begins a new log is not in its proper form.",
    "renewal_of_another_station": "The paper that begins a new log belongs to another station, or to other rules.",
    "renewal_out_of_order": "The paper that begins {log} does not follow the log before it.",
    "renewal_step_unasked": "The paper that begins a new log bears a signature of {member} under no change at all.",
    "station_key_unproven": "The security module does not hold the key {key} that was named for it.",
    "renewal_unsigned": "The paper that begins {log} is not signed by one person of each group.",
    "backup_shape": "The list of what a backup holds is not in its proper form.",
    "backup_altered": "Files of the backup that are not what its signed list says: {count}, first of them {name}.",
    "backup_of_another_station": "The backup belongs to another station, or to no station at all.",
    "new_hsm_shape": "The file with the keys of a new security module does not fit this one.",
    "mirror_garbled": "The copy of the journal on the second medium has a wrong form.",
}
