# SPDX-License-Identifier: Apache-2.0
"""Whether a token is there, looked at beside the work: on every implementation that can be taken out."""

import time
from collections.abc import Callable

import pytest

from console.adapters.hsm.presence import DevicePresence, FolderPresence
from tests.tokens.devices import Device

pytestmark = pytest.mark.real
LIMIT_S = 20.0
TICK_S = 0.1


def seen(look: Callable[[], bool | None], wanted: bool) -> bool:
    """Look until it is seen so."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        if look() is wanted:
            return True
        time.sleep(TICK_S)
    return False


def test_it_is_seen_to_go_and_to_come(device: Device) -> None:
    if device.take_out is None or device.put_in is None:
        pytest.skip("it cannot be taken out here")
    token = device.token()
    known = token.enrol(["sign", "share"])
    token.close()
    address = device.address
    watch = FolderPresence(address) if address.folder else DevicePresence(address, known, device.environment)
    try:
        assert seen(watch.look, True)
        device.take_out()
        assert seen(watch.look, False)
        device.put_in()
        assert seen(watch.look, True)
    finally:
        watch.close()


def test_a_look_beside_a_signature_costs_nobody_the_login(device: Device) -> None:
    if device.address.folder is not None:
        pytest.skip("a folder is looked at without a token process")
    token = device.token()
    known = token.enrol(["sign", "share"])
    watch = DevicePresence(device.address, known, device.environment)
    try:
        assert seen(watch.look, True)
        for number in range(5):
            watch.look()
            assert token.sign("sign", bytes([number]) * 32)
    finally:
        watch.close()
        token.close()
