"""What ships, what it imports, and how fast it answers."""

import ast
import fnmatch
import subprocess
import sys
import time
import tomllib
from importlib import import_module, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
SHIPPED = ("pcgstudio", "generators", "ui", "assets")
EXTENSION = "pcgstudio.blender_extension"
"""Runs in Blender, from the files of the package; nothing imports it."""

QT = {"PySide6", "pyvistaqt", "qtpy", "PyQt5", "PyQt6"}
HEAVY = ("numpy", "scipy", "numba", "openai", "pyvista", "vtkmodules", "PySide6", "trimesh", "PIL")


def sources(*roots):
    return [p for root in roots for p in sorted((ROOT / root).rglob("*.py"))]


def package_of(path):
    """Dotted name of the package that a source file belongs to once installed."""
    folder = path.parent.relative_to(ROOT)
    parts = folder.parts if folder.parts[0] == "pcgstudio" else ("pcgstudio", *folder.parts)
    return ".".join(parts)


def imports(path):
    """Absolute dotted names of everything that a file imports, anywhere in it."""
    package = package_of(path).split(".")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{a.name}" for a in node.names)


def within(name, *packages):
    return any(name == p or name.startswith(f"{p}.") for p in packages)


def test_the_scan_sees_absolute_relative_and_late_imports(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "pcgstudio" / "agents").mkdir(parents=True)
    file = tmp_path / "pcgstudio" / "agents" / "x.py"
    file.write_text(
        "import a.b\ndef f():\n    from ..ui import app\n    from . import y\n    from PySide6.QtCore import Qt\n"
    )
    assert list(imports(file)) == ["a.b", "pcgstudio.ui.app", "pcgstudio.agents.y", "PySide6.QtCore.Qt"]


@pytest.mark.parametrize("path", sources("pcgstudio"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_core_imports_neither_generators_nor_window(path):
    found = set(imports(path))
    assert not {n for n in found if within(n, "generators", "ui", "pcgstudio.generators", "pcgstudio.ui", *QT)}


@pytest.mark.parametrize("path", sources("generators"), ids=lambda p: str(p.relative_to(ROOT)))
def test_generators_import_the_core_and_themselves_only(path):
    found = set(imports(path))
    assert not {n for n in found if within(n, "generators", "ui", "pcgstudio.ui", "pcgstudio.agents", *QT)}


def test_only_the_window_imports_qt():
    """And the two benchmarks that measure it."""
    others = sources("pcgstudio", "generators", "assets", "packaging", "benchmarks")
    guilty = {str(p.relative_to(ROOT)) for p in others if set_of_roots(p) & QT}
    assert guilty <= {"benchmarks/window.py", "benchmarks/viewport.py"}
    assert any(set_of_roots(p) & QT for p in sources("ui")), "the scan would not see it"


def set_of_roots(path):
    return {name.split(".")[0] for name in imports(path)}


def test_the_window_imports_no_generator():
    assert not [p for p in sources("ui") if any(within(n, "generators", "pcgstudio.generators") for n in imports(p))]


def test_every_package_is_listed_and_every_listed_one_exists():
    """A package that is missing in the list works from a checkout and is absent from the wheel."""
    there = {package_of(p) for p in sources(*SHIPPED) if p.name == "__init__.py"}
    assert there | {EXTENSION} == set(SETUPTOOLS["packages"])
    assert (ROOT / SETUPTOOLS["package-dir"][EXTENSION] / "make_blend.py").is_file()
    holding = {package_of(p) for p in sources(*SHIPPED)}
    assert holding == there, "a folder of sources without an __init__.py is not shipped"


def test_every_data_file_is_shipped():
    for package, patterns in SETUPTOOLS["package-data"].items():
        folder = ROOT / SETUPTOOLS["package-dir"][package]
        for pattern in patterns:
            assert "*" in pattern or (folder / pattern).is_file(), f"{package} ships no {pattern}"
    assets = ROOT / "assets"
    files = [p for p in assets.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")]
    assert files
    for file in files:
        name = file.relative_to(assets).as_posix()
        assert any(fnmatch.fnmatch(name, p) for p in SETUPTOOLS["package-data"]["pcgstudio.assets"]), name


def test_packaging_shadows_nobody():
    assert not (ROOT / "packaging" / "__init__.py").exists(), "it would shadow PyPA's packaging"


def test_the_version_is_the_same_everywhere():
    version = PROJECT["project"]["version"]
    assert metadata.version("pcgstudio") == version
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    assert [p["version"] for p in locked if p["name"] == "pcgstudio"] == [version]
    assert not [p for p in sources("pcgstudio") if "__version__" in p.read_text(encoding="utf-8")], (
        "one place is enough"
    )


def test_every_dependency_of_the_core_is_declared():
    """Nothing is imported that only happens to be installed along with something else."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    wanted = (*PROJECT["project"]["dependencies"], *(d for extra in extras for d in extra))
    declared = {d.split(">")[0].split(";")[0].strip().lower().replace("-", "_") for d in wanted}
    called = {
        "pil",
        "spellchecker",
        "pyside6",
        "shiboken6",
        "vtkmodules",
        "annotated_types",
        "pydantic_core",
        "yaml",
        "pxr",
    }
    known = declared | called | {"pcgstudio"}
    used = {name for p in sources(*SHIPPED) for name in set_of_roots(p)} - set(sys.stdlib_module_names)
    assert {n for n in used if n.lower() not in known} == set()


@pytest.mark.parametrize("script", PROJECT["project"]["scripts"].values())
def test_the_command_exists(script):
    module, name = script.split(":")
    assert callable(getattr(import_module(module), name))


def test_the_window_command_points_at_a_function():
    (script,) = PROJECT["project"]["gui-scripts"].values()
    module, name = script.split(":")
    file = ROOT / Path(*module.split(".")[1:]).with_suffix(".py")
    assert name in {n.name for n in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(n, ast.FunctionDef)}


def program():
    found = Path(sys.executable).with_name("pcgstudio.exe" if sys.platform == "win32" else "pcgstudio")
    if not found.exists():
        pytest.skip("the package is imported from a path, not installed")
    return found


def test_help_answers_at_once():
    """Half a second of the processor: what it takes where nothing else is running."""
    resource = pytest.importorskip("resource", reason="processor time of children is measured on Unix only")
    command, spent, waited = program(), [], []
    for _ in range(3):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        waited.append(time.perf_counter() - start)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert "generate" in done.stdout
    assert min(spent) < 0.5
    assert min(waited) < 2, "it waits for something"


@pytest.mark.parametrize("words", [["--help"], ["generate", "--help"], ["doctor", "--help"]], ids=" ".join)
def test_help_loads_nothing_heavy(words):
    code = (
        "import sys\n"
        f"sys.argv = ['pcgstudio', *{words!r}]\n"
        "from pcgstudio.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print('exit', end.code)\n"
        f"print('loaded', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-Ic", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["exit 0", "loaded []"]
