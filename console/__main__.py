# SPDX-License-Identifier: Apache-2.0
"""The start of both faces: the network is off and dumps are forbidden before anything else is loaded."""

import sys

from console.confinement import forbid_dumps, shut_network
from console.domain.errors import Unavailable


def main() -> None:
    """Run the window without arguments, else the command; end with its exit status."""
    try:
        shut_network()
        forbid_dumps()
    except Unavailable as error:
        from console.cli.main import fail

        sys.exit(fail(error, as_json="--json" in sys.argv))
    sys.exit(_face())


def _face() -> int:
    if len(sys.argv) == 1:
        from console.gui.app import run as open_window

        return open_window()
    from console.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    main()
