"""PCG Studio: a sentence becomes a measured 3D map."""

import os

# Threads that wait for the next parallel kernel must sleep, not spin: on a machine with other work, spinning ones keep
# the processors from those that have something to do, and kernels take five to ten times as long. Read when the
# thread library loads, which is at the first kernel; who has set it otherwise keeps it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
