# SPDX-License-Identifier: Apache-2.0
"""A kill before every step of an erasure: it was not agreed to, or it is done; never half, never back."""

import pytest

from console.actions.privacy import erasure
from console.domain.privacy.erasure import APPROVED, ERASED
from tests.kill.steps import name_of, points
from tests.support.aftermath import Victims, killed
from tests.support.erasures import erase_last, erasing_base, is_readable

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.mark.parametrize("point", [pytest.param(p, id=name_of("erase", p)) for p in points("erase")])
def test_an_erasure_is_done_or_was_not_begun(victims: Victims, point: int) -> None:
    with killed(victims, "erase", erasing_base(), point) as scene, scene.console() as console:
        begun = point > 0
        assert is_readable(console, scene.act) != begun
        assert len(list(console.journal.entries(type_=ERASED))) == int(begun)
        # Before the last signature it is no more than proposed; after it, whoever opened the station finished it.
        erase_last(console)
        (made,) = erasure.proposals(console)
        assert sorted(erasure.signatures(console, made)) == ["it-1", "legal-1"]
        assert not is_readable(console, scene.act)
        assert erasure.findings(console) == []
        assert len(list(console.journal.entries(type_=APPROVED))) == 2
