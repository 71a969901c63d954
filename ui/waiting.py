"""Waiting for a model so that a person can cancel: the question runs beside, and the work looks up now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TypeVar

from .messages import Message

if TYPE_CHECKING:  # the window opens before the core is loaded
    from .works import Tick

T = TypeVar("T")
LOOK_S = 0.05
"""How long a cancelled question holds up what comes after it."""


def beside(call: Callable[[], T], tick: Tick, text: str) -> T:
    """Return what a call returns, or raise what it raises; ``tick`` is asked meanwhile whether to go on.

    Only for calls that wait for others, such as an endpoint: one that is given up runs to its end in a thread that
    nobody listens to.
    """
    done, told, failed = Event(), [], []

    def answer() -> None:
        try:
            told.append(call())
        except BaseException as error:  # raised again where it is waited for
            failed.append(error)
        done.set()

    began = time.monotonic()
    Thread(target=answer, name="pcgstudio-waiting", daemon=True).start()
    while not done.wait(LOOK_S):
        waited = int(time.monotonic() - began)
        tick(0.0, Message("%1, %2 s", text, waited) if waited else text)
    if failed:
        raise failed[0]
    return told[0]


class Patient:
    """A language model that can be left in the middle of a question; all else is the model's own.

    Parameters
    ----------
    model : Model
        Who answers.
    tick : callable
        Raises ``Cancelled`` when the person stops.
    """

    def __init__(self, model: Any, tick: Tick) -> None:
        self._model, self._tick = model, tick

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    @property
    def name(self) -> str:
        """The model's id."""
        return str(self._model.name)

    @name.setter
    def name(self, value: str) -> None:
        self._model.name = value

    @property
    def sees(self) -> bool:
        """Whether it takes pictures; an endpoint may have to be asked."""
        return beside(
            lambda: bool(self._model.sees), self._tick, Message("asking %1 whether it sees pictures", self.name)
        )

    @sees.setter
    def sees(self, value: bool) -> None:
        self._model.sees = value

    def ask(self, *asked: Any, **more: Any) -> Any:
        """Ask the model, see `pcgstudio.llm.model.Model`."""
        return beside(lambda: self._model.ask(*asked, **more), self._tick, Message("waiting for %1", self.name))
