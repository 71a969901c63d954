"""One request to an endpoint: bounded in bytes, seconds and attempts; every failure becomes one sentence with a cure.

The SDK sends; it never retries and never parses here, so that an answer of a gigabyte, a byte a minute or a page of
HTML is met by our own rules. Its errors hold the request and may repeat the key: none is raised on or chained.
"""

from __future__ import annotations

import email.utils
import json
import math
import random
import re
import ssl
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from ..errors import ModelAnswerError, ModelGoneError
from .keys import how_to_store
from .settings import Settings, shown

if TYPE_CHECKING:
    import openai

MAX_BYTES = 4 << 20
"""Longest answer that is read; the longest plan is a hundredth of it."""
MAX_ERROR_BYTES = 64 << 10
"""Beginning of an error that is read."""
MAX_ERROR = 200
"""Characters of an endpoint's own words that are repeated."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for what.

    Parameters
    ----------
    connect_s : float
        For the connection.
    answer_s : float
        For one answer; a model on a slow processor takes minutes.
    total_s : float
        For one question with all its retries and repairs.
    attempts : int
        Requests for one answer.
    pause_s, longest_pause_s : float
        First and longest pause between attempts; doubled each time, and up to half of it left to chance.
    """

    connect_s: float = 10.0
    answer_s: float = 300.0
    total_s: float = 660.0
    attempts: int = 4
    pause_s: float = 0.5
    longest_pause_s: float = 30.0

    @classmethod
    def usual(cls, settings: Settings) -> Patience:
        """Return what suits an endpoint: a model on this machine may think for ten minutes."""
        answer_s = settings.timeout_s or (600.0 if settings.local else 300.0)
        return cls(answer_s=answer_s, total_s=answer_s * 2 + 60)


