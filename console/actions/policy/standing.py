# SPDX-License-Identifier: Apache-2.0
"""What a change of people or rules means for what is sealed: what becomes stale, and that nothing is locked out.

Before a step is proposed, before it takes effect and before anybody is suspended, every credential is asked whether
enough people would be left to open it as it is sealed now. If not, the change is refused and says what to do first.
Where the sheets of a group sign, its tokens are gone already: what only they open is lost, and said, and stops nothing.
"""

from collections.abc import Collection, Iterator

from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.domain.credential.versions import Credential
from console.domain.errors import Refused
from console.domain.policy.rules import Policy
from console.domain.policy.standing import Seal


def check_openable(console: Console, after: Policy, *, gone: Collection[str] = ()) -> None:
    """Raise ``Refused`` (group_too_small, class_in_use, would_lock_out) if this policy would lock anybody out.

    ``gone``: the groups whose tokens nobody counts on any more.
    """
    for group in after.roster.groups:
        left, needed = len(after.active_in(group)), after.roster.greatest(group)
        if left < needed:
            raise Refused("group_too_small", group=group, left=left, needed=needed)
    for credential, seal in _seals(console):
        if seal.class_ not in after.roster.classes:
            raise Refused("class_in_use", name=seal.class_, credential=credential.name)
        # What is lost already must not stand in the way of everything that comes after.
        lost = {*gone, *seal.short_of(console.policy)}
        for group, (left, needed) in seal.short_of(after).items():
            if group in lost or seal.has_sheets(group):
                continue
            raise Refused("would_lock_out", credential=credential.name, group=group, left=left, needed=needed)


def lost_with(console: Console, after: Policy, group: str) -> list[str]:
    """Return the credentials that only the tokens of a group opened which count no more, in order of name."""
    return sorted(
        {
            credential.name
            for credential, seal in _seals(console)
            if group in seal.short_of(after) and not seal.has_sheets(group)
        }
    )


def stale(console: Console) -> list[tuple[Credential, list[int]]]:
    """Return every credential with items that would be dealt otherwise now, and these items, in order of name."""
    left, found = credentials.unburnt(console), []
    for _, credential in sorted(credentials.fold(console).items()):
        items = [n for n in credentials.openable_items(credential, left) if is_stale(console, credential, n)]
        if items:
            found.append((credential, items))
    return found


def is_stale(console: Console, credential: Credential, item: int) -> bool:
    """Return whether an item of the current version would be dealt otherwise now."""
    place = credential.current.place(item)
    return credentials.seal_of(console, credential, place).is_stale(console.policy)


def _seals(console: Console) -> Iterator[tuple[Credential, Seal]]:
    for credential in credentials.fold(console).values():
        places = {credential.current.place(n) for n in credential.items_left()}
        # A waiting version must open too, once it is confirmed.
        places |= {credential.candidate.number} if credential.candidate else set()
        for place in sorted(places):
            yield credential, credentials.seal_of(console, credential, place)
