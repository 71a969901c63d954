"""The command line: thin over the library, words for people on stderr, JSON on stdout with ``--json``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .errors import Cancelled, InputError, PCGError

if TYPE_CHECKING:  # imported inside the commands, so that --help answers at once
    from .brief import Brief, Report
    from .events import Event, Finished
    from .recipe import Recipe
    from .world import World

app = typer.Typer(
    add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A sentence becomes a measured 3D map. Without a command, opens the window.",
)  # fmt: skip

OK, FAILED, BAD_INPUT, BEST_EFFORT, CANCELLED = 0, 1, 2, 3, 130

Out = Annotated[Path, typer.Option("-o", "--out", help="Folder of the bundle.")]
Seed = Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Fixes the dice.")]
Size = Annotated[str | None, typer.Option(help="Map size in metres: 1000, or east x north: 2000x1000.")]
Resolution = Annotated[int | None, typer.Option(help="Cells on the longer side.")]
Rounds = Annotated[int, typer.Option(min=1, max=10, help="Plans the actor may make.")]
Agent = Annotated[str, typer.Option(help="auto, builtin or model.")]
Model = Annotated[str | None, typer.Option(help="Language model; needs an endpoint.")]
BaseUrl = Annotated[str | None, typer.Option(help="Endpoint that speaks the OpenAI protocol.")]
Protocol = Annotated[str, typer.Option(help="studio, or paper for the paper's exact loop (needs a model).")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable on stdout.")]


@app.callback(invoke_without_command=True)
def window(context: typer.Context) -> None:
    """Open the window when no command is named."""
    if context.invoked_subcommand is None:
        _open_window(None)


@app.command()
def gui(file: Annotated[Path | None, typer.Argument(help="Recipe or bundle to open.")] = None) -> None:
    """Open the window."""
    _open_window(file)


def _open_window(file: Path | None) -> None:
    from importlib import import_module  # noqa: PLC0415 - the window is found by name: the core never imports it

    try:
        start = import_module("pcgstudio.ui.app").main
    except ImportError as error:
        raise PCGError(
            f"the window cannot open here ({error}); use: pcgstudio generate, or see: pcgstudio doctor"
        ) from error
    raise typer.Exit(start([str(file)] if file else []))


@app.command()
def generate(
    instruction: Annotated[str, typer.Argument(help="What the map shall be.")],
    out: Out = Path("map"),
    seed: Seed = None,
    size: Size = None,
    resolution: Resolution = None,
    rounds: Rounds = 3,
    agent: Agent = "auto",
    model: Model = None,
    base_url: BaseUrl = None,
    protocol: Protocol = "studio",
    as_json: Json = False,
) -> None:
    """Make a map from a sentence: exit 0 when every check passes, 3 for a best effort."""
    from .bundle import check_target  # noqa: PLC0415 - see TYPE_CHECKING above

    _builtin_only(agent, model, base_url, protocol)
    check_target(out)
    done, events = _run(instruction, seed=seed, extent_m=_sides(size), resolution=_cells(resolution), rounds=rounds)
    _leave(out, done, events, instruction, as_json)


@app.command()
def edit(
    file: Annotated[Path, typer.Argument(help="Recipe file or bundle folder.")],
    instruction: Annotated[str, typer.Argument(help="What shall change.")],
    out: Out = Path("map"),
    seed: Seed = None,
    rounds: Rounds = 3,
    agent: Agent = "auto",
    model: Model = None,
    base_url: BaseUrl = None,
    as_json: Json = False,
) -> None:
    """Change a saved map by a sentence; prints what changed in the recipe and how much of the map."""
    from .build import StepCache, build  # noqa: PLC0415
    from .bundle import check_target  # noqa: PLC0415 - see TYPE_CHECKING above
    from .locality import locality  # noqa: PLC0415
    from .recipe import diff, load  # noqa: PLC0415

    _builtin_only(agent, model, base_url, "studio")
    base = load(file)
    check_target(out)
    cache = StepCache()
    done, events = _run(instruction, base=base, seed=seed, rounds=rounds, cache=cache)
    change = locality(build(base, cache=cache), done.world, base, done.recipe)
    lines = diff(base, done.recipe) or ["nothing in the recipe"]
    extra = {"diff": lines, "changed_inside": change.inside, "changed_outside": change.outside}
    if not as_json:
        _say("changed:")
        for line in lines:
            _say(f"  {line}")
        _say(f"{change.inside:.1%} of the asked region and {change.outside:.1%} of the map outside it changed")
    _leave(out, done, events, instruction, as_json, extra)


@app.command()
def build(
    file: Annotated[Path, typer.Argument(help="Recipe file or bundle folder.")],
    out: Out = Path("map"),
    resolution: Resolution = None,
    as_json: Json = False,
) -> None:
    """Build a recipe without agents, and measure it against the brief stored in it."""
    from .brief import Brief  # noqa: PLC0415 - see TYPE_CHECKING above
    from .build import build as build_world  # noqa: PLC0415
    from .bundle import Run, check_target, write_bundle  # noqa: PLC0415
    from .measure import assess  # noqa: PLC0415
    from .recipe import folder_of, load  # noqa: PLC0415

    recipe = load(file)
    if (cells := _cells(resolution)) is not None:
        recipe = recipe.model_copy(update={"resolution": cells})
    check_target(out)
    world = build_world(recipe, tick=_progress, folder=folder_of(file))
    brief = recipe.brief or Brief()
    report = assess(world, brief)
    passed = report.passed and brief.complete
    run = Run(instruction=brief.instruction, status="done" if passed else "best_effort")
    write_bundle(out, recipe, world, brief, report, run)
    _report(brief, report, as_json, out, {"status": run.status})
    raise typer.Exit(OK if passed else BEST_EFFORT)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Recipe file or bundle folder.")],
    instruction: Annotated[str | None, typer.Argument(help="Measure against this instead of the stored brief.")] = None,
    as_json: Json = False,
) -> None:
    """Measure a map and print asked against measured."""
    from .agents.builtin import BuiltinCritic  # noqa: PLC0415 - see TYPE_CHECKING above
    from .agents.protocol import Task  # noqa: PLC0415
    from .brief import Brief  # noqa: PLC0415
    from .measure import assess  # noqa: PLC0415
    from .recipe import load  # noqa: PLC0415

    recipe = load(file)
    world = _world_of(file, recipe)
    brief = (
        recipe.brief or Brief()
        if instruction is None
        else BuiltinCritic().brief(Task(instruction, extent_m=recipe.extent_m))
    )
    report = assess(world, brief)
    _report(brief, report, as_json, None, {})
    raise typer.Exit(OK if report.passed and brief.complete else BEST_EFFORT)


def _world_of(file: Path, recipe: Recipe) -> World:
    """Return the layers a bundle holds, or build the recipe."""
    from .build import build as build_world  # noqa: PLC0415 - see TYPE_CHECKING above
    from .bundle import LAYERS, read_world  # noqa: PLC0415
    from .recipe import folder_of  # noqa: PLC0415

    if file.is_dir() and (file / LAYERS).is_file():
        return read_world(file)
    return build_world(recipe, tick=_progress, folder=folder_of(file))


@app.command()
def generators(
    name: Annotated[str | None, typer.Argument(help="One generator; all in one line each by default.")] = None,
    as_json: Json = False,
) -> None:
    """Print the reference manual of every installed generator."""
    from .generator import document, get_generator, load_generators  # noqa: PLC0415 - see TYPE_CHECKING above

    chosen = [get_generator(name)] if name else list(load_generators().values())
    if as_json:
        print(json.dumps([_manual(g) for g in chosen], indent=2, ensure_ascii=False))
    elif name:
        print(document(chosen[0]))
    else:
        for one in chosen:
            print(f"{one.name:20} {one.summary}")


def _manual(one: Any) -> dict[str, Any]:
    from dataclasses import asdict  # noqa: PLC0415 - see TYPE_CHECKING above

    from .params import parameters  # noqa: PLC0415

    return {
        "name": one.name, "family": one.family, "stage": one.stage, "summary": one.summary, "reads": one.reads,
        "writes": one.writes, "source": one.source, "parameters": [asdict(p) for p in parameters(one.params)],
        "features": [{"name": f.name, "words": f.words} for f in one.features],
    }  # fmt: skip


@app.command()
def doctor(
    base_url: BaseUrl = None,
    warm: Annotated[bool, typer.Option("--warm", help="Compile and cache the kernels first.")] = False,
    as_json: Json = False,
) -> None:
    """Say what works here, and the cure for what does not."""
    from .doctor import examine, warm_up  # noqa: PLC0415 - see TYPE_CHECKING above

    if warm:
        _say(f"kernels ready in {warm_up(_progress):.1f} s")
    findings = examine(base_url)
    if as_json:
        print(json.dumps([f.as_dict() for f in findings], indent=2))
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.works else 'no  '} {finding.name:18} {finding.detail}")
            if finding.cure:
                print(f"     {'':18} cure: {finding.cure}")
    raise typer.Exit(OK if all(f.works or not f.needed for f in findings) else FAILED)


# -- shared ------------------------------------------------------------------------------------------------------------


def _builtin_only(agent: str, model: str | None, base_url: str | None, protocol: str) -> None:
    if agent not in ("auto", "builtin", "model"):
        raise InputError(f"--agent {agent} is unknown; use auto, builtin or model")
    if protocol not in ("studio", "paper"):
        raise InputError(f"--protocol {protocol} is unknown; use studio or paper")
    if agent == "model" or model or base_url or protocol == "paper":
        raise InputError("language-model agents are not in this version; leave out --agent, --model, --base-url and "
                         "--protocol to use the built-in agents")  # fmt: skip


def _sides(size: str | None) -> tuple[float, float] | None:
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


def _cells(resolution: int | None) -> int | None:
    if resolution is not None and not 16 <= resolution <= 16384:
        raise InputError(f"--resolution {resolution} is out of range; use 16 to 16384 cells")
    return resolution


def _run(instruction: str, *, rounds: int, **more: Any) -> tuple[Finished, list[Event]]:
    """Run the loop, printing progress; return its end and everything that happened."""
    from .events import Calibrated, Failed, Finished  # noqa: PLC0415 - see TYPE_CHECKING above
    from .studio import Budget, run  # noqa: PLC0415

    events: list[Event] = []
    for event in run(instruction, budget=Budget(rounds=rounds), tick=_progress, **more):
        events.append(event)
        if isinstance(event, Calibrated):
            _progress(1.0, "adjusting")
    _clear()
    last = events[-1]
    if isinstance(last, Failed):
        raise _as_error(last.error, last.exit_code)
    assert isinstance(last, Finished)
    return last, events


def _as_error(text: str, code: int) -> PCGError:
    kind = {BAD_INPUT: InputError, CANCELLED: Cancelled}.get(code, PCGError)
    return kind(text)


def _leave(
    out: Path, done: Finished, events: list[Event], instruction: str, as_json: bool, extra: dict[str, Any] | None = None
) -> None:
    from .bundle import Run, write_bundle  # noqa: PLC0415 - see TYPE_CHECKING above

    run = Run(
        instruction=instruction, status=done.status, rounds=done.rounds, agent=done.agent, model=done.model or None,
        tokens=done.tokens, seconds=done.seconds,
    )  # fmt: skip
    _progress(0.9, "writing the bundle")
    write_bundle(out, done.recipe, done.world, done.brief, done.report, run, [e.to_json() for e in events])
    _clear()
    _report(done.brief, done.report, as_json, out, {"status": done.status, "seconds": done.seconds, **(extra or {})})
    raise typer.Exit(OK if done.status == "done" else BEST_EFFORT)


def _report(brief: Brief, report: Report, as_json: bool, out: Path | None, extra: dict[str, Any]) -> None:
    """Print asked against measured, and everything that keeps the map from being done."""
    if as_json:
        print(json.dumps({**extra, "out": str(out) if out else None, "brief": brief.model_dump(mode="json"),
                          "report": report.model_dump(mode="json")}, ensure_ascii=False))  # fmt: skip
        return
    for row in report.checks:
        mark = "ok  " if row.passed else "MISS" if row.check.demanded else "wish"
        _say(
            f'{mark} {_demand(row.check):44} measured {_number(row.measured):>9} {row.check.unit:8} "{row.check.quote}"'
        )
    for one in report.structural:
        if not one.passed:
            _say(f"MISS {one.name}: {one.detail}")
    for title, lines in (
        ("not understood", brief.not_understood), ("not measurable", brief.not_measurable),
        ("contradictory", brief.contradictions), ("atmosphere", brief.atmosphere), ("read as", brief.interpretations),
    ):  # fmt: skip
        if lines:
            _say(f"{title}: {'; '.join(lines)}")
    if out is not None:
        passed = report.passed and brief.complete and (bool(report.checks) or extra.get("status") == "done")
        _say(f"{'done' if passed else 'best effort'}: {out}/preview.png, {out}/map.glb")


def _demand(check: Any) -> str:
    about = " ".join(str(v) for v in check.arguments.values() if isinstance(v, str))
    if check.relation in ("present", "absent"):
        return f"{check.metric} {about} {check.relation}"
    told = " to ".join(_number(v) for v in check.value) if isinstance(check.value, tuple) else _number(check.value)
    return f"{check.metric} {about} {check.relation.replace('_', ' ')} {told}"


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.4g}"


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _progress(fraction: float, text: str) -> None:
    """Show one line that is overwritten; nothing where stderr is no terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{fraction:4.0%} {text[:70]}", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def main() -> None:
    """Run the command line; every error is one sentence and an exit code."""
    try:
        result = app(standalone_mode=False)
    except PCGError as error:
        _clear()
        _say(f"pcgstudio: {error}")
        code = error.exit_code
    except KeyboardInterrupt:
        _clear()
        _say("pcgstudio: cancelled; nothing was written")
        code = CANCELLED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = OK
    except Exception as error:
        code = _unexpected(error)
    else:
        code = result if isinstance(result, int) else OK
        if code == CANCELLED:  # Ctrl-C: typer makes it a result before it can be caught here
            _clear()
            _say("pcgstudio: cancelled; nothing was written")
    sys.exit(code)


def _unexpected(error: Exception) -> int:
    """Turn usage errors and anything unforeseen into one sentence: the last resort, a user never sees a traceback."""
    if isinstance(error, typer.Exit):
        return int(error.exit_code)
    _clear()
    if isinstance(error, typer.Abort):
        return CANCELLED
    # typer carries its own private copy of click, whose usage errors all know how to say themselves
    if callable(say := getattr(error, "format_message", None)):
        _say(f"pcgstudio: {str(say()).rstrip('.')}; see: pcgstudio --help")
        return BAD_INPUT
    if os.environ.get("PCGSTUDIO_DEBUG"):
        raise error
    told = " ".join(str(error).split())
    _say(f"pcgstudio: unexpected {type(error).__name__}: {told}; set PCGSTUDIO_DEBUG=1 to see where, and report it")
    return FAILED
