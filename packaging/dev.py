"""Set up, check, test and run PCG Studio from a fresh clone, with nothing but Python 3.11 or later.

    python3 packaging/dev.py run ["INSTRUCTION" [OPTIONS]]   make a map
    python3 packaging/dev.py test [PYTEST OPTIONS]           run the tests
    python3 packaging/dev.py check                           ruff and mypy
    python3 packaging/dev.py setup                           only install

Every verb sets up what it needs first, says what it does, and skips what is done already. Everything goes into
``.venv``; system packages are installed only where apt and the right to use it are there, and named otherwise.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXAMPLE = "A volcanic island with two rivers, a lake in the crater and dense forest in the north"

GL_PACKAGES = ("libgl1", "libegl1", "libxkbcommon0", "libglib2.0-0", "libfreetype6", "libfontconfig1", "libdbus-1-3")
WINDOW_PACKAGES = (
    "xvfb", "xauth", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-image0",
    "libxcb-randr0", "libxcb-render-util0", "libxcb-shape0", "libxcb-xinerama0", "libxcb-xkb1", "libx11-xcb1",
)  # fmt: skip


def say(text: str) -> None:
    """Tell what happens, on stderr, so that stdout stays the program's own."""
    print(f"[pcg] {text}", file=sys.stderr, flush=True)


def run(*command: str | Path, **more: object) -> int:
    """Run a command in the repository's root and return its exit code."""
    return subprocess.run([str(c) for c in command], cwd=ROOT, check=False, **more).returncode  # type: ignore[call-overload, no-any-return] # options are passed through


def stop(text: str) -> None:
    """End with one sentence."""
    say(text)
    sys.exit(1)


def system_packages(packages: tuple[str, ...], why: str) -> None:
    """Install Debian packages that are missing, where that is possible; otherwise name them."""
    if not shutil.which("dpkg-query"):
        return
    listed = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n", *packages],
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    there = {line.split()[0] for line in listed.splitlines() if line.split()[1:2] == ["ii"]}
    missing = [p for p in packages if p not in there]
    if not missing:
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"] if shutil.which("sudo") else None
    if sudo is None:
        say(f"for {why}, ask an administrator for: apt-get install {' '.join(missing)}")
        return
    say(f"installing system packages for {why}: {' '.join(missing)}")
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    install = (*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)
    if run(*install, stderr=subprocess.DEVNULL, **quiet) and (
        run(*sudo, "apt-get", "update", "-qq", **quiet) or run(*install, **quiet)
    ):
        say(f"that failed; {why} may not work until they are there")


def stamp() -> str:
    """Return what the environment depends on, hashed."""
    told = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "uv.lock"):
        told.update((ROOT / name).read_bytes())
    return told.hexdigest()


def setup() -> None:
    """Make ``.venv`` as the lock file says, and compile the kernels once."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may meet
        stop(f"Python {sys.version.split()[0]} is too old; run this with Python 3.11 or later")
    done = VENV / ".pcg-ready"
    if done.is_file() and done.read_text() == stamp():
        return
    if os.name != "nt" and sys.platform != "darwin":
        system_packages(GL_PACKAGES, "the preview picture")
        if not shutil.which("cc"):
            system_packages(("gcc", "libc6-dev", "python3-dev"), "compiling the 'noise' package")
    if not BIN.is_dir():
        say(f"making {VENV.name} with Python {sys.version.split()[0]}")
        if run(sys.executable, "-m", "venv", VENV, stdout=subprocess.DEVNULL):
            stop("Python cannot make environments here; on Debian or Ubuntu: apt-get install python3-venv")
    say("installing the locked packages (about 2 GB, a minute or two the first time)")
    if run(BIN / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv>=0.5"):
        stop("pip could not install uv; check the network and try again")
    sync = (BIN / "uv", "sync", "--frozen", "--inexact", "--compile-bytecode", "-q")
    here = {"env": {**os.environ, "UV_PROJECT_ENVIRONMENT": str(VENV), "VIRTUAL_ENV": str(VENV)}}
    if run(*sync, **here):
        say("trying again without the 'noise' package, which needs a C compiler and Python's headers")
        if run(*sync, "--no-install-package", "noise", **here):
            stop("the packages could not be installed; the lines above say why")
    say("compiling the kernels once (about a minute)")
    if run(BIN / "pcgstudio", "doctor", "--warm", stdout=subprocess.DEVNULL):
        say("the doctor found something; see: .venv/bin/pcgstudio doctor")
    done.write_text(stamp())


def make_map(arguments: list[str]) -> int:
    """Run the main job on the built-in agents."""
    wanted = arguments or [EXAMPLE, "-o", "map"]
    say(f'pcgstudio generate "{wanted[0]}" {" ".join(wanted[1:])}')
    return run(BIN / "pcgstudio", "generate", *wanted)


def test(arguments: list[str]) -> int:
    """Run pytest, in a virtual screen where there is none."""
    if sys.platform.startswith("linux"):
        system_packages(WINDOW_PACKAGES, "the window tests")
    tools = ROOT / "tests" / "tools"
    if shutil.which("npm") and not (tools / "node_modules").is_dir():
        say("installing the Khronos glTF validator for the export tests")
        run("npm", "ci", "--silent", "--no-audit", "--no-fund", "--prefix", tools)
    screen = []
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY") and shutil.which("xvfb-run"):
        screen = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"]
    say("running the tests")
    if any(not one.startswith("--durations") for one in arguments):
        return run(*screen, BIN / "pytest", *arguments)
    code = run(*screen, BIN / "pytest", "-m", "not long and not window", *arguments)
    say("running the tests of the window, in a process of their own")
    window: tuple[str | Path, ...] = (*screen, BIN / "pytest", "-m", "window and not long", *arguments)
    shown = run(*window)
    if shown < 0 or shown > 128:  # software OpenGL and Qt may take the process down; a test that fails is not repeated
        say(f"the process of the window tests crashed (code {shown}); running them once more")
        shown = run(*window)
    return code or shown


def check() -> int:
    """Run the linters; report all, fail if any fails."""
    codes = [run(BIN / "ruff", "check"), run(BIN / "ruff", "format", "--check", "-q"), run(BIN / "mypy")]
    return max(codes)


def main(arguments: list[str]) -> int:
    """Dispatch a verb."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb not in ("setup", "run", "test", "check"):
        print(__doc__)
        return 2
    setup()
    if verb == "run":
        return make_map(rest)
    if verb == "test":
        return test(rest)
    return check() if verb == "check" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
