# SPDX-License-Identifier: Apache-2.0
"""Sentences about the order of retreat: the journal, the reserve on the second medium, paper."""

from console.sentences.form import Sentences, Verdicts

# fmt: off
UNAVAILABLE: Sentences = {
    "write_on_paper": ("Neither the journal ({journal}) nor the reserve on the second medium ({reserve}) takes more.",
        "Write on paper what you do, with the time; mend disk or second medium, then try again."),
    "spool_unavailable": ("The reserve on the second medium cannot be written or read now ({why}).",
        "Put the second medium back, or make room on it, then try again."),
}

CORRUPT: Verdicts = {
    "spool_shape": "A record of the reserve is not in its proper form.",
    "spool_signature": "A record of the reserve bears no signature of this station.",
    "spool_chain": "The records of the reserve do not follow one another in the journal.",
    "spool_entry": "A record of the reserve says something else than the journal says of it.",
    "spool_checkpoint": "A record of the reserve names a state of the journal that was never signed.",
    "spool_head": "The end of the reserve is not the one that the security module held.",
    "spool_cut": "The reserve on the second medium lacks records: {found} of {expected} are there.",
    "spool_edited": "A record of the reserve on the second medium was changed.",
    "spool_reordered": "The records of the reserve on the second medium are in another order.",
    "spool_replayed": "The reserve on the second medium is an old copy or another one.",
}
