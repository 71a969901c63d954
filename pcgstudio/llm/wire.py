"""One request to an endpoint: bounded in bytes, seconds and attempts; every failure becomes one sentence with a cure.

The SDK sends; it never retries and never parses here, so that an answer of a gigabyte, a byte a minute or a page of
HTML is met by our own rules. Its errors hold the request and may repeat the key: none is raised on or chained.
"""

from __future__ import annotations

import json
import math
import random
import ssl
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import ModelAnswerError, ModelGoneError
from .settings import Settings
from .trouble import Diagnosis, Trouble

if TYPE_CHECKING:
    import openai

MAX_BYTES = 4 << 20
"""Longest answer that is read; the longest plan is a hundredth of it."""
MAX_ERROR_BYTES = 64 << 10
"""Beginning of an error that is read."""


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
        self.patience = patience
        self.clock = clock
        self._sleep = sleep
        self._chance = chance
        self._why = Diagnosis(settings, patience.longest_pause_s)
        self._until = math.inf

    @property
    def settings(self) -> Settings:
        """Which endpoint, and which model of it."""
        return self._why.settings

    @property
    def where(self) -> str:
        """Its address, fit to be shown."""
        return self._why.where

    def use(self, model: str) -> None:
        """Settle the model that was not named."""
        self._why.settings = replace(self.settings, model=model)

    def longer_context(self) -> str:
        """Return the cure for a context that is too short."""
        return self._why.longer_context()

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

    def _error(self, trouble: Trouble, attempts: int) -> Exception:
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

    def _attempt(self, call: Callable[[Any], Any], deadline: float) -> dict[str, Any] | Trouble:
        """Make one request; nothing is raised, so that no error drags the request and its key along."""
        import openai  # noqa: PLC0415 - see _client

        left = deadline - self.clock()
        if left <= 0:
            return self._why.slow(self.patience.total_s)
        limit = min(self.patience.answer_s, left)
        timeout = openai.Timeout(limit, connect=min(self.patience.connect_s, limit))
        self._until = self.clock() + limit
        try:
            body = self._body(call(timeout))
        except (openai.APITimeoutError, TimeoutError):
            return self._why.slow(limit)
        except (openai.APIConnectionError, _StatusError) as error:
            why = error if isinstance(error, _StatusError) else error.__cause__  # older SDKs wrap what a hook raises
            if isinstance(why, _StatusError):
                return self._why.refusal(why.status, why.body, why.headers)
            return self._why.slow(limit) if isinstance(why, TimeoutError) else self._why.unreached(why)
        except _EndlessError:
            return self._why.endless(MAX_BYTES >> 20)
        return body if isinstance(body, Trouble) else self._parsed(body)

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

    def _body(self, opened: AbstractContextManager[Any]) -> bytes | Trouble:
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
                return self._why.broken_off()
            return b"".join(parts)

    def _parsed(self, body: bytes) -> dict[str, Any] | Trouble:
        text = body.decode("utf-8", "replace").strip()
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            if text.startswith(("{", "[")) or not text:
                return self._why.broken_off()
            return self._why.foreign()
        error = told.get("error")
        if error and not told.get("choices"):  # OpenRouter says 200 and means it not
            code = error.get("code") if isinstance(error, dict) else None
            status = code if isinstance(code, int) and 400 <= code < 600 else 502
            return self._why.refusal(status, body, {})
        return told


class _EndlessError(Exception):
    """The answer is longer than anybody reads."""


class _StatusError(Exception):
    """An HTTP error: its status, the beginning of its body, its headers."""

    def __init__(self, status: int, body: bytes, headers: Any) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.body = body
        self.headers = headers
