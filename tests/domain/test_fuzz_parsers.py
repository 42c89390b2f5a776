# SPDX-License-Identifier: Apache-2.0
"""Whatever bytes come from outside: refused by name or exactly what was signed; never another exception."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.domain.canonical import encode
from tests.support.parsed_objects import CASES, fuzz

# --- how a valid object is spoilt ------------------------------------------------------------------------------


# --- what is read ------------------------------------------------------------------------------------------------


FEW = settings(max_examples=15, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=1500, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", CASES)
def test_what_is_valid_is_taken(name: str) -> None:
    CASES[name]().read(encode(CASES[name]().value))


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", CASES)
def test_spoilt_objects_are_refused_by_name(name: str, data: st.DataObject) -> None:
    fuzz(name, data)


@pytest.mark.long
@MANY
@given(data=st.data())
@pytest.mark.parametrize("name", CASES)
def test_spoilt_objects_are_refused_by_name_for_long(name: str, data: st.DataObject) -> None:
    fuzz(name, data)
