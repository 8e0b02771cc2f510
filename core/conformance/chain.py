"""A check of a whole run with a few samples."""

import dataclasses
import functools
import tempfile
from pathlib import Path
from typing import Any

from ..errors import DynsurError
from ..systems.simulator import Simulator
from .expect import ConformanceError, expect
from .trajectories import difference

SAMPLES = 12


class _Silent:
    """A display that shows nothing."""

    def stage(self, text: str) -> None: ...
    def simulated(self, progress: Any) -> None: ...
    def trained(self, row: dict[str, Any], epochs: int) -> None: ...


def runs_end_to_end(simulator: Simulator) -> None:
    """A worker process simulates 12 samples as this one does; an epoch of training is judged."""
    from ..files import read_json
    from ..generation.cluster import connect
    from ..registry.configuration import configure
    from ..registry.host import host
    from ..workflow.run import run

    expect(
        simulator.name in host().offers("dynsur_simulators"),
        f"no installed plugin offers '{simulator.name}'; install it to run it end to end",
    )
    short = configure(host(), simulator.name, {"training.epochs": 1}, SAMPLES)
    setup = dataclasses.replace(short, simulator=simulator)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        try:
            run(setup, path, functools.partial(connect, None, 1), _Silent(), chunk=4)
        except DynsurError as error:
            raise ConformanceError(f"the run of {SAMPLES} samples stops: {error}") from None
        _same_here(simulator, path / "data.zarr")
        judged = read_json(path / "metrics.json")["model"]
    missing = sorted({v.name for v in simulator.outputs} - judged.keys())
    expect(not missing, f"the run does not judge '{', '.join(missing)}'")


def _same_here(simulator: Simulator, path: Path) -> None:
    """Expect the worker's first samples to equal those that this process computes."""
    from ..store.samples import open_store

    store = open_store(path).load()
    for i in range(3):
        row = store.isel(sample=i)
        parameters = {p.name: float(row[p.name]) for p in simulator.space}
        found = difference(row, simulator.simulate(parameters), simulator)
        expect(not found, f"a worker process computes another '{found}' of sample {i}")
