"""The part of the controller that goes back and forth in the history, and compares two of its maps."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from .building import built
from .conversation import Conversation
from .state import Comparison
from .works import Drawn, Stuck


class Travels(Conversation):
    """Undo without limit: instant for the maps that are kept, by a rebuild for the others."""

    def undo(self) -> None:
        """Take the last step back; what was only offered is rejected by that."""
        if self.state.offer is not None:
            self.reject()
        elif self._history.back is not None and self._free():
            self.go_to(self._history.back if self._history.back is not None else 0)

    def redo(self) -> None:
        """Bring back the step that was taken back last."""
        if self._history.on is not None:
            self.go_to(self._history.on)

    def go_to(self, entry: int) -> None:
        """Show any entry of the history; branches stay."""
        if entry not in self._history.entries or not self._free() or entry == self._history.current:
            return
        self._begin()
        self._history = self._history.moved(entry)
        self._settle(activity=None, notice="")
        self._show_current()

    def name_entry(self, entry: int, name: str) -> None:
        """Give an entry, and so the branch that it ends, a name."""
        if entry in self._history.entries:
            self._history = self._history.changed(entry, name=" ".join(name.split()))
            self._become(timeline=self._history.timeline(self._kept))
            self._keep()

    # -- A beside B ----------------------------------------------------------------------------------------------------

    def compare(self, left: int, right: int) -> None:
        """Show two entries side by side; maps that are not kept are built again."""
        if not {left, right} <= set(self._history.entries):
            return
        self._stop("compare")
        self._become(comparison=Comparison(left, right, self._kept.get(left), self._kept.get(right)))
        self._build_compared()

    def stop_comparing(self) -> None:
        """Show the current entry alone."""
        self._stop("compare")
        self._become(comparison=None)

    def _idle(self) -> None:
        super()._idle()
        if not self._running("compare"):
            self._build_compared()

    def _build_compared(self) -> None:
        """Build the side that lacks its map."""
        now = self.state.comparison
        if now is None:
            return
        for side in ("left", "right"):
            entry = self._history.entries[getattr(now, side)]
            if getattr(now, f"{side}_shown") is None and entry.recipe is not None and not entry.problem:
                work = partial(
                    built, self._bench, entry.recipe, entry.folder or Path(), self.preferences.tiers,
                    preview=False, measured=False,
                )  # fmt: skip
                self._request("compare", work, partial(self._side, side, entry.id))
                return

    def _side(self, side: str, entry: int, item: object) -> None:
        now = self.state.comparison
        if now is None:
            return
        match item:
            case Drawn():
                shown = item.shown(entry)
                left = shown if side == "left" else now.left_shown
                right = shown if side == "right" else now.right_shown
                self._become(comparison=replace(now, left_shown=left, right_shown=right))
                self._stop("compare")
                self._build_compared()
            case Stuck(error, _):
                self._become(problem=error, comparison=None)
