"""How fast a socket may talk, and how many there may be. Plain arithmetic, kept where the sockets are."""

from collections import Counter
from collections.abc import Hashable

A_SECOND = 10
BURST = 20


class Bucket:
    """Fills by `rate` a second up to `size`; each message takes one."""

    def __init__(self, *, rate: float = A_SECOND, size: int = BURST, at: float = 0.0) -> None:
        self.rate, self.size = rate, size
        self.level, self.at = float(size), at

    def take(self, at: float) -> bool:
        self.level = min(self.size, self.level + (at - self.at) * self.rate)
        self.at = at
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Tally:
    """How many are inside, by key."""

    def __init__(self) -> None:
        self._inside: Counter[Hashable] = Counter()

    def enter(self, key: Hashable, *, limit: int) -> bool:
        if self._inside[key] >= limit:
            return False
        self._inside[key] += 1
        return True

    def leave(self, key: Hashable) -> None:
        self._inside[key] -= 1
        if self._inside[key] <= 0:
            del self._inside[key]

    def __getitem__(self, key: Hashable) -> int:
        return self._inside[key]
