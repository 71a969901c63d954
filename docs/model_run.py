"""Write `docs/model-run.md`: one whole run with a language model, from the sentence to the measured map.

    python docs/model_run.py

The model is the scripted server of the tests on this machine, so that the page can be made anew without a key;
everything else (prompts, endpoint, agents, generators, measurements) is the program itself.
"""

from __future__ import annotations

import importlib.util
import json
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pcgstudio.brief import Check
from pcgstudio.events import (
    Asked,
    Briefed,
    Built,
    Calibrated,
    Estimated,
    Event,
    Finished,
    Measured,
    Proposed,
    Reviewed,
    Started,
)
from pcgstudio.llm.endpoint import connect
from pcgstudio.printout import demand, number
from pcgstudio.studio import run

HERE = Path(__file__).resolve().parent
TEXT = "an island with two lakes, three hills 60 m high, and rocks only on the hills"

CHECKS = {
    "checks": [
        {"quote": "an island", "metric": "count", "arguments": {"feature": "island"}, "relation": "equal", "value": 1},
        {"quote": "two lakes", "metric": "count", "arguments": {"feature": "lake"}, "relation": "equal", "value": 2},
        {"quote": "three hills", "metric": "count", "arguments": {"feature": "hill"}, "relation": "equal", "value": 3},
        {"quote": "hills 60 m high", "metric": "height", "arguments": {"feature": "hill"}, "relation": "equal",
         "value": 60},
        {"quote": "rocks only on the hills", "metric": "share_inside", "arguments": {"feature": "rock"},
         "relation": "at_least", "value": 0.99, "where": "on hill"},
    ],
    "interpretations": ["'60 m high' is the highest ground of the hills above the sea"],
}  # fmt: skip

STEPS: list[dict[str, Any]] = [
    {"id": "ground", "generator": "terrain_noise", "arguments": {"amplitude_m": 10}, "objective": "gentle ground"},
    {"id": "island", "generator": "landmass", "arguments": {"pattern": "island", "islands": 1},
     "objective": "the coast", "expected_result": "one island"},
    {"id": "hills", "generator": "hills", "arguments": {"count": 3, "height_m": 25}, "objective": "the hills",
     "expected_result": "three hills of 60 m"},
    {"id": "lakes", "generator": "lakes", "arguments": {"count": 2}, "expected_result": "two lakes"},
    {"id": "climate", "generator": "climate", "objective": "biomes"},
]  # fmt: skip
NEW = ("CURRENT PLAN", "FINDINGS", "ASKED AND MEASURED", "PLAN (data)", "STEPS")
"""Sections of a prompt that differ from round to round."""

ROCKS = {"id": "rocks", "generator": "scatter", "arguments": {"kind": "rock"}, "where": "on hill",
         "expected_result": "rocks on the hills only"}  # fmt: skip


def with_rocks(request: dict[str, Any]) -> dict[str, Any]:
    """Return the plan that stands in the prompt, numbers and all, with what the findings ask for."""
    user = request["messages"][-1]["content"]
    line = user.split("CURRENT PLAN (data):\n")[1].splitlines()[0]
    return {"summary": "the same, with rocks on the hills", "steps": [*json.loads(line)["steps"], ROCKS]}


SCRIPT = [
    CHECKS,
    {"summary": "one island with hills and lakes", "steps": [*STEPS[:3], {**STEPS[3], "arguments": {"number": 2}}]},
    {"summary": "one island with hills and lakes", "steps": STEPS, "risks": ["low hills may drown in the lakes"]},
    {"decision": "revise", "blocking_issues": [
        {"dimension": "tool selection", "step": "", "message": "no step places the rocks",
         "correction": "add scatter with kind rock and where 'on hill' after climate"}]},
    with_rocks,
]  # fmt: skip


