"""The options that every agent command shares, and what they come to: who plays, by which model, within limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from .errors import InputError, ModelGoneError

if TYPE_CHECKING:  # imported inside the functions, so that --help answers at once
    from .llm.model import Model as LanguageModel
    from .policy import Policy

Out = Annotated[Path, typer.Option("-o", "--out", help="Folder of the bundle.")]
Seed = Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Fixes the dice.")]
Size = Annotated[str | None, typer.Option(help="Map size in metres: 1000, or east x north: 2000x1000.")]
Resolution = Annotated[int | None, typer.Option(help="Cells on the longer side.")]
Tiles = Annotated[int | None, typer.Option(help="Also write heights as tiles of so many cells; needs less memory.")]
TileBits = Annotated[int, typer.Option(help="16 for PNG over the span of heights, 32 for TIFF in metres.")]
Rounds = Annotated[int | None, typer.Option(min=1, max=10, help="Plans the actor may make: 3, or 2 for paper.")]
Agent = Annotated[str, typer.Option(help="auto (a configured model, otherwise built-in), builtin or model.")]
ActorRole = Annotated[str | None, typer.Option("--actor", help="Only the actor: builtin or model.")]
CriticRole = Annotated[str | None, typer.Option("--critic", help="Only the critic: builtin or model.")]
Model = Annotated[str | None, typer.Option(help="Language model, as its endpoint names it.")]
BaseUrl = Annotated[str | None, typer.Option(help="Endpoint that speaks the OpenAI protocol, or a preset's name.")]
Protocol = Annotated[str, typer.Option(help="studio, or paper for the paper's exact loop (needs a model).")]
MaxTokens = Annotated[int | None, typer.Option(min=0, help="Tokens that all questions to a model may take.")]
Seconds = Annotated[float | None, typer.Option(min=0, help="Time for planning and fitting: 120, or 600 with a model.")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="JSON file with limits no agent may break.")]
Allow = Annotated[list[str] | None, typer.Option(help="Generator that may be used; repeat it; all by default.")]
Lock = Annotated[list[str] | None, typer.Option(help="STEP or STEP.PARAMETER that must stay; repeat it.")]
Hold = Annotated[list[str] | None, typer.Option(help="Ground that must stay, cell by cell: 'north', 'on lake'.")]
BriefFile = Annotated[Path | None, typer.Option("--brief", help="JSON file with your own checks, as in a recipe.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable on stdout.")]

SECONDS_BUILTIN, SECONDS_MODEL = 120.0, 600.0


@dataclass(frozen=True)
class Players:
    """What was said about agents and their limits, as typed."""

    agent: str = "auto"
    actor: str | None = None
    critic: str | None = None
    model: str | None = None
    base_url: str | None = None
    protocol: str = "studio"
    rounds: int | None = None
    max_tokens: int | None = None
    seconds: float | None = None
    policy: Path | None = None
    allow: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()
    brief: Path | None = None

    def arguments(self, say: Any = print) -> dict[str, Any]:
        """Return what `pcgstudio.studio.run` takes for it.

        Parameters
        ----------
        say : callable
            Tells the person one line where ``auto`` had to choose.

        Raises
        ------
        InputError
            Options are unknown or exclude each other.
        ModelGoneError
            A model was asked for and cannot be had.
        """
        self._check()
        model = self._model(say)
        builtin = None if model is not None else "builtin"
        from .agents.model.remembered import users_memory  # noqa: PLC0415 - see TYPE_CHECKING above
        from .studio import Budget  # noqa: PLC0415

        usual = SECONDS_BUILTIN if model is None else SECONDS_MODEL
        return {
            "actor": self.actor or builtin,
            "critic": self.critic or builtin,
            "model": model,
            "protocol": self.protocol,
            "policy": self._policy(),
            "brief": self._brief(),
            "memory": users_memory() if model is not None else None,
            "budget": Budget(
                rounds=self.rounds, seconds=usual if self.seconds is None else self.seconds, tokens=self.max_tokens
            ),
        }

    def _check(self) -> None:
        known = {"agent": ("auto", "builtin", "model"), "protocol": ("studio", "paper"),
                 "actor": ("builtin", "model"), "critic": ("builtin", "model")}  # fmt: skip
        for option, values in known.items():
            said = getattr(self, option)
            if said is not None and said not in values:
                raise InputError(f"--{option} {said} is unknown; use {', '.join(values[:-1])} or {values[-1]}")
        if self.agent == "builtin" and (self.model or self.base_url or "model" in (self.actor, self.critic)):
            raise InputError("--agent builtin asks no model; leave out either it or --model, --base-url and the like")
        if self.protocol == "paper" and "builtin" in (self.agent, self.actor, self.critic):
            raise InputError("only a model plays --protocol paper; leave out builtin, or use --protocol studio")

    def _model(self, say: Any) -> LanguageModel | None:
        """Return the model that plays, or None where the built-in agents do."""
        if self.agent == "builtin" or (self.actor, self.critic) == ("builtin", "builtin"):
            return None
        from .llm.settings import configured  # noqa: PLC0415 - see TYPE_CHECKING above

        wanted = self.agent == "model" or self.model or self.base_url or self.protocol == "paper"
        asked = bool(wanted) or "model" in (self.actor, self.critic)
        found = None if asked else configured()
        if not asked and found is None:
            return None
        from .llm.endpoint import connect  # noqa: PLC0415 - slower to load, and a run without a model does without

        if asked:
            return connect(self.base_url, self.model)
        try:
            return connect(settings=found)
        except ModelGoneError as error:
            say(f"using the built-in agents: {error}")
            return None

    def _policy(self) -> Policy:
        from .agents.where import parse_where  # noqa: PLC0415 - see TYPE_CHECKING above
        from .policy import Policy, load_policy  # noqa: PLC0415

        told = load_policy(self.policy) if self.policy else Policy()
        allowed = (*(told.allow or ()), *self.allow)
        return told.model_copy(
            update={
                "allow": allowed or told.allow,
                "locked": (*told.locked, *self.lock),
                "regions": (*told.regions, *(parse_where(words) for words in self.hold)),
            }
        )

    def _brief(self) -> Any:
        if self.brief is None:
            return None
        from pydantic import ValidationError  # noqa: PLC0415 - see TYPE_CHECKING above

        from .brief import Brief  # noqa: PLC0415
        from .recipe import explain  # noqa: PLC0415

        try:
            return Brief.model_validate_json(self.brief.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"the brief '{self.brief}' cannot be read; name a JSON file") from error
        except ValidationError as error:
            raise InputError(f"the brief '{self.brief}': {explain(error, Brief)}") from error


def sides(size: str | None) -> tuple[float, float] | None:
    """Return the sides [m] that ``--size`` names."""
    if size is None:
        return None
    try:
        parts = [float(p) for p in size.lower().replace("×", "x").split("x")]
        east, north = parts if len(parts) == 2 else (parts[0], parts[0])
    except ValueError:
        raise InputError(f"--size {size} is no size; write 1000 or 2000x1000, in metres") from None
    if len(parts) > 2 or not all(10 <= side <= 200_000 for side in (east, north)):
        raise InputError(f"--size {size} is out of range; each side must lie between 10 and 200000 metres")
    return east, north


def cells(resolution: int | None) -> int | None:
    """Return ``--resolution`` if it can be built."""
    if resolution is not None and not 16 <= resolution <= 16384:
        raise InputError(f"--resolution {resolution} is out of range; use 16 to 16384 cells")
    return resolution


def bits(count: int) -> Literal[16, 32]:
    """Return ``--tile-bits`` if tiles can have so many."""
    if count not in (16, 32):
        raise InputError(f"--tile-bits {count} is neither 16 nor 32; use 16 for PNG or 32 for TIFF in metres")
    return 16 if count == 16 else 32
