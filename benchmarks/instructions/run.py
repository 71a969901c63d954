"""Does the program do what people ask, and does it say so truly? Run written cases and measure the maps from outside.

``python benchmarks/instructions/run.py CASES.py [--seeds N] [--only NAME] [--kind KIND] [--json FILE] [--table FILE]``

CASES.py defines ``CASES``, a list made with :func:`measure.case`. Every case is played through the command line in a
temporary folder, at most two at a time. Its maps are judged by ``measure.py``, which shares no code with the program.

Three numbers matter: the strict success rate (the right end, and every hand-written check holds), the rate of exit 0,
and the FALSE-DONE list, the cases that ended with exit 0 although a check fails or the request could not be met. That
list must be empty: the command itself ends 1 if it is not, else 0.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from measure import Case, Map, Stage, case

PROGRAM = Path(sys.executable).parent / "pcgstudio"
SECONDS = 300
TIMEOUT_CODE = 124
AT_ONCE = 2


@dataclass(frozen=True)
class Played:
    """One sentence of one case, carried out: how it ended, what failed, and whether that end was true."""

    case: str
    kind: str
    seed: int
    stage: int
    text: str
    expect: str
    code: int
    passed: bool
    false_done: bool
    failing: tuple[str, ...]
    """Checks that do not hold, in words; why the end was wrong, where it was."""
    said: str
    """What the program itself doubts of its map, or its last line."""
    seconds: float


def play(subject: Case, seed: int, folder: Path) -> list[Played]:
    """Carry a case out, sentence after sentence; stop where no map is left to edit."""
    done: list[Played] = []
    before: Map | None = None
    for number, stage in enumerate(subject.stages):
        out = folder / f"map{number}"
        verb = (
            ["generate", stage.text, "--seed", str(seed)]
            if number == 0
            else ["edit", str(folder / f"map{number - 1}"), stage.text]
        )
        started = time.perf_counter()
        code, said = call([*verb, "-o", str(out)])
        made = Map(out, before) if (out / "layers.npz").exists() else None
        failing, lied = judge(stage, code, made)
        said = "; ".join(made.doubts) or said if made else said
        seconds = round(time.perf_counter() - started, 1)
        done.append(
            Played(
                subject.name,
                subject.kind,
                seed,
                number,
                stage.text,
                stage.expect,
                code,
                not failing,
                lied,
                tuple(failing),
                said,
                seconds,
            )
        )
        if made is None:
            break
        before = made
    return done


def call(arguments: list[str]) -> tuple[int, str]:
    """Run the program's command line; its exit code and last words."""
    # One thread each: two run side by side, and a shared machine is not to be taken over.
    quiet = {**os.environ, "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        ran = subprocess.run(
            [str(PROGRAM), *arguments], capture_output=True, text=True, timeout=SECONDS, env=quiet, check=False
        )
    except subprocess.TimeoutExpired:
        return TIMEOUT_CODE, f"no end within {SECONDS} s"
    lines = (ran.stderr.strip() or ran.stdout.strip()).splitlines()
    return ran.returncode, lines[-1] if lines else ""


def judge(stage: Stage, code: int, made: Map | None) -> tuple[list[str], bool]:
    """Tell what is wrong with an end, in words, and whether it was a false "done".

    Parameters
    ----------
    stage : Stage
        What was typed and what must hold.
    code : int
        Exit code.
    made : Map or None
        What was written.
    """
    right = {"done": {0}, "refuse": {2}, "best_effort": {3}, "honest": {0, 3}}[stage.expect]
    wrong = [] if code in right else [f"exit {code}, expected {' or '.join(map(str, sorted(right)))}"]
    broken = list(failing_checks(stage, made)) if made is not None else []
    if made is None and stage.expect != "refuse":
        wrong.append("no map was written")
    if made is not None and code == 2:
        wrong.append("a map was written in spite of exit 2")
    if made is not None and (code == 0) != (made.status == "done"):
        wrong.append(f"the report says {made.status}, the exit code {code}")
    if made is not None and code == 3 and not made.doubts:
        wrong.append("exit 3, and no word why")
    lied = code == 0 and bool(broken or wrong)
    forgiven = stage.expect == "honest" and code == 3
    return wrong + ([] if forgiven else broken), lied


def failing_checks(stage: Stage, made: Map) -> Iterable[str]:
    """Labels of the checks that do not hold; a check that cannot be evaluated counts as failing, and says why."""
    for label, holds in stage.checks:
        try:
            if not holds(made):
                yield label
        except Exception as error:  # whatever a hand-written lambda trips over is its result
            yield f"{label} ({type(error).__name__}: {error})"


