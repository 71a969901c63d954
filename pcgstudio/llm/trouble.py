"""Why an endpoint did not answer: one sentence each, with the cure, from its status and its own words."""

from __future__ import annotations

import email.utils
import json
import math
import re
import time
from dataclasses import dataclass
from typing import Any, Literal

from .keys import how_to_store
from .settings import Settings, shown

MAX_ERROR = 200
"""Characters of an endpoint's own words that are repeated."""


@dataclass(frozen=True)
class Trouble:
    """Why one attempt failed.

    Parameters
    ----------
    kind : {"gone", "passing", "refused", "answer"}
        For good, for now, by its form, or by what was asked.
    sentence : str
        What it is; the cure.
    status : int
        Of HTTP, 0 where there was none.
    text : str
        The endpoint's own words in small letters, without keys.
    wait_s : float
        How long it asks to wait.
    """

    kind: Literal["gone", "passing", "refused", "answer"]
    sentence: str
    status: int = 0
    text: str = ""
    wait_s: float = 0.0


class Diagnosis:
    """Finds the sentence for what one endpoint does.

    Parameters
    ----------
    settings : Settings
        Which endpoint, and what is known of it.
    longest_wait_s : float
        An endpoint that asks to wait longer is given up.
    """

    def __init__(self, settings: Settings, longest_wait_s: float) -> None:
        self.settings = settings
        self.where = shown(settings.base_url)
        self._longest_wait_s = longest_wait_s

    def slow(self, seconds: float) -> Trouble:
        """Tell that it said nothing, or not all, in time."""
        cure = "use a smaller model, or set PCGSTUDIO_TIMEOUT_S to more seconds"
        return Trouble("passing", f"{self.where} did not answer within {seconds:.0f} s; {cure}")

    def broken_off(self) -> Trouble:
        """Tell that only a part of an answer came."""
        return Trouble("passing", f"{self.where} breaks off in the middle of its answer; {self._restart}")

    def endless(self, mebibytes: int) -> Trouble:
        """Tell that its answer was longer than is read."""
        return Trouble("answer", f"the answer of {self.where} is longer than {mebibytes} MiB; use another model")

    def foreign(self) -> Trouble:
        """Tell that what it said was no JSON at all."""
        return Trouble("gone", f"what answers at {self.where} does not speak the OpenAI protocol; {_ADDRESS}")

    def unreached(self, cause: BaseException | None) -> Trouble:
        """Tell why no answer began."""
        why = str(cause or "").lower()
        if "certificate" in why or "ssl" in why:
            return Trouble("gone", f"the connection to {self.where} is not trusted; {_ADDRESS}")
        if "disconnected" in why or "reset" in why or "incomplete" in why:
            return Trouble("passing", f"{self.where} closes the connection without an answer; {self._restart}")
        return Trouble("passing", f"{self.where} cannot be reached; {self._start}")

    def refusal(self, status: int, body: bytes, headers: Any) -> Trouble:
        """Sort an HTTP error by its status and the endpoint's own words."""
        words, code = _words(body)
        hidden = self.settings.key.hide(" ".join(words.split()))
        text, told = f"{self.settings.key.hide(code)} {hidden}".lower(), hidden[:MAX_ERROR] or f"status {status}"
        if status == 401 or _KEY.search(text):
            return Trouble("gone", self._no_key(status))
        if status == 402 or (status in (400, 403, 429) and _MONEY.search(text)):
            return Trouble("gone", f"the account at {self.where} has no credit left; top it up, or use a local model")
        if _LONG.search(text):
            cure = self.longer_context()
            return Trouble("answer", f"the prompt is longer than the model's context; {cure}", status, text)
        if _FILTERED.search(text):
            return Trouble("answer", f"{self.where} filters this request out; put it in other words", status, text)
        if status == 403:
            return Trouble("gone", f"{self.where} refuses the key or this country: {told}; ask its provider")
        if status in (404, 400) and _NO_MODEL.search(text) and not _FORM.search(text):
            return Trouble("gone", f"{self.where} has no model '{self.settings.model or ''}'; {self._fetch}")
        if status == 404 and not _FORM.search(text):
            return Trouble("gone", f"there is nothing at {self.where} that answers questions; {_ADDRESS}", status)
        if status in (408, 409, 425, 429) or (status >= 500 and not _FORM.search(text)):
            return self._later(status, text, told, headers)
        return Trouble("refused", f"{self.where} does not take the request: {told}", status, text)

    def _later(self, status: int, text: str, told: str, headers: Any) -> Trouble:
        wait = _retry_after(headers)
        if status == 429:
            ask = f" and asks to wait {wait:.0f} s" if wait else ""
            sentence = f"{self.where} says too many requests{ask}; try again later, or use another model"
            kind: Literal["gone", "passing"] = "gone" if wait > 2 * self._longest_wait_s else "passing"
            return Trouble(kind, sentence, status, text, wait)
        sentence = f"{self.where} fails with status {status} ({told}); {self._restart}"
        return Trouble("passing", sentence, status, text, min(wait, self._longest_wait_s))

    def _no_key(self, status: int) -> str:
        had = f"refuses the key from {self.settings.key.source}" if self.settings.key else "wants a key"
        return f"{self.where} {had} ({status}); {how_to_store(self.settings.key_variable, self.settings.host)}"

    @property
    def _start(self) -> str:
        known = self.settings.preset
        if known and self.settings.local:
            return f"start {known.title}: {known.start}"
        return "start the server, or correct --base-url" if self.settings.local else "check the network and the address"

    @property
    def _restart(self) -> str:
        if not self.settings.local:
            return "try later"
        return f"look into the log of {self.settings.preset.title if self.settings.preset else 'the server'}"

    @property
    def _fetch(self) -> str:
        known = self.settings.preset
        hint = known.fetch.format(model=self.settings.model or "MODEL") if known else "see: pcgstudio doctor"
        return f"choose another with --model, or: {hint}"

    def longer_context(self) -> str:
        """Return the cure for a context that is too short."""
        known = self.settings.preset
        if known is None:
            return "start the server with a longer context, at least 16384 tokens"
        return "for a longer one: " + known.longer_context.format(model=self.settings.model or "MODEL")


