# SPDX-License-Identifier: Apache-2.0
"""The tree of errors, by whose move it is.

    ConsoleError
    ├── Refused      policy or input says no: change something, then ask again
    ├── Unavailable  a device, drive, person or peer is missing: try again
    ├── Corrupt      evidence does not verify: stop and report
    └── Misused      our own bug
    Cancelled        the person called it off: unwind quietly

Each error carries a stable code and facts, never prose and never a secret. The sentences
stand in ``console.wording``, the exit codes in ``console.cli.main``.
"""


class ConsoleError(Exception):
    """What every error of this program is; ``code`` is stable, ``facts`` are printable."""

    family = "misused"

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({facts})" if facts else self.code


class Refused(ConsoleError):
    """A rule or the input says no."""

    family = "refused"


class Unavailable(ConsoleError):
    """Something outside is missing, busy or broken; trying again may help."""

    family = "unavailable"


class Corrupt(ConsoleError):
    """Stored or received evidence does not verify."""

    family = "corrupt"


class Misused(ConsoleError):
    """A caller inside this program broke a rule of the code."""

    family = "misused"


class Cancelled(Exception):
    """The person called it off."""
