# SPDX-License-Identifier: Apache-2.0
"""The port for printed pages."""

from typing import Protocol

from console.domain.canonical import Object


class Paper(Protocol):
    """Printed pages."""

    def incident_summary(self, content: Object) -> bytes:
        """Return the one-page incident summary as PDF bytes."""

    def custody_register(self, content: Object) -> bytes:
        """Return the custody register as PDF bytes."""

    def founding_certificate(self, content: Object) -> bytes:
        """Return the founding certificate as PDF bytes."""

    def grab_card(self, content: Object) -> bytes:
        """Return the one-page grab card as PDF bytes."""

    def blank_forms(self, content: Object) -> bytes:
        """Return numbered forms for writing by hand as PDF bytes, a page each."""

    def recovery_sheet(self, content: Object) -> bytes:
        """Return one recovery sheet as PDF bytes: a secret, for a ``Press`` and nothing else."""
