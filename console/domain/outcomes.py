# SPDX-License-Identifier: Apache-2.0
"""What came of a showing: each outcome, with what is said of it in the journal and on a page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What came of a showing. All but ``NOT_SHOWN`` count against the budget, and make the secret owe a new version."""

    name: str
    label: str
    sentence: str


NOT_SHOWN, UNKNOWN = "failed", "unknown"
OUTCOMES = (
    Outcome("read_back", "shown, and confirmed as read", "read back by the person"),
    Outcome("not_read", "shown, not confirmed as read", "could not be read"),
    Outcome("shown", "handed over", "shown"),
    Outcome(NOT_SHOWN, "not shown", "nothing was shown"),
    Outcome(UNKNOWN, "perhaps shown; nobody knows", "perhaps shown, nobody knows"),
)
LABELS = {outcome.name: outcome.label for outcome in OUTCOMES}
SENTENCES = {outcome.name: outcome.sentence for outcome in OUTCOMES}
