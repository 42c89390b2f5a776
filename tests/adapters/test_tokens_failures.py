# SPDX-License-Identifier: Apache-2.0
"""The token process against python-pkcs11 as it is: its version, its errors, its map of return values."""

import importlib.metadata
import inspect
import re
from pathlib import Path

import pkcs11
import pytest
from pkcs11 import exceptions

from console.domain.errors import Refused, Unavailable
from console.tokens.failures import CODES, translated
from console.tokens.p11raw import RETURN_VALUES

BINDING = Path(inspect.getfile(pkcs11)).with_name("_pkcs11.pxd")
ALL_KINDS: set[type[exceptions.PKCS11Error]] = {
    kind for _, kind in inspect.getmembers(exceptions, inspect.isclass) if issubclass(kind, exceptions.PKCS11Error)
}


def test_python_pkcs11_is_the_version_whose_source_was_read() -> None:
    assert importlib.metadata.version("python-pkcs11") == "0.10.1"


def test_no_error_of_the_library_is_forgotten_and_none_has_two_meanings() -> None:
    mapped = [kind for kinds in CODES.values() for kind in kinds]
    assert set(mapped) == ALL_KINDS
    assert len(mapped) == len(set(mapped))


@pytest.mark.parametrize("kind", sorted(ALL_KINDS, key=str))
def test_every_error_becomes_ours_with_a_printable_fact(kind: type[exceptions.PKCS11Error]) -> None:
    error = translated(kind("0x00"))
    assert isinstance(error, Refused | Unavailable)
    assert error.facts == {"module_error": kind.__name__}


def test_an_unknown_error_is_a_broken_token() -> None:
    class VendorError(exceptions.PKCS11Error):
        pass

    assert translated(VendorError()).code == "token_broken"


def test_return_values_mean_what_python_pkcs11_says() -> None:
    pairs = dict(re.findall(r"rv == (CKR_\w+):\n\s+exc = (\w+)\(\)", BINDING.read_text()))
    assert {kind.__name__ for kind in RETURN_VALUES.values()} <= set(pairs.values())
    assert len(set(RETURN_VALUES.values())) == len(RETURN_VALUES)


# PKCS#11 v2.40, section 5.1 and pkcs11t.h: the ones that decide what a person is told.
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0x0A0, "pin_wrong"),
        (0x0A1, "pin_format"),
        (0x0A2, "pin_format"),
        (0x0A4, "pin_locked"),
        (0x030, "token_removed"),
        (0x032, "token_removed"),
        (0x0E0, "token_absent"),
        (0x005, "token_broken"),
        (0x101, "not_permitted"),
        (0x054, "unsupported"),
    ],
)
def test_the_values_that_matter(value: int, code: str) -> None:
    assert translated(RETURN_VALUES[value]()).code == code
