"""Query the machine on any platform."""

import os
import signal

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows knows the latter only


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
