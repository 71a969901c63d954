"""Every generator has a contact sheet, small enough for a repository."""

from pathlib import Path

import numpy as np
from PIL import Image

from pcgstudio.generator import load_generators

SHEETS = Path(__file__).parent.parent / "docs" / "gallery" / "sheets"


def test_every_generator_has_a_sheet_of_eight_pictures():
    found = {path.stem: path for path in SHEETS.glob("*.jpg")}
    assert set(load_generators()) <= set(found)
    assert sum(path.stat().st_size for path in found.values()) < 8_000_000
    for name, path in found.items():
        assert path.stat().st_size < 300_000, name
        picture = np.asarray(Image.open(path), dtype=np.float32)
        rows, cols = picture.shape[0] // 4, picture.shape[1] // 2
        for k in range(8):
            part = picture[k // 2 * rows :][:rows, k % 2 * cols :][:, :cols]
            assert part.std() > 8, f"picture {k} of {name} shows nothing"
