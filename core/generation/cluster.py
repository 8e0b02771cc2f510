"""Open a dask client: a plugin's, one of a scheduler, or one on this machine's cores."""

import contextlib
import logging
import multiprocessing.process
import os
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..machine import KILL
from ..registry.host import host
from .process import ONE_THREAD, release

if TYPE_CHECKING:
    from distributed import Client, Worker

CONNECT_TIMEOUT = 5.0  # s
UNGUARDED = 97  # exit code of a worker that would start workers itself
# What dask does beside its work took a fifth of a core from two workers' simulations.
QUIET = {
    "distributed.worker.profile.enabled": False,  # would see a thread that waits for a process
    "distributed.admin.tick.interval": "500ms",
    # With dask's threshold, glibc maps every array of 128 KiB anew: half the time of a surrogate.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 2**27,  # bytes
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 2**25,
}


@contextlib.contextmanager
def connect(scheduler: str | None, workers: int) -> Iterator["Client"]:
    """Open the dask client that runs the simulations, and close it at the end.

    A client that a plugin supplies through `dynsur_client` comes first. Otherwise the client joins
    `scheduler`, or it starts processes of one thread each on this machine.

    Args:
        scheduler: Address of a running dask scheduler, e.g. "tcp://host:8786", or None.
        workers: Number of processes on this machine.

    Raises:
        DynsurError: `workers` is not positive or nothing answers at `scheduler`.
    """
    if workers < 1:
        raise DynsurError(f"the number of workers must be at least 1; got {workers}.")
    supplied = host().client(scheduler, workers)
    if supplied is not None:
        with supplied:
            yield supplied
    elif scheduler is not None:
        with _join(scheduler) as client:
            yield client
            client.run(release)  # these workers stay; what simulated for us need not
    else:
        with _start(workers) as client:
            yield client


def _join(scheduler: str) -> "Client":
    from distributed import Client

    try:
        return Client(scheduler, timeout=CONNECT_TIMEOUT)
    except (OSError, TimeoutError, ValueError):
        raise DynsurError(
            f"no dask scheduler answers at '{scheduler}' within {CONNECT_TIMEOUT:g} s; expected an "
            "address like tcp://host:8786; start one with `dask scheduler` or leave the option out."
        ) from None


@contextlib.contextmanager
def _start(workers: int) -> Iterator["Client"]:
    from dask import config
    from distributed import Client

    if getattr(multiprocessing.process.current_process(), "_inheriting", False):
        os._exit(UNGUARDED)  # a worker that imports the script which starts workers
    with config.set(QUIET), _local_cluster(workers) as cluster, Client(cluster) as client:
        try:
            yield client
        except KeyboardInterrupt:
            _kill_workers(cluster)
            raise


def _local_cluster(workers: int) -> Any:
    from distributed import LocalCluster

    try:
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            security=True,  # by certificates made for this cluster: it runs whatever it is sent
            silence_logs=logging.CRITICAL,
            env=ONE_THREAD,
            preload=[__name__],
        )
    except RuntimeError as error:
        raise DynsurError(
            f"the worker processes cannot be started ({error}) Every worker imports the script "
            'that starts it: put what the script does under `if __name__ == "__main__":`.'
        ) from None


def _kill_workers(cluster: Any) -> None:
    """End the workers and their simulations at once, since dask would wait for their tasks."""
    for nanny in cluster.workers.values():
        nanny.close_gracefully()  # it starts no other worker
        with contextlib.suppress(ProcessLookupError, TypeError):  # it may have none just now
            os.kill(nanny.pid, KILL)


def dask_setup(worker: "Worker") -> None:
    """Make a worker on this machine ignore Ctrl-C, which the driver handles."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
