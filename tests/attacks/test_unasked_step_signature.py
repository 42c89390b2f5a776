# SPDX-License-Identifier: Apache-2.0
"""A signature under a change of the roster slipped into a renewal that changes none: refused by name."""

from dataclasses import replace

import pytest

from console.domain import renewal
from console.domain.errors import Corrupt
from tests.support.renewals import KNOWN, MADE, OLD, PEOPLE, PLAIN, signed


def test_a_step_signature_without_new_keys_is_refused() -> None:
    done = signed(PLAIN, *PEOPLE)
    for smuggled in (b"anything", MADE.tokens["it-1"].sign("sign", bytes(32))):
        forged = replace(done, step_signatures={"it-1": smuggled})
        with pytest.raises(Corrupt, match="renewal_step_unasked"):
            renewal.load_chain([forged.encode()], OLD, KNOWN)
