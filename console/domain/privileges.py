# SPDX-License-Identifier: Apache-2.0
"""On which basis a request touches what is privileged: each with what it is called."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Privilege:
    """A basis of privilege."""

    name: str
    label: str


PRIVILEGES = (
    Privilege("none", "None"),
    Privilege("attorney-client", "Attorney-client"),
    Privilege("work-product", "Work product"),
    Privilege("lpp", "Legal professional privilege"),
    Privilege("mixed", "Mixed"),
)
LABELS = {privilege.name: privilege.label for privilege in PRIVILEGES}
