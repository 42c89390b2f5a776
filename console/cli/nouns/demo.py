# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass demo …``."""

from argparse import ArgumentParser


def add(noun: ArgumentParser) -> None:
    """Add its verbs."""
    noun.set_defaults(verb="demo")
    noun.add_argument("--headless", action="store_true", help="tell the whole emergency in the terminal")
    noun.add_argument("folder", nargs="?", metavar="DIR", help="where the throw-away station is made")
