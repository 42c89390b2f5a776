# SPDX-License-Identifier: Apache-2.0
"""The words for witnesses of the journal: asking them, taking their signatures back, being one."""

from argparse import ArgumentParser

from console.cli.parser import add_verb, natural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs

OUT = "a folder for the pictures, one page FILE.png, or the plain bytes FILE.bg; - is stdout"


def add_witnessing(verbs: "Verbs", checkpoint: ArgumentParser) -> None:
    """Add what the station does with witnesses."""
    checkpoint.add_argument("--witness", metavar="WHO", help="as a request to this witness")
    checkpoint.add_argument("--out", metavar="DIR|FILE", help=f"where the request goes: {OUT}")
    checkpoint.add_argument("--old", type=natural, metavar="SIZE", help="the entries that the witness says it knows")
    cosign = add_verb(verbs, "cosign", "take the signature of a witness back")
    cosign.add_argument(
        "answer", nargs="+", metavar="LINE|FILE", help="its line in quotes, its pictures, their folder, or one file"
    )
    add_verb(verbs, "status", "how much is written, since when it is provable, who witnessed it last")


def add_comparing(verify: ArgumentParser) -> None:
    """Add what the journal is held against."""
    verify.add_argument(
        "--checkpoint", nargs="+", metavar="FILE", help="also against this signed state, or a witness's answer"
    )
    verify.add_argument("--words", metavar="TEXT", help="also against 12 words from paper, with --size")
    verify.add_argument("--size", type=natural, metavar="N", help="the number of entries beside those words")


def add_being_witness(verbs: "Verbs") -> None:
    """Add what a keyholder's own console does as a witness."""
    witness = add_verb(
        verbs, "witness", "on your own console: its witness key; with a request: sign the journal's state"
    )
    witness.add_argument(
        "files", nargs="*", metavar="FILE", help="the request: its pictures, their folder, or one file"
    )
    witness.add_argument("--out", metavar="DIR|FILE", help=f"where the answer goes: {OUT}")
