# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass policy …``."""

from argparse import ArgumentParser

from console.cli.nouns.recovery import add_stand_in
from console.cli.parser import add_verb, add_verbs


def add(noun: ArgumentParser) -> None:
    """Add its verbs."""
    verbs = add_verbs(noun)
    add_verb(verbs, "genesis", "the founding document in words, and who has not signed it")
    add_verb(verbs, "words", "its 12 words, for comparing aloud")
    paper = add_verb(verbs, "certificate", "print the founding certificate, as PDF")
    paper.add_argument("--out", required=True, metavar="FILE.pdf", help="where it goes; - is stdout")
    add_verb(verbs, "show", "people, classes and limits in force, open proposals, who is suspended")
    propose = add_verb(verbs, "propose", "propose a change; it binds nobody until the quorum has signed it")
    propose.add_argument("file", metavar="FILE", help="the change.toml: what it does not name stays as it is")
    sign = add_verb(verbs, "sign", "sign the founding document or a proposal on a keyholder's own token")
    sign.add_argument("id", metavar="ID", help="genesis, or the proposal")
    whose = sign.add_mutually_exclusive_group(required=True)
    whose.add_argument("--keyholder", metavar="N", help="whose token")
    whose.add_argument("--answer", nargs="+", metavar="FILE", help="the signature of somebody who is away")
    sign.add_argument("--sheets", metavar="GROUP", help="its recovery sheets sign in its stead; N witnesses, and signs")
    add_stand_in(sign)
    reseal = add_verb(verbs, "reseal", "seal again what is stale, in an open activation; --as signs")
    which = reseal.add_mutually_exclusive_group(required=True)
    which.add_argument("id", metavar="ID", nargs="?", help="the activation")
    which.add_argument("--plan", action="store_true", help="only say what is stale, and what it will cost")
