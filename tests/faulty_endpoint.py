"""A server that speaks the OpenAI protocol on this machine and does what its script says, right or wrong.

    with FaultyEndpoint([status(500), {"legs": 4}], models=["tiny"]) as server:
        model = connect(server.base_url, "tiny")
        ...
        server.requests  # the questions, parsed, in order

One entry of the script is one answer to one question:

- a dict or a list: an answer, as JSON in the way that was asked for (text or function call)
- a string: an answer, as it stands
- `reply(...)`: an answer with its finish reason, refusal, counts or function call
- `status(...)`, `STALL`, `DROP`, `HALF`, ...: a fault
- a function of the request: returns one of these

Test questions (see `pcgstudio.llm.capability`) are answered beside the script, as ``refuses`` and ``ignores`` say.
Needs the fixture `loopback`.
"""

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pcgstudio.llm.capability import LOOK, PROBE


@dataclass(frozen=True)
class Served:
    """One HTTP answer, or what goes wrong instead."""

    status: int = 200
    body: Any = None  # bytes as they stand; anything else as JSON
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "whole"  # whole, stall, drop, half, drip, endless


@dataclass(frozen=True)
class Said:
    """An answer of the model, to be wrapped as the request wants it."""

    content: Any
    finish: str = "stop"
    refusal: str | None = None
    usage: Any = True  # True: counted from the characters; None: left out; else as it stands
    tool: str | None = None  # name of the function it calls, asked for or not
    bare: bool = False  # content goes out as it stands, null included


def reply(content, **more):
    """An answer with everything that can be odd about it."""
    return Said(content, **more)


def status(number, message="it went wrong", headers=None, **error):
    """An HTTP error in OpenAI's form."""
    return Served(number, {"error": {"message": message, "type": "error", **error}}, headers or {})


def raw(body, code=200, **headers):
    """Any body at all."""
    return Served(code, body, headers)


def truncated(content):
    """An answer that ran into max_tokens."""
    return Said(content, finish="length", usage={"prompt_tokens": 10, "completion_tokens": 1 << 20})


def refusal(words="I can't help with that."):
    return Said(None, refusal=words, bare=True)


STALL = Served(kind="stall")
"""The request is read and nothing comes."""
DROP = Served(kind="drop")
"""The connection is closed without an answer."""
HALF = Served(kind="half")
"""Content-Length promises more than comes."""
DRIP = Served(kind="drip")
"""A byte now and then, for ever."""
ENDLESS = Served(kind="endless")
"""An answer that does not end."""
CUT = raw(b'{"id": "x", "choices": [{"message": {"content": "{\\"legs\\":')
"""Complete for HTTP, half for JSON."""
NO_CHOICES = raw({"id": "x", "object": "chat.completion", "choices": []})
NULL_CONTENT = Said(None, bare=True)
EMPTY = Said("", bare=True)
HTML = raw(b"<!doctype html><title>Sign in</title>")
DRIPPING_ERROR = Served(500, kind="drip")
ENDLESS_ERROR = Served(500, kind="endless")
OVER = status(400, "the script of this test is over")


