"""The command line as a person meets it: words in; exit code, stdout and stderr out."""

import sys

import numpy as np

from pcgstudio.cli import main


class Command:
    """Runs commands in this process, in an empty folder, with a stand-in for the slow picture."""

    def __init__(self, monkeypatch, capsys, folder):
        self.monkeypatch, self.capsys, self.folder = monkeypatch, capsys, folder
        monkeypatch.chdir(folder)
        for name in ("PCGSTUDIO_PRESET", "PCGSTUDIO_BASE_URL", "PCGSTUDIO_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
            monkeypatch.delenv(name, raising=False)  # the person's own model takes no part in tests
        monkeypatch.setenv("PCGSTUDIO_MEMORY", "off")
        monkeypatch.setattr("pcgstudio.render.render", lambda *_a, **_m: np.zeros((720, 1280, 3), np.uint8))

    def __call__(self, *words):
        """Return exit code, stdout and stderr."""
        self.monkeypatch.setattr(sys, "argv", ["pcgstudio", *map(str, words)])
        self.capsys.readouterr()
        code = None
        try:
            main()
        except SystemExit as end:
            code = end.code
        return code, *self.capsys.readouterr()

    def left(self):
        """What lies in the folder, hidden files too."""
        return sorted(p.name for p in self.folder.iterdir())
