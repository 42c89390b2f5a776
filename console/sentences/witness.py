# SPDX-License-Identifier: Apache-2.0
"""Sentences about witnesses of the journal, and how far it is proven outside this room."""

from collections.abc import Callable
from typing import cast

from console.domain.canonical import Json, Object
from console.language import say, say_each
from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    "out_needed": ("It is not said where it shall go.",
        "Add --out with a folder for the pictures, FILE.png for one page, or FILE.bg."),
    "witness_garbled": ("The witness {witness} is not written as a name, a blank and a witness key.",
        "Copy the line that their own console shows with: breakglass keyholder witness."),
    "witness_twice": ("Two witnesses have the same name or the same key.",
        "Name each witness once."),
    "witness_quorum": ("Of {witnesses} witnesses {quorum} cannot be needed.",
        "Name a number from 1 to the number of witnesses; none at all without witnesses."),
    "unknown_witness": ("There is no witness {witness}; the rules know: {known}.",
        "Use one of these names, or let the quorum sign a new witness."),
    "witness_knows_more": ("The witness is said to know {known} entries, and this journal has {size}.",
        "If its console says so: stop, and report that the journal may have been put back."),
    "not_a_witness_request": ("This is no request to a witness.",
        "Take the file or the pictures of: breakglass journal checkpoint --witness."),
    "witness_conflict": ("The request begins at {told} entries of the journal, and this console knows {remembered}.",
        "Ask the station for a request with: --old {remembered}."),
    "witness_older": ("The request shows {told} entries, and this console knows {remembered}: it is old, or "
        "the station was put back.",
        "Ask for a fresh one. If it shows fewer again: sign nothing, and report it to Legal."),
    "checkpoint_of_stranger": ("Neither this station nor a witness of its rules has signed this state.",
        "Compare the size and the 12 words by eye, and ask where it comes from."),
    "checkpoint_of_log": ("This is a state of log {log}, and log {asked} was to be compared.",
        "Say so with: --log {log}."),
    "not_a_cosignature": ("This is no signature of a witness.",
        "Take the whole answer: its pictures, its file, or its line from the dash to the end."),
    "cosignature_of_stranger": ("{witness} is no witness of this station.",
        "Compare with: breakglass policy show. A new witness is signed by the quorum."),
    "cosignature_of_another_log": ("The witness signed {log}, and this journal is {here}.",
        "Take it to the station whose journal it is."),
    "cosignature_unasked": ("{witness} signed {size} entries, which this station never showed to a witness.",
        "Ask the witness again with: breakglass journal checkpoint --witness {witness}."),
    "cosignature_known": ("{witness} has signed {size} entries before, and that is kept.",
        "Nothing is left to do."),
    "cosignature_older": ("{witness} signed {size} entries here, and {known} before that.",
        "Nothing is left to do: the later one says more."),
}

CORRUPT: Verdicts = {
    "cosignature_wrong": "The signature of the witness {witness} is wrong, or what it signed was changed.",
    "cosignature_fits_nothing": "The signature of {witness} fits no state that was shown (sizes {sizes}): "
        "it was changed, or belongs to another journal or size.",
    "cosignature_shape": "What a witness signed is no state of a journal.",
    "witness_saw_another_journal": "THE WITNESS {witness} SAW ANOTHER JOURNAL: it signed {seen}; here stand {told}.",
    "token_saw_another_journal": "THE JOURNAL WAS REWRITTEN: {member} took along {seen}; here stand {told}.",
    "witness_key_shape": "The file with this console's witness key is not in its proper form.",
}
# fmt: on

NEVER_PROVEN = say("nobody elsewhere holds proof yet")
NEVER_WITNESSED = say("no witness has signed it yet")


TAKEN = say_each(
    {
        "token": "it is on your token.",
        "disk": "your token lies on this station's own disk: write size and words down.",
        "": "your token cannot hold it: write size and words down, or ask for a receipt.",
    }
)


def taken_along(head: Object) -> str:
    """Return what an approver takes along of the journal."""
    on = head["on"]
    taken = TAKEN[on if isinstance(on, str) else ""]
    return say("the journal up to {size} entries; {taken}", size=head["size"], taken=taken)


def standing(value: Object, moment: Callable[[str], str]) -> str:
    """Return on one line: how much is written, provable since when, last witnessed by whom."""
    return say(
        "{written} entries written; {provable}; {witnessed}.",
        written=value["written"],
        provable=provable(value, moment),
        witnessed=_witnessed(value, moment),
    )


HSM = say_each(
    {
        "yes": "Measured: the security module keeps its memory of the journal when an old copy of it is put back.",
        "no": "Measured: an old copy of the security module brings back an old memory of the journal. "
        "Only what left this room shows a journal that was put back together with it.",
    }
)
UNCOUNTED = say("It does not count what it signs.")
UNPROVEN = say_each(
    {
        "software": "The security module is files: an old copy of them brings back an old memory of the journal. "
        "Only what left this room shows that.",
        "hardware": "Nobody has measured whether the security module keeps its memory of the journal. "
        "Rely on what left this room.",
    }
)


def protection(value: Object) -> str:
    """Return what the present security module gives against a journal that is put back."""
    hsm = cast(Object, value["hsm"])
    return f"{HSM.get(str(hsm['anchors'])) or UNPROVEN[str(hsm['assurance'])]} {UNCOUNTED}"


def short(value: Object) -> str:
    """Return the same for a strip: how many of the entries are provable outside."""
    row = value["provable"]
    return say(
        "others hold proof of {size} of {written}",
        size=row["size"] if isinstance(row, dict) else 0,
        written=value["written"],
    )


def provable(value: Object, moment: Callable[[str], str]) -> str:
    """Return since when somebody outside could prove it, and what."""
    row = value["provable"]
    if not isinstance(row, dict):
        return NEVER_PROVEN
    return say(
        "others hold proof since {since} (size {size}, {by})",
        since=moment(str(row["since"])),
        size=row["size"],
        by=_by(row["by"]),
    )


def _witnessed(value: Object, moment: Callable[[str], str]) -> str:
    row = value["witnessed"]
    if not isinstance(row, dict):
        return NEVER_WITNESSED if value["witnesses"] else say("no witness is named in the rules")
    told = say(
        "last witnessed by {by} at {at} (size {size})", by=row["by"], at=moment(str(row["at"])), size=row["size"]
    )
    return say(
        "{told}; {quorum} of {count} needed: {enough}",
        told=told,
        quorum=value["quorum"],
        count=_count(value["witnesses"]),
        enough=_enough(value["vouched"]),
    )


def _enough(vouched: Json) -> str:
    return say("up to size {vouched}", vouched=vouched) if vouched else say("not reached")


def _count(rows: Json) -> int:
    return len(rows) if isinstance(rows, list) else 0


def _by(who: Json) -> str:
    return say("with {who}", who=who)
