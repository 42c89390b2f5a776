# SPDX-License-Identifier: Apache-2.0
"""A module that lies, or cannot, about keys from outside: nothing is signed, and what it took is destroyed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from pkcs11 import Attribute, exceptions

from console.domain.errors import Refused
from console.tokens import imported


class Thing:
    """An object in the module, with what the module says of it."""

    def __init__(self, said: Mapping[Attribute, object]) -> None:
        self.said = said
        self.is_destroyed = False

    def __getitem__(self, name: Attribute) -> object:
        return self.said[name]

    def destroy(self) -> None:
        """Be destroyed."""
        self.is_destroyed = True


class Module:
    """A module and its session in one: it takes a key and says of it what the test says."""

    def __init__(
        self, *, says: Mapping[Attribute, object] = MappingProxyType({}), fails: Exception | None = None
    ) -> None:
        kept: dict[Attribute, object] = {
            Attribute.TOKEN: False,
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
            Attribute.LOCAL: False,
            Attribute.ALWAYS_AUTHENTICATE: False,
        }
        self.thing = Thing({**kept, **says})
        self.fails = fails
        self.template: dict[Attribute, bytes] = {}
        self.signed: list[bytes] = []

    def create(self, _: object, template: Mapping[Attribute, bytearray]) -> None:
        """Take a key."""
        self.template = {name: bytes(value) for name, value in template.items()}
        if self.fails:
            raise self.fails

    def get_objects(self, _: object) -> list[Thing]:
        """Return the key."""
        return [self.thing]

    def sign(self, key: object, how: object, message: bytes, confirm: object) -> bytes:
        """Remember that something was signed."""
        self.signed.append(message)
        return bytes(20)


def mac(module: Any) -> bytearray:
    return imported.mac_once(module, module, bytearray(20), [1])


def test_a_key_is_asked_to_stay_for_this_session_only() -> None:
    module = Module()
    assert mac(module) == bytes(20)
    asked = {name: module.template[name] for name in (Attribute.TOKEN, Attribute.EXTRACTABLE, Attribute.SENSITIVE)}
    assert list(asked.values()) == [b"\0", b"\0", b"\1"]
    assert module.thing.is_destroyed


@pytest.mark.parametrize("says", [{Attribute.EXTRACTABLE: True}, {Attribute.SENSITIVE: False}, {Attribute.TOKEN: True}])
def test_a_key_that_would_not_stay_is_not_used(says: Mapping[Attribute, object]) -> None:
    module = Module(says=says)
    with pytest.raises(Refused, match="key_not_protected"):
        mac(module)
    assert (module.signed, module.thing.is_destroyed) == ([], True)


@pytest.mark.parametrize(
    "error", [exceptions.GeneralError(), exceptions.ArgumentsBad(), exceptions.TemplateInconsistent()]
)
def test_a_module_that_cannot_is_no_broken_token(error: Exception) -> None:
    """Whatever it calls that: a broken token would end the keeper, in the middle of an emergency."""
    with pytest.raises(Refused, match="unsupported"):
        mac(Module(fails=error))


def test_a_token_that_was_pulled_out_is_said_to_be() -> None:
    with pytest.raises(exceptions.DeviceRemoved):
        mac(Module(fails=exceptions.DeviceRemoved()))
