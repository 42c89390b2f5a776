# SPDX-License-Identifier: Apache-2.0
"""Sentences about erasing what is personal, about legal holds, and about those who only read along."""

from console.sentences.form import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    "request_erased": ("What was said in the request of {activation} was erased; only that it took place is left.",
        "The journal still shows when it was asked, approved and ended."),
}

UNAVAILABLE: Sentences = {}

CORRUPT: Verdicts = {}
