"""The loop of a batch: keep the workers busy, decide in order, survive what dies, and leave the same result always."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import Cancelled, PCGError
from . import worker
from .executors import Engine
from .folder import Folder
from .items import Item, Order
from .select import Decision, Selection

ALONE_AFTER, GIVE_UP_AFTER = 2, 5
"""Deaths of its worker after which an item runs alone, so that it is known whose fault they are; and is given up."""

TELL_EVERY_S = 0.5

LOOKAHEAD = 4096
"""Items that may be finished ahead of one that takes long."""


@dataclass(frozen=True)
class State:
    """Where a batch stands, for whoever watches.

    Parameters
    ----------
    asked, accepted, rejected, failed : int
        Maps that are wanted, and what became of those decided so far.
    listed : int
        Items that will be tried at most.
    kept : int
        Items that an earlier run had finished.
    made : int
        Items finished by this run.
    running : int
        Items in work.
    seconds : float
        Since this run began.
    """

    asked: int
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    listed: int = 0
    kept: int = 0
    made: int = 0
    running: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Items a second in this run."""
        return self.made / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining_s(self) -> float | None:
        """Seconds that the rest will take at this rate; None while nothing can be said."""
        decided = self.accepted + self.rejected + self.failed
        if not (self.rate and decided):
            return None
        yielded = self.accepted / decided if self.asked < self.listed else 1.0
        left = (self.asked - self.accepted) / yielded if yielded else self.listed
        return min(left, self.listed - decided) / self.rate


Watch = Callable[[State], None]


@dataclass(frozen=True)
class Result:
    """What a batch came to."""

    order: Order
    decisions: tuple[Decision, ...]
    state: State

    @property
    def reached(self) -> bool:
        """Whether as many maps were accepted as were asked for."""
        return self.state.accepted >= self.state.asked


def unwatched(_state: State) -> None:
    """Do nothing: nobody watches."""


def run(order: Order, out: Path, engine: Engine, watch: Watch = unwatched) -> Result:
    """Make a batch, or go on with one that was interrupted.

    Parameters
    ----------
    order : Order
        What shall be tried.
    out : Path
        The batch's folder; new, empty, or of the same batch.
    engine : Engine
        Who computes.
    watch : callable
        Told about every half second how it stands.

    Returns
    -------
    Result
        The decisions, in order; every finished map lies in ``out``.

    Raises
    ------
    InputError
        The folder is another batch's.
    Cancelled
        The person stopped it; what is finished stays.
    PCGError
        No worker can go on.
    """
    folder = Folder(out)
    folder.check()
    with folder.locked():
        folder.claim(order.fingerprint)
        loop = _Loop(order, folder, engine, watch)
        try:
            loop.go()
        except KeyboardInterrupt:
            loop.close(cancelled=True)
            kept = len(folder.kept())
            raise Cancelled(
                f"cancelled; {kept} finished items stay in '{out}', and the same command goes on with them"
            ) from None
        except BaseException:
            loop.close(cancelled=True)
            raise
        loop.close(cancelled=False)
        loop.tidy()
        return Result(order, tuple(loop.selection.decisions), loop.state())


