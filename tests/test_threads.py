"""Threads that wait for the next kernel sleep: a machine with other work to do stays usable, and so do the kernels."""

import os
import subprocess
import sys

import pytest

TOLD = "import pcgstudio, os; print(os.environ['OMP_WAIT_POLICY'])"


@pytest.mark.parametrize(("set_by_person", "found"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_waiting_threads_sleep_unless_the_person_wants_otherwise(set_by_person, found):
    environment = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}
    if set_by_person:
        environment["OMP_WAIT_POLICY"] = set_by_person
    done = subprocess.run(
        [sys.executable, "-Pc", TOLD], capture_output=True, text=True, check=True, env=environment, timeout=60
    )
    assert done.stdout.strip() == found
