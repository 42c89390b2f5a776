# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass credential …``."""

from argparse import ArgumentParser

from console.cli.nouns.usage import add_drift
from console.cli.parser import add_from, add_name, add_verb, add_verbs
from console.domain.kinds import NAMES


def add(noun: ArgumentParser) -> None:
    """Add its verbs."""
    verbs = add_verbs(noun)
    seal = add_verb(verbs, "seal", "seal a secret; without --from it is typed twice")
    seal.add_argument("--name", required=True, metavar="N")
    *known, last = NAMES
    seal.add_argument("--kind", required=True, metavar="KIND", help=f"{', '.join(known)} or {last}")
    seal.add_argument("--class", dest="class_", required=True, metavar="C", help="a class of the policy")
    add_from(seal)
    seal.add_argument("--card", metavar="FILE", help="the use card as TOML")
    for name, help_ in (("target", "which system"), ("account", "which account"), ("rotate", "how to rotate it")):
        seal.add_argument(f"--{name}", metavar="TEXT", help=f"use card: {help_}")
    add_verb(verbs, "list", "every credential and its state")
    add_name(add_verb(verbs, "show", "one credential with its use card, never the secret"))
    rotate = add_verb(verbs, "rotate", "seal a new version; the old one stays until the new one is confirmed")
    add_name(rotate)
    add_from(rotate)
    confirm = add_verb(verbs, "confirm", "confirm a new version as a second keyholder (--as)")
    add_name(confirm)
    confirm.add_argument("--evidence", required=True, metavar="REF", help="how you saw that it works")
    confirm.set_defaults(needs_as=True)
    add_drift(verbs)
