"""The command line: thin over the library, words for people on stderr, JSON on stdout with ``--json``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from multiprocessing import freeze_support
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cli_batch import batch
from .cli_export import export
from .errors import Cancelled, InputError, PCGError
from .options import (
    ActorRole,
    Agent,
    Allow,
    BaseUrl,
    BriefFile,
    CriticRole,
    Hold,
    Json,
    Lock,
    MaxTokens,
    Model,
    Out,
    Players,
    PolicyFile,
    Protocol,
    Resolution,
    Rounds,
    Seconds,
    Seed,
    Size,
    TileBits,
    Tiles,
    bits,
    cells,
    sides,
)
from .printout import clear, closing, narrated, progress, report, say

if TYPE_CHECKING:  # imported inside the commands, so that --help answers at once
    from .events import Event, Finished
    from .recipe import Recipe
    from .world import World

app = typer.Typer(
    add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A sentence becomes a measured 3D map. Without a command, opens the window.",
)  # fmt: skip

OK, FAILED, BAD_INPUT, BEST_EFFORT, CANCELLED = 0, 1, 2, 3, 130


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
    rounds: Rounds = None,
    agent: Agent = "auto",
    actor: ActorRole = None,
    critic: CriticRole = None,
    model: Model = None,
    base_url: BaseUrl = None,
    protocol: Protocol = "studio",
    max_tokens: MaxTokens = None,
    seconds: Seconds = None,
    policy: PolicyFile = None,
    allow: Allow = None,
    brief: BriefFile = None,
    as_json: Json = False,
) -> None:
    """Make a map from a sentence: exit 0 when every check passes, 3 for a best effort."""
    from .bundle import check_target  # noqa: PLC0415 - see TYPE_CHECKING above

    players = Players(
        agent, actor, critic, model, base_url, protocol, rounds, max_tokens, seconds, policy,
        allow=tuple(allow or ()), brief=brief,
    )  # fmt: skip
    told = {"seed": seed, "extent_m": sides(size), "resolution": cells(resolution)}
    check_target(out)
    done, events = _run(instruction, **players.arguments(say), **told)
    _leave(out, done, events, instruction, as_json)


@app.command()
def edit(
    file: Annotated[Path, typer.Argument(help="Recipe file or bundle folder.")],
    instruction: Annotated[str, typer.Argument(help="What shall change.")],
    out: Out = Path("map"),
    seed: Seed = None,
    rounds: Rounds = None,
    agent: Agent = "auto",
    actor: ActorRole = None,
    critic: CriticRole = None,
    model: Model = None,
    base_url: BaseUrl = None,
    max_tokens: MaxTokens = None,
    seconds: Seconds = None,
    policy: PolicyFile = None,
    allow: Allow = None,
    lock: Lock = None,
    hold: Hold = None,
    brief: BriefFile = None,
    as_json: Json = False,
) -> None:
    """Change a saved map by a sentence; prints what changed in the recipe and how much of the map."""
    from .build import StepCache, build  # noqa: PLC0415
    from .bundle import check_target  # noqa: PLC0415 - see TYPE_CHECKING above
    from .locality import locality  # noqa: PLC0415
    from .recipe import diff, folder_of, load  # noqa: PLC0415

    players = Players(
        agent, actor, critic, model, base_url, "studio", rounds, max_tokens, seconds, policy,
        tuple(allow or ()), tuple(lock or ()), tuple(hold or ()), brief,
    )  # fmt: skip
    base, folder = load(file), folder_of(file)
    check_target(out)
    cache = StepCache()
    done, events = _run(instruction, base=base, seed=seed, cache=cache, folder=folder, **players.arguments(say))
    change = locality(build(base, cache=cache, folder=folder), done.world, base, done.recipe)
    lines = diff(base, done.recipe) or ["nothing in the recipe"]
    extra = {"diff": lines, "changed_inside": change.inside, "changed_outside": change.outside}
    if not as_json:
        say("changed:")
        for line in lines:
            say(f"  {line}")
        say(change.told)
    _leave(out, done, events, instruction, as_json, extra, folder)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="Bundle or session.jsonl of any run.")],
    out: Out = Path("map"),
    as_json: Json = False,
) -> None:
    """Run a recorded session again without its model: the same map, byte for byte."""
    from .bundle import check_target  # noqa: PLC0415 - see TYPE_CHECKING above
    from .recipe import folder_of  # noqa: PLC0415
    from .replay import read_session  # noqa: PLC0415
    from .replay import replay as told_again  # noqa: PLC0415

    session = read_session(file)
    check_target(out)
    if not session.same_version:
        say(f"recorded by version {session.version}; another version may build another map")
    folder = folder_of(file)
    done, events = _followed(told_again(session, tick=progress, folder=folder))
    _leave(out, done, events, session.instruction, as_json, beside=folder)


@app.command()
def build(
    file: Annotated[Path, typer.Argument(help="Recipe file or bundle folder.")],
    out: Out = Path("map"),
    resolution: Resolution = None,
    tiles: Tiles = None,
    tile_bits: TileBits = 16,
    as_json: Json = False,
) -> None:
    """Build a recipe without agents, and measure it against the brief stored in it."""
    from .brief import Brief  # noqa: PLC0415 - see TYPE_CHECKING above
    from .build import build as build_world  # noqa: PLC0415
    from .bundle import Run, check_target, write_bundle  # noqa: PLC0415
    from .measure import assess  # noqa: PLC0415
    from .recipe import folder_of, load  # noqa: PLC0415

    recipe = load(file)
    if (count := cells(resolution)) is not None:
        recipe = recipe.model_copy(update={"resolution": count})
    check_target(out)
    more = None
    if tiles is not None:
        from .tiles import tiled  # noqa: PLC0415

        recipe, more = tiled(recipe, tiles, progress, folder_of(file), bits(tile_bits))
    world = build_world(recipe, tick=progress, folder=folder_of(file))
    brief = recipe.brief or Brief()
    measured = assess(world, brief)
    passed = measured.passed and brief.complete
    run = Run(instruction=brief.instruction, status="done" if passed else "best_effort")
    write_bundle(out, recipe, world, brief, measured, run, more=more, beside=folder_of(file))
    clear()
    report(brief, measured, as_json, out, {"status": run.status})
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
    measured = assess(world, brief)
    report(brief, measured, as_json, None, {})
    raise typer.Exit(OK if measured.passed and brief.complete else BEST_EFFORT)


def _world_of(file: Path, recipe: Recipe) -> World:
    """Return the layers a bundle holds, or build the recipe."""
    from .build import build as build_world  # noqa: PLC0415 - see TYPE_CHECKING above
    from .bundle import LAYERS, read_world  # noqa: PLC0415
    from .recipe import folder_of  # noqa: PLC0415

    if file.is_dir() and (file / LAYERS).is_file():
        return read_world(file)
    return build_world(recipe, tick=progress, folder=folder_of(file))


app.command()(export)
app.command()(batch)


@app.command()
def generators(
    name: Annotated[str | None, typer.Argument(help="One generator; all in one line each by default.")] = None,
    as_json: Json = False,
) -> None:
    """Print the reference manual of every installed generator."""
    from .manual import manual  # noqa: PLC0415 - see TYPE_CHECKING above

    print(manual(name, as_json))


@app.command()
def doctor(
    base_url: BaseUrl = None,
    warm: Annotated[bool, typer.Option("--warm", help="Compile and cache the kernels first.")] = False,
    as_json: Json = False,
) -> None:
    """Say what works here, and the cure for what does not."""
    from .doctor import examine, warm_up  # noqa: PLC0415 - see TYPE_CHECKING above

    if warm:
        say(f"kernels ready in {warm_up(progress):.1f} s")
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


def _run(instruction: str, **more: Any) -> tuple[Finished, list[Event]]:
    """Run the loop, printing progress; return its end and everything that happened."""
    from . import studio  # noqa: PLC0415 - see TYPE_CHECKING above

    return _followed(studio.run(instruction, tick=progress, **more))


def _followed(stream: Iterable[Event]) -> tuple[Finished, list[Event]]:
    """Print what a run says while it goes on; return its end and everything that happened."""
    from .events import Calibrated, Failed, Finished  # noqa: PLC0415 - see TYPE_CHECKING above

    events: list[Event] = []
    model = False
    for event in stream:
        events.append(event)
        model = model or bool(getattr(event, "model", ""))
        if isinstance(event, Calibrated):
            progress(1.0, "adjusting")
        if model and (line := narrated(event)):
            clear()
            say(line)
    clear()
    last = events[-1]
    if isinstance(last, Failed):
        raise _as_error(last.error, last.exit_code)
    assert isinstance(last, Finished)
    return last, events


def _as_error(text: str, code: int) -> PCGError:
    kind = {BAD_INPUT: InputError, CANCELLED: Cancelled}.get(code, PCGError)
    return kind(text)


def _leave(
    out: Path,
    done: Finished,
    events: list[Event],
    instruction: str,
    as_json: bool,
    extra: dict[str, Any] | None = None,
    beside: Path | None = None,
) -> None:
    from .bundle import Run, write_bundle  # noqa: PLC0415 - see TYPE_CHECKING above

    run = Run(
        instruction=instruction, status=done.status, rounds=done.rounds, agent=done.agent, model=done.model or None,
        tokens=done.tokens, seconds=done.seconds, protocol=done.protocol,
        spent=tuple(s.model_dump(mode="json") for s in done.spent), notes=done.notes,
    )  # fmt: skip
    progress(0.9, "writing the bundle")
    lines = [e.to_json() for e in events]
    write_bundle(out, done.recipe, done.world, done.brief, done.report, run, lines, beside=beside)
    clear()
    told = {"status": done.status, "seconds": done.seconds, "agent": done.agent, "tokens": done.tokens}
    report(done.brief, done.report, as_json, out, {**told, **(extra or {})})
    closing(done)
    raise typer.Exit(OK if done.status == "done" else BEST_EFFORT)


def main() -> None:
    """Run the command line; every error is one sentence and an exit code."""
    freeze_support()  # a frozen program's workers start here too
    try:
        result = app(standalone_mode=False)
    except PCGError as error:
        clear()
        say(f"pcgstudio: {error}")
        code = error.exit_code
    except KeyboardInterrupt:
        clear()
        say("pcgstudio: cancelled; nothing was written")
        code = CANCELLED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = OK
    except Exception as error:
        code = _unexpected(error)
    else:
        code = result if isinstance(result, int) else OK
        if code == CANCELLED:  # Ctrl-C: typer makes it a result before it can be caught here
            clear()
            say("pcgstudio: cancelled; nothing was written")
    sys.exit(code)


def _unexpected(error: Exception) -> int:
    """Turn usage errors and anything unforeseen into one sentence: the last resort, a user never sees a traceback."""
    if isinstance(error, typer.Exit):
        return int(error.exit_code)
    clear()
    if isinstance(error, typer.Abort):
        return CANCELLED
    # typer carries its own private copy of click, whose usage errors all know how to say themselves
    if callable(told := getattr(error, "format_message", None)):
        say(f"pcgstudio: {str(told()).rstrip('.')}; see: pcgstudio --help")
        return BAD_INPUT
    if os.environ.get("PCGSTUDIO_DEBUG"):
        raise error
    words = " ".join(str(error).split())
    say(f"pcgstudio: unexpected {type(error).__name__}: {words}; set PCGSTUDIO_DEBUG=1 to see where, and report it")
    return FAILED
