"""The part of the controller for what lasts longer than a map: preferences, keys, and sessions that ended badly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from pcgstudio.errors import InputError

from . import autosave
from .desk import spoken
from .documents import Documents
from .history import History
from .messages import Message
from .preferences import Agents, Preferences
from .state import Activity, AgentTest, Recovery
from .waiting import beside
from .works import Stuck, Tick

NO_KEY = "That is no key (it is empty, or holds blanks or odd characters); copy it again."
NO_KEYRING = "This machine has no keyring that opens; set the key as PCGSTUDIO_API_KEY before the start."


class Setup(Documents):
    """Preferences are kept at once; sessions are offered at the start, kept while they last, and gone after."""

    def begin(self) -> None:
        """Look what there is: the gallery, and sessions that can be brought back."""
        if self._autosave is not None:
            self._become(recoveries=autosave.recoveries(self._autosave.folder))
        self.refresh_presets()

    def close(self) -> None:
        """End cleanly: everything under way stops, nothing is left on disk but what was saved."""
        for lane in tuple(self._lanes):
            self._stop(lane)
        if self._autosave is not None:
            self._autosave.close()

    def recover(self, recovery: Recovery) -> None:
        """Bring a session back, with its whole history."""
        if self._autosave is None or not self._free():
            return
        self._begin()
        self._become(
            activity=Activity("open", Message("bringing the session back"), since=time.monotonic()), problem=""
        )
        self._request("main", partial(_taken, self._autosave, recovery), partial(self._recovered, recovery))

    def discard(self, recovery: Recovery) -> None:
        """Forget a session for good."""
        autosave.discard(recovery)
        self._forget(recovery)

    def prefer(self, **changes: Any) -> None:
        """Change preferences, such as ``theme="dark"`` or ``tiers=Tiers(work=1024)``; they are kept at once."""
        try:
            self._prefer(Preferences.model_validate({**dict(self.preferences), **changes}))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(p) for p in first["loc"])
            self._become(problem=Message("%1 = %2 cannot be used: %3.", place, repr(first["input"]), first["msg"]))

    def key_host(self) -> str:
        """Return the host that the keyring keeps the chosen endpoint's key under; empty where none is chosen."""
        from pcgstudio.llm.presets import get_preset  # noqa: PLC0415 - slow to load

        agents = self.preferences.agents
        try:
            address = agents.base_url or (get_preset(agents.preset).base_url if agents.preset else "")
        except InputError:
            return ""
        return urlsplit(address).hostname or ""

    def store_key(self, host: str, key: str) -> None:
        """Put an endpoint's key into the system's keyring; it is written nowhere else."""
        told = key.strip()
        if not told or not told.isascii() or not told.isprintable() or " " in told:
            self._become(problem=Message(NO_KEY))
            return
        self._become(**_with_keyring("set_password", host, told))

    def forget_key(self, host: str) -> None:
        """Take an endpoint's key out of the keyring."""
        self._become(**_with_keyring("delete_password", host))

    def test_agents(self) -> None:
        """Ask the chosen endpoint a few tiny questions, and say what came of it."""
        self._become(agent_test=AgentTest(running=True, text=Message("asking the endpoint")))
        self._request("agents", partial(_asked, self.preferences.agents), self._take_test, aside=True)

    def _take_test(self, item: object) -> None:
        match item:
            case AgentTest():
                self._become(agent_test=item)
            case Stuck(error, _):
                self._become(agent_test=AgentTest(text=spoken(error)))

    def _recovered(self, recovery: Recovery, item: object) -> None:
        match item:
            case History():
                for number in tuple(self._kept):
                    self._kept.drop(number)
                self._history, self._saved, self._back, self._unbuilt = item, -1, item.current, set()
                self._forget(recovery)
                self._settle(
                    activity=None, offer=None, variants=None, draft=None, comparison=None, here=None, file=None,
                    notice=Message("Your session is back."),
                )  # fmt: skip
                self._show_current()
            case Stuck(error, _):
                self._forget(recovery)
                self._settle(activity=None, problem=spoken(error))
                self._idle()

    def _forget(self, recovery: Recovery) -> None:
        self._become(recoveries=tuple(r for r in self.state.recoveries if r != recovery))


def _taken(saver: autosave.Autosave, recovery: Recovery, tick: Tick) -> Iterator[History]:
    tick(0.0, Message("reading"))
    yield saver.take(recovery)


def _asked(agents: Agents, tick: Tick) -> Iterator[AgentTest]:
    if agents.use == "builtin":
        yield AgentTest(good=True, text=Message("The built-in agents need no endpoint and no key."))
    else:
        yield AgentTest(good=True, text=beside(lambda: _answer(agents), tick, Message("asking the endpoint")))


def _answer(agents: Agents) -> str:
    """Ask an endpoint a few tiny questions; return what it can do."""
    from pcgstudio.llm.endpoint import connect  # noqa: PLC0415 - slow to load
    from pcgstudio.llm.settings import choose  # noqa: PLC0415
    from pcgstudio.llm.wire import Patience  # noqa: PLC0415

    settings = choose(agents.base_url or agents.preset or None, agents.model or None)
    patience = replace(Patience.usual(settings), connect_s=5, attempts=2)
    model = connect(settings=settings, patience=patience)
    able = model.capability(fresh=True)
    eyes = Message("sees pictures") if model.sees else Message("sees no pictures")
    return Message("%1 answers; JSON by %2; %3; %4 tokens.", model.name, able.mode, eyes, model.spent.total)


def _with_keyring(verb: str, host: str, *more: str) -> dict[str, str]:
    """Return what to say of an action of the keyring."""
    import keyring  # noqa: PLC0415 - slow to load, and rarely needed
    from keyring.errors import KeyringError  # noqa: PLC0415

    from pcgstudio.llm.keys import SERVICE  # noqa: PLC0415

    try:
        getattr(keyring, verb)(SERVICE, host, *more)
    except (KeyringError, RuntimeError, OSError):
        return {"problem": Message(NO_KEYRING)}
    done = "The key for %1 is in the keyring." if more else "The key for %1 is no longer in the keyring."
    return {"notice": Message(done, host)}