def line(played: Played) -> str:
    """Return one line for the terminal."""
    verdict = "pass" if played.passed else "FALSE DONE" if played.false_done else "FAIL"
    name = played.case if played.stage == 0 else f"{played.case} +{played.stage}"
    why = f"   {'; '.join(played.failing)}" if played.failing else ""
    why += f"   <- {played.said}" if played.failing and played.code else ""
    return f"{verdict:<10} exit {played.code}  {played.seconds:5.1f} s  {name} [{played.kind}, seed {played.seed}]{why}"


def needless(played: list[Played]) -> list[Played]:
    """Return ends in exit 3 at which every check holds: the program is more doubtful than it need be."""
    return [p for p in played if p.expect == "done" and p.code == 3 and len(p.failing) == 1]


def numbers(played: list[Played]) -> dict[str, Any]:
    """Return rates over whole cases (a chain counts as one) and the list of false ends."""
    runs = {(p.case, p.seed): [q for q in played if (q.case, q.seed) == (p.case, p.seed)] for p in played}
    doable = [run for run in runs.values() if all(p.expect == "done" for p in run)]
    return {
        "runs": len(runs),
        "strict": _rate(all(p.passed for p in run) for run in runs.values()),
        "exit_0": _rate(all(p.code == 0 for p in run) for run in doable),
        "crashes": [p.case for p in played if p.code not in {0, 2, 3}],
        "false_done": [f"{p.case} (seed {p.seed}): {'; '.join(p.failing)}" for p in played if p.false_done],
        "needless_doubt": [f"{p.case} (seed {p.seed}): {p.said}" for p in needless(played)],
    }


def table(played: list[Played]) -> str:
    """Return a Markdown table, a row a kind: sentences, strict passes, exits and false ends."""
    rows = ["| kind | sentences | strict pass | exit 0 | exit 3 | exit 2 | false done |", "|---" * 7 + "|"]
    for kind in [*dict.fromkeys(p.kind for p in played), "all"]:
        of = [p for p in played if kind in {p.kind, "all"}]
        codes = " | ".join(str(sum(p.code == code for p in of)) for code in (0, 3, 2))
        passes, lies = sum(p.passed for p in of), sum(p.false_done for p in of)
        rows.append(f"| {kind} | {len(of)} | {passes} ({passes / len(of):.0%}) | {codes} | {lies} |")
    return "\n".join(rows)


def summary(found: dict[str, Any]) -> str:
    """Return the closing words for the terminal."""
    lines = [
        f"{found['runs']} cases   strict success {found['strict']:.1%}   "
        f"exit 0 where asked {found['exit_0']:.1%}   false done {len(found['false_done'])}",
    ]
    for title, key in (
        ("FALSE DONE", "false_done"),
        ("crashed or timed out", "crashes"),
        ("exit 3 although every check holds", "needless_doubt"),
    ):
        lines += [f"\n{title}:", *(f"  {entry}" for entry in found[key])] if found[key] else []
    return "\n".join(lines)


def chosen(file: str, only: str | None, kind: str | None) -> list[Case]:
    """Load the cases of a file whose name or kind is asked for; names must be unique."""
    cases: list[Case] = runpy.run_path(file, {"case": case, "Map": Map})["CASES"]
    names = [c.name for c in cases]
    if len(set(names)) != len(names):
        raise SystemExit(f"two cases have the same name: {next(n for n in names if names.count(n) > 1)}")
    return [c for c in cases if (only is None or only in c.name) and kind in {None, c.kind}]


def _rate(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found) if found else float("nan")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("cases", help="Python file that defines CASES")
    parser.add_argument("--seeds", type=int, default=1, help="play every case with seeds 1 to N")
    parser.add_argument("--only", help="cases whose name contains this")
    parser.add_argument("--kind", help="cases of this kind")
    parser.add_argument("--keep", type=Path, help="keep the maps in this folder")
    parser.add_argument("--json", type=Path, help="write every result and the rates to this file")
    parser.add_argument("--table", type=Path, help="write the Markdown table to this file too")
    asked = parser.parse_args()
    cases = chosen(asked.cases, asked.only, asked.kind)
    played: list[Played] = []
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(AT_ONCE) as pool:
        root = asked.keep or Path(scratch)
        if any(root.glob("*")):
            raise SystemExit(f"{root} is not empty: old maps would be judged as new ones")
        jobs = [(c, seed, root / f"{n}-{seed}") for seed in range(1, asked.seeds + 1) for n, c in enumerate(cases)]
        for run in pool.map(lambda job: play(*job), jobs):
            played += run
            print("\n".join(map(line, run)), flush=True)
    if not played:
        raise SystemExit("no case was chosen")
    found = numbers(played)
    print(f"\n{summary(found)}\n\n{table(played)}")
    if asked.json:
        asked.json.write_text(json.dumps({**found, "played": [asdict(p) for p in played]}, indent=1), "utf-8")
    if asked.table:
        asked.table.write_text(table(played) + "\n", "utf-8")
    return 1 if found["false_done"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
