# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass activation request``, and of what is prepared for it in peacetime."""

from console.cli.parser import add_verb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

    from console.cli.parser import Verbs


def add_requests(verbs: "Verbs") -> None:
    """Add the verbs for requests, now and prepared."""
    request = add_verb(verbs, "request", "file a request; with --as the requester's token signs it")
    _add_source(request, "the request.toml")
    request.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=TEXT",
        dest="hour",
        help="what only the hour tells: incident, first_seen, reason; perhaps deadline_at_risk, requester",
    )
    prepare = add_verb(verbs, "prepare", "propose a request in peacetime, or agree on it on a keyholder's token")
    which = prepare.add_mutually_exclusive_group(required=True)
    which.add_argument("--file", metavar="FILE", help="the prepared.toml")
    which.add_argument("--sign", metavar="NAME", help="the prepared request to agree on")
    prepare.add_argument("--name", metavar="NAME", help="with --file: what it is called")
    prepare.add_argument("--keyholder", metavar="N", help="with --sign: whose token")
    add_verb(verbs, "prepared", "every prepared request, and whether it holds")
    _add_source(add_verb(verbs, "cost", "who is needed, how long, what it will owe; nobody is asked"), "a request.toml")


def _add_source(parser: "ArgumentParser", file: str) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--file", metavar="FILE", help=file)
    source.add_argument("--prepared", metavar="NAME", help="a prepared request")
