"""Which maps are taken: decided in the order of the items, whatever order they are finished in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ..world import FloatArray
from .spec import Accept
from .traits import distances

Status = Literal["accepted", "rejected", "failed"]


@dataclass(frozen=True)
class Decision:
    """What became of an item.

    Parameters
    ----------
    index : int
        Its place in the order.
    record : dict
        What its worker told.
    status : {"accepted", "rejected", "failed"}
        Whether it counts.
    reason : str
        Why not; empty where it does.
    """

    index: int
    record: dict[str, Any]
    status: Status
    reason: str = ""


@dataclass
class Selection:
    """The decisions so far.

    Parameters
    ----------
    accept : Accept, optional
        When a map counts; without it every one does that could be made.
    asked : int
        How many are wanted.
    """

    accept: Accept | None
    asked: int
    decisions: list[Decision] = field(default_factory=list)
    accepted: int = 0
    _rows: FloatArray = field(default_factory=lambda: np.empty((0, 0), np.float32))
    _names: list[str] = field(default_factory=list)

    @property
    def reached(self) -> bool:
        """Whether as many maps are accepted as were asked for."""
        return self.accepted >= self.asked

    @property
    def complete(self) -> bool:
        """Whether no further item is needed."""
        return self.accept is not None and self.reached

    def decide(self, index: int, record: dict[str, Any]) -> Decision:
        """Take or refuse the next item; they must come in order."""
        status, reason = self._judged(record)
        if status == "accepted":
            self.accepted += 1
            self._remember(record)
        made = Decision(index, record, status, reason)
        self.decisions.append(made)
        return made

    def _judged(self, record: dict[str, Any]) -> tuple[Status, str]:
        if record["state"] == "failed":
            return "failed", record["reason"]
        if self.accept is None:
            return "accepted", ""
        if self.accept.satisfied and not record["satisfied"]:
            return "rejected", "; ".join(record["unmet"]) or "nothing to satisfy: it has no brief"
        if self.accept.distinct > 0 and self._names:
            away = distances(np.array(record["descriptor"], np.float32), self._rows[: len(self._names)])
            nearest = int(np.argmin(away))
            if away[nearest] < self.accept.distinct:
                return "rejected", (f"near-duplicate of {self._names[nearest]}: their distance {away[nearest]:.4f} is "
                                    f"below {self.accept.distinct:g}")  # fmt: skip
        return "accepted", ""

    def _remember(self, record: dict[str, Any]) -> None:
        """Keep a descriptor in a table that doubles when it is full."""
        if self.accept is None or not self.accept.distinct:
            return
        row = np.array(record["descriptor"], np.float32)
        if len(self._names) == len(self._rows):
            grown = np.zeros((max(64, 2 * len(self._rows)), len(row)), np.float32)
            grown[: len(self._names)] = self._rows[: len(self._names)].reshape(-1, len(row))
            self._rows = grown
        self._rows[len(self._names)] = row
        self._names.append(record["id"])
