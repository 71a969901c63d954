"""A package beside the tree adds a generator, and by its entry point alone everything knows it.

The package is ``examples/pcg-stone-rows``, which ``docs/writing-a-generator.md`` explains. It is put where an installer
would put it (the module and its metadata, entry points included), so that nothing is fetched or built.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "pcg-stone-rows"
PAGE = ROOT / "docs" / "writing-a-generator.md"
MODULE = EXAMPLE / "src" / "pcg_stone_rows" / "__init__.py"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The environment of a process in which the package is installed."""
    site = tmp_path_factory.mktemp("site")
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    shutil.copytree(EXAMPLE / "src", site, dirs_exist_ok=True)
    about = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir()
    about.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = [
        f"[{group}]\n" + "".join(f"{name} = {module}\n" for name, module in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    about.joinpath("entry_points.txt").write_text("\n".join(points))
    return {**os.environ, "PYTHONPATH": str(site), "PCGSTUDIO_MEMORY": "off", "QT_QPA_PLATFORM": "offscreen"}


CLI = ("-c", "import sys; sys.argv[0] = 'pcgstudio'; from pcgstudio.cli import main; main()")


def command(installed, *words, folder=ROOT, codes=(0,)):
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        capture_output=True, text=True, env=installed, cwd=folder, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode in codes, done.stdout + done.stderr
    return done.stdout


def test_the_manual_documents_it(installed, tmp_path):
    told = command(installed, *CLI, "generators", "stone_rows", folder=tmp_path)
    assert "length_m: float [10, 5000] = 160 m - Length of a row. (short 80, usual 160, long 320)" in told


def test_a_sentence_asks_for_it_and_is_measured(installed, tmp_path):
    words = ("generate", "gentle hills with four long stone rows", "-o", "rows", "--resolution", "192")
    command(installed, *CLI, *words, "--agent", "builtin", folder=tmp_path, codes=(0, 3))
    told = json.loads((tmp_path / "rows" / "report.json").read_text())
    checks = {(c["metric"], *c["arguments"].values()): c for c in told["checks"]}
    assert checks["count", "stone row"]["measured"] == 4
    assert checks["length", "stone row"]["passed"]
    layers = json.loads((tmp_path / "rows" / "layers.json").read_text())
    assert "slab" in layers["instances"]["rock"]["species"]
    assert "stone_row" in layers["layers"]


FORM = """
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
from pcgstudio.generator import get_generator
from pcgstudio.ui.panels.form import Form
form = Form()
form.show_model(get_generator("stone_rows").params, {"count": 5})
for _ in range(200):  # lines come one by one, between other work
    app.processEvents()
print(sorted({w.record.name for w in form.findChildren(QWidget) if hasattr(w, "record")}))
"""


def test_the_window_has_a_form_for_it(installed):
    told = command(installed, "-Pc", FORM)
    assert told.strip() == "['count', 'gap_m', 'length_m', 'spacing_m']"


def test_the_contract_runs_over_it(installed):
    told = command(installed, "-Pm", "pytest", "tests/test_contract.py", "-k", "stone_rows", "-p", "no:cacheprovider")
    passed = re.search(r"(\d+) passed", told)
    assert passed
    assert int(passed[1]) >= 14


def test_the_page_shows_the_code_that_runs():
    """Every Python block of the page stands in the module, line by line."""
    module = MODULE.read_text()
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        assert block.strip() in module, f"not in the example:\n{block}"
    assert re.findall(r"```toml\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)[0].strip() in (
        (EXAMPLE / "pyproject.toml").read_text()
    )
