# SPDX-License-Identifier: Apache-2.0
"""The sentences for every error code, in plain words: what happened, and what to do now (at most 20 words).

Names in braces are facts that every place which raises the code supplies; a test reads the source and checks both.
Codes of the family ``misused`` have no sentence of their own: for people they all mean the same.
"""

from console.sentences import (
    activation,
    credential,
    errand,
    keyholder,
    outside,
    paper,
    policy,
    privacy,
    readiness,
    record,
    recovery,
    renewal,
    scan,
    station,
    token,
    usage,
    witness,
)
from console.sentences.template import BEGIN_ANEW, STOP, TAKE_ANOTHER, Sentences, Verdicts

REFUSED: Sentences = {
    **credential.REFUSED,
    **activation.REFUSED,
    **renewal.REFUSED,
    **keyholder.REFUSED,
    **policy.REFUSED,
    **privacy.REFUSED,
    **readiness.REFUSED,
    **paper.REFUSED,
    **recovery.REFUSED,
    **errand.REFUSED,
    **scan.REFUSED,
    **station.REFUSED,
    **token.REFUSED,
    **usage.REFUSED,
    **witness.REFUSED,
    **record.REFUSED,
}
UNAVAILABLE: Sentences = {
    **outside.UNAVAILABLE,
    **keyholder.UNAVAILABLE,
    **policy.UNAVAILABLE,
    **privacy.UNAVAILABLE,
    **errand.UNAVAILABLE,
    **scan.UNAVAILABLE,
    **recovery.UNAVAILABLE,
    **readiness.UNAVAILABLE,
    **usage.UNAVAILABLE,
    **token.UNAVAILABLE,
    **renewal.UNAVAILABLE,
    **paper.UNAVAILABLE,
}
CORRUPT: Verdicts = {
    **outside.CORRUPT,
    **keyholder.CORRUPT,
    **policy.CORRUPT,
    **privacy.CORRUPT,
    **errand.CORRUPT,
    **recovery.CORRUPT,
    **readiness.CORRUPT,
    **usage.CORRUPT,
    **witness.CORRUPT,
    **token.CORRUPT,
    **renewal.CORRUPT,
    **record.CORRUPT,
    **paper.CORRUPT,
}

INSTEAD_OF_STOP = {
    "journal_alarm": BEGIN_ANEW,
    **dict.fromkeys(("backup_shape", "backup_altered", "backup_of_another_station"), TAKE_ANOTHER),
}
"""What to do about evidence that does not verify, where that is something else than to stop."""

__all__ = ["BEGIN_ANEW", "CORRUPT", "INSTEAD_OF_STOP", "REFUSED", "STOP", "TAKE_ANOTHER", "UNAVAILABLE"]