class RefusedError(Exception):
    """The endpoint does not take the request as it is; another form may do.

    Parameters
    ----------
    status : int
        Of the answer.
    text : str
        The endpoint's own words in small letters, without keys.
    sentence : str
        What to tell the user where nothing else helps.
    """

    def __init__(self, status: int, text: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.text = text
        self.sentence = sentence

    def names(self, *words: str) -> bool:
        """Whether the endpoint's words name one of these."""
        return any(word in self.text for word in words)


class NothingThereError(ModelGoneError):
    """There is a server, but nothing at this address of it."""


@dataclass(frozen=True)
class _Trouble:
    """Why one attempt failed: for good, for now, by its form, by its length, or by its content."""

    kind: Literal["gone", "passing", "refused", "answer"]
    sentence: str
    status: int = 0
    text: str = ""
    wait_s: float = 0.0


class Wire:
    """Connection to one endpoint.

    Parameters
    ----------
    settings : Settings
        Where, and with which key.
    patience : Patience
        How long.
    clock, sleep, chance : callable
        Seconds that only grow, waiting, and a number in [0, 1); replaced in tests.
    """

    def __init__(
        self,
        settings: Settings,
        patience: Patience,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.settings = settings
        self.patience = patience
        self.clock = clock
        self._sleep = sleep
        self._chance = chance
        self.where = shown(settings.base_url)
        self._until = math.inf

    def __repr__(self) -> str:
        return f"Wire({self.where})"

    @cached_property
    def _client(self) -> openai.OpenAI:
        import openai  # noqa: PLC0415 - half a second, and only runs with a model need it

        # A proxy of the environment knows nothing of servers on this machine; nor do they need a list of authorities,
        # which takes longer to load than they take to answer: a context without one trusts nobody.
        local = {"trust_env": False, "verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
        plain = self.settings.local and self.settings.base_url.startswith("http:")
        more: dict[str, Any] = local if plain else {"trust_env": not self.settings.local}
        http = openai.DefaultHttpxClient(event_hooks={"response": [self._stop_at_error]}, **more)
        return openai.OpenAI(
            base_url=self.settings.base_url, api_key=self.settings.key.reveal() or "none", max_retries=0,
            http_client=http,
        )  # fmt: skip

    def models(self, deadline: float | None = None) -> list[str]:
        """Return the names of the models that the endpoint lists; some list none.

        Raises
        ------
        ModelGoneError
            It does not answer.
        """
        try:
            told = self._patiently(lambda t: self._client.models.with_streaming_response.list(timeout=t), deadline)
        except NothingThereError:
            return []
        except RefusedError as error:
            raise ModelGoneError(error.sentence) from None
        listed = told.get("data")
        listed = listed if isinstance(listed, list) else []
        return [str(one["id"]) for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str)]

    def chat(self, request: dict[str, Any], deadline: float | None = None) -> dict[str, Any]:
        """Return the answer to one request as it came, parsed.

        Raises
        ------
        RefusedError
            Its form was not taken.
        ModelGoneError
            The endpoint cannot be used.
        ModelAnswerError
            It will not answer this content, or it is too long.
        """
        create: Any = self._client.chat.completions.with_streaming_response.create
        return self._patiently(lambda t: create(**request, timeout=t), deadline)

    def _patiently(self, call: Callable[[Any], Any], deadline: float | None) -> dict[str, Any]:
        deadline = self.clock() + self.patience.total_s if deadline is None else deadline
        attempt = 0
        while True:
            attempt += 1
            outcome = self._attempt(call, deadline)
            if isinstance(outcome, dict):
                return outcome
            pause = self._pause(attempt, outcome.wait_s)
            done = attempt >= self.patience.attempts or self.clock() + pause >= deadline
            if outcome.kind != "passing" or done:
                raise self._error(outcome, attempt)
            self._sleep(pause)

    def _error(self, trouble: _Trouble, attempts: int) -> Exception:
        """Return what one trouble, or one that did not pass, means."""
        sentence = self.settings.key.hide(trouble.sentence)
        if trouble.kind == "answer":
            return ModelAnswerError(sentence)
        if trouble.kind == "refused" or trouble.status in (500, 501):
            return RefusedError(trouble.status, trouble.text, sentence)
        told, tail = sentence.partition(";")[::2]
        times = f" ({attempts} attempts)" if attempts > 1 else ""
        kind = NothingThereError if trouble.status == 404 else ModelGoneError
        return kind(f"{told}{times};{tail}" if tail else f"{told}{times}")

    def _pause(self, attempt: int, wanted_s: float) -> float:
        steps = min(self.patience.pause_s * 2 ** (attempt - 1), self.patience.longest_pause_s)
        return max(wanted_s, float(steps) * (0.5 + self._chance() / 2))

    def _attempt(self, call: Callable[[Any], Any], deadline: float) -> dict[str, Any] | _Trouble:
        """Make one request; nothing is raised, so that no error drags the request and its key along."""
        import openai  # noqa: PLC0415 - see _client

        left = deadline - self.clock()
        if left <= 0:
            return self._slow(self.patience.total_s)
        limit = min(self.patience.answer_s, left)
        timeout = openai.Timeout(limit, connect=min(self.patience.connect_s, limit))
        self._until = self.clock() + limit
        try:
            body = self._body(call(timeout))
        except (openai.APITimeoutError, TimeoutError):
            return self._slow(limit)
        except (openai.APIConnectionError, _StatusError) as error:
            why = error if isinstance(error, _StatusError) else error.__cause__  # older SDKs wrap what a hook raises
            if isinstance(why, _StatusError):
                return self._refusal(why.status, *_words(why.body), why.headers)
            return self._slow(limit) if isinstance(why, TimeoutError) else self._unreached(why)
        except _EndlessError:
            return _Trouble("answer", f"the answer of {self.where} is longer than {MAX_BYTES >> 20} MiB; use another "
                            "model")  # fmt: skip
        return body if isinstance(body, _Trouble) else self._parsed(body)

    def _stop_at_error(self, response: Any) -> None:
        """Read the beginning of an error and raise it; the SDK would read all of it, however long."""
        if response.status_code < 400:
            return
        parts, size = [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > MAX_ERROR_BYTES or self.clock() > self._until:
                break
        raise _StatusError(response.status_code, b"".join(parts), response.headers)

    def _body(self, opened: AbstractContextManager[Any]) -> bytes | _Trouble:
        with opened as response:
            parts, size = [], 0
            try:
                for part in response.iter_bytes():
                    parts.append(part)
                    size += len(part)
                    if size > MAX_BYTES:
                        raise _EndlessError
                    if self.clock() > self._until:
                        raise TimeoutError
            except (_EndlessError, TimeoutError):
                raise
            except Exception as error:  # from httpx or httpx2, whichever the installed SDK stands on
                if "Timeout" in type(error).__name__:
                    raise TimeoutError from None
                return _Trouble("passing", f"{self.where} breaks off in the middle of its answer; {self._restart}")
            return b"".join(parts)

    def _parsed(self, body: bytes) -> dict[str, Any] | _Trouble:
        text = body.decode("utf-8", "replace").strip()
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            if text.startswith(("{", "[")) or not text:
                return _Trouble("passing", f"{self.where} breaks off in the middle of its answer; {self._restart}")
            return _Trouble("gone", f"what answers at {self.where} does not speak the OpenAI protocol; {_ADDRESS}")
        error = told.get("error")
        if error and not told.get("choices"):  # OpenRouter says 200 and means it not
            code = error.get("code") if isinstance(error, dict) else None
            status = code if isinstance(code, int) and 400 <= code < 600 else 502
            return self._refusal(status, *_words(body), {})
        return told

    # -- what it means -------------------------------------------------------------------------------------------------

    def _slow(self, seconds: float) -> _Trouble:
        cure = "use a smaller model, or set PCGSTUDIO_TIMEOUT_S to more seconds"
        return _Trouble("passing", f"{self.where} did not answer within {seconds:.0f} s; {cure}")

    def _unreached(self, cause: BaseException | None) -> _Trouble:
        why = str(cause or "").lower()
        if "certificate" in why or "ssl" in why:
            return _Trouble("gone", f"the connection to {self.where} is not trusted; {_ADDRESS}")
        if "disconnected" in why or "reset" in why or "incomplete" in why:
            return _Trouble("passing", f"{self.where} closes the connection without an answer; {self._restart}")
        return _Trouble("passing", f"{self.where} cannot be reached; {self._start}")

    def _refusal(self, status: int, words: str, code: str, headers: Any) -> _Trouble:
        """Sort an HTTP error by its status and the endpoint's own words."""
        hidden = self.settings.key.hide(" ".join(words.split()))
        text, told = f"{self.settings.key.hide(code)} {hidden}".lower(), hidden[:MAX_ERROR] or f"status {status}"
        if status == 401 or _KEY.search(text):
            return _Trouble("gone", self._no_key(status))
        if status == 402 or (status in (400, 403, 429) and _MONEY.search(text)):
            return _Trouble("gone", f"the account at {self.where} has no credit left; top it up, or use a local model")
        if _LONG.search(text):
            cure = self._longer_context
            return _Trouble("answer", f"the prompt is longer than the model's context; {cure}", status, text)
        if _FILTERED.search(text):
            return _Trouble("answer", f"{self.where} filters this request out; put it in other words", status, text)
        if status == 403:
            return _Trouble("gone", f"{self.where} refuses the key or this country: {told}; ask its provider")
        if status in (404, 400) and _NO_MODEL.search(text) and not _FORM.search(text):
            return _Trouble("gone", f"{self.where} has no model '{self.settings.model or ''}'; {self._fetch}")
        if status == 404 and not _FORM.search(text):
            return _Trouble("gone", f"there is nothing at {self.where} that answers questions; {_ADDRESS}", status)
        if status in (408, 409, 425, 429) or (status >= 500 and not _FORM.search(text)):
            return self._later(status, text, told, headers)
        return _Trouble("refused", f"{self.where} does not take the request: {told}", status, text)

    def _later(self, status: int, text: str, told: str, headers: Any) -> _Trouble:
        wait = _retry_after(headers)
        if status == 429:
            ask = f" and asks to wait {wait:.0f} s" if wait else ""
            sentence = f"{self.where} says too many requests{ask}; try again later, or use another model"
            return _Trouble("gone" if wait > self.patience.longest_pause_s * 2 else "passing", sentence, status, text,
                            wait)  # fmt: skip
        sentence = f"{self.where} fails with status {status} ({told}); {self._restart}"
        return _Trouble("passing", sentence, status, text, min(wait, self.patience.longest_pause_s))

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
        known = self.settings.preset
        return (
            "look into the log of " + (known.title if known else "the server") if self.settings.local else "try later"
        )

    @property
    def _fetch(self) -> str:
        known = self.settings.preset
        hint = known.fetch.format(model=self.settings.model or "MODEL") if known else "see: pcgstudio doctor"
        return f"choose another with --model, or: {hint}"

    @property
    def _longer_context(self) -> str:
        known = self.settings.preset
        if known is None:
            return "start the server with a longer context, at least 16384 tokens"
        return "for a longer one: " + known.longer_context.format(model=self.settings.model or "MODEL")

    def context_full(self) -> str:
        """Return the cure for a context that is full before the answer is done."""
        return self._longer_context


class _EndlessError(Exception):
    """The answer is longer than anybody reads."""


class _StatusError(Exception):
    """An HTTP error: its status, the beginning of its body, its headers."""

    def __init__(self, status: int, body: bytes, headers: Any) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.body = body
        self.headers = headers


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
    r"model[^.]{0,120}(not found|does ?n.t exist|not exist|not available)|model_not_found|no models? loaded|"
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
