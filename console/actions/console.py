# SPDX-License-Identifier: Apache-2.0
"""One of each port: what an action gets as its first argument."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.domain.policy.keyholder import TokenKeys
from console.domain.policy.rules import Policy
from console.ports.codes import Codes
from console.ports.founding import Founding
from console.ports.hsm import Hsm
from console.ports.journal import Journal
from console.ports.keepers import Keepers
from console.ports.logs import Logs
from console.ports.machine import Machine
from console.ports.paper import Paper
from console.ports.sheets import Sheets
from console.ports.token import Token
from console.ports.vault import Vault
from console.settings import Settings


@dataclass(frozen=True)
class Locked:
    """What is there while the station is locked."""

    settings: Settings
    machine: Machine
    vault: Vault
    keepers: Keepers
    token: Callable[[str], Token]
    founding: Founding


@dataclass(frozen=True)
class Console:
    """One of each port: what an action gets as its first argument. Valid while a lease is held."""

    settings: Settings
    policy: Policy
    machine: Machine
    hsm: Hsm
    journal: Journal
    vault: Vault
    codes: Codes
    paper: Paper
    sheets: Sheets
    token: Callable[[str], Token]
    """Return the token of a member id."""
    people: Mapping[str, str]
    """Member id -> the pseudonym that stands for them in the journal."""
    logs: Logs
    token_of: Callable[[str, TokenKeys], Token]
    """Return the token of a member id that has these keys: a new one, which is not in force yet."""