class FaultyEndpoint:
    """The server.

    Parameters
    ----------
    script : sequence
        One entry a question, in order; after the last every question is refused. ``forever`` repeats the last.
    models : sequence of str
        What it lists.
    key : str, optional
        The only key it takes.
    refuses : collection of str
        json_schema, json_object, json_object_schema, tools, tool_choice, temperature, max_tokens, system, images:
        answered with 400 and OpenAI's words.
    ignores : collection of str
        json_schema, json_object, json_object_schema, tool: taken, and answered in prose all the same (test questions
        only; the script says what real ones get).
    sees : bool
        Whether it names the colours of the test picture.
    """

    def __init__(self, script=(), *, models=("tiny",), key=None, refuses=(), ignores=(), sees=False, forever=False):
        self.script = list(script)
        self.models, self.key, self.sees, self.forever = list(models), key, sees, forever
        self.refuses, self.ignores = set(refuses), set(ignores)
        self.requests, self.probes, self.headers = [], [], []
        self._lock, self._ending = threading.Lock(), threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._ending.set()  # wakes what stalls
        self._server.shutdown()
        self._server.server_close()

    def wait(self, seconds):
        return self._ending.wait(seconds)

    # -- what is answered ----------------------------------------------------------------------------------------------

    def served(self, path, request, headers):
        """Return what one request gets."""
        with self._lock:
            self.headers.append(headers)
            if self.key and headers.get("Authorization") != f"Bearer {self.key}":
                told = headers.get("Authorization", "").removeprefix("Bearer ")
                return status(401, f"Incorrect API key provided: {told}.", code="invalid_api_key")
            if path.endswith("/models"):
                return Served(body={"object": "list", "data": [{"id": m, "object": "model"} for m in self.models]})
            if not path.endswith("/chat/completions"):
                return Served(404, b"404 page not found")
            if (refused := self._refused(request)) is not None:
                return refused
            asked = _asked(request)
            if asked.startswith((PROBE, LOOK)):
                self.probes.append(request)
                return self._tested(asked, request)
            self.requests.append(request)
            if request["model"] not in self.models:
                return status(404, f"model '{request['model']}' not found", code="model_not_found")
            entry = self.script[0] if self.forever and len(self.script) == 1 else None
            entry = entry or (self.script.pop(0) if self.script else OVER)
        while callable(entry):
            entry = entry(request)
        return entry if isinstance(entry, Served) else _wrapped(entry, request)

    def _refused(self, request):
        form = request.get("response_format", {})
        mode = _mode(request)
        if mode in ("json_schema", "json_object", "json_object_schema") and mode in self.refuses:
            return status(400, f"Invalid parameter: 'response_format' of type '{form['type']}' is not supported.",
                          param="response_format")  # fmt: skip
        if mode == "tool" and "tools" in self.refuses:
            return status(400, "this model does not support tools", param="tools")
        if isinstance(request.get("tool_choice"), dict) and "tool_choice" in self.refuses:
            return status(400, "Invalid tool_choice type: 'object'. Supported string values: none, auto, required")
        if "temperature" in request and "temperature" in self.refuses:
            return status(400, "Unsupported value: 'temperature' does not support 0.4 with this model.",
                          param="temperature", code="unsupported_value")  # fmt: skip
        if "max_tokens" in request and "max_tokens" in self.refuses:
            told = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
            return status(400, told, param="max_tokens", code="unsupported_parameter")
        if "system" in self.refuses and any(m["role"] == "system" for m in request["messages"]):
            return status(400, "System role not supported")
        if "images" in self.refuses and any(isinstance(m["content"], list) for m in request["messages"]):
            return status(400, "this model does not support image input")
        return None

    def _tested(self, asked, request):
        if asked.startswith(LOOK):
            seen = {"left": "green", "right": "black"} if self.sees else {"left": "none", "right": "none"}
            return _wrapped(seen, request)
        mode = _mode(request)
        if mode in self.ignores:
            return _wrapped(Said("A cat has four legs.", bare=True), request)
        told = {"paws_on_ground": 4} if mode != "json_object" else {"legs": 4}
        return _wrapped(told, request)


def _handler(endpoint):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self._answer({})

        def do_POST(self):
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, request):
            served = endpoint.served(self.path, request, {k.title(): v for k, v in self.headers.items()})
            with suppress(OSError):  # the other side had enough
                getattr(self, f"_{served.kind}")(served)
            if served.kind != "whole":
                self.close_connection = True

        def _head(self, served, length):
            self.send_response(served.status)
            kind = "application/json" if not isinstance(served.body, bytes) else "text/plain"
            for name, value in {"Content-Type": kind, "Content-Length": str(length), **served.headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def _whole(self, served):
            body = served.body if isinstance(served.body, bytes) else json.dumps(served.body).encode()
            self._head(served, len(body))
            self.wfile.write(body)

        def _stall(self, _served):
            endpoint.wait(30)

        def _drop(self, _served):
            self.connection.close()

        def _half(self, served):
            self._head(served, 1000)
            self.wfile.write(b'{"choices": [{"mess')

        def _drip(self, served):
            self._head(served, 10_000)
            for _ in range(3000):
                self.wfile.write(b" ")
                self.wfile.flush()
                if endpoint.wait(0.01):
                    return

        def _endless(self, served):
            self._head(served, 1 << 40)
            block = b'{"choices": ["' + b"x" * 65536
            while not endpoint.wait(0):
                self.wfile.write(block)

        def log_message(self, *_):
            pass

    return Handler


def _mode(request):
    form = request.get("response_format", {})
    if request.get("tools"):
        return "tool"
    return "json_object_schema" if "schema" in form else form.get("type", "text")


def _asked(request):
    """The first words of the user, whatever stands before them."""
    content = next((m["content"] for m in request["messages"] if m["role"] == "user"), "")
    text = content if isinstance(content, str) else content[0]["text"]
    for start in (PROBE, LOOK):
        if start in text:
            return text[text.index(start) :]
    return text


def _wrapped(entry, request):
    """Return an answer as a chat completion."""
    said = entry if isinstance(entry, Said) else Said(entry)
    text = said.content if said.bare or isinstance(said.content, str) else json.dumps(said.content)
    tools = request.get("tools")
    message = {"role": "assistant", "content": text}
    if said.refusal is not None:
        message["refusal"] = said.refusal
    elif said.tool or (tools and not said.bare and not isinstance(said.content, str)):
        name = said.tool or tools[0]["function"]["name"]
        call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": text or ""}}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
    sent = sum(len(json.dumps(m["content"])) for m in request["messages"])
    counted = {"prompt_tokens": sent // 4, "completion_tokens": len(text or "") // 4 + 1}
    usage = {"usage": counted if said.usage is True else said.usage} if said.usage is not None else {}
    body = {
        "id": "chatcmpl-1", "object": "chat.completion", "created": int(time.time()), "model": request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": said.finish}], **usage,
    }  # fmt: skip
    return Served(body=body)
