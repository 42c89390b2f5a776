# SPDX-License-Identifier: Apache-2.0
"""``python -m tests.lockout.page``: play every single loss and every pair, and write ``docs/lockout.md`` from it."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from tests.lockout.play import LAPTOP, NEEDED, PAIRED, SINGLE, Played, played
from tests.support.scenes import PASSWORD
from tests.support.sheets import NEW_CODES, RECOVERABLE

PAGE = Path(__file__).parents[2] / "docs" / "lockout.md"
CALLED = {
    RECOVERABLE: "password, 2 of Legal and 1 of IT",
    PASSWORD: "password, 1 of Legal and 1 of IT, no sheets of the groups",
    NEW_CODES: "one-time codes, 1 of Legal and 1 of IT",
}
WHY = {
    "too_few_codes": "codes are in no escrow: the old module took them along",
    "sheets_too_few": "neither enough tokens of the group nor enough of its sheets",
    "not_recoverable": "too few tokens of the group, and no sheets open this",
}
HEAD = """\
# What may be lost, and what opens then

Written by `python -m tests.lockout.page`, which takes each thing away on real tokens, files and sheets, and then opens
what is left as an administrator would. Do not edit it: run the command again.

The station of the play: Legal is `legal-1` and `legal-2`, IT is `it-1` and `it-2`, the operator is `legal-ops-1`; each
token on a stick of its own. The security module is the embedded one, so it lies on the station's disk and **goes with
it**. A backup of all of it lies elsewhere, so `disk` + `mirror` is a laptop that is gone with the second medium in it;
what that is without a backup stands at the end. Sheets: Legal 2 of 2, IT 1 of 1 (kept by `it-1`), the station 2 of 2
of each group. `person` is somebody who is gone with their token and the sheets that they keep; `token` is the token
alone, or its PIN.

What opens is a station's own matter: `breakglass station check --what-if` says it for yours, by the same rules.
"""
HARMLESS = """\
## What nothing needs

| lost | why nothing is locked out |
|---|---|
| camera | pictures and answers also go as files, and requests can be read aloud in groups |
| printer | sheets and cards also go to a medium in memory; nothing that opens is printed |
| clock | an activation stands still when the clock goes back; one of each group lets it go on |
"""
NOTES = """\
## Why some of it locks out

- **One-time codes do not survive the security module.** They are in no escrow and on no sheet: what sheets could bring
  back, an old disk could show twice. Have new codes issued at their target, and keep a second way in there.
- **A class that asks all of a group** is closed by the first token that goes, unless the group's sheets are in force
  and their keepers are there. A third person in the group takes that away.
- **A new security module takes the station's sheets and the quorum's tokens.** So the module together with one of two
  needed tokens locks everything out. Keep more people than thresholds, and the module off the station's disk.
- **A backup holds what was sealed before it**, for the people of its day, and opens with the station's sheets alone.
  What was sealed or changed since is not counted as saved: write one after every sealing and every change.
- **The sheets of one group only** stand in for its tokens in one opening; the other group's people must be there.
"""


def rows(losses: Sequence[str], found: Mapping[str, Played]) -> Iterator[str]:
    """Yield one line for each credential."""
    for name in NEEDED:
        one = found[name]
        opens = "opens" if one.why_not is None else "**locked out**"
        how = WHY.get(one.why_not, one.why_not) if one.why_not else "; ".join(one.steps) or "as always"
        yield f"| {' + '.join(f'`{loss}`' for loss in losses)} | {CALLED[name]} | {opens} | {how} |"


def table(all_losses: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the table of these sets of losses, each played."""
    yield "| lost | what is to be opened | | by, or why not |"
    yield "|---|---|---|---|"
    for losses in all_losses:
        sys.stderr.write(f"{' + '.join(losses)}\n")
        yield from rows(losses, played(losses))


def written() -> dict[tuple[frozenset[str], str], bool]:
    """Return what the page says: (losses, credential) -> whether it opens."""
    found, names = {}, {called: name for name, called in CALLED.items()}
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[1] in names:
            losses = frozenset(loss.strip("` ") for loss in cells[0].split("+"))
            found[losses, names[cells[1]]] = cells[2] == "opens"
    return found


def main() -> None:
    """Play everything and write the page."""
    parts = [
        HEAD,
        "## Every single loss\n",
        *table((loss,) for loss in SINGLE),
        "",
        HARMLESS,
        NOTES,
        "## Every pair\n",
        *table(combinations(PAIRED, 2)),
        "",
        "## The laptop, where no backup lies elsewhere\n",
        *table([LAPTOP]),
    ]
    PAGE.write_text("\n".join([*parts, ""]))


if __name__ == "__main__":
    main()
