# SPDX-License-Identifier: Apache-2.0
"""A keyholder's own console joined from its parts: a folder, this person's token, and nothing of a station."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from console.actions.own_console.answer import OwnConsole
from console.adapters.hsm.person import PersonToken
from console.adapters.journal.lease import lease
from console.adapters.machine import ThisMachine
from console.adapters.vault import FolderVault
from console.domain.policy.keyholder import TokenKeys
from console.ports.operator import Operator
from console.settings import KeyholderSection, read_own
from console.wiring.tokens import address_in, stretch_of


@contextmanager
def own_console(folder: Path, operator: Operator) -> Iterator[OwnConsole]:
    """Lend the console in ``folder``; its token process ends with it. ``Unavailable`` (no_console)."""
    section = read_own(folder)
    tokens: dict[TokenKeys, PersonToken] = {}

    def token(known: TokenKeys) -> PersonToken:
        if known not in tokens:
            tokens[known] = _token(folder, section, operator, known)
        return tokens[known]

    try:
        yield OwnConsole(section.id, ThisMachine(), FolderVault(folder, None), token, partial(lease, folder))
    finally:
        for started in tokens.values():
            started.close()


def _token(folder: Path, section: KeyholderSection, operator: Operator, known: TokenKeys) -> PersonToken:
    address = address_in(section, folder / "token")
    return PersonToken(
        address, section.id, operator.pin, environment=os.environ, known=known, stretch=stretch_of(address)
    )
