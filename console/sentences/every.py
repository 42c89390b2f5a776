# SPDX-License-Identifier: Apache-2.0
"""The sentences for every error code, in plain words: what happened, and what to do now (at most 20 words).

Names in braces are facts that every place which raises the code supplies; a test reads the source and checks both.
Codes of the family ``misused`` have no sentence of their own: for people they all mean the same.
"""

from console.sentences import (
    credential,
    emergency,
    newlog,
    outside,
    people,
    policy,
    privacy,
    readiness,
    recording,
    recovery,
    remote,
    seeing,
    station,
    tokens,
    usage,
    witness,
    writing,
)
from console.sentences.form import BEGIN_ANEW, STOP, TAKE_ANOTHER, Sentences, Verdicts

REFUSED: Sentences = {
    **credential.REFUSED,
    **emergency.REFUSED,
    **newlog.REFUSED,
    **people.REFUSED,
    **policy.REFUSED,
    **privacy.REFUSED,
    **readiness.REFUSED,
    **recording.REFUSED,
    **recovery.REFUSED,
    **remote.REFUSED,
    **seeing.REFUSED,
    **station.REFUSED,
    **tokens.REFUSED,
    **usage.REFUSED,
    **witness.REFUSED,
    **writing.REFUSED,
}
UNAVAILABLE: Sentences = {
    **outside.UNAVAILABLE,
    **people.UNAVAILABLE,
    **policy.UNAVAILABLE,
    **privacy.UNAVAILABLE,
    **remote.UNAVAILABLE,
    **seeing.UNAVAILABLE,
    **recovery.UNAVAILABLE,
    **readiness.UNAVAILABLE,
    **usage.UNAVAILABLE,
    **tokens.UNAVAILABLE,
    **newlog.UNAVAILABLE,
    **recording.UNAVAILABLE,
}
CORRUPT: Verdicts = {
    **outside.CORRUPT,
    **people.CORRUPT,
    **policy.CORRUPT,
    **privacy.CORRUPT,
    **remote.CORRUPT,
    **recovery.CORRUPT,
    **readiness.CORRUPT,
    **usage.CORRUPT,
    **witness.CORRUPT,
    **tokens.CORRUPT,
    **newlog.CORRUPT,
    **writing.CORRUPT,
    **recording.CORRUPT,
}

INSTEAD_OF_STOP = {
    "journal_alarm": BEGIN_ANEW,
    **dict.fromkeys(("backup_shape", "backup_altered", "backup_of_another_station"), TAKE_ANOTHER),
}
"""What to do about evidence that does not verify, where that is something else than to stop."""

__all__ = ["BEGIN_ANEW", "CORRUPT", "INSTEAD_OF_STOP", "REFUSED", "STOP", "TAKE_ANOTHER", "UNAVAILABLE"]
