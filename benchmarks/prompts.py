"""How long the questions to a model are: with 10, 40 and 100 generators installed, and in both forms of documentation.

    python benchmarks/prompts.py

Tokens are estimated as everywhere in the program (a quarter of the characters); what endpoints count stands in the
report of every run. Three terrain tasks and a dungeon; the actor's prompt is its longest, with a whole plan in it.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from pcgstudio.agents.builtin import BuiltinActor, BuiltinCritic
from pcgstudio.agents.model import documentation
from pcgstudio.agents.model.model_actor import ModelActor
from pcgstudio.agents.model.model_critic import ModelCritic
from pcgstudio.agents.model.paper import PaperActor, PaperCritic
from pcgstudio.agents.protocol import Task
from pcgstudio.generator import load_generators
from pcgstudio.llm.tokens import estimate_tokens

TASKS = (
    "two hills and a mountain",
    "a single mountain with exactly three height layers and grass on the top layer",
    "an island with two lakes, three mountains in the north and a river",
    "a dungeon with 12 rooms, a boss room, treasure and a locked door with a key",
)
LIMIT = 6000


def made_up() -> Any:
    """Return the tests' module that makes any number of generators up."""
    path = Path(__file__).resolve().parents[1] / "tests" / "many.py"
    spec = importlib.util.spec_from_file_location("many", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def longest(text: str) -> dict[str, int]:
    """Return the tokens of the questions about a task."""
    task = Task(text)
    brief = BuiltinCritic().brief(task)
    recipe = BuiltinActor().propose(task, brief, None, None).recipe
    none: Any = None  # no question is asked
    actor = ModelActor(none)
    return {
        "brief": ModelCritic(none).question(task).tokens,
        "choose": actor.choice(task, brief).tokens,
        "plan": actor.question(task, brief, None).tokens,
        "revise": actor.question(task, brief, recipe).tokens,
        "paper actor": PaperActor(none).question(task, recipe).tokens,
        "paper critic": PaperCritic(none).question(task, recipe).tokens,
    }


def main() -> None:
    real = load_generators()
    raw = sum(estimate_tokens(json.dumps(g.params.model_json_schema())) for g in real.values())
    compact = sum(estimate_tokens(documentation.details(g)) for g in real.values())
    lines = sum(estimate_tokens(documentation.line(g)) for g in real.values())
    print(f"Documentation of the {len(real)} installed generators: {raw} tokens as raw JSON Schema, {compact} compact "
          f"({compact / raw:.0%}), {lines} in one line each ({lines / raw:.0%}).\n")  # fmt: skip
    names = ("brief", "choose", "plan", "revise", "paper actor", "paper critic")
    print("| installed | task | " + " | ".join(names) + " |")
    print("|---:|---|" + "---:|" * len(names))
    worst = 0
    for count in (10, 40, 100):
        with made_up().installed(count) as found:
            for text in TASKS if count > 10 else TASKS[:1]:
                sizes = longest(text)
                worst = max(worst, sizes["choose"], sizes["plan"], sizes["revise"])
                print(f"| {len(found)} | {text} | " + " | ".join(str(sizes[n]) for n in names) + " |")
    print(f"\nThe actor's longest question takes {worst} tokens; the limit is {LIMIT}.")
    raise SystemExit(worst >= LIMIT)


if __name__ == "__main__":
    main()
