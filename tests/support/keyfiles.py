# SPDX-License-Identifier: Apache-2.0
"""Software key files whose PIN is stretched for next to nothing, so that tests are fast."""

import os
from pathlib import Path

from console.domain.keyholder import keyfile
from console.domain.keyholder.keyfile import Cost

QUICK = Cost(memory_kib=64, passes=1, lanes=1)


def make_key_file(folder: Path, pin: str) -> Path:
    """Make a key file without keys in a new folder; return its path."""
    folder.mkdir(mode=0o700, parents=True)
    made = keyfile.empty(
        bytearray(pin.encode()),
        salt=os.urandom(keyfile.SALT_BYTES),
        nonce=os.urandom(keyfile.NONCE_BYTES),
        cost=QUICK,
        weak=True,
    )
    file = folder / keyfile.FILE_NAME
    file.write_bytes(made.encode())
    return file
