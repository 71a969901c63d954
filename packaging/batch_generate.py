"""Make many maps without a window, for farms: the command ``pcgstudio batch`` as a script.

    python packaging/batch_generate.py SPEC.yaml -o DIR [--jobs N] [--scheduler tcp://HOST:PORT] [--seeds A..B] [--json]

Exit codes: 0 the asked number of maps was reached, 3 it was not, 2 the spec cannot be used, 130 stopped by Ctrl-C or
SIGTERM (the same command goes on later). ``docs/batch.md`` explains specs, farms and clusters.
"""

from __future__ import annotations

import sys

from pcgstudio.cli import main

if __name__ == "__main__":  # worker processes import this file, and must not start a batch each
    sys.argv[1:1] = ["batch"]
    main()
