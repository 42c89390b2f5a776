# SPDX-License-Identifier: Apache-2.0
"""The start of both faces: the network is off and dumps are forbidden before anything else is loaded."""

import os
import sys
from collections.abc import Sequence

from console.confinement import forbid_dumps, shut_network
from console.domain.errors import ConsoleError, Refused

TYPE_CHECKING = False  # The one of ``typing`` would cost every start 6 ms.
if TYPE_CHECKING:
    from pathlib import Path

    from console.settings import Settings


def main() -> None:
    """Run the window without a verb (``--station DIR`` and ``--lang`` aside), else the command; end with its status."""
    arguments = sys.argv[1:]
    try:
        shut_network()
        forbid_dumps()
        sys.exit(_run(arguments))
    except ConsoleError as error:
        from console.cli.main import fail

        sys.exit(fail(error, as_json="--json" in arguments))


def _run(arguments: Sequence[str]) -> int:
    options = dict(zip(arguments[::2], arguments[1::2], strict=False))
    if 2 * len(options) == len(arguments) and options.keys() <= {"--station", "--lang"}:
        from console import settings
        from console.cli.folder import station_folder

        folder = station_folder(options.get("--station"))
        _speak(options.get("--lang"), settings.language(folder))
        if not settings.is_begun(folder) or settings.lacks_module(folder):
            from console.gui.start_window import run as begin

            begin(folder)
            if not settings.is_begun(folder) or settings.lacks_module(folder):
                return 0
        return _open_own(folder) if settings.is_own(folder) else _open_window(settings.read(folder), None)
    from console.cli.main import run

    return run(arguments, open_window=_open_window)


def _speak(asked: str | None, by_station: str) -> None:
    # Before anything is loaded that says something: texts of modules are said when those are imported.
    from console.language import LANGUAGES, choose, kept

    if asked not in (None, *LANGUAGES):
        raise Refused("language_unknown", language=asked, known=", ".join(LANGUAGES))
    choose((asked or kept(os.environ), by_station), os.environ)


def _open_window(settings: "Settings", banner: str | None) -> int:
    from console.gui.startup import start_lean

    start_lean()
    from console.gui.app import run

    return run(settings, banner=banner)


def _open_own(folder: "Path") -> int:
    from console.gui.own_window import run

    return run(folder)


if __name__ == "__main__":
    main()