def server() -> Any:
    """Return the tests' module of scripted servers."""
    spec = importlib.util.spec_from_file_location("faulty_endpoint", HERE.parent / "tests" / "faulty_endpoint.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys  # noqa: PLC0415 - dataclasses look their module up there

    sys.modules["faulty_endpoint"] = module
    spec.loader.exec_module(module)
    return module


def played() -> tuple[list[Event], list[Any]]:
    """Run once; return the events, and the questions as the server got them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("pcgstudio.llm.capability.user_cache_path", lambda *_: Path(folder)),
        server().FaultyEndpoint(SCRIPT) as endpoint,
    ):
        model = connect(endpoint.base_url, "tiny")
        events = list(run(TEXT, model=model, seed=1, resolution=192))
        return events, list(endpoint.requests)


class Page:
    """The transcript, event by event."""

    def __init__(self, questions: list[Any]) -> None:
        self.questions = questions
        self.lines: list[str] = []
        self.shown: set[str] = set()

    def say(self, *lines: str) -> None:
        """Add a paragraph, a list or a table."""
        self.lines += [*lines, ""]

    def code(self, text: str, kind: str = "json") -> None:
        """Add a block."""
        self.say(f"```{kind}", text, "```")

    def fold(self, title: str, text: str) -> None:
        """Add what is long, folded away."""
        self.say(f"<details><summary>{title}</summary>")
        self.code(text, "text")
        self.say("</details>")

    def tell(self, event: Event) -> None:
        """Write what a newcomer wants to know of an event."""
        match event:
            case Started():
                self.say(f"**Started** with the agents `{event.agent}`, model `{event.model}`, protocol "
                         f"`{event.protocol}`.")  # fmt: skip
            case Estimated():
                self.say("## Before anything is sent", f"Estimate: about {event.expected} tokens in {event.calls} "
                         f"questions if the first plan is right, at most about {event.most} in {event.most_calls}. "
                         "With `--max-tokens` a question that would go beyond the limit is not asked.")  # fmt: skip
            case Asked():
                self.asked(event)
            case Briefed():
                self.say("**The checks that will decide.** The built-in reading of the same words, which is free, "
                         "may add what the model left out:")  # fmt: skip
                self.say(*[f"- {demand(c)} {place(c)}— “{c.quote}”" for c in event.brief.checks])
                self.say(*[f"- read as: {line}" for line in event.brief.interpretations])
            case Proposed():
                self.say(f"**The plan of round {event.round}** passed the policy, the generators' own validation and "
                         "the review of its documents, and is built.")  # fmt: skip
            case Built():
                self.say(f"Built at {event.resolution} cells.")
            case Measured():
                self.say("| asked | measured | |", "|---|---:|---|", *[
                    f"| {demand(r.check)} {place(r.check)}| {measured(r)} | "
                    f"{'met' if r.passed else '**missed**'} |" for r in event.report.checks])  # fmt: skip
            case Calibrated():
                self.say(
                    "**A number is solved by a number, not by a model:** " + "; ".join(f"`{c}`" for c in event.changes)
                )
            case Reviewed():
                self.say(f"**Review: {event.review.decision}.**")
                self.say(*[f"- {i.message}{f' → {i.fix}' if i.fix else ''}" for i in event.review.issues])
            case Finished():
                self.finished(event)

    def asked(self, event: Asked) -> None:
        """Write a question and its answer."""
        call = event.call
        question = self.questions.pop(0)
        self.say(f"## Round {event.round}: the {call.agent} is asked for its {call.purpose}")
        words = [m["content"] for m in question["messages"] if m["role"] in ("system", "user")]
        if call.purpose in self.shown:
            parts = [p for p in words[1].split("\n\n") if p.startswith(NEW)]
            self.fold(
                f"what the model reads ({call.prompt} tokens; as before, but for these parts)", "\n\n".join(parts)
            )
        else:
            self.fold(f"what the model reads ({call.prompt} tokens)", "\n\n".join(words))
        self.shown.add(call.purpose)
        self.say(f"It answers ({call.completion} tokens, temperature {question['temperature']}):")
        self.code(laid_out(call.answer or {}))
        if call.purpose == "plan" and '"number"' in json.dumps(call.answer):
            self.say("`lakes` has no parameter `number`: its own validation refuses the plan, and the reason goes back "
                     "(with the nearest known name where there is one). Nothing was built.")  # fmt: skip

    def finished(self, event: Finished) -> None:
        """Write the end."""
        self.say("## The end", f"**{event.status.replace('_', ' ')}** after {event.rounds} rounds and {event.tokens} "
                 "tokens.")  # fmt: skip
        self.say("| agent | round | for | questions | tokens in | tokens out |", "|---|---:|---|---:|---:|---:|", *[
            f"| {s.agent} | {s.round} | {s.purpose} | {s.calls} | {s.prompt} | {s.completion} |" for s in event.spent
        ])  # fmt: skip
        self.say("The bundle's `session.jsonl` holds these events: `pcgstudio replay map -o again` makes the "
                 "same map from it without any model, byte for byte.")  # fmt: skip


def laid_out(answer: dict[str, Any]) -> str:
    """Return an answer as JSON, an item of a list on each line, what is empty left out."""
    lines = []
    for key, value in answer.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = [json.dumps({k: v for k, v in row.items() if v not in ("", {}, None, False, "everywhere")},
                               ensure_ascii=False) for row in value]  # fmt: skip
            lines.append(f'  "{key}": [\n    ' + ",\n    ".join(rows) + "\n  ]")
        elif value not in ([], None):
            lines.append(f'  "{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}"


def measured(row: Any) -> str:
    """Return a measured value with its unit."""
    return "nothing" if row.measured is None else f"{number(row.measured)} {row.check.unit}".strip()


def place(check: Check) -> str:
    """Return where a check looks, in brackets."""
    from pcgstudio.agents.where import say_where  # noqa: PLC0415 - only where a place is told

    where = say_where(check.region)
    return "" if where == "everywhere" else f"[{where}] "


def main() -> None:
    """Write the page."""
    events, questions = played()
    asked = [q for q in questions if isinstance(q, dict) and "You " in json.dumps(q.get("messages", ""))]
    page = Page(asked)
    page.say("# One run with a language model", "", f"> {TEXT}", "")
    page.say("This page was made by `python docs/model_run.py`. The model is "
             "a script on this machine, with the mistakes models make: a parameter that does not exist, hills too low, "
             "a forgotten demand. Everything else is the program.")  # fmt: skip
    for at, event in enumerate(events):
        between = at > 1 and isinstance(event, Built | Measured) and any(
            isinstance(e, Calibrated) for e in events[at - 2 : at]
        )  # fmt: skip
        if not between or not any(isinstance(e, Calibrated) for e in events[at + 1 : at + 3]):
            page.tell(event)  # of a row of corrections, the first and the last measurement
    text = "\n".join(page.lines)
    (HERE / "model-run.md").write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
