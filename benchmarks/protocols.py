"""The paper's protocol and ours on the same scripted tasks: tokens by agent and round, and whether the map is right.

    python benchmarks/protocols.py

The model is a script, so that both protocols meet exactly the same abilities: the first plan of every task has one
flaw of a kind that models make, and its reviser mends what its prompt names and nothing else. What is compared is the
protocols, not a model: how many tokens each spends, and whether what comes out is true. No network is used.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from pcgstudio.agents.builtin import BuiltinActor, BuiltinCritic
from pcgstudio.agents.model.answers import as_plan
from pcgstudio.agents.protocol import Task
from pcgstudio.build import StepCache
from pcgstudio.events import Finished, Spent
from pcgstudio.llm.model import Answer, Reply, Usage
from pcgstudio.llm.tokens import estimate_tokens
from pcgstudio.studio import Protocol, run


@dataclass(frozen=True)
class Case:
    """An instruction and the flaw of its first plan.

    Parameters
    ----------
    text, flaw : str
        What is asked, and the kind of flaw.
    change : dict
        Step id to parameters that are wrong at first; None leaves the step out.
    static : bool
        Whether the documents alone show it, so that a critic who never sees the map can find it.
    """

    text: str
    flaw: str
    change: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    static: bool = False


CASES = (
    Case("a dungeon with 6 rooms", "none"),
    Case("two hills and a lake", "none"),
    Case("a dungeon with 6 rooms", "a wrong number", {"rooms": {"room_count": 5}}, static=True),
    Case("two hills 60 m high", "a number that misses", {"hill": {"height_m": 25}}),
    Case("an island with 40% forest", "a number that misses", {"forest": {"cover": 0.2}}),
    Case("a dungeon with 8 rooms, a boss and a treasure", "a missing step", {"roles": None}, static=True),
    Case("two hills and three lakes", "an unknown parameter", {"lake": {"how_many": 3}}, static=True),
    Case("a mountain 200 m high", "out of range", {"mountain": {"height_m": 99999}}, static=True),
)


class Scripted:
    """A model that plans with a flaw, and mends it when its prompt names what is wrong."""

    name, sees = "scripted", False

    def __init__(self, case: Case, seed: int, resolution: int) -> None:
        self.case = case
        task = Task(case.text, seed, None, resolution)
        self.brief = BuiltinCritic().brief(task)
        self.right = as_plan(BuiltinActor().propose(task, self.brief, None, None).recipe)

    def ask(
        self, system: str, user: str, answer: type[Answer], *, temperature: float, max_tokens: int,
        images: Sequence[bytes] = (), seconds: float = inf,
    ) -> Reply[Answer]:  # fmt: skip
        """Answer by the name of the type that is asked for."""
        told = getattr(self, answer.__name__)(user)
        usage = Usage(estimate_tokens(system + user), estimate_tokens(json.dumps(told)), True)
        return Reply(answer.model_validate(told), usage)

    def BriefAnswer(self, _user: str) -> dict[str, Any]:  # noqa: N802 - named as the answer it gives
        """Return the built-in reading, in a model's form."""
        from pcgstudio.agents.where import say_where

        return {"checks": [
            {"quote": c.quote, "metric": c.metric, "arguments": c.arguments, "relation": c.relation,
             "value": c.value if not isinstance(c.value, tuple) else c.value[0],
             "upper": c.value[1] if isinstance(c.value, tuple) else None, "where": say_where(c.region)}
            for c in self.brief.checks
        ]}  # fmt: skip

    def ChoiceAnswer(self, _user: str) -> dict[str, Any]:  # noqa: N802 - as above
        """Return what the right plan needs."""
        return {"generators": [s["generator"] for s in self.right["steps"]]}

    def PlanAnswer(self, user: str) -> dict[str, Any]:  # noqa: N802 - as above
        """Return the flawed plan, and the right one once the prompt names what is wrong."""
        mended = "FINDINGS" in user or "CRITIQUE" in user
        steps = self.right["steps"] if mended else self._flawed()
        return {"summary": self.case.text, "steps": steps, "size_m": self.right["size_m"]}

    def CritiqueAnswer(self, user: str) -> dict[str, Any]:  # noqa: N802 - as above
        """Return the flaw, where the documents or the measurements show it."""
        measured = "ASKED AND MEASURED" in user
        if not (measured or self.case.static) or not self.case.change or self._is_right(user):
            return {"decision": "approve"}
        step = next(iter(self.case.change))
        return {"decision": "revise", "blocking_issues": [
            {"dimension": "goal alignment", "step": step, "message": f"step {step} does not give what is asked",
             "correction": f"mend {step} as the instruction says"}
        ]}  # fmt: skip

    def _is_right(self, user: str) -> bool:
        return json.dumps(self.right["steps"][-1]["arguments"], separators=(",", ":")) in user and not self._flaw_in(
            user
        )

    def _flaw_in(self, user: str) -> bool:
        """Whether the plan in the prompt still has the flaw."""
        for step, wrong in self.case.change.items():
            if wrong is None and f'"id":"{step}"' not in user:
                return True
            if wrong is not None and json.dumps(wrong, separators=(",", ":"))[1:-1] in user:
                return True
        return False

    def _flawed(self) -> list[dict[str, Any]]:
        steps = []
        for step in self.right["steps"]:
            wrong = self.case.change.get(step["id"], {})
            if wrong is not None:
                steps.append({**step, "arguments": {**step["arguments"], **wrong}})
        return steps


def played(case: Case, protocol: Protocol, cache: StepCache) -> Finished:
    """Run a case."""
    model = Scripted(case, 1, 96)
    *_, end = run(case.text, model=model, protocol=protocol, seed=1, resolution=96, cache=cache)
    assert isinstance(end, Finished), end
    return end


def told(spent: Sequence[Spent]) -> str:
    return ", ".join(f"{s.agent} {s.round} {s.purpose} {s.prompt + s.completion}" for s in spent)


def main() -> None:
    cache = StepCache()
    total: dict[str, list[Finished]] = defaultdict(list)
    print("| task | flaw of the first plan | protocol | result | questions | tokens | by agent and round |")
    print("|---|---|---|---|---:|---:|---|")
    for case in CASES:
        for protocol in ("paper", "studio"):
            end = played(case, protocol, cache)
            total[protocol].append(end)
            print(f"| {case.text} | {case.flaw} | {protocol} | {end.status.replace('_', ' ')} | "
                  f"{sum(s.calls for s in end.spent)} | {end.tokens} | {told(end.spent)} |")  # fmt: skip
    print()
    for protocol, ends in total.items():
        done = sum(e.status == "done" for e in ends)
        tokens = sum(e.tokens for e in ends)
        each = tokens / max(done, 1)
        print(f"{protocol}: {done} of {len(ends)} maps meet every check; {tokens} tokens, {each:.0f} a map that does")


if __name__ == "__main__":
    main()