@dataclass
class _Loop:
    order: Order
    folder: Folder
    engine: Engine
    watch: Watch
    selection: Selection = field(init=False)
    kept: int = 0
    made: int = 0

    def __post_init__(self) -> None:
        accept = self.order.spec.accept
        self.selection = Selection(accept, accept.count if accept else self.order.listed)
        self._coming: Iterator[Item] = self.order.items()
        self._again: deque[Item] = deque()
        self._deaths: dict[int, int] = {}
        self._flying: dict[Future[dict[str, Any]], Item] = {}
        self._ready: dict[int, dict[str, Any]] = {}
        self._executor: Executor | None = None
        self._began = time.perf_counter()
        self._told = 0.0

    # -- what is told --------------------------------------------------------------------------------------------------

    def state(self) -> State:
        """Return where the batch stands."""
        made = self.selection.decisions
        failed = sum(d.status == "failed" for d in made)
        accepted = self.selection.accepted
        return State(
            self.selection.asked, accepted, len(made) - failed - accepted, failed, self.order.limit, self.kept,
            self.made, len(self._flying), time.perf_counter() - self._began,
        )  # fmt: skip

    def _tell(self) -> None:
        now = time.perf_counter()
        if now - self._told >= TELL_EVERY_S:
            self._told = now
            self.watch(self.state())

    # -- the loop ------------------------------------------------------------------------------------------------------

    def go(self) -> None:
        """Make items until enough are accepted or none are left."""
        while True:
            self._fill()
            self._decide()
            self._tell()
            if self.selection.complete or not (self._flying or self._again):
                break
            done, _ = wait(self._flying, timeout=0.5, return_when=FIRST_COMPLETED)
            broken = [self._take(future) for future in done]
            if any(broken):
                self._reopen()
        self.watch(self.state())

    def _fill(self) -> None:
        """Hand out items: those whose worker died first, then the next ones; finished ones are only read."""
        while len(self._flying) < self._room() and not self.selection.complete:
            item = self._again.popleft() if self._again else self._next()
            if item is None:
                return
            self._submit(item)

    def _room(self) -> int:
        """Return how many items may be out: two a worker, one where a worker was killed over and over."""
        alone = any(self._deaths.get(i.index, 0) >= ALONE_AFTER for i in (*self._again, *self._flying.values()))
        return 1 if alone else 2 * self.engine.workers

    def _next(self) -> Item | None:
        """Return the next item that is not finished; None where there is none, or enough are out for what is needed."""
        while not self.selection.complete and self._undecided() < self._wanted_ahead():
            item = next(self._coming, None)
            if item is None:
                return None
            record = self.folder.record(item.id)
            if record is None:
                return item
            self.kept += 1
            self._ready[item.index] = record
            self._decide()
            self._tell()
        return None

    def _undecided(self) -> int:
        return len(self._ready) + len(self._flying) + len(self._again)

    def _wanted_ahead(self) -> int:
        """Return how many items may be undecided: no more than could be needed, so that little is made in vain."""
        if self.selection.accept is None:
            return LOOKAHEAD
        return min(LOOKAHEAD, self.selection.asked - self.selection.accepted + self.engine.workers)

    def _submit(self, item: Item) -> None:
        fresh = self._executor is None
        if self._executor is None:
            self._executor = self.engine.open()
        try:
            self._flying[self._executor.submit(worker.make, item, str(self.folder.path.resolve()))] = item
        except BrokenExecutor as error:  # a worker died since the last look
            if fresh:
                raise PCGError(f"{self.engine.name} cannot work ({error}); run the same command to go on") from error
            self._again.appendleft(item)
            self._reopen()
        except RuntimeError as error:
            raise PCGError(f"{self.engine.name} takes no more work ({error}); run the same command to go on") from error

    def _take(self, future: Future[dict[str, Any]]) -> bool:
        """Take in what a future brought; return whether its executor broke."""
        item = self._flying.pop(future)
        try:
            record = future.result()
        except worker.UnfitWorkerError:
            raise
        except self.engine.deaths as error:
            self._died(item, error)
            return isinstance(error, BrokenExecutor)
        except Exception as error:
            record = _failed(item, f"unexpected {type(error).__name__}: {error}; report it")
        self.made += 1
        self._ready[item.index] = record
        return False

    def _died(self, item: Item, error: BaseException) -> None:
        self._deaths[item.index] = self._deaths.get(item.index, 0) + 1
        if self._deaths[item.index] < GIVE_UP_AFTER:
            self._again.append(item)
            return
        told = f"its worker died {GIVE_UP_AFTER} times ({type(error).__name__}), at last while it ran alone"
        self.made += 1
        self._ready[item.index] = _failed(item, f"{told}; it may need more memory")

    def _reopen(self) -> None:
        """Let go of a broken executor: what it had is tried again by the next one."""
        for future in wait(self._flying, timeout=30).done:
            self._take(future)
        self._executor = None

    def _decide(self) -> None:
        """Decide every item whose turn it is."""
        while not self.selection.complete and (index := len(self.selection.decisions)) in self._ready:
            self.selection.decide(index, self._ready.pop(index))

    # -- the end -------------------------------------------------------------------------------------------------------

    def close(self, cancelled: bool) -> None:
        """End the executor."""
        if self._executor is not None:
            with suppress(BrokenExecutor, CancelledError):
                self.engine.close(self._executor, list(self._flying), cancelled)
            self._executor = None

    def tidy(self) -> None:
        """Remove what was made ahead or left half done, and the bundles of rejects where they shall not stay."""
        self.folder.sweep()
        decided = {d.record["id"]: d for d in self.selection.decisions}
        for item_id in self.folder.kept():
            if item_id not in decided:
                self.folder.drop(item_id)
            elif not self.order.spec.keep_rejects and decided[item_id].status == "rejected":
                self.folder.drop_bundle(item_id)


def _failed(item: Item, reason: str) -> dict[str, Any]:
    return {
        "id": item.id, "version": item.version, "source": item.source.name, "instruction": item.source.instruction,
        "seed": item.seed, "parameters": item.point, "exports": list(item.exports), "state": "failed",
        "reason": reason, "lasting": False, "seconds": {"all": 0.0},
    }  # fmt: skip
