# SPDX-License-Identifier: Apache-2.0
"""What an organisation, a station and a person may be called.

These names end in names of keys, of files and of tokens, and in documents that are signed for good.
"""

import re

from console.domain.errors import Refused

RESTORING = "restoring"
"""The file that is there from a restore until its new HSM stands, or until somebody unlocks the station."""
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")
"""Between two such parts a ``/`` is never ambiguous: two stations never share the origin of their logs."""
_SHORT = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
_RESERVED = ("program", "claimed", "sheets")
"""What stands for no person, where a member's id or pseudonym would stand."""
_NO_LETTERS = ("So", "Sm", "Sc", "Zl", "Zp")
"""Categories of pictures, signs and breaks; of those that cannot be seen (C) a name has none either."""
LABEL_BYTES = 32
"""The longest label of a token (PKCS#11, CK_TOKEN_INFO)."""
MAX_NAME = 100


def check_organisation(name: str) -> None:
    """Raise ``Refused`` (organisation_form) unless keys and logs can be called so."""
    if not _PART.match(name):
        raise Refused("organisation_form", name=name)


def check_station(name: str) -> None:
    """Raise ``Refused`` (station_name_form) unless keys and logs can be called so."""
    if not _PART.match(name):
        raise Refused("station_name_form", name=name)


def check_label(label: str) -> None:
    """Raise ``Refused`` (token_label_form) unless a token can bear this label."""
    if len(label.encode(errors="replace")) > LABEL_BYTES:
        raise Refused("token_label_form", label=label, most=LABEL_BYTES)


def check_person(id_: str, name: str) -> None:
    """Raise ``Refused`` (short_name_form, person_name_form) unless a person can be called so."""
    if not is_short(id_):
        raise Refused("short_name_form", name=id_)
    if not is_person(name):
        raise Refused("person_name_form", name=name)


def is_short(id_: str) -> bool:
    """Say whether this can be a person's short name."""
    return _SHORT.match(id_) is not None and id_ not in _RESERVED


def is_person(name: str) -> bool:
    """Say whether this can be a person's name: it has letters, and nothing that makes one name look like another."""
    import unicodedata

    from console.domain.policy.keyholder import person_key  # brings cryptography, which a start does without

    kinds = [unicodedata.category(letter) for letter in name]
    odd = any(kind in _NO_LETTERS or kind.startswith("C") for kind in kinds)
    has_letters = any(kind.startswith("L") for kind in kinds)
    return bool(person_key(name)) and has_letters and not odd and len(name) <= MAX_NAME
