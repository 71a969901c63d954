"""A language model that plays a script, for tests without any network."""

import json

from pcgstudio.llm.model import Reply, Usage


class ScriptedModel:
    """Gives one entry of the script for each question.

    An entry is a dict (the answer), an exception (raised), or a function of (system, user) that returns one of them.
    """

    def __init__(self, *script, sees=False, name="scripted"):
        self.script = list(script)
        self.name, self.sees = name, sees
        self.asked = []

    def ask(self, system, user, answer, *, temperature, max_tokens, images=(), seconds=float("inf")):
        self.asked.append(
            {"kind": answer.__name__, "system": system, "user": user, "temperature": temperature,
             "max_tokens": max_tokens, "images": images}
        )  # fmt: skip
        entry = self.script.pop(0)
        if callable(entry) and not isinstance(entry, type):
            entry = entry(system, user)
        if isinstance(entry, Exception):
            raise entry
        spent = Usage(len(system + user) // 4, len(json.dumps(entry)) // 4)
        return Reply(answer.model_validate(entry), spent, 0.5)

    @property
    def kinds(self):
        """The kinds of answers asked for, in order."""
        return [a["kind"] for a in self.asked]


BRIEF, CHOICE, PLAN, CRITIQUE = "BriefAnswer", "ChoiceAnswer", "PlanAnswer", "CritiqueAnswer"

APPROVE = {"decision": "approve"}


def revise(message="there are too few rooms", step="rooms", correction="room_count 6", **more):
    """A critique with one issue."""
    issue = {"dimension": "parameter correctness", "step": step, "message": message, "correction": correction, **more}
    return {"decision": "revise", "blocking_issues": [issue]}


def rooms(count, **more):
    """A plan for so many rooms."""
    step = {"id": "rooms", "generator": "rooms", "arguments": {"room_count": count}, "expected_result": "rooms"}
    return {"summary": f"{count} rooms", "steps": [{**step, **more}], "size_m": [64, 64]}


def plan(*steps, **more):
    """A plan of steps told as (generator, arguments) or (generator, arguments, where)."""
    told = [
        {"id": s[0], "generator": s[0], "arguments": s[1] if len(s) > 1 else {}, "where": s[2] if len(s) > 2 else ""}
        for s in steps
    ]
    return {"summary": "a plan", "steps": told, **more}


def brief(*checks, **more):
    """A brief of checks told as (quote, metric, feature, relation, value)."""
    told = [
        {"quote": q, "metric": m, "arguments": {"feature": f}, "relation": r, "value": v} for q, m, f, r, v in checks
    ]
    return {"checks": told, **more}


SIX = brief(("6 rooms", "count", "room", "equal", 6))
"""The checks of "a dungeon with 6 rooms", as a model writes them."""
