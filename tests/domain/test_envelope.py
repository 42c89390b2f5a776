# SPDX-License-Identifier: Apache-2.0
"""Stretched PINs, tables, and the infos that keep every purpose apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.canonical import decode_object, to_base64
from console.domain.errors import Corrupt
from console.domain.sealed import envelope
from tests.vectors.points import KEY, OTHER_KEY, VECTORS, deriver, point_of


def test_a_pin_is_stretched_as_the_format_page_says() -> None:
    vector = VECTORS["stretch"]
    stretched = envelope.stretch(bytearray(vector["pin"].encode()), bytes.fromhex(vector["salt"]))
    assert stretched.decode() == vector["stretched"]
    assert len(stretched) == 43


# --- tables -----------------------------------------------------------------------------------------------

ROWS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9:/-]{0,20}", fullmatch=True), st.binary(min_size=32, max_size=32), max_size=5
)


@given(ROWS, st.integers(1, 2**40))
def test_a_table_comes_back(rows: dict[str, bytes], number: int) -> None:
    table = decode_object(envelope.seal_table("state", "vault", number, point_of(KEY), rows))
    assert envelope.open_table(table, deriver(KEY)) == rows
    for change in (
        {"kind": "table"},
        {"vault": "other"},
        {"number": number + 1},
        {"point": to_base64(point_of(OTHER_KEY))},
    ):
        with pytest.raises(Corrupt, match="seal_broken"):
            envelope.open_table({**table, **change}, deriver(KEY))
    with pytest.raises(Corrupt, match="seal_broken"):
        envelope.open_table(table, deriver(OTHER_KEY))


def test_every_info_is_another() -> None:
    infos = [
        envelope.approval_info(b"a", "b", "c"),
        envelope.approval_info(b"ab", "", "c"),
        envelope.slot_info("a", "b"),
        envelope.slot_info("ab", ""),
        envelope.database_key_info("a"),
        envelope.database_key_info("ab"),
    ]
    assert len(set(infos)) == len(infos)
