"""How long a run has taken, and whether that is too long; a recorded run can be told again with the same answers."""

from __future__ import annotations

import time
from math import inf


class Clock:
    """Time since a run began.

    Parameters
    ----------
    limit_s : float
        After which the run is late.
    recorded : bool
        Whether a recording is told again: then it is late when it was late, however fast it goes now.
    late_at : int, optional
        The question at which the recorded run was first late.
    """

    def __init__(self, limit_s: float, recorded: bool = False, late_at: int | None = None) -> None:
        self.limit_s, self.recorded, self.late_at = limit_s, recorded, late_at
        self._asked = 0
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return round(time.perf_counter() - self._began, 3)

    @property
    def left(self) -> float:
        """Seconds until the run is late; never none, so that what is due now can still be said."""
        return inf if self.recorded else max(self.limit_s - self.seconds, 1.0)

    def late(self) -> bool:
        """Whether the time is over; once late, always late."""
        self._asked += 1
        if not self.recorded and self.late_at is None and self.seconds > self.limit_s:
            self.late_at = self._asked
        return self.late_at is not None and self._asked >= self.late_at
