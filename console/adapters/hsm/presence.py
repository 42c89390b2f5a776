# SPDX-License-Identifier: Apache-2.0
"""Whether a person's token is there, looked at beside the work: without a PIN, without waiting.

A device is looked at through a token process of its own. That asks the reader, not the token: a word to a card that
signs in another process could cost it its login. Only what was put in anew is asked once whose it is.
"""

import select
import time
from collections.abc import Mapping

from console.adapters.child import Child
from console.adapters.hsm.process import KEY_FILE, PROCESS, TokenAddress, load_fields, value
from console.domain.errors import ConsoleError, Unavailable
from console.domain.frame import Frame
from console.domain.keyholder import keyfile
from console.domain.policy.keyholder import TokenKeys

ANSWER_S = 1.0


class FolderPresence:
    """Fits the window's ``Seen``: a software token is there as long as its folder is, which may lie on a stick."""

    def __init__(self, address: TokenAddress) -> None:
        folder = address.folder
        if folder is None:
            raise ValueError(address)
        self._place = folder / keyfile.FILE_NAME if address.module == KEY_FILE else folder

    def look(self) -> bool:
        """Return whether it is there."""
        return self._place.exists()

    def close(self) -> None:
        """Nothing is held."""


class DevicePresence:
    """Fits the window's ``Seen``: asks at one look, and has the answer at the next."""

    def __init__(self, address: TokenAddress, known: TokenKeys, environment: Mapping[str, str]) -> None:
        self._address, self._environment = address, environment
        expected = {"sign": known.sign.hex(), "share": known.share.hex()}
        self._where: Mapping[str, object] = {"label": address.label, "expect": expected}
        self._child: Child | None = None
        self._slot: int | None = None
        self._number = 0
        self._seen: bool | None = None

    def look(self) -> bool | None:
        """Return whether it was there at the last look; None while that is not known."""
        try:
            if self._child is None:
                self._child = Child(PROCESS, self._environment)
                self._ask(self._child, "load", **load_fields(self._address))
            elif self._has_answered(self._child):
                self._ask(self._child, "present", **self._where, slot=self._slot)
        except ConsoleError:
            # Modules do not survive every removal: the next one tells what is there now.
            self.close()
        return self._seen

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wire.close()
        self._slot = None

    def _ask(self, child: Child, verb: str, **fields: object) -> None:
        self._number += 1
        child.wire.send(Frame({"id": self._number, "verb": verb, **fields}), time.monotonic() + ANSWER_S)

    def _has_answered(self, child: Child) -> bool:
        """Take the answer if there is one; errors of the token end the process."""
        poll = select.poll()
        poll.register(child.wire.reading, select.POLLIN)
        if not poll.poll(0):
            return False
        answer = child.wire.receive(time.monotonic() + ANSWER_S)
        if answer.head.get("id") != self._number:
            raise Unavailable("token_broken", why="answer_to_another_request")
        if "error" in answer.head:
            raise Unavailable("token_broken")
        said = value(answer)
        if "slot" in said:
            slot = said["slot"]
            self._slot = slot if isinstance(slot, int) else None
            self._seen = self._slot is not None
        return True
