"""Print what `--dry-run` estimates."""

import dataclasses

from dynsur.core.machine import available_cores
from dynsur.core.registry import Setup

from .console import print_json


def show_estimate(
    setup: Setup, store: object, workers: int | None, as_json: bool, trained: bool = False
) -> None:
    """Print the time, the memory and the disk space that a setup needs.

    Args:
        setup: What would be run.
        store: Where its simulations would be.
        workers: Number of worker processes; one per core by default.
        as_json: Whether JSON is printed.
        trained: Whether a model would be trained too.
    """
    from dynsur.core.reporting import count, duration
    from dynsur.core.workflow import estimate

    found = estimate(setup, str(store), workers or available_cores(), trained=trained)
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    print(f"{count(found.simulations, 'simulation')} of {setup.simulator.name} to do")
    print(
        f"time: {duration(found.seconds)}, {duration(found.seconds_each)} each on "
        f"{count(found.workers, 'core')}, and some seconds to start"
    )
    print(f"memory: {size(found.memory)}")
    print(f"disk: at most {size(found.disk)} in {store}")
    if found.training is not None:
        print(
            f"training: about {duration(found.training)} for {setup.training.epochs} epochs of "
            f"{setup.model.name}; less where it stops improving earlier"
        )
    elif trained:
        print("training: not estimated, since a small trial of it did not succeed")
    print("Nothing was written.")


def size(count: float) -> str:
    """Return a number of bytes in a suitable unit.

    >>> size(4_096_000.0)
    '4.1 MB'
    """
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.2g} {unit}" if count < 10 else f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.3g} TB"
