"""How much memory is free."""

from __future__ import annotations

import psutil


def available_bytes() -> int:
    """Return the memory [bytes] that this process may still take without swapping."""
    return int(psutil.virtual_memory().available)
