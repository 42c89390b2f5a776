# SPDX-License-Identifier: Apache-2.0
"""Sentences about writing down: notes, drafts, and what counsel's readers open."""

from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    # --- notes and drafts
    "record_incomplete": ("The note cannot be written down like this.",
        "Mend the fields that are named, and write it again."),
    "record_kind": ("Nobody knows how to write down a {kind}; known are: {known}.",
        "Use one of these words."),
    "about_nothing": ("A note for counsel must be about a matter or an activation.",
        "Name a matter or an activation."),
    "passage_not_found": ("This passage does not stand in the facts of the draft.",
        "Copy it exactly as it stands there."),
    "counsel_in_facts": ("The facts repeat a sentence that is for counsel alone.",
        "Take the sentence out of the facts; what is counsel's never leaves it."),
    "unknown_draft": ("There is no draft {draft}.",
        "Look at your drafts: breakglass record draft list."),
    "draft_of_another": ("This draft is {member}'s.",
        "Let {member} finish it, or begin a draft of your own."),
    # --- counsel's readers
    "nobody_reads_counsel": ("Nobody of Legal could ever read this note: no active member has a key for reading.",
        "Enrol a person of Legal first, or lift a suspension."),
    "not_a_reader": ("{member} has no key for reading what counsel writes.",
        "Name a member of Legal, on whose token that key is."),
    "not_admitted": ("Nothing of this was sealed to {member}.",
        "Let another reader admit them: breakglass record admit."),
    "admitted_already": ("Nothing is left to be opened to {members}.",
        "Go on: they can read whatever this reader can."),
    "read_where": ("There is no terminal on which it could be read.",
        "Run it in a terminal, or name a descriptor with --out; - is stdout."),
    "one_matter_at_a_time": ("These notes are about {count} matters; a reader opens one at a time.",
        "Name the matter or the activation."),
    "nothing_to_read": ("There is no such note of counsel.",
        "Look at what there is: breakglass record list."),
    "counsel_needs_reader": ("What counsel wrote leaves the station only by a reader of Legal.",
        "Name the reader with --keyholder."),
    "reader_for_facts": ("An export for others than counsel takes no reader: it never holds what counsel wrote.",
        "Leave the reader out, or export for counsel."),
}

CORRUPT: Verdicts = {
    "draft_shape": "A draft is not in its proper form.",
    "counsel_wrap_shape": "A file that opens counsel's notes is not in its proper form.",
    "counsel_wrap_swapped": "A file that opens counsel's notes is another one than the journal names.",
    "counsel_wrap_differs": "A file that opens counsel's notes holds another key than {key}.",
    "counsel_key_name": "An entry names a key of counsel's notes that cannot be one.",
}
