"""Query the machine on any platform."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows knows the latter only


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let torch, if it is loaded, compute with one thread for a while."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
