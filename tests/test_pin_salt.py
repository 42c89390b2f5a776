# SPDX-License-Identifier: Apache-2.0
"""The salt of an embedded token's PIN: made before the token, and never again beside one that is there."""

from pathlib import Path

import pytest

from console.domain.errors import Unavailable
from console.wiring.tokens import salt_of, stretcher


def test_the_salt_of_a_new_token_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "tokens" / "legal-1"
    first = stretcher(folder)(bytearray(b"123456"))
    salt = salt_of(folder).read_bytes()
    assert len(salt) == 16
    folder.mkdir()
    assert stretcher(folder)(bytearray(b"123456")) == first
    assert salt_of(folder).read_bytes() == salt


def test_no_salt_is_made_beside_a_token_that_has_lost_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "legal-1"
    folder.mkdir()
    with pytest.raises(Unavailable, match="pin_salt_missing") as caught:
        stretcher(folder)(bytearray(b"123456"))
    assert caught.value.facts["file"] == str(salt_of(folder))
    assert not salt_of(folder).exists()
