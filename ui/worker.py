"""Runs works beside the main thread: cancellable, one of those that build at a time, answers through the event loop."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

from PySide6.QtCore import QObject, Qt, Signal

from pcgstudio.errors import Cancelled

from .spread import Spread
from .sweeping import sweep_here
from .works import Progress, Work, driven

TICK_S = 0.05
"""Shortest time between two progress reports: more than the eye can follow would only keep the main thread busy."""


class Worker(QObject):
    """One thread that works are done in, in turn, and another for those that build nothing.

    One, because works share a cache of built steps, and because compiled kernels already use every core and must not
    be entered twice at once.
    """

    _brought = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        sweep_here()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pcgstudio")
        self._light = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pcgstudio-aside")
        self._stops: set[Event] = set()
        self._items: deque[tuple[Callable[[object], None], object]] = deque()
        self._handing = Spread(self, single=True)
        self._brought.connect(self._line_up, Qt.ConnectionType.QueuedConnection)

    def start(self, work: Work, receive: Callable[[object], None]) -> Callable[[], None]:
        """Queue a work; return what cancels it. See `works.Start`."""
        return self._queue(self._pool, work, receive)

    def aside(self, work: Work, receive: Callable[[object], None]) -> Callable[[], None]:
        """Queue a work that builds nothing, such as a question to an endpoint; it waits for no map."""
        return self._queue(self._light, work, receive)

    def close(self) -> None:
        """Cancel everything, and wait for what is just being computed.

        Python would wait in any case before it ends, and by then what a thread works on may be gone.
        """
        for stop in tuple(self._stops):
            stop.set()
        for pool in (self._pool, self._light):
            pool.shutdown(wait=True, cancel_futures=True)
        self._items.clear()

    def _queue(self, pool: ThreadPoolExecutor, work: Work, receive: Callable[[object], None]) -> Callable[[], None]:
        stop = Event()
        self._stops.add(stop)
        with suppress(RuntimeError):  # closed: nobody waits for an answer
            pool.submit(self._drive, work, receive, stop)
        return stop.set

    def _drive(self, work: Work, receive: Callable[[object], None], stop: Event) -> None:
        told = 0.0

        def tick(fraction: float, text: str) -> None:
            nonlocal told
            if stop.is_set():
                raise Cancelled("stopped")
            if time.monotonic() - told > TICK_S:
                told = time.monotonic()
                self._bring(receive, Progress(fraction, text))

        if not stop.is_set():
            for item in driven(work, tick):
                if stop.is_set():
                    break
                self._bring(receive, item)
        self._stops.discard(stop)

    def _bring(self, receive: Callable[[object], None], item: object) -> None:
        with suppress(RuntimeError):  # the application is gone: nobody is left to tell
            self._brought.emit(receive, item)

    def _line_up(self, receive: Callable[[object], None], item: object) -> None:
        self._items.append((receive, item))
        if not self._handing.busy:
            self._handing.start(iter(self._hand, False))

    def _hand(self) -> bool:
        """Hand one answer on; return whether there was one."""
        if not self._items:
            return False
        receive, item = self._items.popleft()
        receive(item)
        return True
