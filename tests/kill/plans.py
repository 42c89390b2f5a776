# SPDX-License-Identifier: Apache-2.0
"""What the kill tests of verbs are made of."""

import pytest

from tests.kill.steps import DATABASE, VERBS, Step, name_of, points


def every(verb: str) -> pytest.MarkDecorator:
    """Run a test for each point of a verb."""
    return pytest.mark.parametrize("point", points(verb), ids=[name_of(verb, point) for point in points(verb)])


def written(verb: str, type_: str, point: int) -> bool:
    """Whether an entry was committed before this point."""
    return VERBS[verb].index(Step(DATABASE, type_)) < point
