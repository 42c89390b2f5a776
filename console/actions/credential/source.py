# SPDX-License-Identifier: Apache-2.0
"""What a file that holds a secret holds: the secret itself, or a picture with one QR code in which it stands."""

from console.actions.handoff.transfer import PICTURE_BEGINS
from console.domain.credential import versions as rules
from console.domain.errors import Refused
from console.ports.codes import Codes


def taken(codes: Codes, data: bytearray, name: str) -> tuple[bytearray, str]:
    """Return the secret of a file's bytes and how it came; a picture's bytes are wiped.

    Raises ``Refused``: no_code_in_picture; codes_in_picture unless there is exactly one.
    """
    if not data.startswith(PICTURE_BEGINS):
        return data, rules.IN_FILE
    texts = codes.scan(bytes(data))
    data[:] = bytes(len(data))
    if not texts:
        raise Refused("no_code_in_picture", file=name)
    if len(texts) > 1:
        raise Refused("codes_in_picture", file=name, count=len(texts))
    return bytearray(texts[0].encode()), rules.IN_PICTURE
