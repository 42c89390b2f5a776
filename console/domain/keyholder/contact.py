# SPDX-License-Identifier: Apache-2.0
"""How a keyholder is reached, and who stands in when they are not: the contact card."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.domain.canonical import Json, Object
from console.domain.errors import Refused
from console.domain.policy.rules import Roster

MAX_TEXT = 200
CONTACT = "keyholder.contact"
"""The type of the entry that commits to a card."""
PRIVATE = frozenset(("phone", "mail", "reach"))
"""The fields of a card that leave the station in no export and in no proof."""


@dataclass(frozen=True)
class Contact:
    """The card of one person; ``deputy`` is the member id of whoever is called next, empty if nobody is named."""

    phone: str = ""
    mail: str = ""
    reach: str = ""
    deputy: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return the card as its journal entry commits to it."""
        return {"phone": self.phone, "mail": self.mail, "reach": self.reach, "deputy": self.deputy}


def from_fields(fields: Mapping[str, object]) -> Contact:
    """Return the card of an opened journal entry; what was withheld or erased is empty."""
    return Contact(*(str(fields.get(name) or "") for name in ("phone", "mail", "reach", "deputy")))


def check(roster: Roster, member: str, contact: Contact) -> None:
    """Raise ``Refused`` (contact_empty, contact_too_long, deputy_wrong) for a card that would help nobody."""
    person, said = roster.member(member), contact.to_json().values()
    if not any(said):
        raise Refused("contact_empty", member=member)
    if any(len(str(text)) > MAX_TEXT for text in said):
        raise Refused("contact_too_long", most=MAX_TEXT)
    # Somebody of another group could be reached and would still not count for this one.
    if contact.deputy and (contact.deputy == member or roster.member(contact.deputy).role != person.role):
        raise Refused("deputy_wrong", member=member, deputy=contact.deputy, group=person.role)


def succession(member: str, contacts: Mapping[str, Contact], known: Iterable[str]) -> list[str]:
    """Return who stands in for a member, in order: the deputy, the deputy's deputy and so on, each once."""
    chain, present = [member], set(known)
    while (following := contacts.get(chain[-1], Contact()).deputy) in present and following not in chain:
        chain.append(following)
    return chain[1:]


def to_object(contacts: Mapping[str, Contact], member: str) -> Object:
    """Return a member's card for showing, empty where there is none."""
    return contacts.get(member, Contact()).to_json()
