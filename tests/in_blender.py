"""The parts of the Blender extension that need no Blender, and the Blender that the long tier drives."""

import importlib
import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTENSION = ROOT / "packaging" / "blender"
TOOLS = ROOT / "tests" / "tools"

PYTHON = next(
    (p for p in (ROOT / ".venv-blender" / d for d in ("bin/python", "Scripts/python.exe")) if p.exists()), None
)
ABSENT = "Blender is not installed; see the top of tests/test_blender.py for the two commands"


def script():
    """The module make_blend.py."""
    told = importlib.util.spec_from_file_location("make_blend", EXTENSION / "make_blend.py")
    made = importlib.util.module_from_spec(told)
    told.loader.exec_module(made)
    return made


def part(name):
    """A module of the extension."""
    package = script().package()
    return importlib.import_module(f"{package.__name__}.{name}")
