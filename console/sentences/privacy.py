# SPDX-License-Identifier: Apache-2.0
"""Sentences about erasing what is personal, about legal holds, and about those who only read along."""

from collections.abc import Mapping, Sequence

from console.language import say, say_each
from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    "request_erased": ("What was said in the request of {activation} was erased; only that it took place is left.",
        "The journal still shows when it was asked, approved and ended."),
    "unknown_basis": ("{basis} is no ground for erasing; there are: {known}.",
        "Name one of these grounds."),
    "nothing_to_erase": ("Of {subject} nothing personal is kept here that could be erased by itself.",
        "Check the name; breakglass journal erase --due lists what there is."),
    "person_in_force": ("{member} still counts here: without their name nobody could be held to what they sign.",
        "Let them leave first, or erase them inside one completed activation with --act."),
    "activation_not_closed": ("Activation {activation} still owes something.",
        "Change what it showed, and complete it first."),
    "kept_until": ("The time for which {scope} is kept runs until {until}.",
        "Wait until then, or name another ground if there is one."),
    "legal_hold": ("A legal hold ({holds}) is on {scope}: nothing of it is erased, whoever agrees.",
        "Lift the hold first, if it no longer stands: breakglass journal hold --list."),
    "unknown_erasure": ("There is no proposal {id} to erase; open are: {known}.",
        "Use one of these names, or propose it: breakglass journal erase --subject."),
    "erasure_waits": ("Entries do not go into the journal itself now, and an erasure must stand in it.",
        "Mend recording first; breakglass journal status says what is wrong."),
    "erasure_waits_for_copy": ("The second medium lacks something, and may hold an older copy of what is erased.",
        "Put it back in place. What both have signed is then erased by itself."),
    "activation_erased": ("What was said in activation {activation} was erased; nothing more is kept under it.",
        "Write it down without the activation, or under a matter number alone."),
    "erasure_done": ("{id} is erased already.",
        "Its receipt and the notices owed: breakglass journal erase --list."),
    "erasure_overtaken": ("Since {id} was proposed, people have changed: what was signed then counts no longer.",
        "Propose it again and let both agree."),
    "erased_before": ("All that {id} names was erased already by another proposal.",
        "Nobody need agree to it. The receipts: breakglass journal erase --list."),
    "own_erasure": ("{member} cannot agree to erasing what is about themselves.",
        "Ask another keyholder of the same group."),
    "no_such_notice": ("Erasure {id} owes no notice for entry {seq}.",
        "breakglass journal erase --list shows which are owed."),
    "hold_target": ("A hold cannot be on {target}: nothing here is called that.",
        "Name a person by their id, a matter by its number, or an activation as act:ID."),
    "not_of_legal": ("Only a keyholder of Legal places a legal hold; {member} is of another group.",
        "Ask one of Legal."),
    "reader_only_reads": ("{member} only reads along, and can bring about nothing here.",
        "Somebody else locks the station and unlocks it as themselves: breakglass station lock."),
    "no_reader": ("Nobody in the roster reads along, so there is nobody to tell the state to.",
        "Enrol somebody with the role compliance."),
    "which_reader": ("Several people read along: {known}.",
        "Name one with --for."),
    "not_a_reader": ("{member} is not one of those who read along.",
        "Name somebody with the role compliance."),
    "status_needs_p256": ("The token of {member} cannot compute what a state over the telephone needs.",
        "Enrol a token with P-256 keys for them."),
    "status_letter": ("Letter {place} is {letter}, which no such code has.",
        "Ask for that letter again; there is no 0, 1, I or O."),
    "status_length": ("These are {letters} letters; there are always {needed}.",
        "Let it be read again, group by group."),
    "status_misheard": ("One letter was misheard: number {place}, in group {group}. You have {letter} there.",
        "Ask for that letter again."),
    "status_garbled": ("More than one letter was misheard.",
        "Let the whole code be read again, group by group."),
    "status_forged": ("This code was not made by the station that this console knows, for you.",
        "Do not believe it. Ring the station on a number you know, and ask for a new code."),
    "status_version": ("This code is of a version that this program does not know.",
        "Bring this program up to date."),
    "status_old": ("This code is {minutes} minutes old.",
        "Ask for a new one. If it is new, compare the clocks at both ends."),
    "status_ahead": ("This code is of {minutes} minutes from now.",
        "Compare the clocks at both ends, then ask for a new one."),
    "status_older": ("This code is {minutes} minutes older than the one you heard before.",
        "Do not believe it. Ask for a new one."),
    "unknown_hold": ("There is no hold {id}; there are: {known}.",
        "Use one of these names."),
}

