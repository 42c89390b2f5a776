# SPDX-License-Identifier: Apache-2.0
"""A station with a person who may only read along."""

from dataclasses import replace

from console.actions.credential import versions
from console.demo.station import card
from tests.support.activations import open_for
from tests.support.newcomers import enrol_here, proposal_of, section
from tests.support.scenes import PASSWORD, Base, for_a_while, keep, sealed_base, staged
from tests.support.sheets import sign_step

READER, LATER = "compliance-1", "sealed-later"


@for_a_while
def read_along_base() -> Base:
    """A station with an open activation, and a person who may only read along."""
    with staged(sealed_base()) as scene:
        new = replace(
            section(scene, READER, "Gerda Hof", "compliance"), folder=(scene.folder / "tokens" / READER).resolve()
        )
        with scene.console() as console:
            proposal = proposal_of(enrol_here(scene, console, new))
        with scene.console() as console:
            sign_step(console, proposal)
        with scene.console() as console:
            act = open_for(console, {"credential": PASSWORD})
            versions.seal(console, LATER, "password", "standard", bytearray(b"secret"), card(LATER))
        return keep(scene, "read-along", act)
