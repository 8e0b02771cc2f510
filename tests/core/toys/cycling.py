"""The phases of the work on a store and a model, each a process that a test may kill."""

import contextlib
from pathlib import Path

from dynsur.core import configure, host
from dynsur.core.generation.verify import verify
from dynsur.core.store.description import description_faults, mend_description
from dynsur.core.workflow.learning import evaluate_alone, train_alone
from dynsur.core.workflow.simulations import fill, repair_store

FEW, MANY = 10, 14
SETTINGS = {"training.epochs": 3, "training.threads": 1, "model.width": 4}


class Silent:
    def stage(self, text): ...

    def simulated(self, progress): ...

    def trained(self, row, epochs): ...


@contextlib.contextmanager
def connect():
    from distributed import Client

    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with Client(processes=False, **options) as client:
        yield client


def generation(folder, samples=FEW):
    setup = configure(host(), "duffing", SETTINGS, samples)
    fill(setup, folder / "d.zarr", connect, Silent(), 4)


def extension(folder):
    generation(folder, MANY)


def repair(folder):
    store, simulator = str(folder / "d.zarr"), host().simulator("duffing")
    if description_faults(store):
        mend_description(store)
    repair_store(store, simulator, verify(store, simulator, rerun=0).faults, connect, Silent())
    assert verify(store, simulator, rerun=0).faults == []


def training(folder):
    setup = configure(host(), "duffing", SETTINGS, MANY)
    train_alone(setup, folder / "d.zarr", folder / "model", Silent())


def evaluation(folder):
    evaluate_alone(folder / "model", folder / "d.zarr", folder / "model", Silent())


PHASES = {phase.__name__: phase for phase in (generation, extension, repair, training, evaluation)}


def work(name, folder):
    """Do one phase in a folder."""
    PHASES[name](Path(folder))


def damage(folder):
    """Damage a description, a chunk and a parameter, and lose another chunk."""
    store = Path(folder) / "d.zarr"
    (store / "drive" / "zarr.json").write_text("{", encoding="utf-8")
    for name in ("displacement/c.1.0", "delta/c.0"):
        content = bytearray((store / name).read_bytes())
        content[len(content) // 2] ^= 1
        (store / name).write_bytes(content)
    (store / "time" / "c.2.0").unlink()