UNAVAILABLE: Sentences = {}

CORRUPT: Verdicts = {
    "erasure_shape": "An entry about erasing is not in its proper form.",
    "erasure_unauthorised": "Entry says that {id} was erased, and two people did not sign that.",
    "record_sealed_by_reader": "A record of {credential} is signed by somebody who may only read along.",
    "status_shrunk": "The station's journal has {size} entries by this code, and had {known} before.",
    "heard_shape": "What this console remembers of the last code has not its proper form.",
    "hold_shape": "A legal hold is not in its proper form.",
    "opening_key_lost": "The key to a protected field is gone, and no entry says that it was erased ({field}).",
}
# fmt: on

BASES: Mapping[str, str] = say_each(
    {
        "request": "the person asked for it",
        "retention": "the time for which it is kept is over",
        "unlawful": "it should never have been kept",
        "order": "a court or an authority ordered it",
    }
)

READS_ALONG = say("You read along: you see everything here, and can change nothing.")
"""What stands on a page instead of its verbs for who may only read."""

BEGUN = say("Both have agreed. It is erased as soon as the second medium is back, with its copy of the keys.")
"""What is said of an erasure that waits."""

OVER: Mapping[str, str] = say_each(
    {
        "erasure_overtaken": "Since it was proposed, people have changed: propose it again.",
        "erased_before": "All that it names was erased already by another proposal.",
    }
)
"""Why nobody can agree to a proposal any more."""

NOT_COVERED: Mapping[str, str] = say_each(
    {
        "counsel": "notes of counsel: nothing here erases them, and this station cannot read them. "
        "Ask one of Legal who reads them whether they name the person; Legal answers for what stays",
        "drafts": "drafts that are not final: whoever wrote one destroys it",
        "rosters": "the signed rosters: they name everybody who ever counted here, with their public keys",
        "suspensions": "that somebody was suspended, and who attested the time: evidence about the station itself",
        "cards": "use cards of credentials and the station file: change them by hand",
        "paper": "what was printed or saved as a page, as the summary of an incident: shred it, or delete it",
        "exports": "copies that left the station: each that the journal knows of is owed a notice",
        "older_logs": "copies that left under an older log: journal list --log N shows them; no notice is counted",
    }
)
"""What an erasure does not reach."""


def counsel_stays(entries: Sequence[object]) -> str:
    """Return what is said of counsel's notes that stand in what is erased; nothing where there is none."""
    if not entries:
        return ""
    if len(entries) == 1:
        return say("A note of counsel stands in it and stays: entry {entry}.", entry=entries[0])
    return say("Counsel's notes stand in it and stay: entries {entries}.", entries=", ".join(map(str, entries)))


DESTROYS: Mapping[str, str] = say_each(
    {
        "yes": "The security module was measured to keep what is destroyed destroyed.",
        "no": "An old copy of this security module's files brings keys back. "
        "Until every old copy of the station's folder is destroyed, the erasure is only organisational.",
        "unproven": "Nobody has measured whether this security module keeps what is destroyed destroyed. "
        "Until an old copy of the station's folder is ruled out, the erasure is only organisational.",
    }
)
MISSING: Mapping[str, str] = say_each({"legal": "one of Legal", "another": "one of another group"})
GAVE: Mapping[str, str] = say_each(
    {
        "journal.exported": "an export of the journal",
        "journal.proved": "the proof of one entry",
        "activation.asked": "a request that went to a keyholder's own console",
        "station.grab_card_printed": "a printed grab card",
    }
)
TO: Mapping[str, str] = say_each(
    {"auditor": "an auditor", "facts": "somebody who may know the facts", "counsel": "Legal's readers"}
)
"""For whom a copy was made."""
KEPT: Mapping[str, str] = say_each(
    {
        "activation": "what was said in one activation: six years from its end",
        "person": "what is kept of a person who left: three years",
        "proposal": "what was proposed about somebody: three years",
        "station": "about the station itself: as long as the journal",
    }
)
