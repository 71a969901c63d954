"""Render the gallery: ``python docs/gallery/make.py`` makes every picture anew from its sentence and its seed.

Each map is made by the public command line, ``pcgstudio generate``; its preview is stored again, losslessly smaller.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
PROGRAM = shutil.which("pcgstudio", path=Path(sys.executable).parent) or "pcgstudio"
"""The one installed beside this Python, whether or not its environment is active."""

PICTURES = {
    "volcano": (4, "A large volcanic island with two rivers, a lake in the crater and dense forest in the north"),
    "mountains": (2, "Snowy mountains, two lakes and pine forest"),
    "archipelago": (2, "Tropical archipelago of seven islands covered in jungle, with beaches and palm trees"),
    "mesas": (5, "An arid desert with three mesas"),
    "valley": (2, "A valley with a winding river and pine forest"),
    "dungeon": (3, "A dungeon with 12 rooms, a boss room, treasure and a locked door with a key"),
}
"""Seed and sentence of each picture."""

DONE = 0, 3
"""Exit codes of a finished map: every check passes, or the best effort."""


def main() -> None:
    """Make all pictures, or those named on the command line."""
    for name in sys.argv[1:] or PICTURES:
        seed, sentence = PICTURES[name]
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / name
            command = [PROGRAM, "generate", sentence, "--seed", str(seed), "-o", str(out)]
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            if made.returncode not in DONE:
                sys.exit(f"{name}: {made.stderr.strip() or made.stdout.strip()}")
            picture = HERE / f"{name}.png"
            Image.open(out / "preview.png").convert("RGB").save(picture, optimize=True)
        sys.stdout.write(f"{picture.name}: {picture.stat().st_size // 1024} KB, {sentence!r}\n")


if __name__ == "__main__":
    main()