_ADDRESS = "correct --base-url (it usually ends in /v1)"
_KEY = re.compile(r"invalid[_ ]api[_ ]key|api key not valid|incorrect api key|no api key|missing api key")
_MONEY = re.compile(
    r"insufficient[_ ](quota|credit|balance|funds)|exceeded your current quota|credit[_ ]balance|billing"
)
_LONG = re.compile(
    r"context[_ ](length|size|window)|maximum context|prompt is too long|too many tokens|exceeds? the available con|"
    r"context the overflows"
)
_FILTERED = re.compile(r"content[_ ](filter|policy|management)|safety system|moderation")
_NO_MODEL = re.compile(
    r"model.{0,120}?(not found|does ?n.t exist|not exist|not available)|model_not_found|no models? loaded|"
    r"not a valid model|unknown model|no such model|no endpoints found for|try pulling"
)
_FORM = re.compile(
    r"response_format|json_schema|json_object|json schema|structured output|grammar|jinja|tool|schema|image|vision|"
    r"temperature|max_tokens|max_completion_tokens|system role|system message|no endpoints found that"
)


def _words(body: bytes) -> tuple[str, str]:
    """Return an error's text and its code, whatever the endpoint calls them."""
    text = body.decode("utf-8", "replace").strip()
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return ("" if text.startswith("<") else text), ""
    inner = told.get("error", told) if isinstance(told, dict) else told
    if isinstance(inner, dict):
        words = next((inner[k] for k in ("message", "detail", "error", "msg") if isinstance(inner.get(k), str)), text)
        return words, " ".join(str(inner[k]) for k in ("code", "type", "param") if isinstance(inner.get(k), str | int))
    return (inner if isinstance(inner, str) else text), ""


def _retry_after(headers: Any) -> float:
    """Return the seconds an endpoint asks to wait, 0 where it does not say; a date counts from now."""
    seconds = 0.0
    try:
        if text := headers.get("retry-after-ms"):
            seconds = float(text) / 1000
        elif text := headers.get("retry-after"):
            date = email.utils.parsedate_to_datetime(text) if ":" in text else None
            seconds = date.timestamp() - time.time() if date else float(text)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0
