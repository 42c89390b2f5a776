# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass handoff …``."""

from argparse import ArgumentParser

from console.cli.parser import add_verb, add_verbs, positive


def add(noun: ArgumentParser) -> None:
    """Add its verbs."""
    verbs = add_verbs(noun)
    show = add_verb(verbs, "show", "a file as pictures")
    show.add_argument("file", metavar="FILE")
    show.add_argument("--out", metavar="DIR|FILE.png")
    show.add_argument("--spoken", action="store_true", help="as lines to read aloud, on the screen")
    show.add_argument("--bytes", type=positive, default=300, metavar="N", help="in one picture (300)")
    scan = add_verb(verbs, "scan", "pictures as a file again")
    scan.add_argument("images", nargs="*", metavar="IMAGE", help="PNG, JPEG or PDF")
    scan.add_argument("--typed", metavar="FILE", help="lines that were read aloud and typed; - is stdin")
    scan.add_argument("--out", metavar="FILE", help="where to write what they hold")
