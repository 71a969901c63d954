"""One thread beside the main one for the view's own work: the newest wish of a kind replaces older ones."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from pcgstudio.errors import Cancelled

from ..sweeping import sweep_here

Tick = Callable[[float], None]
"""Takes how far a job is, in [0, 1]; raises `Cancelled` when nobody waits for it any more."""
Job = Callable[[Tick], object]


class Lane(QObject):
    """Runs jobs in turn; what they return comes back on the thread that owns this object."""

    progressed = Signal(str, float)
    ended = Signal(str)
    _brought = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        sweep_here()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pcgstudio-view")
        self._stops: dict[str, Event] = {}
        self._brought.connect(self._hand, Qt.ConnectionType.QueuedConnection)
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(self.close)  # Python would wait for the thread

    def start(self, kind: str, job: Job, receive: Callable[[object], None]) -> None:
        """Run a job after those already waiting; an older one of its kind is dropped.

        ``receive`` gets what the job returns, or the exception that it raised; nothing when it was cancelled.
        """
        self.cancel(kind)
        stop = self._stops[kind] = Event()
        self._pool.submit(self._drive, kind, job, receive, stop)

    def cancel(self, kind: str) -> None:
        """Drop the job of a kind, running or waiting."""
        if kind in self._stops:
            self._stops.pop(kind).set()

    def busy(self, kind: str) -> bool:
        """Whether a job of that kind is under way."""
        return kind in self._stops

    @property
    def idle(self) -> bool:
        """Whether no job of any kind is under way."""
        return not self._stops

    def close(self) -> None:
        """Drop everything; wait for the job that runs, or it would hold what is about to be destroyed."""
        for kind in list(self._stops):
            self.cancel(kind)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _drive(self, kind: str, job: Job, receive: Callable[[object], None], stop: Event) -> None:
        def tick(fraction: float) -> None:
            if stop.is_set():
                raise Cancelled("stopped")
            with suppress(RuntimeError):  # the application is gone
                self.progressed.emit(kind, fraction)

        if stop.is_set():
            return
        try:
            found = job(tick)
        except Cancelled:
            return
        except Exception as error:  # told by whoever asked
            found = error

        def bring(_: object) -> None:
            if not stop.is_set():
                if self._stops.get(kind) is stop:
                    del self._stops[kind]
                self.ended.emit(kind)
                receive(found)

        with suppress(RuntimeError):  # the application is gone: nobody is left to tell
            self._brought.emit(bring, None)

    @staticmethod
    def _hand(receive: Callable[[object], None], item: object) -> None:
        receive(item)
