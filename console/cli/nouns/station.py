# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass station …``."""

from argparse import ArgumentParser

from console.cli.nouns.overview import add_status
from console.cli.nouns.readiness import add_readiness
from console.cli.nouns.usage import add_attest_time
from console.cli.parser import add_new_token, add_verb, add_verbs


def add(noun: ArgumentParser) -> None:
    """Add its verbs."""
    verbs = add_verbs(noun)
    init = add_verb(verbs, "init", "found a station: make its keys, propose the founding document")
    init.add_argument("--config", required=True, metavar="FILE", help="the station.toml to found it with")
    add_new_token(init)
    unlock = add_verb(verbs, "unlock", "unlock the station by one person's token (--as)")
    unlock.set_defaults(needs_as=True)
    add_verb(verbs, "lock", "lock the station for every window and command")
    add_status(verbs)
    add_readiness(verbs)
    add_attest_time(verbs)
    backup = add_verb(verbs, "backup", "a signed copy of everything a restore needs, on another disk")
    backup.add_argument("folder", metavar="DIR")
    backup.add_argument("--verify", action="store_true", help="check a backup instead; needs no unlock")
    backup.add_argument("--same-disk", action="store_true", help="allow it on the station's own disk")
    restore = add_verb(verbs, "restore", "put the station's files back from a backup or the second medium")
    restore.add_argument("folder", metavar="DIR")
    restore.add_argument("--sheets", action="store_true", help="also a new security module, from the sheets")
    restore.add_argument("--words", metavar="FD", help="the sheets' words, a sheet a line; - is stdin")
    moved = add_verb(verbs, "replace-hsm", "the station in another folder, with a new security module")
    moved.add_argument("folder", metavar="DIR", help="a folder that is not a station yet")
    moved.add_argument("--config", metavar="FILE", help="its station.toml, if it is another")
