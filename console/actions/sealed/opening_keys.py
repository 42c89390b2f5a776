# SPDX-License-Identifier: Apache-2.0
"""The opening keys of the facts track: one per scope, read once in a lease, made when they are first needed."""

from collections.abc import Collection, Mapping

from console.actions.sealed import escrow, tables
from console.domain.policy.rules import Roster
from console.domain.sealed import envelope
from console.ports.hsm import Hsm
from console.ports.machine import Machine
from console.ports.vault import Vault


class OpeningKeys:
    """Finds, makes and destroys them; what is destroyed here is gone from the copy for the recovery sheets, too."""

    def __init__(self, hsm: Hsm, vault: Vault, roster: Roster, machine: Machine) -> None:
        self._hsm, self._vault, self._roster, self._machine = hsm, vault, roster, machine
        self._known: dict[str, bytes] = {}

    def __call__(self, scope: str, *, create: bool) -> bytes | None:
        """Return the key of a scope or None; with ``create`` it is made, and durable before it is returned."""
        if not self._known:
            self._known.update(tables.rows(self._hsm, self._vault, tables.OPENING_KEYS))
        if scope not in self._known and create:
            made = self._machine.random(envelope.SECRET_BYTES)
            tables.add(self._hsm, self._vault, tables.OPENING_KEYS, {scope: made}, keep=self._keep)
            self._known[scope] = made
        return self._known.get(scope)

    def destroy(self, scopes: Collection[str]) -> None:
        """Destroy these for good, the copy for the recovery sheets first; a missing one is no error."""
        gone = set(scopes) & tables.rows(self._hsm, self._vault, tables.OPENING_KEYS).keys()
        if gone:
            tables.burn(self._hsm, self._vault, tables.OPENING_KEYS, gone, keep=self._keep)
        for scope in scopes:
            self._known.pop(scope, None)

    def _keep(self, rows: Mapping[str, bytes]) -> None:
        escrow.keep(self._vault, self._roster, tables.OPENING_KEYS, rows)
