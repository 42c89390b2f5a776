# SPDX-License-Identifier: Apache-2.0
"""What every journal that is open has in common: at the end of a ``with`` block it is closed."""

from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """Closed at the end of a ``with`` block."""

    @abstractmethod
    def close(self) -> None:
        """Give up what is open; a second call does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
