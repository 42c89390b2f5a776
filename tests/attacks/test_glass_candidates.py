# SPDX-License-Identifier: Apache-2.0
"""Rubbish sealed over a good secret: it waits, it is superseded, and the good one opens all the while."""

import pytest

from console.actions.credential import versions
from console.actions.sealed.tables import STATE, rows
from tests.support.scenes import PASSWORD, sealed_base, staged

pytestmark = pytest.mark.real


def test_rubbish_neither_destroys_the_good_version_nor_blocks_the_next() -> None:
    with staged(sealed_base()) as scene, scene.console() as console:
        versions.rotate(console, PASSWORD, bytearray(b"rubbish"), sign_as="it-1")
        assert versions.list_credentials(console)["credentials"][-1]["version"] == 1  # type: ignore[index, call-overload]
        versions.rotate(console, PASSWORD, bytearray(b"set at the target"), sign_as="it-1")
        versions.confirm(console, PASSWORD, "it-2", "login tested")
        left = {name for name in rows(console.hsm, console.vault, STATE) if name.startswith(f"{PASSWORD}/")}
        assert left == {f"{PASSWORD}/3/0"}
